package ai.coreason.enclave.privacy.dpsgd;

import java.util.Locale;

/** Statements of TorchScript source, each binding a fresh variable. Not thread-safe. */
final class Script {
    private final StringBuilder text = new StringBuilder();
    private final String prefix;
    private int variables;

    /** @param prefix begins the names of this script's variables; a letter */
    Script(String prefix) {
        this.prefix = prefix;
    }

    /** Binds a fresh variable to an expression. */
    String let(String expression, Object... arguments) {
        String variable = prefix + variables++;
        assign(variable, expression, arguments);
        return variable;
    }

    /** Binds a named variable to an expression. */
    void assign(String variable, String expression, Object... arguments) {
        String value = arguments.length == 0 ? expression : String.format(Locale.ROOT, expression, arguments);
        text.append("    ").append(variable).append(" = ").append(value).append('\n');
    }

    /** The statements, indented by four spaces. */
    @Override
    public String toString() {
        return text.toString();
    }
}
