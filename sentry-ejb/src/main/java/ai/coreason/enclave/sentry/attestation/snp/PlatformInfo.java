package ai.coreason.enclave.sentry.attestation.snp;

/**
 * What the platform says of itself, {@code PLATFORM_INFO} of a report (AMD 56860, section 7.3).
 *
 * @param bits all 64
 */
record PlatformInfo(long bits) {
    /** Bits beyond the low byte are reserved. Shipping processors set bit 6, so that one is let pass. */
    static final long RESERVED = -1L << 8;

    boolean smt() {
        return bit(0);
    }

    boolean ecc() {
        return bit(2);
    }

    boolean raplDisabled() {
        return bit(3);
    }

    boolean ciphertextHiding() {
        return bit(4);
    }

    boolean aliasCheckComplete() {
        return bit(5);
    }

    private boolean bit(int n) {
        return (bits >> n & 1) == 1;
    }
}
