package ai.coreason.enclave.overseer.token;

/** Text from elsewhere in a form that a log line or a terminal can hold. */
final class Printed {
    private Printed() {}

    /** The text cut to a number of characters, with a question mark for each that is not to be printed. */
    static String of(String text, int most) {
        StringBuilder out = new StringBuilder();
        text.codePoints().limit(most).forEach(c -> out.appendCodePoint(printed(c) ? c : '?'));
        return out.toString();
    }

    private static boolean printed(int codePoint) {
        return switch (Character.getType(codePoint)) {
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
}
