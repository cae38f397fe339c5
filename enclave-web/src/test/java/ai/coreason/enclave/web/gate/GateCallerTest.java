package ai.coreason.enclave.web.gate;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.overseer.enrolment.Standing;
import ai.coreason.enclave.overseer.token.TokenVerdict;
import ai.coreason.enclave.overseer.token.User;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GateCallerTest {
    private static final String ADDRESS = "192.0.2.7";
    private static final Optional<TokenVerdict> ALICE =
            Optional.of(new TokenVerdict.Accepted(new User("9d1f2c", "alice", Set.of())));

    private static GateCaller of(Standing node) {
        return GateCaller.of(Optional.of(node), Optional.empty(), ADDRESS);
    }

    @Test
    void of_certificateThatIsNotGoodNow_isAStranger() {
        GateCaller revoked = of(new Standing.Stranger("revoked"));

        assertThat(revoked.stranger()).isTrue();
        assertThat(revoked).isEqualTo(GateCaller.of(Optional.empty(), Optional.empty(), ADDRESS));
    }

    @Test
    void of_node_isKnownByItsIdAlsoInQuarantine() {
        assertThat(of(new Standing.Member("vitals")).stranger()).isFalse();
        assertThat(of(new Standing.Member("vitals"))).isEqualTo(of(new Standing.Quarantined("vitals", "stale")));
        assertThat(of(new Standing.Member("vitals"))).isNotEqualTo(of(new Standing.Member("labs")));
    }

    @Test
    void of_user_isKnownBySubjectFromEveryAddress() {
        GateCaller here = GateCaller.of(Optional.empty(), ALICE, ADDRESS);

        assertThat(here.stranger()).isFalse();
        assertThat(here).isEqualTo(GateCaller.of(Optional.empty(), ALICE, "198.51.100.1"));
    }

    @Test
    void of_refusedToken_isAStranger() {
        assertThat(GateCaller.of(Optional.empty(), Optional.of(new TokenVerdict.Refused("exp")), ADDRESS)
                        .stranger())
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.7,192.0.2.8,false",
        "2001:db8:1:2::1,2001:db8:1:2:ffff::9,true",
        "2001:db8:1:2::1,2001:db8:1:3::1,false",
        "::ffff:192.0.2.7,192.0.2.7,true",
        "::ffff:192.0.2.7,::ffff:192.0.2.8,false"
    })
    void of_strangers_areOneByNetwork(String one, String other, boolean same) {
        GateCaller first = GateCaller.of(Optional.empty(), Optional.empty(), one);
        GateCaller second = GateCaller.of(Optional.empty(), Optional.empty(), other);

        assertThat(first.equals(second)).isEqualTo(same);
    }
}
