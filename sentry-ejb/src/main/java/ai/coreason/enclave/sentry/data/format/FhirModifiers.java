package ai.coreason.enclave.sentry.data.format;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The elements that can turn what a resource means, so that FHIR forbids to read it without them, as a table: of each what
 * its words say. Those of STU3 and DSTU2 that negate stand there too, as R4 files come with them. A resource of whatever
 * type is judged by the elements that it has. Source: FHIR R4 2.1.0.5 (Is Modifier), 2.4.0 (modifierExtension), 2.27
 * (implicitRules), and the required value sets of each {@code status}.
 */
final class FhirModifiers {
    /** What an element that was found does to its resource. */
    enum Effect {
        /** It says that this is an error, is excluded, or did not happen. */
        DENIES,
        /** What it says is not understood. */
        OBSCURE,
        /** It says that this is not certain, or only planned. */
        DOUBTS,
        /** It is understood, but not written as R4 writes it. */
        FOREIGN,
        /** It stands in a part of the resource, and denies that part. */
        DENIES_A_PART
    }

    private enum Form {
        CODE,
        CONCEPT,
        FLAG
    }

    private record Element(String name, Form form, Set<String> denies, Set<String> doubts, Set<String> plain) {
        private boolean knows(String word) {
            return denies.contains(word) || doubts.contains(word) || plain.contains(word);
        }

        private Set<Effect> judge(JsonNode value) {
            List<String> words = words(value).map(FhirModifiers::plainly).toList();
            if (words.stream().anyMatch(denies::contains)) {
                return Set.of(Effect.DENIES);
            }
            if (words.stream().noneMatch(this::knows)) {
                return Set.of(Effect.OBSCURE);
            }
            Set<Effect> effects = new TreeSet<>();
            if (words.stream().anyMatch(doubts::contains)) {
                effects.add(Effect.DOUBTS);
            }
            if (codes(value).noneMatch(this::knows)) {
                effects.add(Effect.FOREIGN);
            }
            return effects;
        }

        /** What stands there in R4's own form. */
        private Stream<String> codes(JsonNode value) {
            return switch (form) {
                case CODE -> value.isTextual() ? Stream.of(value.textValue()) : Stream.empty();
                case FLAG -> value.isBoolean() ? Stream.of(value.asText()) : Stream.empty();
                case CONCEPT ->
                    value.path("coding").isArray()
                            ? stream(value.path("coding")).flatMap(c -> text(c.path("code")))
                            : Stream.empty();
            };
        }
    }

    private static final String EXTENSION = "modifierExtension";
    private static final Set<String> NEVER_UNDERSTOOD = Set.of(EXTENSION, "implicitRules");
    /** A concept of which only these are there says nothing. */
    private static final Set<String> ASIDE = Set.of("id", "extension");

    private static final Pattern GAP = Pattern.compile("[\\s_]+");

    private static final Map<String, Element> ELEMENTS = Stream.of(
                    element(
                            "status",
                            Form.CODE,
                            "entered-in-error cancelled canceled not-done not-taken not-given not-performed nullified"
                                    + " refuted declined rejected noshow no-show abandoned",
                            "registered preliminary partial unknown health-unknown draft preparation intended planned"
                                    + " proposed requested received ready pending booked waitlist needs-action revoked"
                                    + " superseded failed error aborted unconfirmed provisional differential unavailable"
                                    + " unsatisfactory not-billable candidate potential-candidate eligible ineligible"
                                    + " not-registered screening pending-on-study withdrawn",
                            "final amended corrected appended active completed complete in-progress on-hold onhold stopped"
                                    + " suspended arrived triaged onleave finished discharged discontinued available current"
                                    + " retired inactive resolved confirmed recorded accepted fulfilled checked-in issued"
                                    + " balanced billable billed on-study on-study-intervention on-study-observation"
                                    + " off-study follow-up"),
                    element(
                            "verificationStatus",
                            Form.CONCEPT,
                            "refuted entered-in-error",
                            "unconfirmed provisional differential presumed unknown",
                            "confirmed"),
                    element(
                            "clinicalStatus",
                            Form.CONCEPT,
                            "entered-in-error",
                            "unknown",
                            "active recurrence relapse inactive remission resolved"),
                    element(
                            "lifecycleStatus",
                            Form.CODE,
                            "entered-in-error cancelled canceled rejected",
                            "proposed planned",
                            "accepted active on-hold completed"),
                    element(
                            "intent",
                            Form.CODE,
                            "",
                            "proposal plan option unknown",
                            "directive order original-order reflex-order filler-order instance-order"),
                    element("actuality", Form.CODE, "potential", "", "actual"),
                    element("taken", Form.CODE, "n", "unk na", "y"),
                    element("isSubpotent", Form.FLAG, "", "true", "false"),
                    element("active", Form.FLAG, "", "false", "true"),
                    denial("doNotPerform"),
                    denial("notDone"),
                    denial("notPerformed"),
                    denial("notGiven"),
                    denial("wasNotGiven"),
                    denial("wasNotTaken"),
                    denial("exclude"),
                    denial("deleted"))
            .collect(Collectors.toUnmodifiableMap(Element::name, Function.identity()));

    private final Map<Effect, Set<String>> found = new EnumMap<>(Effect.class);

    private FhirModifiers() {}

    /** The names of the elements that have an effect on a resource. */
    static Map<Effect, Set<String>> of(JsonNode resource) {
        FhirModifiers modifiers = new FhirModifiers();
        modifiers.look(resource, true);
        return modifiers.found;
    }

    /** Whether an object itself has an element of which nothing can be understood. */
    static boolean obscure(JsonNode object) {
        return NEVER_UNDERSTOOD.stream().anyMatch(name -> stated(object.path(name)));
    }

    private static Element denial(String name) {
        return element(name, Form.FLAG, "true", "", "false");
    }

    private static Element element(String name, Form form, String denies, String doubts, String plain) {
        return new Element(name, form, set(denies), set(doubts), set(plain));
    }

    private static Set<String> set(String words) {
        return words.isEmpty() ? Set.of() : Set.of(words.split(" "));
    }

    private void look(JsonNode node, boolean root) {
        if (node.isObject()) {
            node.properties().forEach(member -> {
                look(member.getKey(), member.getValue(), root);
                look(member.getValue(), false);
            });
        } else if (node.isArray()) {
            node.forEach(n -> look(n, false));
        }
    }

    private void look(String name, JsonNode value, boolean root) {
        if (!stated(value)) {
            return;
        }
        if (NEVER_UNDERSTOOD.contains(name)) {
            add(Effect.OBSCURE, name);
        }
        Element element = ELEMENTS.get(name);
        if (element != null && root) {
            element.judge(value).forEach(effect -> add(effect, name));
        } else if (element != null && element.judge(value).contains(Effect.DENIES)) {
            add(Effect.DENIES_A_PART, name);
        }
    }

    private void add(Effect effect, String name) {
        found.computeIfAbsent(effect, e -> new TreeSet<>()).add(name);
    }

    /** Null, nothing in brackets and an extension alone state nothing. */
    private static boolean stated(JsonNode value) {
        boolean aside = value.isObject()
                && value.properties().stream().map(Map.Entry::getKey).allMatch(ASIDE::contains);
        return !value.isMissingNode() && !value.isNull() && !aside && !(value.isArray() && value.isEmpty());
    }

    /** All that may be meant, in whatever form it stands. */
    private static Stream<String> words(JsonNode value) {
        if (value.isArray()) {
            return stream(value).flatMap(FhirModifiers::words);
        }
        if (value.isObject()) {
            return Stream.concat(
                    text(value.path("text")),
                    Stream.concat(Stream.of(value), stream(value.path("coding")))
                            .flatMap(c -> Stream.concat(text(c.path("code")), text(c.path("display")))));
        }
        return Stream.of(value.asText());
    }

    private static Stream<JsonNode> stream(JsonNode oneOrSeveral) {
        return oneOrSeveral.isArray() ? oneOrSeveral.valueStream() : Stream.of(oneOrSeveral);
    }

    private static Stream<String> text(JsonNode value) {
        return value.isTextual() ? Stream.of(value.textValue()) : Stream.empty();
    }

    /** A word as codes are written: {@code Entered in Error} is {@code entered-in-error}. */
    private static String plainly(String word) {
        return GAP.matcher(word.strip().toLowerCase(Locale.ROOT)).replaceAll("-");
    }
}
