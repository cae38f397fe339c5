package ai.coreason.enclave.overseer.update;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.overseer.OverseerDatabase;
import ai.coreason.enclave.overseer.job.NodePlan;
import ai.coreason.enclave.overseer.round.Awaited;
import ai.coreason.enclave.overseer.round.RoundsUnderWay;
import ai.coreason.enclave.privacy.ledger.LedgerMirror;
import ai.coreason.enclave.privacy.ledger.SampleLedger;
import ai.coreason.enclave.sentry.attestation.Verdict;
import ai.coreason.enclave.sentry.contract.ContributionKey;
import ai.coreason.enclave.sentry.contract.Evidence;
import ai.coreason.enclave.sentry.contract.HardwareType;
import ai.coreason.enclave.sentry.contract.update.UpdateEnvelope;
import ai.coreason.enclave.sentry.contract.update.UpdateStatement;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import jakarta.persistence.EntityManager;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every member of a real row that comes with an update is changed, one at a time, and the row is hashed and signed again, as a
 * node that lies would: each change is refused, by what the task says or by what the ledger before it says.
 */
class EveryChargeMemberTest {
    private static final ContributionKey KEY = ContributionKey.of("job-1", 1, 1, "node_va");
    private static final String OTHER = "9".repeat(64);
    /** What the node's ledger alone can say; the mirror computes it anew. */
    private static final Set<String> LEDGERS_OWN = Set.of(
            "sequence",
            "time",
            "epsilon_before",
            "epsilon_after",
            "job_epsilon_after",
            "filter_order",
            "filter_spent_after",
            "accountant",
            "accountant_version",
            "job_accountant",
            "job_accountant_version",
            "epsilon_meaning",
            "job_epsilon_meaning",
            "previous_hash",
            "hash",
            "signer",
            "signature");
    /** They have one value each; a row with another one cannot be read. */
    private static final Set<String> FIXED = Set.of("adjacency");

    @TempDir
    private Path folder;

    private SampleLedger ledger;
    private OverseerDatabase database;
    private EntityManager em;
    private LedgerMirror mirror;
    private ObjectNode row;

    @BeforeEach
    void open() {
        ledger = new SampleLedger(folder);
        database = new OverseerDatabase();
        em = database.entityManager();
        em.getTransaction().begin();
        mirror = new LedgerMirror(em);
        mirror.register("node_va", SampleLedger.HEART);
        ledger.signers().values().forEach(c -> mirror.know("node_va", c));
        row = ledger.rows().get(0).json().put("state", "COMMITTED");
    }

    @AfterEach
    void close() {
        em.getTransaction().rollback();
        em.close();
        database.close();
        ledger.close();
    }

    private List<String> refusals(ObjectNode changed) {
        NodePlan plan = new NodePlan("node_va", "heart", 85, RoundsUnderWay.PLAN, 3.0, 1e-3, 1);
        Awaited task = new Awaited(new byte[32], "a".repeat(64), "b".repeat(64), plan, SampleLedger.HEART);
        UpdateStatement statement = new UpdateStatement(
                KEY,
                task.jobDigest(),
                task.nonce(),
                task.baseDigest(),
                task.plan().digest(),
                changed,
                Map.of(),
                OptionalLong.empty());
        Evidence evidence = new Evidence(
                HardwareType.SIMULATED, new byte[] {1}, Json.object().put("code_manifest_sha256", "c".repeat(64)));
        Appraisal appraisal =
                Appraisal.of(new UpdateEnvelope(statement, "d".repeat(64), evidence), task, new Verdict.Trusted("ab"));
        if (appraisal instanceof Appraisal.Unfit unfit) {
            assertThat(unfit.update().charge()).isEmpty();
            return unfit.reasons();
        }
        return mirror
                .accept("node_va", ((Appraisal.Fit) appraisal).update().charge().orElseThrow())
                .stream()
                .toList();
    }

    @Test
    void realRow_isTaken() {
        assertThat(refusals(row)).isEmpty();
    }

    @Test
    void anyMemberChanged_isRefused() {
        Map<String, List<String>> taken = new TreeMap<>();
        Set<String> named = new TreeSet<>();
        for (String member : (Iterable<String>) row::fieldNames) {
            for (JsonNode value : others(row.get(member))) {
                List<String> why = refusals(changed(member, value));
                if (why.isEmpty()) {
                    taken.computeIfAbsent(member, m -> new ArrayList<>()).add(value.toString());
                }
                why.stream()
                        .filter(w -> w.startsWith("ledger_row." + member + ": expected " + row.get(member)))
                        .forEach(w -> named.add(member));
            }
        }

        assertThat(taken.keySet())
                .as("when a charge was reserved the node alone can say")
                .containsExactly("time");
        Set<String> known = new TreeSet<>();
        row.fieldNames().forEachRemaining(known::add);
        known.removeAll(LEDGERS_OWN);
        known.removeAll(FIXED);
        assertThat(named).containsAll(known);
    }

    private ObjectNode changed(String member, JsonNode value) {
        ObjectNode changed = row.deepCopy();
        changed.set(member, value);
        if (Set.of("hash", "signature", "signer").contains(member)) {
            return changed;
        }
        try {
            return ledger.sign(changed);
        } catch (RuntimeException unreadable) {
            return changed;
        }
    }

    /** Other values of a member's kind. */
    private static List<JsonNode> others(JsonNode value) {
        if (value.isBoolean()) {
            return List.of(BooleanNode.valueOf(!value.booleanValue()));
        }
        if (value.isIntegralNumber()) {
            return List.of(LongNode.valueOf(value.longValue() + 1), LongNode.valueOf(2 * value.longValue()));
        }
        if (value.isNumber()) {
            return List.of(DoubleNode.valueOf(value.doubleValue() / 2), DoubleNode.valueOf(value.doubleValue() * 1.01));
        }
        return Optional.of(value)
                .filter(JsonNode::isNull)
                .map(none -> List.<JsonNode>of(TextNode.valueOf(OTHER)))
                .orElseGet(() -> List.of(
                        TextNode.valueOf(OTHER),
                        TextNode.valueOf("another"),
                        TextNode.valueOf("NONE"),
                        TextNode.valueOf("EXPIRED"),
                        TextNode.valueOf("2026-11-25T00:00:00Z"),
                        Json.object().put("column", "id").put("max_records", 2),
                        NullNode.getInstance()));
    }
}
