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
import ai.coreason.enclave.sentry.contract.ContributionKey;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.contract.update.SealedUpdate;
import ai.coreason.enclave.sentry.contract.update.UpdateEnvelope;
import ai.coreason.enclave.sentry.contract.update.UpdateStatement;
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
            byte[] upload = arrival.read();
            UpdateEnvelope envelope = UpdateEnvelope.parse(upload);
            SealedUpdate sealed = envelope.sealed(upload);
            UpdateStatement statement = sealed.statement();
            ContributionKey key = statement.key();
            match("header.job_id", jobId, key.jobId());
            match("header.round", Long.toString(round), Long.toString(key.round()));
            match("header.node_id", nodeId, key.nodeId());
            ChargeRow.parse(statement.ledgerRow(), "header.ledger_row");
            if (!known(key, envelope.sealedSha256())) {
                inspect(document, sealed, terms);
            }
            queue.enqueue(new ClaimCheck(key, digest, session), envelope.sealedSha256(), arrival);
        }
    }

    /** Whether this very attempt has these sealed bytes from this node already: then nothing is queued. */
    private boolean known(ContributionKey key, String sealedSha256) {
        return rounds.contribution(key)
                .flatMap(Contribution::sealedDigest)
                .filter(sealedSha256::equals)
                .isPresent();
    }

    /**
     * Opens what was not opened before. This is the opening that the judgement relies on: the digest of the upload that was opened
     * here stands in the row and in the message, and nothing else is queued. What is known already is not opened again: the key of
     * a job that is over is gone.
     */
    private void inspect(FederationJob document, SealedUpdate sealed, RoundTerms terms) {
        try {
            inspector.open(
                    sealed.statement().key().jobId(),
                    document,
                    sealed,
                    limits.of(document, terms.plan(), terms.baseDigest()));
        } catch (SealingKeys.Destroyed over) {
            throw UploadRefused.closed(sealed.statement().key().attempt(), "part of a job that has ended");
        }
    }

    private static void match(String field, String expected, String came) {
        if (!expected.equals(came)) {
            throw InvalidDocument.at(field, expected, came);
        }
    }
}
