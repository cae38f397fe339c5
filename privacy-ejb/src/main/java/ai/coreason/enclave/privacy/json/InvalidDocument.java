package ai.coreason.enclave.privacy.json;

/**
 * A document that was refused. The message names one field by its path, what was expected there and what came.
 *
 * <p>Messages repeat only what the sender itself wrote and never more than 60 characters of it.
 */
public final class InvalidDocument extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int SHOWN = 60;

    private final String field;

    private InvalidDocument(String field, String message) {
        super(message);
        this.field = field;
    }

    /**
     * Refuses one field.
     *
     * @param field path such as {@code privacy.noise_multiplier} or {@code model.nodes[2].op}; empty for the whole document
     * @param expected what would have been accepted, in words
     * @param came what came; cut to 60 characters
     */
    public static InvalidDocument at(String field, String expected, Object came) {
        String shown = String.valueOf(came);
        if (shown.length() > SHOWN) {
            shown = shown.substring(0, SHOWN) + "…";
        }
        String where = field.isEmpty() ? "document" : field;
        return new InvalidDocument(field, where + ": expected " + expected + ", got " + shown);
    }

    /** The path of the refused field; empty for the whole document. */
    public String field() {
        return field;
    }
}
