package ai.coreason.enclave.sentry.attestation.intel;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.JsonFields;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The scalars of Intel's documents. Refusals are {@link InvalidDocument}. */
final class Wire {
    private Wire() {}

    /** Bytes in hex, in lower case. */
    static String hex(JsonFields fields, String name, int bytes) {
        return fields.text(name, bytes + " bytes in hex", s -> s.matches("[0-9a-fA-F]{" + 2 * bytes + "}"))
                .toLowerCase(Locale.ROOT);
    }

    /** A time in UTC, with seconds. */
    static Instant time(JsonFields fields, String name) {
        String expected = "a time such as 2026-01-31T12:00:00Z";
        String text = fields.text(name, expected, s -> s.matches("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z"));
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw InvalidDocument.at(fields.at(name), expected, text);
        }
    }

    /** The member {@code tcbStatus}. */
    static TcbStatus status(JsonFields fields, Set<TcbStatus> known) {
        String text = fields.text(
                "tcbStatus",
                "a TCB status",
                s -> TcbStatus.of(s).filter(known::contains).isPresent());
        return TcbStatus.of(text).orElseThrow();
    }

    /** The member {@code advisoryIDs}; none if it is left out. */
    static List<String> advisories(JsonFields fields) {
        return fields.has("advisoryIDs") ? fields.texts("advisoryIDs") : List.of();
    }

    /** An array of one to some objects. */
    static List<JsonFields> someObjects(JsonFields fields, String name, int most) {
        List<JsonFields> objects = fields.objects(name);
        if (objects.isEmpty() || objects.size() > most) {
            throw InvalidDocument.at(fields.at(name), "1 to " + most + " objects", objects.size());
        }
        return objects;
    }
}
