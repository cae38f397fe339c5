package ai.coreason.enclave.privacy.graph.operator;

/** The type of a tensor's elements. */
public enum ElementType {
    /** IEEE 754 single precision. */
    FLOAT32("float32"),
    /** Whole numbers that index a table, such as tokens. */
    INT64("int64");

    private final String wire;

    ElementType(String wire) {
        this.wire = wire;
    }

    /** The name in a document. */
    public String wire() {
        return wire;
    }
}
