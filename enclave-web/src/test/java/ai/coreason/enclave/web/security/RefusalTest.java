package ai.coreason.enclave.web.security;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.overseer.token.TokenVerdict;
import ai.coreason.enclave.overseer.token.User;
import ai.coreason.enclave.sentry.contract.ProblemType;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RefusalTest {
    private static final Set<String> ROLES = Set.of("operator", "auditor");

    private static Optional<TokenVerdict> user(String... roles) {
        return Optional.of(new TokenVerdict.Accepted(new User("ann", "ann", Set.of(roles))));
    }

    @Test
    void of_oneOfTheRoles_isNone() {
        assertThat(Refusal.of(user("foundry", "auditor"), ROLES)).isEmpty();
    }

    @Test
    void of_anotherRoleOrNone_isForbidden() {
        for (Optional<TokenVerdict> caller : java.util.List.of(user("foundry"), user())) {
            assertThat(Refusal.of(caller, ROLES)).hasValueSatisfying(r -> {
                assertThat(r.type()).isEqualTo(ProblemType.FORBIDDEN);
                assertThat(r.challenge()).hasValueSatisfying(c -> assertThat(c).contains("insufficient_scope"));
            });
        }
    }

    @Test
    void of_noToken_asksForOneWithoutAnError() {
        assertThat(Refusal.of(Optional.empty(), ROLES)).hasValueSatisfying(r -> {
            assertThat(r.type()).isEqualTo(ProblemType.UNAUTHENTICATED);
            assertThat(r.challenge()).contains("Bearer realm=\"coreason-enclave\"");
        });
    }

    @Test
    void of_refusedToken_tellsTheRule() {
        assertThat(Refusal.of(Optional.of(new TokenVerdict.Refused("aud: expected a, got b")), ROLES))
                .hasValueSatisfying(r -> {
                    assertThat(r.type()).isEqualTo(ProblemType.UNAUTHENTICATED);
                    assertThat(r.detail()).endsWith("aud: expected a, got b");
                    assertThat(r.challenge())
                            .hasValueSatisfying(c -> assertThat(c).contains("invalid_token"));
                });
    }

    @Test
    void of_keysOutOfReach_isNotTheCallersFault() {
        assertThat(Refusal.of(Optional.of(new TokenVerdict.Unjudged("expected keys, got none")), ROLES))
                .hasValueSatisfying(r -> {
                    assertThat(r.type()).isEqualTo(ProblemType.UNAVAILABLE);
                    assertThat(r.challenge()).isEmpty();
                });
    }
}
