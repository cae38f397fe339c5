package ai.coreason.enclave.sentry.schema;

import ai.coreason.enclave.privacy.json.Json;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * How local data departs from its schema: counts per column and rule, and never a value. What the data itself names,
 * such as an undeclared column, appears by its position only. Counts are for the site's own eyes: they do not leave.
 *
 * @param rows how many records there are
 * @param missing how many values are missing, by column; columns without any are left out
 * @param violations how many values break a rule, by column and rule; columns without any are left out
 */
public record Findings(long rows, Map<String, Long> missing, Map<String, Map<Rule, Long>> violations) {
    /** Where rules stand that concern a record as a whole. */
    public static final String RECORD = "(record)";

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
    static final class Tally {
        private long rows;
        private final Map<String, Long> missing = new TreeMap<>();
        private final Map<String, Map<Rule, Long>> violations = new TreeMap<>();

        void row() {
            rows++;
        }

        void rows(long count) {
            rows = count;
        }

        void missing(String column) {
            missing.merge(column, 1L, Long::sum);
        }

        void violation(String column, Rule rule) {
            violation(column, rule, 1);
        }

        void violation(String column, Rule rule, long count) {
            if (count > 0) {
                violations
                        .computeIfAbsent(column, c -> new EnumMap<>(Rule.class))
                        .merge(rule, count, Long::sum);
            }
        }

        Findings findings() {
            Map<String, Map<Rule, Long>> copy = new LinkedHashMap<>();
            violations.forEach((column, rules) -> copy.put(column, Collections.unmodifiableMap(new EnumMap<>(rules))));
            return new Findings(
                    rows, Collections.unmodifiableMap(new LinkedHashMap<>(missing)), Collections.unmodifiableMap(copy));
        }
    }
}
