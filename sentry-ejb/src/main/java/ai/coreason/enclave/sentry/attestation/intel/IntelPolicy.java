package ai.coreason.enclave.sentry.attestation.intel;

import ai.coreason.enclave.sentry.attestation.Reason;
import java.util.List;

/** What is demanded of a quote beyond that it is genuine. */
public interface IntelPolicy {
    /** The kind of environment it is for. */
    TeeType tee();

    /** What is demanded of the platform. */
    PlatformPolicy platform();

    /**
     * The rules that an environment breaks.
     *
     * @throws IllegalArgumentException if it is of another kind
     */
    List<Reason> judge(QuoteBody body);
}
