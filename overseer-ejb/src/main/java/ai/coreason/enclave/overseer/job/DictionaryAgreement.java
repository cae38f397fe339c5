package ai.coreason.enclave.overseer.job;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.sentry.contract.DatasetSpec;
import ai.coreason.enclave.sentry.contract.EncodedField;
import ai.coreason.enclave.sentry.contract.EncodingSpec;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.contract.PublicDictionary;
import ai.coreason.enclave.sentry.contract.PublicField;
import ai.coreason.enclave.sentry.contract.StatedBounds;
import ai.coreason.enclave.sentry.data.schema.Lookalike;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Whether a job's fields mean the same at all its nodes, by the dictionaries that they told. Compared are type, unit, the
 * numbers that mean a missing value, the enum and its order, and the bounds; of these, what the job states itself, or what
 * its encoding takes nothing from, may differ, but has to go with what the job states: an order holds all values of each
 * site's enum, and bounds hold those of each site, unless all sites' are the same. Nodes that told no dictionary agree with
 * one another alone. Pure.
 */
public final class DictionaryAgreement {
    private static final int SHOWN_FIELDS = 10;
    private static final int SHOWN_SITES = 5;
    private static final int SHOWN_VALUES = 12;
    private static final String NONE = "none";

    /** The bounds of a site. */
    private record Bounds(OptionalDouble least, OptionalDouble most) {
        @Override
        public String toString() {
            return text(least) + " to " + text(most);
        }
    }

    /**
     * One thing that has to be alike.
     *
     * @param words what it is
     * @param of what it is at one site
     */
    private record Aspect(String words, Function<PublicField, Object> of) {}

    private DictionaryAgreement() {}

    /**
     * Refuses a job over nodes whose dictionaries differ.
     *
     * @param told finds a node's dictionary
     * @throws JobRefused naming each field, what differs and the sites
     */
    public static void require(FederationJob job, Function<String, Optional<PublicDictionary>> told) {
        Map<String, Optional<PublicDictionary>> nodes = new LinkedHashMap<>();
        job.clients().forEach(node -> nodes.put(node, told.apply(node)));
        differences(job.dataset(), nodes).ifPresent(why -> {
            throw new JobRefused(JobRefused.Kind.DICTIONARY, why);
        });
    }

    /**
     * In what dictionaries differ.
     *
     * @param told by who told them
     * @return each field, what differs and with whom; empty if a job's fields mean the same for all
     */
    public static Optional<String> difference(DatasetSpec spec, Map<String, PublicDictionary> told) {
        Map<String, Optional<PublicDictionary>> all = new LinkedHashMap<>();
        told.forEach((who, dictionary) -> all.put(who, Optional.of(dictionary)));
        return differences(spec, all);
    }

    private static Optional<String> differences(DatasetSpec spec, Map<String, Optional<PublicDictionary>> told) {
        Map<String, Optional<Map<String, PublicField>>> sites = new LinkedHashMap<>();
        told.forEach((who, dictionary) -> sites.put(who, dictionary.map(DictionaryAgreement::byName)));
        List<String> differences = new ArrayList<>();
        for (int i = 0; i < spec.features().size(); i++) {
            difference("dataset.features[" + i + "]", spec.features().get(i), sites)
                    .ifPresent(differences::add);
        }
        difference("dataset.label", spec.label(), sites).ifPresent(differences::add);
        if (differences.isEmpty()) {
            return Optional.empty();
        }
        String more = differences.size() > SHOWN_FIELDS
                ? "; and " + (differences.size() - SHOWN_FIELDS) + " fields more"
                : "";
        return Optional.of(differences.stream().limit(SHOWN_FIELDS).collect(Collectors.joining("; ")) + more);
    }

    private static Map<String, PublicField> byName(PublicDictionary dictionary) {
        Map<String, PublicField> fields = new HashMap<>();
        dictionary.fields().forEach(f -> fields.put(f.name(), f));
        return fields;
    }

    private static Optional<String> difference(
            String path, EncodedField asked, Map<String, Optional<Map<String, PublicField>>> sites) {
        Map<String, Optional<PublicField>> fields = new LinkedHashMap<>();
        sites.forEach((node, told) -> fields.put(node, told.map(d -> d.get(asked.field()))));
        boolean somebodyTold = sites.values().stream().anyMatch(Optional::isPresent);
        String where = path + " " + InvalidDocument.shown(asked.field());
        if (somebodyTold && fields.values().stream().anyMatch(Optional::isEmpty)) {
            List<String> without = fields.keySet().stream()
                    .filter(n -> fields.get(n).isEmpty())
                    .toList();
            List<String> names = without.stream()
                    .flatMap(n -> sites.get(n).stream())
                    .flatMap(d -> d.keySet().stream())
                    .toList();
            return Optional.of(where + ": expected a field of every site's dictionary, got none at " + shown(without)
                    + likeness(List.of(asked.field()), names));
        }
        for (Aspect aspect : aspects(asked)) {
            Map<Object, List<String>> groups = new LinkedHashMap<>();
            fields.forEach((node, field) ->
                    field.ifPresent(f -> groups.computeIfAbsent(aspect.of().apply(f), v -> new ArrayList<>())
                            .add(node)));
            if (groups.size() > 1) {
                List<Object> alike = List.copyOf(groups.keySet());
                return Optional.of(where + ": expected the same " + aspect.words() + " at all sites, got "
                        + shown(groups) + likeness(texts(alike.get(0)), texts(alike.get(1))));
            }
        }
        return againstOrder(asked, fields)
                .or(() -> againstBounds(asked, fields))
                .map(d -> where + ": " + d);
    }

    /** Each value that a site allows has a place in the job's own order, or the job would read it as zeros. */
    private static Optional<String> againstOrder(EncodedField asked, Map<String, Optional<PublicField>> fields) {
        if (asked.encode().order().isEmpty()) {
            return Optional.empty();
        }
        Map<Object, List<String>> left = new LinkedHashMap<>();
        List<String> free = new ArrayList<>();
        fields.forEach((node, field) -> field.ifPresent(f -> {
            List<Object> values = asked.leftOut(f);
            if (!values.isEmpty()) {
                left.computeIfAbsent(values, v -> new ArrayList<>()).add(node);
            }
            if (f.values().isEmpty()) {
                free.add(node);
            }
        }));
        if (!left.isEmpty()) {
            List<String> order =
                    asked.encode().order().stream().map(v -> v.asText()).toList();
            return Optional.of("expected an order of all values of each site's enum, got one without " + shown(left)
                    + likeness(texts(left.keySet().iterator().next()), order));
        }
        boolean mixed =
                free.size() < fields.values().stream().flatMap(Optional::stream).count();
        return !free.isEmpty() && (mixed || !(asked.encode() instanceof EncodingSpec.OneHot))
                ? Optional.of("expected an enum at all sites for the order to go by, got none at " + shown(free))
                : Optional.empty();
    }

    /** The job's own bounds hold each site's; narrower ones cut all sites' alike. */
    private static Optional<String> againstBounds(EncodedField asked, Map<String, Optional<PublicField>> fields) {
        if (!asked.encode().bounds().stated()) {
            return Optional.empty();
        }
        Map<Object, List<String>> bounds = new LinkedHashMap<>();
        fields.forEach((node, field) -> field.ifPresent(
                f -> bounds.computeIfAbsent(new Bounds(f.minimum(), f.maximum()), b -> new ArrayList<>())
                        .add(node)));
        StatedBounds stated = asked.encode().bounds();
        String own = new Bounds(stated.minimum(), stated.maximum()).toString();
        if (bounds.size() > 1
                && bounds.keySet().stream().anyMatch(b -> !stated.cover(((Bounds) b).least(), ((Bounds) b).most()))) {
            return Optional.of(
                    "expected bounds within the job's " + own + ", or the same at all sites, got " + shown(bounds));
        }
        return bounds.keySet().stream().anyMatch(b -> stated.flatten(((Bounds) b).least(), ((Bounds) b).most()))
                ? Optional.of(
                        "expected bounds that have numbers in common with the job's " + own + ", got " + shown(bounds))
                : Optional.empty();
    }

    /** What a reader would not see: that two texts which look the same are not. */
    private static String likeness(List<String> some, List<String> others) {
        return some.stream()
                .flatMap(text -> Lookalike.of(text, others).stream()
                        .map(l -> "; " + InvalidDocument.shown(text) + " looks like " + InvalidDocument.shown(l.text())
                                + ", but " + l.words()))
                .findFirst()
                .orElse("");
    }

    private static List<String> texts(Object value) {
        Collection<?> all = value instanceof Collection<?> values ? values : List.of(value);
        return all.stream()
                .filter(String.class::isInstance)
                .map(String.class::cast)
                .toList();
    }

    private static String shown(Map<Object, List<String>> groups) {
        return groups.entrySet().stream()
                .limit(SHOWN_SITES)
                .map(g -> text(g.getKey()) + " at " + shown(g.getValue()))
                .collect(Collectors.joining(", "));
    }

    private static List<Aspect> aspects(EncodedField asked) {
        List<Aspect> aspects = new ArrayList<>();
        aspects.add(new Aspect("type", f -> f.shape().isEmpty() ? f.type() : f.type() + " " + f.shape()));
        aspects.add(new Aspect("unit", f -> f.unit().orElse(NONE)));
        aspects.add(new Aspect("numbers for a missing value", f -> f.missing()));
        boolean ordered = asked.encode().ordered();
        if (asked.encode().order().isEmpty()) {
            aspects.add(new Aspect(
                    "enum" + (ordered ? " in the same order" : ""),
                    f -> ordered && !numberAsItIs(asked, f) ? f.values() : new HashSet<>(f.values())));
        }
        if (!asked.encode().bounds().stated() && !ordered) {
            aspects.add(new Aspect("minimum", f -> f.minimum()));
            aspects.add(new Aspect("maximum", f -> f.maximum()));
        }
        if (ordered && asked.encode().order().isEmpty()) {
            aspects.add(new Aspect("maximum", f -> f.values().isEmpty() ? f.maximum() : NONE));
        }
        return aspects;
    }

    /** A number that is 0 or 1 stands for itself, wherever its enum has it. */
    private static boolean numberAsItIs(EncodedField asked, PublicField f) {
        return asked.encode() instanceof EncodingSpec.Binary
                && f.values().stream().allMatch(Double.class::isInstance);
    }

    private static String text(Object value) {
        if (value instanceof OptionalDouble bound) {
            return bound.isPresent() ? number(bound.getAsDouble()) : NONE;
        }
        if (value instanceof Collection<?> values) {
            return values.isEmpty()
                    ? NONE
                    : values.stream()
                                    .limit(SHOWN_VALUES)
                                    .map(v -> v instanceof Double d ? number(d) : InvalidDocument.shown((String) v))
                                    .collect(Collectors.joining(", ", "[", ""))
                            + (values.size() > SHOWN_VALUES ? ", …]" : "]");
        }
        return InvalidDocument.shown(Objects.toString(value));
    }

    private static String number(double v) {
        return v == Math.rint(v) && Math.abs(v) < 1e15 ? Long.toString((long) v) : Double.toString(v);
    }

    private static String shown(List<String> nodes) {
        String first = nodes.stream().limit(SHOWN_SITES).collect(Collectors.joining(", "));
        return nodes.size() > SHOWN_SITES ? first + " and " + (nodes.size() - SHOWN_SITES) + " more" : first;
    }
}
