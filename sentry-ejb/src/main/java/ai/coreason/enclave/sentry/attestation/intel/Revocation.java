package ai.coreason.enclave.sentry.attestation.intel;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Optional;

/** What a policy demands of revocation lists; a list that is there is always judged. */
public sealed interface Revocation {
    /** What a policy that says nothing demands. */
    Revocation DEFAULT = new Required(Duration.ofDays(30));

    /**
     * Both lists have to be there.
     *
     * @param maxAge since the list of PCK certificates was issued; the root's counts until its next update
     */
    record Required(Duration maxAge) implements Revocation {
        /**
         * Checks the age.
         *
         * @throws IllegalArgumentException if it is not positive
         */
        public Required {
            if (maxAge.isZero() || maxAge.isNegative()) {
                throw new IllegalArgumentException("max_age: expected more than 0, got " + maxAge);
            }
        }
    }

    /** Lists count where they are there; only for a judgement that nobody relies on. */
    record WhereGiven() implements Revocation {}

    /**
     * An operator does without.
     *
     * @param by who
     */
    record Waived(String by) implements Revocation {}

    /** Reads {@code {"max_age_hours": n}}, {@code {"where_given": true}} or {@code {"waived_by": name}}. */
    static Revocation read(JsonFields fields) {
        Optional<String> waived =
                fields.has("waived_by") ? Optional.of(fields.identifier("waived_by")) : Optional.empty();
        boolean whereGiven = fields.flag("where_given", false);
        Revocation out = waived.<Revocation>map(Waived::new)
                .orElseGet(() -> whereGiven
                        ? new WhereGiven()
                        : new Required(Duration.ofHours(fields.whole("max_age_hours", 1, 24 * 366))));
        fields.end();
        return out;
    }

    /** As {@link #read} reads it. */
    default ObjectNode toJson() {
        ObjectNode json = Json.object();
        if (this instanceof Required required) {
            json.put("max_age_hours", required.maxAge().toHours());
        } else if (this instanceof Waived waived) {
            json.put("waived_by", waived.by());
        } else {
            json.put("where_given", true);
        }
        return json;
    }
}
