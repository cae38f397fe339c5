package ai.coreason.enclave.sentry.attestation.intel;

/** What a quote states of the environment that asked for it. */
public sealed interface QuoteBody permits EnclaveReport, TdReport {
    /** The environment's kind. */
    TeeType tee();

    /** The measurement of the code, lower-case hex: MRENCLAVE or MRTD. */
    String measurement();

    /** The 64 bytes that the environment had bound, lower-case hex. */
    String reportData();
}
