package ai.coreason.enclave.sentry.attestation.tdx;

import ai.coreason.enclave.sentry.attestation.Anchors;
import ai.coreason.enclave.sentry.attestation.Appraisal;
import ai.coreason.enclave.sentry.attestation.intel.Collateral;
import ai.coreason.enclave.sentry.attestation.intel.QuoteVerifier;
import ai.coreason.enclave.sentry.attestation.intel.TeeType;
import java.time.Instant;
import java.util.Optional;

/** Judges quotes of trust domains, version 4 and 5. Thread-safe. */
public final class TdxVerifier {
    private TdxVerifier() {}

    /**
     * Judges a quote.
     *
     * @param at the time for which certificates and collateral have to be good
     * @param policy without one, what is judged is whether the quote is genuine
     */
    public static Appraisal appraise(
            byte[] quote, Collateral collateral, Anchors anchors, Instant at, Optional<TdxPolicy> policy) {
        return QuoteVerifier.appraise(TeeType.TDX, quote, collateral, anchors, at, policy);
    }
}
