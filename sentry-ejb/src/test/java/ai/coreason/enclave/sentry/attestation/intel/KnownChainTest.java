package ai.coreason.enclave.sentry.attestation.intel;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.sentry.attestation.Anchors;
import ai.coreason.enclave.sentry.attestation.Appraisal;
import ai.coreason.enclave.sentry.attestation.Reason;
import ai.coreason.enclave.sentry.attestation.intel.IntelVectors.Vector;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Chains and collateral whose signatures have been found to hold before are judged anew in all else. */
class KnownChainTest {
    private static List<String> rules(Vector vector, Anchors anchors, Instant at) throws Exception {
        Appraisal appraisal =
                QuoteVerifier.appraise(TeeType.TDX, vector.quote(), vector.collateral(), anchors, at, Optional.empty());
        return appraisal.reasons().stream().map(Reason::rule).toList();
    }

    @Test
    void appraise_knownChainAndCollateralThatHaveEnded_areRefused() throws Exception {
        Vector vector = IntelVectors.read("tdx", "phala-v4-b0c06f");
        assertThat(rules(vector, Anchors.builtIn(), vector.at())).isEmpty();
        assertThat(rules(vector, Anchors.builtIn(), vector.at().plus(Duration.ofDays(30))))
                .contains("tcb_info.validity", "qe_identity.validity", "pck_crl.validity");
        assertThat(rules(vector, Anchors.builtIn(), vector.at().plus(Duration.ofDays(365 * 30L))))
                .contains("pck_chain[0].validity", "pck_chain[1].validity", "pck_chain[2].validity");
    }

    @Test
    void appraise_knownChainBelowARootThatIsTrustedNoMore_isRefused() throws Exception {
        Vector vector = IntelVectors.read("tdx", "phala-v4-b0c06f");
        assertThat(rules(vector, Anchors.builtIn(), vector.at())).isEmpty();
        assertThat(rules(vector, new Anchors(List.of()), vector.at())).contains("pck_chain.root");
    }
}
