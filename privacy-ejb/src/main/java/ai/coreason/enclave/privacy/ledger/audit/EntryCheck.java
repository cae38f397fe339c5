package ai.coreason.enclave.privacy.ledger.audit;

import ai.coreason.enclave.privacy.ledger.ChainCheck;
import ai.coreason.enclave.privacy.ledger.ChargeRow;
import ai.coreason.enclave.privacy.ledger.RowFigures;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Holds a dataset's entry of an export, all its members and whatever they contain, against the entry that its rows lead to.
 * Used once.
 */
final class EntryCheck {
    private static final String RDP = "epsilon_rdp";
    private static final String PLD = "epsilon_pld";
    private static final Set<String> FIGURES = Set.of(RDP, PLD, "epsilon_filter");

    private final boolean earlierAccountant;
    private final List<String> faults = new ArrayList<>();

    private EntryCheck(boolean earlierAccountant) {
        this.earlierAccountant = earlierAccountant;
    }

    /**
     * What is not as the rows lead to, each by its path.
     *
     * @param came the entry as it was read
     */
    static List<String> faults(ExportVerifier.Entry entry, JsonNode came) {
        List<ChargeRow> rows = entry.rows();
        ObjectNode expected = LedgerExport.entry(entry.nodeId(), entry.dataset(), rows);
        EntryCheck check = new EntryCheck(rows.stream().anyMatch(RowFigures::isOfAnEarlierAccountant));
        check.objects("", came, expected);
        return check.faults;
    }

    private void objects(String path, JsonNode came, JsonNode expected) {
        Set<String> names = new LinkedHashSet<>();
        expected.fieldNames().forEachRemaining(names::add);
        came.fieldNames().forEachRemaining(names::add);
        for (String name : names) {
            String at = path.isEmpty() ? name : path + "." + name;
            if (!came.has(name) || !expected.has(name)) {
                faults.add(at + (came.has(name) ? ": unknown member" : ": missing"));
            } else if (FIGURES.contains(name)) {
                figure(at, name, came, expected);
            } else {
                values(at, came.get(name), expected.get(name));
            }
        }
    }

    private void values(String at, JsonNode came, JsonNode expected) {
        if (came.isObject() && expected.isObject()) {
            objects(at, came, expected);
        } else if (came.isArray() && expected.isArray()) {
            if (came.size() != expected.size()) {
                faults.add(at + ": expected " + expected.size() + " elements, got " + came.size());
            }
            for (int i = 0; i < Math.min(came.size(), expected.size()); i++) {
                values(at + "[" + i + "]", came.get(i), expected.get(i));
            }
        } else if (!same(came, expected)) {
            faults.add(at + ": expected " + expected + ", got " + came);
        }
    }

    /** 1 and 1.0 are one number. */
    private static boolean same(JsonNode came, JsonNode expected) {
        return came.isNumber() && expected.isNumber()
                ? came.doubleValue() == expected.doubleValue()
                : came.equals(expected);
    }

    private void figure(String at, String name, JsonNode came, JsonNode expected) {
        JsonNode said = came.get(name);
        JsonNode own = expected.get(name);
        boolean same = said.isNumber() && own.isNumber()
                ? ChainCheck.near(said.doubleValue(), own.doubleValue())
                        || name.equals(PLD)
                                && earlierAccountant
                                && said.doubleValue() >= own.doubleValue()
                                && said.doubleValue() <= expected.get(RDP).doubleValue()
                : said.isNull() && own.isNull();
        if (!same) {
            faults.add(at + ": expected " + own + ", got " + said);
        }
    }
}
