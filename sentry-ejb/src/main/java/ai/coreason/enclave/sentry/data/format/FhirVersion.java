package ai.coreason.enclave.sentry.data.format;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Which version of a resource one is: {@code meta.lastUpdated} says, else {@code meta.versionId} where it is a number.
 * Source: FHIR R4 2.1.3.1.
 *
 * @param updated when it was written
 * @param number the version's number
 */
record FhirVersion(Optional<Instant> updated, OptionalLong number) {
    private static final int LONGEST = 18;

    /** The version that a resource states. */
    static FhirVersion of(JsonNode resource) {
        JsonNode meta = resource.path("meta");
        return new FhirVersion(
                instant(meta.path("lastUpdated")), number(meta.path("versionId").asText()));
    }

    /** The number that a version's id is; empty where it is none. */
    static OptionalLong number(String id) {
        boolean counted = !id.isEmpty() && id.length() <= LONGEST && id.chars().allMatch(c -> c >= '0' && c <= '9');
        return counted ? OptionalLong.of(Long.parseLong(id)) : OptionalLong.empty();
    }

    /** The time that a text states; empty where it states none. */
    static Optional<Instant> instant(JsonNode text) {
        try {
            return text.isTextual()
                    ? Optional.of(OffsetDateTime.parse(text.textValue()).toInstant())
                    : Optional.empty();
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** Below 0 if the other is newer, above if this one is, empty where neither says. */
    OptionalInt compare(FhirVersion other) {
        if (updated.isPresent() && other.updated.isPresent() && !updated.equals(other.updated)) {
            return OptionalInt.of(updated.get().compareTo(other.updated.get()));
        }
        if (number.isPresent() && other.number.isPresent() && number.getAsLong() != other.number.getAsLong()) {
            return OptionalInt.of(Long.compare(number.getAsLong(), other.number.getAsLong()));
        }
        return OptionalInt.empty();
    }

    /** Whether it was written after a deletion: of two numbers those decide, as a history's Bundle may lack the time. */
    boolean after(FhirVersion deletion) {
        if (number.isPresent() && deletion.number.isPresent()) {
            return number.getAsLong() > deletion.number.getAsLong();
        }
        return deletion.updated.isPresent()
                && updated.filter(deletion.updated.get()::isBefore).isPresent();
    }
}
