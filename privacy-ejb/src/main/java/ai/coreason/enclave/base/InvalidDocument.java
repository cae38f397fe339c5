package ai.coreason.enclave.base;

/**
 * A document that was refused. The message names one field by its path, what was expected there and what came.
 *
 * <p>Messages repeat only what the sender itself wrote, of each name and value never more than 60 characters, and no
 * character that does not print.
 */
public final class InvalidDocument extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int SHOWN = 60;
    private static final int REPLACEMENT = 0xFFFD;

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
     * @param came what came; cut to 60 characters, those that do not print replaced
     */
    public static InvalidDocument at(String field, String expected, Object came) {
        String shown = shown(String.valueOf(came));
        String where = field.isEmpty() ? "document" : field;
        return new InvalidDocument(field, where + ": expected " + expected + ", got " + shown);
    }

    /**
     * Refuses a member that the document's format does not have.
     *
     * @param field its path
     */
    public static InvalidDocument unknown(String field) {
        return new InvalidDocument(field, field + ": unknown member");
    }

    /**
     * Refuses a member that has no place beside what else the document says.
     *
     * @param field its path
     * @param why such as {@code beside simulation}
     */
    public static InvalidDocument notAllowed(String field, String why) {
        return new InvalidDocument(field, field + ": not allowed " + why);
    }

    /** A sender's text as a message may repeat it: 60 characters at most, and � for each that does not print. */
    public static String shown(String text) {
        boolean cut = text.codePointCount(0, text.length()) > SHOWN;
        StringBuilder shown = new StringBuilder();
        text.codePoints().limit(SHOWN).map(c -> prints(c) ? c : REPLACEMENT).forEach(shown::appendCodePoint);
        return cut ? shown.append('…').toString() : shown.toString();
    }

    private static boolean prints(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }

    /** The path of the refused field; empty for the whole document. */
    public String field() {
        return field;
    }
}
