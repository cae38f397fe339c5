package ai.coreason.enclave.web.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Charges as a table for spreadsheets. */
final class LedgerCsv {
    private LedgerCsv() {}

    /** One line a row, below the names of all members that any has, in the order in which they come; empty without rows. */
    static String of(List<ObjectNode> rows) {
        Set<String> columns = new LinkedHashSet<>();
        rows.forEach(r -> r.properties().forEach(e -> columns.add(e.getKey())));
        StringBuilder out = new StringBuilder();
        if (!rows.isEmpty()) {
            out.append(String.join(",", columns)).append("\r\n");
        }
        for (ObjectNode row : rows) {
            out.append(columns.stream().map(c -> cell(row.path(c))).collect(Collectors.joining(",")))
                    .append("\r\n");
        }
        return out.toString();
    }

    /** RFC 4180, with a quote in front of what a spreadsheet would take for a formula. */
    private static String cell(JsonNode value) {
        if (value.isNull() || value.isMissingNode()) {
            return "";
        }
        if (!value.isTextual()) {
            return value.isContainerNode() ? quoted(value.toString()) : value.asText();
        }
        String text = value.textValue();
        boolean formula = !text.isEmpty() && "=+-@\t\r".indexOf(text.charAt(0)) >= 0;
        return quoted(formula ? "'" + text : text);
    }

    private static String quoted(String text) {
        return text.matches("[A-Za-z0-9_.:-]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
    }
}
