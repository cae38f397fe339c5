package ai.coreason.enclave.overseer.job;

import ai.coreason.enclave.base.Memo;
import ai.coreason.enclave.sentry.contract.FederationJob;
import com.fasterxml.jackson.databind.JsonNode;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.function.Function;

/**
 * The documents of stored jobs, each parsed once and then shared, as a {@link FederationJob} is immutable. Kept are those that were
 * last asked for, by the job's digest, up to 32 million characters together. Thread-safe.
 */
@ApplicationScoped
public class JobDocuments {
    private static final long MOST_CHARACTERS = 32L << 20;

    private final Memo<String, FederationJob> parsed = new Memo<>(MOST_CHARACTERS);
    private Function<JsonNode, FederationJob> parser;

    /** For the container's proxies. */
    protected JobDocuments() {}

    /** The documents under the rules of this Overseer. */
    @Inject
    public JobDocuments(FederationMode mode) {
        this(document -> FederationJob.parse(document, mode.rules()));
    }

    /** The documents as a parser reads them. */
    JobDocuments(Function<JsonNode, FederationJob> parser) {
        this.parser = parser;
    }

    /**
     * A job's document.
     *
     * @throws ai.coreason.enclave.base.InvalidDocument if it is not one under this Overseer's rules
     */
    public FederationJob of(Job job) {
        return parsed.get(job.jobDigest(), job.documentLength(), () -> parser.apply(job.document()));
    }
}
