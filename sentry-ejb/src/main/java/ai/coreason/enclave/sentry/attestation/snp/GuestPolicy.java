package ai.coreason.enclave.sentry.attestation.snp;

/**
 * What the guest's owner let the host do, {@code POLICY} of a report (AMD 56860, section 4.3).
 *
 * @param bits all 64
 */
record GuestPolicy(long bits) {
    /** Bits that no version of the specification defines and that have to be zero: 63 to 26. */
    static final long RESERVED = -1L << 26;

    int abiMinor() {
        return (int) bits & 0xff;
    }

    int abiMajor() {
        return (int) (bits >> 8) & 0xff;
    }

    boolean smt() {
        return bit(16);
    }

    /** Bit 17 is reserved and has to be one. */
    boolean reservedOne() {
        return bit(17);
    }

    boolean migrationAgent() {
        return bit(18);
    }

    boolean debug() {
        return bit(19);
    }

    boolean singleSocket() {
        return bit(20);
    }

    boolean cxl() {
        return bit(21);
    }

    boolean aes256Xts() {
        return bit(22);
    }

    boolean raplDisabled() {
        return bit(23);
    }

    boolean ciphertextHiding() {
        return bit(24);
    }

    private boolean bit(int n) {
        return (bits >> n & 1) == 1;
    }
}
