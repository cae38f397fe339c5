package ai.coreason.enclave.node.training;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.AttemptKey;
import ai.coreason.enclave.node.evidence.EvidenceSource;
import ai.coreason.enclave.node.site.OfferedDatasets;
import ai.coreason.enclave.node.site.SiteFile;
import ai.coreason.enclave.node.site.SitePolicy;
import ai.coreason.enclave.privacy.plan.Mechanism;
import ai.coreason.enclave.privacy.plan.TrainingPlan;
import ai.coreason.enclave.sentry.contract.JobRules;
import ai.coreason.enclave.sentry.contract.RoundTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A node with a hundred records and its ledger, and an Overseer that gives it tasks. */
abstract class TaskBench {
    static final String MANIFEST = "ef".repeat(32);
    static final AttemptKey FIRST = new AttemptKey(Federation.JOB, 1, 1);

    @TempDir
    Path folder;

    EvidenceSource evidence = SmallSite::quote;
    SitePolicy policy = new SitePolicy(true, Set.of());
    boolean simulation = true;
    BooksOnDerby database;
    RoundBooks books;
    Federation federation;

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

    void assertDeclined(String beginning) {
        assertThat(federation.declines).singleElement().asString().startsWith(beginning);
        assertThat(federation.uploads).isEmpty();
        assertThat(books.rows("heart")).isEmpty();
    }

    void take(RoundTask task) throws Exception {
        run().take(federation.session(), task.json());
    }

    TaskRun run() throws IOException {
        RoundTraining training = new RoundTraining(site(), SmallSite.records(folder), books, evidence, MANIFEST);
        return new TaskRun(new JobRules(simulation, false), books, training, Clock.systemUTC());
    }

    /** Lets the Overseer have mirrored what the ledger holds. */
    void mirrored() {
        federation
                .ledgerHead
                .put("sequence", books.accounts().get(0).sequence())
                .put("hash", books.accounts().get(0).head());
    }

    RoundTask task(int round) {
        return federation.task(Jobs.document(), round, 1, plan(2), 0);
    }

    static TrainingPlan plan(double noise) {
        return new TrainingPlan(Mechanism.DP_SGD, 5, 0.08, noise, 1, 16, 0.5);
    }

    OfferedDatasets offered() throws IOException {
        return OfferedDatasets.load(site());
    }

    SiteFile site() {
        return SmallSite.in(folder, simulation, policy);
    }

    static String records() {
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
