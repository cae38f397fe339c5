package ai.coreason.enclave.sentry.data.schema;

import ai.coreason.enclave.base.Json;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * How local data departs from its schema: counts per column and rule, and never a value. What the data itself names,
 * such as an undeclared column, appears by its position only. Counts are for the site's own eyes: they do not leave.
 *
 * @param rows how many records there are
 * @param missing how many values are missing, by column; columns without any are left out
 * @param violations how many values break a rule, by column and rule; columns without any are left out
 * @param notes what else the site's people should know, in sentences: where a rule was broken first, what was passed over
 */
public record Findings(
        long rows, Map<String, Long> missing, Map<String, Map<Rule, Long>> violations, List<String> notes) {
    /** Where rules stand that concern a record as a whole. */
    public static final String RECORD = "(record)";

    /** Copies the notes. */
    public Findings {
        notes = List.copyOf(notes);
    }

    /** The same findings with more notes. */
    public Findings noted(List<String> more) {
        List<String> all = new ArrayList<>(notes);
        all.addAll(more);
        return new Findings(rows, missing, violations, all);
    }

    /** Whether no value breaks a rule; values that may be missing are no violation. */
    public boolean clean() {
        return violations.isEmpty();
    }

    /** How many violations one column has. */
    public long violations(String column) {
        return violations.getOrDefault(column, Map.of()).values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    /** How many values one column misses. */
    public long missing(String column) {
        return missing.getOrDefault(column, 0L);
    }

    /** The findings as JSON: {@code {rows, missing: {column: count}, violations: {column: {rule: count}}}}. */
    public ObjectNode json() {
        ObjectNode out = Json.object().put("rows", rows);
        ObjectNode gaps = out.putObject("missing");
        missing.forEach(gaps::put);
        ObjectNode broken = out.putObject("violations");
        violations.forEach((column, rules) -> {
            ObjectNode counts = broken.putObject(column);
            rules.forEach((rule, count) -> counts.put(rule.name(), count));
        });
        return out;
    }

    /** Counts while data is read. Not thread-safe. */
    public static final class Tally {
        private long rows;
        private final Map<String, Long> missing = new TreeMap<>();
        private final Map<String, Map<Rule, Long>> violations = new TreeMap<>();
        private final Map<String, String> firsts = new LinkedHashMap<>();
        private final Set<String> notes = new LinkedHashSet<>();
        private Supplier<String> place = () -> "";

        /** Where what is counted from now on stands, such as {@code line 7}; asked for what is the first of its kind. */
        public void at(Supplier<String> here) {
            place = here;
        }

        /** Keeps a sentence, once. */
        public void note(String sentence) {
            notes.add(sentence);
        }

        public void row() {
            rows++;
        }

        public void rows(long count) {
            rows = count;
        }

        void missing(String column) {
            missing.merge(column, 1L, Long::sum);
        }

        public void violation(String column, Rule rule) {
            violation(column, rule, 1);
        }

        public void violation(String column, Rule rule, long count) {
            if (count > 0) {
                String where = violations.getOrDefault(column, Map.of()).containsKey(rule) ? "" : place.get();
                if (!where.isEmpty()) {
                    firsts.put(column + ": " + rule, where);
                }
                violations
                        .computeIfAbsent(column, c -> new EnumMap<>(Rule.class))
                        .merge(rule, count, Long::sum);
            }
        }

        public Findings findings() {
            Map<String, Map<Rule, Long>> copy = new LinkedHashMap<>();
            violations.forEach((column, rules) -> copy.put(column, Collections.unmodifiableMap(new EnumMap<>(rules))));
            List<String> told = new ArrayList<>(notes);
            firsts.forEach((what, where) -> told.add(what + " first on " + where));
            return new Findings(
                    rows,
                    Collections.unmodifiableMap(new LinkedHashMap<>(missing)),
                    Collections.unmodifiableMap(copy),
                    told);
        }
    }
}
