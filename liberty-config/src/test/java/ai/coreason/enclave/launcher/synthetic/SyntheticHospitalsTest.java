package ai.coreason.enclave.launcher.synthetic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.contract.JobRules;
import ai.coreason.enclave.sentry.data.DataPackage;
import ai.coreason.enclave.sentry.data.DataResource;
import ai.coreason.enclave.sentry.data.format.CsvTable;
import ai.coreason.enclave.sentry.data.format.TableReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SyntheticHospitalsTest {
    private static final int FEATURES = SyntheticHospitals.FACTORS.size();

    @TempDir
    Path folder;

    @BeforeEach
    void write() throws IOException {
        SyntheticHospitals.write(folder, 7);
    }

    @Test
    void write_sameSeed_givesSameBytes(@TempDir Path again) throws IOException {
        SyntheticHospitals.write(again, 7);

        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.toList())
                    .hasSize(7)
                    .allSatisfy(file ->
                            assertThat(again.resolve(file.getFileName())).hasSameBinaryContentAs(file));
        }
    }

    @Test
    void write_otherSeed_givesOtherPatients(@TempDir Path other) throws IOException {
        SyntheticHospitals.write(other, 8);

        assertThat(Files.readAllBytes(other.resolve("valley.csv")))
                .isNotEqualTo(Files.readAllBytes(folder.resolve("valley.csv")));
        assertThat(other.resolve("datapackage.json")).hasSameBinaryContentAs(folder.resolve("datapackage.json"));
    }

    @Test
    void write_everyFile_obeysItsSchema() throws IOException {
        DataPackage data = DataPackage.read(folder.resolve("datapackage.json"));

        for (DataResource resource : data.resources()) {
            List<double[]> rows = new ArrayList<>();
            assertThat(read(data.file(resource), (CsvTable) resource.format(), rows))
                    .as(resource.name())
                    .isTrue();
            assertThat(rows.size())
                    .isCloseTo(Math.toIntExact(resource.dataset().declaredRows()), within(5))
                    .isNotEqualTo((int) resource.dataset().declaredRows());
        }
    }

    @Test
    void write_job_isAcceptedInProductionAndNamesTheResources() throws IOException {
        FederationJob job =
                FederationJob.parse(Json.read(Files.readAllBytes(folder.resolve("job.json"))), JobRules.production());

        assertThat(job.seed()).isEmpty();
        assertThat(job.clients())
                .isEqualTo(DataPackage.read(folder.resolve("datapackage.json")).resources().stream()
                        .map(DataResource::name)
                        .toList());
    }

    @Test
    void write_sites_differInPrevalence() throws IOException {
        List<Double> prevalence = new ArrayList<>();
        for (Hospital hospital : SyntheticHospitals.HOSPITALS) {
            prevalence.add(table(hospital.file()).stream()
                    .mapToDouble(r -> r[FEATURES])
                    .average()
                    .orElseThrow());
        }

        assertThat(prevalence).isSorted();
        assertThat(prevalence.get(3) - prevalence.get(0)).isGreaterThan(0.3);
        assertThat(prevalence).allSatisfy(p -> assertThat(p).isBetween(0.1, 0.9));
    }

    @Test
    void write_logisticRegressionOnAllSites_predictsTheHoldout() throws IOException {
        List<double[]> training = new ArrayList<>();
        for (Hospital hospital : SyntheticHospitals.HOSPITALS) {
            training.addAll(table(hospital.file()));
        }
        double[] weights = new double[FEATURES + 1];
        for (int step = 0; step < 2000; step++) {
            double[] gradient = new double[FEATURES + 1];
            for (double[] row : training) {
                double error = SyntheticHospitals.probability(score(weights, row)) - row[FEATURES];
                for (int i = 0; i < FEATURES; i++) {
                    gradient[i] += error * row[i];
                }
                gradient[FEATURES] += error;
            }
            for (int i = 0; i <= FEATURES; i++) {
                weights[i] -= 2.0 * gradient[i] / training.size();
            }
        }

        List<double[]> holdout = table(SyntheticHospitals.HOLDOUT);
        long right = holdout.stream()
                .filter(r -> (score(weights, r) > 0) == (r[FEATURES] == 1))
                .count();
        long positive = holdout.stream().filter(r -> r[FEATURES] == 1).count();

        assertThat(holdout).hasSize(SyntheticHospitals.HOLDOUT_ROWS);
        assertThat(positive).as("neither answer is right for most").isBetween(200L, 400L);
        assertThat(right / (double) holdout.size()).isGreaterThan(0.8);
    }

    private static double score(double[] weights, double[] row) {
        double out = weights[FEATURES];
        for (int i = 0; i < FEATURES; i++) {
            out += weights[i] * row[i];
        }
        return out;
    }

    /** The rows of a file, scaled to [0, 1]. */
    private List<double[]> table(String file) throws IOException {
        List<double[]> rows = new ArrayList<>();
        CsvTable table = (CsvTable) DataPackage.read(folder.resolve("datapackage.json"))
                .resources()
                .get(0)
                .format();
        assertThat(read(folder.resolve(file), table, rows)).isTrue();
        for (double[] row : rows) {
            for (int i = 0; i < FEATURES; i++) {
                Factor f = SyntheticHospitals.FACTORS.get(i);
                row[i] = (row[i] - f.minimum()) / (f.maximum() - f.minimum());
            }
        }
        return rows;
    }

    private static boolean read(Path file, CsvTable table, List<double[]> rows) throws IOException {
        return TableReader.read(file, table, row -> {
                    double[] values = new double[FEATURES + 1];
                    for (int i = 0; i <= FEATURES; i++) {
                        values[i] = row.number(i);
                    }
                    rows.add(values);
                })
                .clean();
    }
}
