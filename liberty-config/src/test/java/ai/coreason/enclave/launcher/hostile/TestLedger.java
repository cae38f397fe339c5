package ai.coreason.enclave.launcher.hostile;

import ai.coreason.enclave.base.AttemptKey;
import ai.coreason.enclave.base.Digests;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.privacy.accounting.Phase;
import ai.coreason.enclave.privacy.ledger.ChargeRequest;
import ai.coreason.enclave.privacy.ledger.ChargeRow;
import ai.coreason.enclave.privacy.ledger.ChargeRow.Spending;
import ai.coreason.enclave.privacy.ledger.ChargeRule;
import ai.coreason.enclave.privacy.ledger.ChargeState;
import ai.coreason.enclave.privacy.ledger.Dataset;
import ai.coreason.enclave.privacy.ledger.PrivacyUnit;
import ai.coreason.enclave.privacy.ledger.RowSignature;
import ai.coreason.enclave.sentry.contract.RoundTask;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/** A node's ledger, kept in memory: one charge an attempt, chained and with true figures. */
final class TestLedger {
    static final String NONCE = "ab".repeat(32);

    private final String nodeId;
    private final String measurement;
    private final Dataset dataset;
    private final List<ChargeRow> rows = new ArrayList<>();
    private PrivateKey key;
    private X509Certificate certificate;

    TestLedger(String nodeId, String measurement) {
        this(nodeId, measurement, TestJobs.DATASET);
    }

    TestLedger(String nodeId, String measurement, String datasetId) {
        this.nodeId = nodeId;
        this.measurement = measurement;
        this.dataset = new Dataset("owner_" + nodeId, datasetId, new PrivacyUnit("", 1), 1000, 1e-5, 5.0, false);
    }

    /** Signs rows from now on with the key of an enrolment. */
    void signBy(PrivateKey newKey, X509Certificate newCertificate) {
        key = newKey;
        certificate = newCertificate;
    }

    String datasetId() {
        return dataset.datasetId();
    }

    /** What the node registers when it enrols. */
    ObjectNode registration() {
        ObjectNode registration =
                dataset.json().put("filter_order", dataset.filter().order()).put("filter_spent", spent());
        registration.set("dictionary", Json.read("""
                [{"names": ["age"], "type": "number", "minimum": 0, "maximum": 120},
                 {"names": ["outcome"], "type": "integer", "enum": [0, 1]}]
                """));
        return registration;
    }

    /** The row of a task's attempt, made when it is first asked for. */
    ChargeRow charge(RoundTask task) {
        AttemptKey key = task.key();
        Optional<ChargeRow> before =
                rows.stream().filter(r -> r.request().key().equals(key)).findFirst();
        if (before.isEmpty()) {
            rows.add(next(task, key));
        }
        return before.orElseGet(() -> rows.get(rows.size() - 1));
    }

    /**
     * The row of a task's attempt on other terms: with true figures, hash and signature of its own, as a node that lies makes it. The
     * ledger keeps the right one.
     */
    ChargeRow lie(RoundTask task, Consumer<ObjectNode> change) {
        ChargeRow right = charge(task);
        ObjectNode other = right.json();
        change.accept(other);
        return chained(
                rows.subList(0, (int) right.sequence() - 1),
                ChargeRow.parse(other, "row").request());
    }

    /** Hands in the rows that the Overseer has not mirrored, as a node does whose update was never taken. */
    void mirror(TestNode node) throws Exception {
        String path = "/ledger-heads/" + TestJobs.DATASET;
        int mirrored =
                node.get(path + "?nonce=" + NONCE).ok().json().get("sequence").asInt();
        if (mirrored < rows.size()) {
            ObjectNode body = Json.object().put("nonce", NONCE);
            rows.subList(mirrored, rows.size())
                    .forEach(r -> body.withArray("rows").add(r.json()));
            node.post(path, body).ok();
        }
    }

    /** Charges so many attempts of jobs that nobody asked for, and returns their rows. */
    List<ChargeRow> charges(int count) {
        int before = rows.size();
        for (int i = 0; i < count; i++) {
            ChargeRequest request = new ChargeRequest(
                    dataset.datasetId(),
                    new AttemptKey(UUID.randomUUID().toString(), 1, 1),
                    "0".repeat(64),
                    nodeId,
                    Optional.of(new Phase(1e-3, 50, 1)),
                    1.0,
                    10.0,
                    3.0,
                    dataset.delta(),
                    "0".repeat(64),
                    measurement);
            rows.add(chained(rows, request));
        }
        return List.copyOf(rows.subList(before, rows.size()));
    }

    /** Loses its last row, as a restored disk does: the next one will stand where that one stood. */
    void forget() {
        rows.remove(rows.size() - 1);
    }

    private ChargeRow next(RoundTask task, AttemptKey key) {
        Phase phase = new Phase(
                task.plan().samplingRate(),
                task.plan().noiseMultiplier(),
                task.plan().steps());
        ChargeRequest request = new ChargeRequest(
                dataset.datasetId(),
                key,
                task.jobDigest(),
                nodeId,
                Optional.of(phase),
                task.plan().maxGradNorm(),
                task.plan().normaliser(),
                task.job().privacy().targetEpsilon(),
                dataset.delta(),
                task.baseDigest(),
                measurement);
        return chained(rows, request);
    }

    private ChargeRow chained(List<ChargeRow> before, ChargeRequest request) {
        Spending spending = ChargeRule.spending(dataset, before, request);
        long sequence = before.size() + 1L;
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        String head = before.isEmpty()
                ? dataset.genesis()
                : before.get(before.size() - 1).hash();
        ChargeRow open = row(sequence, now, request, spending, head, "", Optional.empty());
        String hash = open.computedHash();
        return row(sequence, now, request, spending, head, hash, Optional.of(signature(hash)));
    }

    private ChargeRow row(
            long sequence,
            Instant time,
            ChargeRequest request,
            Spending spending,
            String head,
            String hash,
            Optional<RowSignature> signature) {
        ChargeState state = ChargeState.COMMITTED;
        return new ChargeRow(
                sequence, time, dataset, request, spending, Optional.empty(), head, hash, state, signature);
    }

    private RowSignature signature(String hash) {
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(key);
            signature.update(("coreason/ledger-row/v1\n" + hash).getBytes(StandardCharsets.US_ASCII));
            return new RowSignature(
                    Digests.sha256Hex(certificate.getEncoded()),
                    Base64.getEncoder().encodeToString(signature.sign()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private double spent() {
        return rows.isEmpty() ? 0 : rows.get(rows.size() - 1).spending().filterSpentAfter();
    }
}
