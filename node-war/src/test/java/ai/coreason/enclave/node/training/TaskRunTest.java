package ai.coreason.enclave.node.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.Digests;
import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.node.overseer.OverseerUnreachable;
import ai.coreason.enclave.node.site.SitePolicy;
import ai.coreason.enclave.privacy.graph.Weights;
import ai.coreason.enclave.privacy.ledger.ChargeRow;
import ai.coreason.enclave.privacy.ledger.ChargeState;
import ai.coreason.enclave.sentry.attestation.ReportData;
import ai.coreason.enclave.sentry.contract.RoundTask;
import ai.coreason.enclave.sentry.contract.update.UpdateEnvelope;
import ai.coreason.enclave.sentry.contract.update.UpdateStatement;
import ai.coreason.enclave.sentry.tensor.Safetensors;
import ai.coreason.enclave.sentry.tensor.Tensor;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TaskRunTest extends TaskBench {
    @Test
    void take_approvedTask_handsInAnUpdateThatOpensAndIsPaid() throws Exception {
        RoundTask task = task(1);

        take(task);

        assertThat(federation.declines).isEmpty();
        assertThat(federation.uploads).hasSize(1);
        Weights update = federation.open(task.job().model(), federation.uploads.get(0));
        assertThat(update.names()).containsExactly("fc.weight", "fc.bias");
        UpdateStatement answer = UpdateEnvelope.parse(federation.uploads.get(0)).statement();
        assertThat(answer.jobDigest()).isEqualTo(task.jobDigest());
        assertThat(answer.planDigest()).isEqualTo(task.planDigest());
        assertThat(answer.trainMillis()).isPresent();
        ChargeRow row = ChargeRow.parse(answer.ledgerRow(), "ledger_row");
        assertThat(row.state()).isEqualTo(ChargeState.COMMITTED);
        assertThat(row.request().key()).isEqualTo(FIRST);
        assertThat(row.request().measurement()).isEqualTo(MANIFEST);
        assertThat(books.rows("heart")).containsExactly(row);
        assertThat(books.pending()).isEmpty();
    }

    @Test
    void take_approvedTask_evidenceIsForJustTheseBytes() throws Exception {
        RoundTask task = task(1);

        take(task);

        UpdateEnvelope sent = UpdateEnvelope.parse(federation.uploads.get(0));
        ObjectNode expected = Json.object()
                .put("node_id", "node_a")
                .put("epoch", 3)
                .put("nonce", "A".repeat(43) + "=")
                .put("tls_spki_sha384", "ab".repeat(48))
                .put("code_manifest_sha256", MANIFEST)
                .put("job_digest", task.jobDigest())
                .put("round", 1)
                .put("attempt", 1)
                .put("base_digest", task.baseDigest())
                .put("plan_digest", task.planDigest())
                .put("update_digest", sent.sealedSha256());
        expected.set("hpke", task.hpke().json());
        expected.putObject("ledger_head")
                .put("sequence", 1)
                .put("hash", books.accounts().get(0).head());
        ReportData quoted =
                ReportData.parse(ReportData.Role.UPDATE, sent.evidence().reportData(), "report_data");
        assertThat(quoted.json()).isEqualTo(expected);
        assertThat(sent.evidence().quote()).isEqualTo(quoted.digest());
    }

    @Test
    void take_sameTaskAgain_handsInTheSameBytesAndPaysNothing() throws Exception {
        RoundTask task = task(1);
        take(task);
        double spent = books.accounts().get(0).filterSpent();

        take(task);

        assertThat(federation.uploads).hasSize(2);
        assertThat(federation.uploads.get(1)).isEqualTo(federation.uploads.get(0));
        assertThat(books.accounts().get(0).filterSpent()).isEqualTo(spent);
    }

    @Test
    void take_laterRound_forgetsTheUpdatesBefore() throws Exception {
        take(task(1));
        mirrored();

        take(task(2));

        assertThat(federation.uploads).hasSize(2);
        assertThat(books.outgoing(FIRST)).get().satisfies(o -> {
            assertThat(o.state()).isEqualTo(OutboxEntry.State.DELIVERED);
            assertThat(o.kept()).isEmpty();
        });
        take(task(1));
        assertThat(federation.uploads).hasSize(2);
        assertThat(federation.declines)
                .containsExactly(
                        "INTERNAL: the update of this attempt was handed in and its bytes were given up since");
    }

    @Test
    void take_laterRound_readsTheRecordsAnewWhenTheFileChanged() throws Exception {
        Path file = folder.resolve("heart.csv");
        FileTime begin = Files.getLastModifiedTime(file);
        TaskRun run = run();
        run.take(federation.session(), task(1).json());
        mirrored();
        Files.writeString(file, records().replace("\n1,0,0\n", "\n1,7,0\n"));
        Files.setLastModifiedTime(file, begin);
        run.take(federation.session(), task(2).json());
        mirrored();
        assertThat(federation.declines).isEmpty();

        Files.setLastModifiedTime(file, FileTime.from(begin.toInstant().plusSeconds(1)));
        run.take(federation.session(), task(3).json());

        assertThat(federation.uploads).hasSize(2);
        assertThat(federation.declines).singleElement().asString().startsWith("RECORDS: ");
    }

    @Test
    void take_overseerDown_keepsTheUpdateAndResendsItUnchanged() throws Exception {
        federation.uploadStatus = 503;
        assertThatThrownBy(() -> take(task(1))).isInstanceOf(OverseerUnreachable.class);
        byte[] kept = KeptUpdate.parse(
                        books.outgoing(FIRST).orElseThrow().kept().orElseThrow())
                .update()
                .bytes();

        federation.uploadStatus = 202;
        run().resend(federation.session());

        assertThat(federation.uploads)
                .singleElement()
                .satisfies(upload -> assertThat(sealed(upload)).isEqualTo(kept));
        assertThat(books.pending()).isEmpty();
    }

    @Test
    void resend_afterARestartAndANewEnrolment_sendsTheSameSealedBytesWithEvidenceOfTheNewEpoch() throws Exception {
        federation.uploadStatus = 503;
        RoundTask task = task(1);
        assertThatThrownBy(() -> take(task)).isInstanceOf(OverseerUnreachable.class);
        byte[] kept = KeptUpdate.parse(
                        books.outgoing(FIRST).orElseThrow().kept().orElseThrow())
                .update()
                .bytes();
        double spent = books.accounts().get(0).filterSpent();

        federation.uploadStatus = 202;
        assertThat(books.recover()).isZero();
        run().resend(federation.session(4, "cd".repeat(48)));

        UpdateEnvelope sent = UpdateEnvelope.parse(federation.uploads.get(0));
        assertThat(federation.uploads).hasSize(1);
        assertThat(sealed(federation.uploads.get(0))).isEqualTo(kept);
        ReportData quoted =
                ReportData.parse(ReportData.Role.UPDATE, sent.evidence().reportData(), "report_data");
        assertThat(quoted.digest())
                .isEqualTo(ReportData.update(sent.statement(), Digests.sha256Hex(kept), 4, "cd".repeat(48))
                        .withSealingKey(task.hpke())
                        .withManifest(MANIFEST)
                        .digest());
        assertThat(quoted.json().get("nonce").textValue()).isEqualTo("A".repeat(43) + "=");
        assertThat(sent.evidence().quote()).isEqualTo(quoted.digest());
        assertThat(federation
                        .open(task.job().model(), federation.uploads.get(0))
                        .names())
                .isNotEmpty();
        assertThat(books.rows("heart"))
                .singleElement()
                .satisfies(r -> assertThat(r.state()).isEqualTo(ChargeState.COMMITTED));
        assertThat(books.accounts().get(0).filterSpent()).isEqualTo(spent);
        assertThat(books.pending()).isEmpty();
    }

    @Test
    void take_roundClosed_givesTheUpdateUpAndLaterHandsInItsCharge() throws Exception {
        federation.uploadStatus = 409;
        take(task(1));
        assertThat(books.pending()).isEmpty();
        assertThat(federation.declines).isEmpty();

        federation.uploadStatus = 202;
        take(task(2));

        assertThat(federation.rows)
                .extracting(row -> ChargeRow.parse(row, "row"))
                .containsExactly(books.rows("heart").get(0));
        assertThat(federation.uploads).hasSize(1);
    }

    @Test
    void take_jobNotApproved_declinesAndPaysNothing() throws Exception {
        policy = new SitePolicy(false, Set.of("00".repeat(32)));

        take(task(1));

        assertDeclined("POLICY: job_digest: expected a job that the data owner approved, got ");
    }

    @Test
    void take_jobOfOtherNodes_declines() throws Exception {
        ObjectNode job = Jobs.document();
        job.putArray("clients").add("node_b").add("node_c");

        take(federation.task(job, 1, 1, plan(2), 0));

        assertDeclined("POLICY: job.clients: expected node_a among them, got [node_b, node_c]");
    }

    @Test
    void take_planWithLessNoise_declines() throws Exception {
        take(federation.task(Jobs.document(), 1, 1, plan(1), 0));

        assertDeclined("POLICY: plan.noise_multiplier: expected 2.0, as in the job, got 1.0");
    }

    @Test
    void take_datasetThatTheNodeLacks_declines() throws Exception {
        ObjectNode job = Jobs.document();
        ((ObjectNode) job.get("dataset")).put("name", "lung");

        take(federation.task(job, 1, 1, plan(2), 0));

        assertDeclined("DATASET: job.dataset.name: expected a dataset that this node offers, got lung");
    }

    @Test
    void take_otherBaseModelForTheRound_declines() throws Exception {
        take(task(1));
        mirrored();

        take(federation.task(Jobs.document(), 1, 2, plan(2), 1));

        assertThat(federation.declines)
                .singleElement()
                .asString()
                .startsWith("POLICY: base_digest: expected the round's one base model ");
        assertThat(books.rows("heart")).hasSize(1);
    }

    @Test
    void take_budgetThatCannotPay_declines() throws Exception {
        ObjectNode job = Jobs.document();
        ((ObjectNode) job.get("privacy")).put("target_epsilon", 0.01);

        take(federation.task(job, 1, 1, plan(2), 0));

        assertDeclined("BUDGET: the round would take epsilon to ");
    }

    @Test
    void take_baseModelOfAnotherShape_declines() throws Exception {
        RoundTask task = task(1);
        federation.model = Safetensors.write(Map.of(), List.of(Tensor.of("fc.weight", List.of(1L, 3L), new float[3])));
        RoundTask other = new RoundTask(
                task.key(),
                task.nonce(),
                Digests.sha256Hex(federation.model),
                plan(2),
                task.deadline(),
                task.job(),
                task.hpke());

        take(other);

        assertDeclined("INTERNAL: the base model does not pass the airlock: fc.weight: SHAPE");
    }

    @Test
    void take_noEvidence_keepsTheUpdateUntilThereIsSome() throws Exception {
        evidence = reportData -> {
            throw new IllegalStateException("no quote");
        };
        assertThatThrownBy(() -> take(task(1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("no quote");
        assertThat(federation.declines).isEmpty();
        assertThat(books.pending()).containsExactly(FIRST);

        evidence = SmallSite::quote;
        run().resend(federation.session());

        assertThat(federation.uploads).hasSize(1);
        assertThat(books.rows("heart"))
                .singleElement()
                .satisfies(r -> assertThat(r.state()).isEqualTo(ChargeState.COMMITTED));
    }

    @Test
    void take_attemptThatEndedWithoutAnUpdate_neverTrainsAgain() throws Exception {
        RoundBooks whole = books;
        books = (RoundBooks) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {RoundBooks.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("commit")) {
                        throw new IllegalStateException("the disk is full");
                    }
                    return method.invoke(whole, arguments);
                });
        take(task(1));
        books = whole;
        assertThat(federation.declines).containsExactly("INTERNAL: the node failed; its log says why");
        assertThat(books.rows("heart"))
                .singleElement()
                .satisfies(r -> assertThat(r.state()).isEqualTo(ChargeState.EXPIRED));

        take(task(1));

        assertThat(federation.uploads).isEmpty();
        assertThat(federation.declines)
                .element(1)
                .isEqualTo("INTERNAL: this attempt was charged before, is EXPIRED and left no update");
        assertThat(books.rows("heart")).hasSize(1);
        assertThat(federation.rows).hasSize(1);
    }

    @Test
    void take_seededInSimulation_repeatsItself() throws Exception {
        ObjectNode job = Jobs.document().put("seed", 7);
        take(federation.task(job, 1, 1, plan(2), 0));
        Weights first = federation.open(Jobs.job(job).model(), federation.uploads.get(0));
        database.close();
        database = new BooksOnDerby();
        books = database.restarted(federation.trust());
        offered().all().forEach(d -> books.register(d.dataset(), d.source()));

        take(federation.task(job, 1, 1, plan(2), 0));

        Weights second = federation.open(Jobs.job(job).model(), federation.uploads.get(1));
        assertThat(second.get("fc.weight")).isEqualTo(first.get("fc.weight"));
        assertThat(second.get("fc.bias")).isEqualTo(first.get("fc.bias"));
    }

    @Test
    void take_outsideOfSimulation_tellsNoTimingAndRefusesASeed() throws Exception {
        simulation = false;
        take(task(1));
        assertThat(UpdateEnvelope.parse(federation.uploads.get(0)).statement().trainMillis())
                .isEmpty();
        mirrored();

        take(federation.task(Jobs.document().put("seed", 7), 2, 1, plan(2), 0));

        assertThat(federation.declines).singleElement().asString().startsWith("POLICY: job.seed: ");
        assertThat(federation.uploads).hasSize(1);
    }

    @Test
    void take_withoutAnAttempt_cannotBeDeclined() throws Exception {
        assertThatThrownBy(() -> run().take(federation.session(), Json.object()))
                .isInstanceOf(InvalidDocument.class);
        assertThat(federation.declines).isEmpty();
    }

    private static byte[] sealed(byte[] upload) {
        return Federation.sealed(upload).bytes();
    }
}
