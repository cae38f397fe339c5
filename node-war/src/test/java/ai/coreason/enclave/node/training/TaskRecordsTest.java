package ai.coreason.enclave.node.training;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.sentry.contract.DatasetStanding;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a task does with records that cannot be used, are gone, or are none. */
class TaskRecordsTest extends TaskBench {
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
}
