package ai.coreason.enclave.sentry.data.format;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which names in FHIR resources mean one patient. {@code Patient/ID}, an absolute URL that ends in it and
 * {@code urn:uuid:ID} mean the same patient; so do a Patient's id and the {@code fullUrl} of its Bundle entry, and Patients
 * that are linked by a Patient or a Person. In doubt two names are one patient, as two units for one person would halve
 * what differential privacy promises; and a record whose reference is not understood has none. Not thread-safe;
 * {@link #toString()} shows no name.
 *
 * <p>Source: FHIR R4 2.3 (references), 3.1.1.4.4 (fullUrl), 8.1 (Patient.link), 8.3 (Person.link).
 */
final class Patients {
    /**
     * A name of a patient as a reference gives it.
     *
     * @param id the part that identifies
     * @param urn whether the reference says nothing of the type, so that it may name what is no patient
     */
    record Name(String id, boolean urn) {
        @Override
        public String toString() {
            return "Name[REDACTED]";
        }
    }

    private static final int MAX_REFERENCE = 2048;
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9.-]{1,64}+");
    private static final Pattern REFERENCE = Pattern.compile("(?:https?://[^\\s?#]+/)?Patient/([A-Za-z0-9.-]{1,64}+)"
            + "(?:/_history/[A-Za-z0-9.-]{1,64}+)?+|urn:(?:uuid|oid):([A-Za-z0-9.-]{1,64}+)");
    private static final Pattern UUID =
            Pattern.compile("[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}");

    /** A forest: of the names of one patient all lead to one, which leads to itself. */
    private final Map<String, String> next = new HashMap<>();

    /**
     * Takes what a resource says of patients' names.
     *
     * @param fullUrl the one of its Bundle entry; empty where there is none
     * @return the name of the patient that the resource is, or is of; empty where it has none
     */
    Optional<Name> learn(JsonNode resource, String fullUrl) {
        String type = resource.path("resourceType").asText();
        Set<Name> names = new HashSet<>();
        if (type.equals("Patient")) {
            id(resource.path("id")).ifPresent(id -> names.add(new Name(id, false)));
            parse(fullUrl).ifPresent(n -> names.add(new Name(n.id(), false)));
            Optional<Name> first = names.stream().findFirst();
            resource.path("link").forEach(l -> reference(l.path("other")).ifPresent(names::add));
            same(names);
            return first;
        }
        if (type.equals("Person")) {
            resource.path("link").forEach(l -> reference(l.path("target")).ifPresent(names::add));
            same(names);
            return Optional.empty();
        }
        return subject(resource);
    }

    /** The patient that a name means, by one of its names; empty where the name may mean something else. */
    Optional<String> find(Name name) {
        return name.urn() && !next.containsKey(name.id()) ? Optional.empty() : Optional.of(root(name.id()));
    }

    /** The one patient that a record is of: none where it names several, or something else beside. */
    private Optional<Name> subject(JsonNode resource) {
        Set<Optional<Name>> names = new HashSet<>();
        for (String member : new String[] {"subject", "patient"}) {
            JsonNode value = resource.path(member);
            if (value.isArray()) {
                value.forEach(v -> names.add(reference(v)));
            } else if (!value.isMissingNode()) {
                names.add(reference(value));
            }
        }
        names.forEach(n -> n.filter(name -> !name.urn()).ifPresent(name -> root(name.id())));
        return names.size() == 1 ? names.iterator().next() : Optional.empty();
    }

    private void same(Set<Name> names) {
        String last = null;
        for (Name name : names) {
            String root = root(name.id());
            if (last != null) {
                next.put(root(last), root);
            }
            last = root;
        }
    }

    private String root(String id) {
        String at = id;
        String to = next.computeIfAbsent(at, name -> name);
        while (!to.equals(at)) {
            String beyond = next.get(to);
            next.put(at, beyond);
            at = to;
            to = beyond;
        }
        return at;
    }

    private static Optional<String> id(JsonNode id) {
        return Optional.ofNullable(id.textValue())
                .filter(t -> ID.matcher(t).matches())
                .map(Patients::normal);
    }

    private static Optional<Name> reference(JsonNode reference) {
        String text = reference.path("reference").textValue();
        return text == null ? Optional.empty() : parse(text);
    }

    /** The name that a reference or a fullUrl gives. */
    static Optional<Name> parse(String reference) {
        Matcher m = REFERENCE.matcher(reference);
        if (reference.length() > MAX_REFERENCE || !m.matches()) {
            return Optional.empty();
        }
        boolean urn = m.group(1) == null;
        return Optional.of(new Name(normal(m.group(urn ? 2 : 1)), urn));
    }

    /** RFC 4122 does not tell letters of a UUID apart by case; elsewhere FHIR does. */
    private static String normal(String id) {
        return UUID.matcher(id).matches() ? id.toLowerCase(Locale.ROOT) : id;
    }

    @Override
    public String toString() {
        return "Patients[REDACTED]";
    }
}
