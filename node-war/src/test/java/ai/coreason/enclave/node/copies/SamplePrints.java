package ai.coreason.enclave.node.copies;

import ai.coreason.enclave.sentry.data.DataResource;

/** Fingerprints for tests that do not compare them. */
public final class SamplePrints {
    private SamplePrints() {}

    /** None yet, under a key of zeros. */
    public static Fingerprints of(DataResource resource) {
        return Fingerprints.of(new FingerprintKey(new byte[FingerprintKey.BYTES]), resource);
    }
}
