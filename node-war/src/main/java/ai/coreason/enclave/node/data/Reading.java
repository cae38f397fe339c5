package ai.coreason.enclave.node.data;

import ai.coreason.enclave.privacy.dpsgd.Examples;
import ai.coreason.enclave.sentry.data.schema.Findings;

/** What comes of reading a dataset for a job. */
public sealed interface Reading {
    /** What was counted: for the site's eyes only. */
    Findings findings();

    /**
     * Every value obeys the schema.
     *
     * @param examples the records, encoded; those that miss their label are left out
     */
    record Ready(Findings findings, Examples examples) implements Reading {}

    /**
     * The data cannot be trained on, by any job: the schema alone says so.
     *
     * @param unnamed how many records do not say whose they are, where the privacy unit is told by a column
     */
    record Refused(Findings findings, long unnamed) implements Reading {}
}
