package ai.coreason.enclave.node.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.node.agent.OverseerUnreachable;
import ai.coreason.enclave.node.evidence.EvidenceSource;
import ai.coreason.enclave.node.site.OfferedDatasets;
import ai.coreason.enclave.node.site.SiteFile;
import ai.coreason.enclave.node.site.SitePolicy;
import ai.coreason.enclave.privacy.dpsgd.Mechanism;
import ai.coreason.enclave.privacy.dpsgd.TrainingPlan;
import ai.coreason.enclave.privacy.graph.Weights;
import ai.coreason.enclave.privacy.json.InvalidDocument;
import ai.coreason.enclave.privacy.json.Json;
import ai.coreason.enclave.privacy.ledger.ChargeKey;
import ai.coreason.enclave.privacy.ledger.ChargeRow;
import ai.coreason.enclave.privacy.ledger.ChargeState;
import ai.coreason.enclave.privacy.ledger.LedgerFault;
import ai.coreason.enclave.sentry.airlock.Safetensors;
import ai.coreason.enclave.sentry.airlock.Tensor;
import ai.coreason.enclave.sentry.attestation.ReportData;
import ai.coreason.enclave.sentry.contract.DatasetStanding;
import ai.coreason.enclave.sentry.contract.Evidence;
import ai.coreason.enclave.sentry.contract.HardwareType;
import ai.coreason.enclave.sentry.contract.JobRules;
import ai.coreason.enclave.sentry.contract.RoundTask;
import ai.coreason.enclave.sentry.contract.UpdateEnvelope;
import ai.coreason.enclave.sentry.contract.UpdateHeader;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TaskRunTest {
    private static final String MANIFEST = "ef".repeat(32);
    private static final ChargeKey FIRST = new ChargeKey(Federation.JOB.toString(), 1, 1);

    @TempDir
    Path folder;

    private EvidenceSource evidence = TaskRunTest::quote;
    private SitePolicy policy = new SitePolicy(true, Set.of());
    private boolean simulation = true;
    private BooksOnDerby database;
    private RoundBooks books;
    private Federation federation;

    @BeforeEach
    void start() throws Exception {
        Files.writeString(folder.resolve("heart.csv"), records());
        Files.writeString(folder.resolve("datapackage.json"), """
                {"name": "test", "resources": [{"name": "node_a", "path": "heart.csv", "format": "csv",
                 "schema": {"fields": [
                   {"name": "age", "type": "number", "constraints": {"required": true, "minimum": 0, "maximum": 120}},
                   {"name": "sex", "type": "number", "constraints": {"required": true, "enum": [0, 1]}},
                   {"name": "label", "type": "integer", "constraints": {"required": true, "enum": [0, 1]}}]},
                 "coreason": {"data_owner": "owner", "dataset_id": "heart", "privacy_unit": "record",
                              "declared_rows": 200, "delta": 0.001, "epsilon_ceiling": 5.0}}]}
                """);
        database = new BooksOnDerby();
        books = database.books();
        offered().all().forEach(d -> books.register(d.dataset(), d.source()));
        federation = new Federation(books.accounts().get(0).head());
        books = database.restarted(federation.trust());
    }

    @AfterEach
    void stop() {
        federation.close();
        database.close();
    }

    @Test
    void take_approvedTask_handsInAnUpdateThatOpensAndIsPaid() throws Exception {
        RoundTask task = task(1);

        take(task);

        assertThat(federation.declines).isEmpty();
        assertThat(federation.uploads).hasSize(1);
        Weights update = federation.open(task.job().model(), federation.uploads.get(0));
        assertThat(update.names()).containsExactly("fc.weight", "fc.bias");
        UpdateHeader header = UpdateEnvelope.parse(federation.uploads.get(0)).header();
        assertThat(header.jobDigest()).isEqualTo(task.jobDigest());
        assertThat(header.planDigest()).isEqualTo(task.planDigest());
        assertThat(header.trainMillis()).isPresent();
        ChargeRow row = ChargeRow.parse(header.ledgerRow(), "ledger_row");
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

        UpdateHeader header = UpdateEnvelope.parse(federation.uploads.get(0)).header();
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
                .put("update_digest", header.sealedSha256());
        expected.set("hpke", task.hpke().json());
        expected.putObject("ledger_head")
                .put("sequence", 1)
                .put("hash", books.accounts().get(0).head());
        ReportData quoted =
                ReportData.parse(ReportData.Role.UPDATE, header.evidence().reportData(), "report_data");
        assertThat(quoted.differences(expected)).isEmpty();
        assertThat(quoted.json().size()).isEqualTo(expected.size());
        assertThat(header.evidence().quote()).isEqualTo(quoted.digest());
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
            assertThat(o.envelope()).isEmpty();
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
        byte[] kept = sealed(books.outgoing(FIRST).orElseThrow().envelope().orElseThrow());

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
        byte[] kept = sealed(books.outgoing(FIRST).orElseThrow().envelope().orElseThrow());
        double spent = books.accounts().get(0).filterSpent();

        federation.uploadStatus = 202;
        assertThat(books.recover()).isZero();
        run().resend(federation.session(4, "cd".repeat(48)));

        UpdateEnvelope sent = UpdateEnvelope.parse(federation.uploads.get(0));
        assertThat(federation.uploads).hasSize(1);
        assertThat(sent.sealed()).isEqualTo(kept);
        ReportData quoted = ReportData.parse(
                ReportData.Role.UPDATE, sent.header().evidence().reportData(), "report_data");
        assertThat(quoted.differences(Json.object()
                        .put("epoch", 4)
                        .put("tls_spki_sha384", "cd".repeat(48))
                        .put("nonce", "A".repeat(43) + "=")
                        .put("update_digest", Json.sha256(kept))))
                .isEmpty();
        assertThat(sent.header().evidence().quote()).isEqualTo(quoted.digest());
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
    void take_recordsThatDoNotFit_tellsASimulationHow() throws Exception {
        Files.writeString(folder.resolve("heart.csv"), records() + "777,0,1\n40,,1\n");

        take(task(1));

        assertDeclined("RECORDS: the site's records cannot be used until their owner acts: the records do not fit their"
                + " schema: findings {\"rows\":102,\"missing\":{\"sex\":1},\"violations\":{\"age\":{\"MAXIMUM\":1},"
                + "\"sex\":{\"REQUIRED\":1}}}");
    }

    /** Whatever is wrong with the records is one answer, and after it every job gets it until the owner acts. */
    @ParameterizedTest
    @ValueSource(strings = {"777,0,1\n", "40,,1\n", "x,y,z\n", "1\n", "\"\n"})
    void take_recordsThatCannotBeUsed_givesOneAnswerToEveryJobUntilTheOwnerActs(String line) throws Exception {
        simulation = false;
        String answer = "RECORDS: the site's records cannot be used until their owner acts";
        Files.writeString(folder.resolve("heart.csv"), records() + line);
        take(task(1));
        Files.writeString(folder.resolve("heart.csv"), records());
        take(task(2));
        ObjectNode other = Jobs.document().put("purpose", "another");
        take(federation.task(other, 1, 1, plan(2), 0));
        assertThat(federation.declines).containsExactly(answer, answer, answer);
        assertThat(books.rows("heart")).isEmpty();

        DatasetStanding closed =
                DatasetStanding.parse(Json.read(Files.readAllBytes(DatasetStanding.file(folder, "heart"))));
        assertThat(closed.closed()).isPresent();
        Files.write(
                DatasetStanding.file(folder, "heart"),
                Json.write(closed.reopen().json()));
        take(task(3));
        assertThat(federation.declines).hasSize(3);
        assertThat(federation.uploads).hasSize(1);
    }

    /** A job's numbers, orders and columns are its choice: none of them may decide whether records are taken. */
    @Test
    void take_encodingsChosenToAskForAMaximum_learnNothing() throws Exception {
        simulation = false;
        Files.writeString(folder.resolve("heart.csv"), records() + "119,1,1\n");
        List<ObjectNode> questions = new ArrayList<>();
        for (double mean : new double[] {0, 60, 118, 119, 120, 1e300}) {
            for (double std : new double[] {1, 1e-30, 3.5e-37, 1.2e-38}) {
                questions.add(asking(0, "standardise", f -> f.put("mean", mean).put("std", std)));
            }
        }
        for (double most : new double[] {1, 118, 119, 1e300}) {
            questions.add(asking(0, "min_max", f -> f.put("minimum", 0).put("maximum", most)));
            questions.add(asking(0, "identity", f -> f.put("minimum", -1).put("maximum", most)));
        }
        questions.add(asking(1, "binary", f -> f.putArray("order").add(1).add(0)));
        for (int i = 0; i < questions.size(); i++) {
            ObjectNode job = questions.get(i).put("purpose", "asks " + i);
            take(federation.task(job, 1, i + 1, plan(2), 0));
            mirrored();
        }
        assertThat(federation.declines).filteredOn(d -> !d.startsWith("BUDGET")).isEmpty();
    }

    /** A job that encodes one feature so. */
    private static ObjectNode asking(int feature, String encode, Consumer<ObjectNode> members) {
        ObjectNode job = Jobs.document();
        ObjectNode field = (ObjectNode) job.at("/dataset/features/" + feature);
        members.accept(field.put("encode", encode));
        return job;
    }

    @Test
    void take_jobThatTheDictionaryDoesNotFit_isToldApartAndClosesNothing() throws Exception {
        simulation = false;
        Files.writeString(folder.resolve("heart.csv"), records() + "777,0,1\n");
        ObjectNode job = Jobs.document();
        ((ObjectNode) job.at("/dataset/features/0")).put("field", "nil");

        take(federation.task(job, 1, 1, plan(2), 0));

        assertDeclined("SCHEMA: the job does not fit the site's data dictionary; the node's log says how");
        assertThat(DatasetStanding.file(folder, "heart")).doesNotExist();
    }

    @Test
    void take_recordsThatAreGone_declinesWithoutTellingWhyAndMayBeRetried() throws Exception {
        TaskRun run = run();
        Files.delete(folder.resolve("heart.csv"));

        run.take(federation.session(), task(1).json());

        assertDeclined("INTERNAL: the records could not be read now; the node's log says why");
        Files.writeString(folder.resolve("heart.csv"), records());
        run.take(federation.session(), task(2).json());
        assertThat(federation.uploads).hasSize(1);
    }

    @Test
    void take_siteWithoutRecords_isToldThereAndNotToTheFederation() throws Exception {
        Files.writeString(folder.resolve("heart.csv"), "age,sex,label\n");

        take(task(1));

        assertThat(federation.declines).isEmpty();
        assertThat(federation.uploads).hasSize(1);
        DatasetStanding standing =
                DatasetStanding.parse(Json.read(Files.readAllBytes(DatasetStanding.file(folder, "heart"))));
        assertThat(standing.closed()).isEmpty();
        assertThat(standing.notes()).singleElement().asString().startsWith("0 records to train on, of 200 declared");
    }

    @Test
    void take_baseModelOfAnotherShape_declines() throws Exception {
        RoundTask task = task(1);
        federation.model = Safetensors.write(Map.of(), List.of(Tensor.of("fc.weight", List.of(1L, 3L), new float[3])));
        RoundTask other = new RoundTask(
                task.jobId(),
                1,
                1,
                task.nonce(),
                Json.sha256(federation.model),
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

        evidence = TaskRunTest::quote;
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
    void take_ledgerBehindItsMirror_declinesAndPaysNothing() throws Exception {
        federation.ledgerHead.put("sequence", 4).put("hash", "99".repeat(32));

        take(task(1));

        assertDeclined(
                "POLICY: the ledger of heart is held, ROLLED_BACK: the Overseer countersigned row 4, the last row"
                        + " here is 0; ");
        assertThat(database.faults()).extracting(LedgerFault::kind).containsExactly(LedgerFault.Kind.ROLLED_BACK);
    }

    @Test
    void take_ledgerForkedFromItsMirror_declines() throws Exception {
        take(task(1));
        federation.ledgerHead.put("sequence", 1).put("hash", "99".repeat(32));

        take(task(2));

        assertThat(federation.declines)
                .singleElement()
                .asString()
                .startsWith("POLICY: the ledger of heart is held, FORKED: ");
        assertThat(books.rows("heart")).hasSize(1);
    }

    @Test
    void take_restoredDatabase_declinesUntilItIsRecovered() throws Exception {
        take(task(1));
        mirrored();
        database.sql("delete from ledger_charge");
        database.sql("delete from countersigned_head");
        database.sql("update dataset_account set last_sequence = 0, filter_spent = 0, head_hash = '"
                + books.accounts().get(0).dataset().genesis() + "'");
        books = database.restarted(federation.trust());

        take(task(2));

        assertThat(federation.declines)
                .singleElement()
                .asString()
                .startsWith("POLICY: the ledger of heart is held, ROLLED_BACK: ")
                .contains("enclave ledger recover");
        assertThat(books.rows("heart")).isEmpty();
        assertThat(federation.uploads).hasSize(1);
    }

    @Test
    void take_overseerSetBack_getsTheRowsAgainAndGoesOn() throws Exception {
        take(task(1));
        mirrored();
        take(task(2));
        mirrored();
        take(task(3));
        federation
                .ledgerHead
                .put("sequence", 1)
                .put("hash", books.rows("heart").get(0).hash());

        take(task(4));

        assertThat(federation.declines).isEmpty();
        assertThat(federation.uploads).hasSize(4);
        assertThat(federation.rows)
                .extracting(row -> row.path("sequence").asLong())
                .containsExactly(2L, 3L);
    }

    @Test
    void take_overseerThatTakesNoRows_declinesAndPaysNothing() throws Exception {
        federation.uploadStatus = 409;
        take(task(1));
        federation.takesRows = false;

        take(task(2));

        assertThat(federation.declines)
                .singleElement()
                .asString()
                .startsWith("INTERNAL: the Overseer took ledger rows");
        assertThat(books.rows("heart")).hasSize(1);
    }

    @Test
    void take_rowChangedByHand_declinesAndPaysNothing() throws Exception {
        take(task(1));
        mirrored();
        String cheaper = books.rows("heart").get(0).json().put("steps", 1).toString();
        database.sql("update ledger_charge set row_json = ?1", cheaper);
        books = database.restarted(federation.trust());

        take(task(2));

        assertThat(federation.declines)
                .singleElement()
                .asString()
                .startsWith("POLICY: the ledger of heart is held, ROW_CHANGED: row 1 has the hash ");
        assertThat(federation.uploads).hasSize(1);
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
        assertThat(UpdateEnvelope.parse(federation.uploads.get(0)).header().trainMillis())
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

    private static byte[] sealed(byte[] envelope) {
        return UpdateEnvelope.parse(envelope).sealed();
    }

    private void assertDeclined(String beginning) {
        assertThat(federation.declines).singleElement().asString().startsWith(beginning);
        assertThat(federation.uploads).isEmpty();
        assertThat(books.rows("heart")).isEmpty();
    }

    private void take(RoundTask task) throws Exception {
        run().take(federation.session(), task.json());
    }

    private TaskRun run() throws IOException {
        RoundTraining training = new RoundTraining(site(), SmallSite.records(folder), books, evidence, MANIFEST);
        return new TaskRun(new JobRules(simulation, false), books, training, Clock.systemUTC());
    }

    /** Lets the Overseer have mirrored what the ledger holds. */
    private void mirrored() {
        federation
                .ledgerHead
                .put("sequence", books.accounts().get(0).sequence())
                .put("hash", books.accounts().get(0).head());
    }

    private RoundTask task(int round) {
        return federation.task(Jobs.document(), round, 1, plan(2), 0);
    }

    private static TrainingPlan plan(double noise) {
        return new TrainingPlan(Mechanism.DP_SGD, 5, 0.08, noise, 1, 16, 0.5);
    }

    private OfferedDatasets offered() throws IOException {
        return OfferedDatasets.load(site());
    }

    private SiteFile site() {
        return SmallSite.in(folder, simulation, policy);
    }

    private static Evidence quote(ReportData reportData) {
        return new Evidence(HardwareType.SIMULATED, reportData.digest(), reportData.json());
    }

    private static String records() {
        StringBuilder csv = new StringBuilder("age,sex,label\n");
        for (int i = 0; i < 100; i++) {
            csv.append(i)
                    .append(",")
                    .append(i % 2 == 0 ? 1 : 0)
                    .append(",")
                    .append(i < 50 ? 0 : 1)
                    .append("\n");
        }
        return csv.toString();
    }
}
