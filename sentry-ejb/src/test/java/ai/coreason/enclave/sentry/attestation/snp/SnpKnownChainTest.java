package ai.coreason.enclave.sentry.attestation.snp;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.sentry.attestation.Anchors;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A chain whose signatures have been found to hold before is judged anew in all else. */
class SnpKnownChainTest {
    private static SnpCase known() {
        assertThat(SnpCase.milan().crypto().rules()).isEmpty();
        return SnpCase.milan().crypto();
    }

    @Test
    void appraise_knownChainThatHasEndedOrNotBegun_isRefused() {
        SnpCase late = known();
        late.at = SnpPki.UNTIL.plusSeconds(1);
        assertThat(late.rules()).contains("vek.validity");
        SnpCase early = known();
        early.at = Instant.parse("2000-01-01T00:00:00Z");
        assertThat(early.rules()).contains("vek.validity", "chain.issuer.validity", "chain.ark.validity");
    }

    @Test
    void appraise_knownChainThatIsRevoked_isRefused() {
        byte[] list = SnpPki.crl(SnpProduct.MILAN, SnpPki.ARK, b -> SnpPki.revoke(b, 65537));
        assertThat(known().crl(list).rules()).containsExactly("chain.issuer.revocation");
        assertThat(known().crl(list).rules()).containsExactly("chain.issuer.revocation");
        assertThat(known().rules()).isEmpty();
    }

    @Test
    void appraise_knownListThatIsTooOldByNow_isRefused() {
        byte[] list = SnpPki.crl(SnpProduct.MILAN, SnpPki.ARK, b -> {});
        assertThat(known().crl(list).rules()).isEmpty();
        SnpCase later = known().crl(list);
        later.at = SnpPki.NOW.plusSeconds(2 * 86_400);
        assertThat(later.rules()).containsExactly("crl.validity");
    }

    @Test
    void appraise_knownChainBelowARootThatIsTrustedNoMore_isRefused() {
        SnpCase untrusted = known();
        untrusted.anchors = new Anchors(List.of());
        assertThat(untrusted.rules()).containsExactly("chain.ark");
    }

    @Test
    void appraise_knownChainWithABitChanged_isRefused() {
        SnpCase known = known();
        byte[] chain = known.defaultChain();
        byte[] vek = known.vekDer();
        vek[vek.length - 1] ^= 1;
        assertThat(SnpVerifier.appraise(
                                known.reportBytes(),
                                vek,
                                chain,
                                known.crl,
                                known.anchors,
                                known.at,
                                java.util.Optional.empty())
                        .reasons())
                .extracting(r -> r.rule())
                .containsExactly("vek.signature");
    }
}
