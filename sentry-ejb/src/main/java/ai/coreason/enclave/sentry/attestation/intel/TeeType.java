package ai.coreason.enclave.sentry.attestation.intel;

/** The two kinds of Intel's trusted execution environments, as a quote's header and signed collateral name them. */
public enum TeeType {
    /** An enclave. */
    SGX(0, "sgx", "Intel SGX", "QE"),
    /** A trust domain. */
    TDX(0x81, "tdx", "Intel TDX", "TD_QE");

    private final long wire;
    private final String kind;
    private final String product;
    private final String enclaveIdentity;

    TeeType(long wire, String kind, String product, String enclaveIdentity) {
        this.wire = wire;
        this.kind = kind;
        this.product = product;
        this.enclaveIdentity = enclaveIdentity;
    }

    /** The number in a quote's header. */
    public long wire() {
        return wire;
    }

    /** The product's name, for people. */
    public String product() {
        return product;
    }

    /** The {@code id} of the identity of the quoting enclave that signs for it. */
    public String enclaveIdentity() {
        return enclaveIdentity;
    }

    /**
     * The kind of evidence a folder is said to hold.
     *
     * @param kind {@code sgx} or {@code tdx}
     * @throws IllegalArgumentException if it is neither
     */
    public static TeeType ofKind(String kind) {
        for (TeeType type : values()) {
            if (type.kind.equals(kind)) {
                return type;
            }
        }
        throw new IllegalArgumentException("kind: expected sgx or tdx, got " + kind);
    }
}
