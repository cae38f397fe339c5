package ai.coreason.enclave.node.data;

import ai.coreason.enclave.privacy.dpsgd.Examples;
import ai.coreason.enclave.sentry.schema.Findings;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;

/** What comes of reading a dataset for a job. */
public sealed interface Reading {
    /**
     * Every value obeys the schema.
     *
     * @param examples the records, encoded
     */
    record Ready(Examples examples) implements Reading {}

    /**
     * The data cannot be trained on.
     *
     * @param findings what departs from the schema: counts and column names, for the site's eyes only
     * @param gaps columns that the job uses and that miss values
     */
    record Refused(Findings findings, Set<String> gaps) implements Reading {
        /** Copies the set. */
        public Refused {
            gaps = Collections.unmodifiableSet(new LinkedHashSet<>(gaps));
        }
    }
}
