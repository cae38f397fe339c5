package ai.coreason.enclave.web.problem;

import ai.coreason.enclave.base.InvalidDocument;

/** Reads parameters of a query strictly, so that a wrong one is refused by its name. */
public final class Query {
    private Query() {}

    /**
     * A whole number.
     *
     * @throws InvalidDocument if the text is not one in [min, max]
     */
    public static long whole(String name, String text, long min, long max) {
        try {
            long value = Long.parseLong(text);
            if (value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw outside(name, text, min, max);
        }
        throw outside(name, text, min, max);
    }

    /**
     * Yes or no.
     *
     * @throws InvalidDocument if the text is neither {@code true} nor {@code false}
     */
    public static boolean truth(String name, String text) {
        if (!text.equals("true") && !text.equals("false")) {
            throw InvalidDocument.at(name, "true or false", text);
        }
        return text.equals("true");
    }

    private static InvalidDocument outside(String name, String text, long min, long max) {
        return InvalidDocument.at(name, "a whole number in [" + min + ", " + max + "]", text);
    }
}
