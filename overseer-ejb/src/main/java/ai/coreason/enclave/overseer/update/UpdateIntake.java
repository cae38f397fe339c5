package ai.coreason.enclave.overseer.update;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.overseer.enrolment.NodeRegistry;
import ai.coreason.enclave.overseer.enrolment.NodeSession;
import ai.coreason.enclave.overseer.job.Job;
import ai.coreason.enclave.overseer.job.JobDesk;
import ai.coreason.enclave.overseer.job.JobDocuments;
import ai.coreason.enclave.overseer.load.Busy;
import ai.coreason.enclave.overseer.load.MemoryShare;
import ai.coreason.enclave.overseer.load.ModelMemory;
import ai.coreason.enclave.overseer.load.Turns;
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
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalDouble;

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

    @Inject
    private ModelMemory memory;

    @Inject
    private Turns turns;

    /** For the container. */
    public UpdateIntake() {}

    /** An intake outside of a server that refuses at the door. */
    UpdateIntake(ModelMemory memory, Turns turns) {
        this.memory = memory;
        this.turns = turns;
    }

    /**
     * An update that comes in.
     *
     * @param declaredDigest the SHA-256 that the sender gives for the body
     * @param declaredBytes the length that the sender gives for it; negative where it gives none
     * @param body the bytes, not read yet
     */
    public record Upload(String declaredDigest, long declaredBytes, InputStream body) {}

    /**
     * Takes an upload in. The same sealed bytes again are not kept twice, whatever evidence comes with them. While it comes it goes to
     * the disk and takes no memory; a node has one on its way at a time, so that many cannot fill the disk either. Then it waits for
     * memory to be opened in.
     *
     * @param nodeId the node that sends it, by its certificate
     * @throws Busy if the node sends another one, or this one does not fit into memory beside those of others; before anything is read, as
     *     far as that shows then
     * @throws InvalidDocument if the body is not what it should be, naming what is wrong
     * @throws UploadRefused if the round does not take it
     * @throws IOException if it is too large, or the connection broke
     */
    public void receive(String jobId, long round, String nodeId, Upload upload) throws IOException {
        Turns.Turn turn = turns.begin(Turns.Kind.UPLOAD, nodeId);
        try {
            memory.expectRoomForUploads();
            receiveOne(jobId, round, nodeId, upload);
        } finally {
            turn.close();
        }
    }

    private void receiveOne(String jobId, long round, String nodeId, Upload upload) throws IOException {
        NodeSession session = nodes.find(nodeId).orElseThrow().session();
        Job job = jobs.find(jobId).orElseThrow(() -> InvalidDocument.at("job_id", "a job of this Overseer", jobId));
        RoundTerms terms =
                rounds.terms(jobId, round, nodeId).orElseThrow(() -> UploadRefused.notInvited(nodeId, round));
        FederationJob document = documents.of(job);
        long limit = HEADER_ROOM + BYTES_PER_VALUE * document.model().parameterCount();
        if (upload.declaredBytes() > limit) {
            throw new Vault.TooLarge(limit);
        }
        try (Vault.Arrival arrival = storage.updates().receive(upload.body(), limit)) {
            String digest = arrival.entry().digest();
            if (!digest.equals(upload.declaredDigest())) {
                throw InvalidDocument.at(
                        "Content-Digest", "the SHA-256 of the body, " + digest, upload.declaredDigest());
            }
            Opened opened;
            MemoryShare.Permit permit = memory.upload(arrival.entry().bytes());
            try {
                opened = opened(arrival, new Expected(jobId, round, nodeId, document, terms));
            } finally {
                permit.close();
            }
            queue.enqueue(new ClaimCheck(opened.key(), digest, session), opened.sealedSha256(), arrival);
        }
    }

    private record Expected(String jobId, long round, String nodeId, FederationJob document, RoundTerms terms) {}

    /** What is known of an update once it was opened; its bytes are not held. */
    private record Opened(ContributionKey key, String sealedSha256) {}

    private Opened opened(Vault.Arrival arrival, Expected expected) {
        OptionalDouble longest = limits.of(
                expected.document(), expected.terms().plan(), expected.terms().baseDigest());
        SealedUpdate sealed = arrival.read(UpdateEnvelope::readSealed);
        ContributionKey key = sealed.statement().key();
        match("header.job_id", expected.jobId(), key.jobId());
        match("header.round", Long.toString(expected.round()), Long.toString(key.round()));
        match("header.node_id", expected.nodeId(), key.nodeId());
        ChargeRow.parse(sealed.statement().ledgerRow(), "header.ledger_row");
        if (!known(key, sealed.digest())) {
            inspect(expected.document(), sealed, longest);
        }
        return new Opened(key, sealed.digest());
    }

    /** Whether this very attempt has these sealed bytes from this node already, and the vault has not lost them: then nothing is queued. */
    private boolean known(ContributionKey key, String sealedSha256) {
        return rounds.contribution(key)
                .filter(c -> !c.lost(storage.updates()::has))
                .flatMap(Contribution::sealedDigest)
                .filter(sealedSha256::equals)
                .isPresent();
    }

    /**
     * Opens what was not opened before. This is the opening that the judgement relies on: the digest of the upload that was opened
     * here stands in the row and in the message, and nothing else is queued. What is known already is not opened again: the key of
     * a job that is over is gone.
     */
    private void inspect(FederationJob document, SealedUpdate sealed, OptionalDouble longest) {
        ContributionKey key = sealed.statement().key();
        try {
            inspector.inspect(key.jobId(), document, sealed, longest);
        } catch (SealingKeys.Destroyed over) {
            throw UploadRefused.closed(key.attempt(), "part of a job that has ended");
        }
    }

    private static void match(String field, String expected, String came) {
        if (!expected.equals(came)) {
            throw InvalidDocument.at(field, expected, came);
        }
    }
}
