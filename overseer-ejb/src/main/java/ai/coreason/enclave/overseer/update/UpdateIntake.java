package ai.coreason.enclave.overseer.update;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.overseer.enrolment.NodeRegistry;
import ai.coreason.enclave.overseer.enrolment.NodeSession;
import ai.coreason.enclave.overseer.job.Job;
import ai.coreason.enclave.overseer.job.JobDesk;
import ai.coreason.enclave.overseer.job.JobDocuments;
import ai.coreason.enclave.overseer.round.Contribution;
import ai.coreason.enclave.overseer.round.RoundDesk;
import ai.coreason.enclave.overseer.round.RoundTerms;
import ai.coreason.enclave.overseer.round.UploadRefused;
import ai.coreason.enclave.overseer.vault.SealingKeys;
import ai.coreason.enclave.overseer.vault.Storage;
import ai.coreason.enclave.overseer.vault.Vault;
import ai.coreason.enclave.privacy.ledger.ChargeRow;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.contract.UpdateEnvelope;
import ai.coreason.enclave.sentry.contract.UpdateHeader;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.InputStream;

/** The door for uploads: stores the bytes, looks at them, and queues them or leaves no trace. */
@ApplicationScoped
public class UpdateIntake {
    private static final long HEADER_ROOM = 1 << 20;
    private static final int BYTES_PER_VALUE = 4;

    @Inject
    private Storage storage;

    @Inject
    private NodeRegistry nodes;

    @Inject
    private JobDesk jobs;

    @Inject
    private JobDocuments documents;

    @Inject
    private RoundDesk rounds;

    @Inject
    private UpdateInspector inspector;

    @Inject
    private UpdateLimits limits;

    @Inject
    private UpdateQueue queue;

    /**
     * Takes an upload in. The same sealed bytes again are not kept twice, whatever evidence comes with them.
     *
     * @param nodeId the node that sends it, by its certificate
     * @param declaredDigest the SHA-256 that the sender gives for the body
     * @throws InvalidDocument if the body is not what it should be, naming what is wrong
     * @throws UploadRefused if the round does not take it
     * @throws IOException if it is too large, or the connection broke
     */
    public void receive(String jobId, long round, String nodeId, String declaredDigest, InputStream body)
            throws IOException {
        NodeSession session = nodes.find(nodeId).orElseThrow().session();
        Job job = jobs.find(jobId).orElseThrow(() -> InvalidDocument.at("job_id", "a job of this Overseer", jobId));
        RoundTerms terms =
                rounds.terms(jobId, round, nodeId).orElseThrow(() -> UploadRefused.notInvited(nodeId, round));
        FederationJob document = documents.of(job);
        long limit = HEADER_ROOM + BYTES_PER_VALUE * document.model().parameterCount();
        try (Vault.Arrival arrival = storage.updates().receive(body, limit)) {
            String digest = arrival.entry().digest();
            if (!digest.equals(declaredDigest)) {
                throw InvalidDocument.at("Content-Digest", "the SHA-256 of the body, " + digest, declaredDigest);
            }
            UpdateEnvelope envelope = UpdateEnvelope.parse(arrival.read());
            UpdateHeader header = envelope.header();
            match("header.job_id", jobId, header.jobId().toString());
            match("header.round", Long.toString(round), Integer.toString(header.round()));
            match("header.node_id", nodeId, header.nodeId());
            ChargeRow.parse(header.ledgerRow(), "header.ledger_row");
            inspect(document, envelope, terms);
            queue.enqueue(new ClaimCheck(header.key(), digest, session), header.sealedSha256(), arrival);
        }
    }

    /**
     * Opens what was not opened before. This is the opening that the judgement relies on: the digest of the envelope that was
     * opened here stands in the row and in the message, and nothing else is queued. Of sealed bytes that this very attempt has
     * from this node already nothing is queued, and the key of a job that is over is gone; only what the vault has lost is opened anew.
     */
    private void inspect(FederationJob document, UpdateEnvelope envelope, RoundTerms terms) {
        UpdateHeader header = envelope.header();
        boolean known = rounds.contribution(header.key())
                .filter(c -> !c.lost(storage.updates()::has))
                .flatMap(Contribution::sealedDigest)
                .filter(header.sealedSha256()::equals)
                .isPresent();
        if (known) {
            return;
        }
        try {
            inspector.open(
                    header.key().jobId(), document, envelope, limits.of(document, terms.plan(), terms.baseDigest()));
        } catch (SealingKeys.Destroyed over) {
            throw UploadRefused.closed(header.key().attempt(), "part of a job that has ended");
        }
    }

    private static void match(String field, String expected, String came) {
        if (!expected.equals(came)) {
            throw InvalidDocument.at(field, expected, came);
        }
    }
}
