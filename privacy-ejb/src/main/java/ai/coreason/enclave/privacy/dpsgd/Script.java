package ai.coreason.enclave.privacy.dpsgd;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Statements of TorchScript source, each binding a fresh variable. Not thread-safe. */
final class Script {
    private final StringBuilder text = new StringBuilder();
    private final String prefix;
    private final Map<String, String> known = new HashMap<>();
    private int variables;

    /** @param prefix begins the names of this script's variables; a letter */
    Script(String prefix) {
        this.prefix = prefix;
    }

    /**
     * Binds a variable to an expression without side effects, of variables that do not change; the same expression is
     * computed once.
     */
    String once(String expression, Object... arguments) {
        String value = formatted(expression, arguments);
        return known.computeIfAbsent(value, this::let);
    }

    /** Binds a fresh variable to an expression. */
    String let(String expression, Object... arguments) {
        String variable = prefix + variables++;
        assign(variable, expression, arguments);
        return variable;
    }

    /** Binds a named variable to an expression. */
    void assign(String variable, String expression, Object... arguments) {
        text.append("    ")
                .append(variable)
                .append(" = ")
                .append(formatted(expression, arguments))
                .append('\n');
    }

    private static String formatted(String expression, Object... arguments) {
        return arguments.length == 0 ? expression : String.format(Locale.ROOT, expression, arguments);
    }

    /** The statements, indented by four spaces. */
    @Override
    public String toString() {
        return text.toString();
    }
}
