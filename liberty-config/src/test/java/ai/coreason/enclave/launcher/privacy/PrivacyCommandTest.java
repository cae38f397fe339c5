package ai.coreason.enclave.launcher.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.launcher.Enclave;
import ai.coreason.enclave.launcher.terminal.ExitCode;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class PrivacyCommandTest {
    private final StringWriter err = new StringWriter();
    private final StringWriter out = new StringWriter();

    @TempDir
    private Path folder;

    private int run(String... args) {
        CommandLine commandLine = Enclave.commandLine();
        commandLine.setErr(new PrintWriter(err, true));
        commandLine.setOut(new PrintWriter(out, true));
        return commandLine.execute(args);
    }

    private JsonNode json(String... args) {
        assertThat(run(args)).as("%s", err).isEqualTo(ExitCode.OK);
        return Json.read(out.toString());
    }

    private Path table(String... lines) throws IOException {
        return Files.write(folder.resolve("batch.csv"), List.of(lines));
    }

    /** The answers to a table by column. */
    private List<Map<String, String>> answers(String command, Path table) {
        assertThat(run("privacy", command, "--batch", "" + table)).as("%s", err).isEqualTo(ExitCode.OK);
        List<String> lines = out.toString().lines().toList();
        List<String> names = Arrays.asList(lines.get(0).split(",", -1));
        return lines.subList(1, lines.size()).stream()
                .map(line -> {
                    String[] cells = line.split(",", -1);
                    Map<String, String> row = new HashMap<>();
                    names.forEach(name -> row.put(name, cells[names.indexOf(name)]));
                    return row;
                })
                .toList();
    }

    private static double number(Map<String, String> row, String column) {
        return Double.parseDouble(row.get(column));
    }

    /** A cell of a golden file, which is not a number where there is no value. */
    private static double number(Map<String, String> row, String column, double otherwise) {
        try {
            double value = number(row, column);
            return Double.isFinite(value) ? value : otherwise;
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }

    private Path golden(String file) {
        Path path = Path.of(System.getProperty("enclave.shared", "absent"), "vectors", "dp", file);
        if (!Files.exists(path)) {
            assertThat(System.getenv("CI")).as("CI requires %s", path).isNotEqualTo("true");
            Assumptions.assumeTrue(false, "no golden values: " + path);
        }
        return path;
    }

    private Path golden(String file, UnaryOperator<String> change) throws IOException {
        return table(Files.readAllLines(golden(file)).stream().map(change).toArray(String[]::new));
    }

    @Test
    void epsilon_goldenRows_isBetweenTheTruthAndTheReferences() throws IOException {
        List<String> pld = Files.readAllLines(golden("epsilon_pld.csv")).stream()
                .filter(line -> !line.startsWith("#"))
                .toList();
        List<Map<String, String>> rows = answers("epsilon", golden("epsilon_rdp.csv"));
        assertThat(rows).hasSize(pld.size() - 1).hasSizeGreaterThan(100);
        for (int i = 0; i < rows.size(); i++) {
            Map<String, String> row = rows.get(i);
            String[] reference = pld.get(i + 1).split(",", -1);
            row.put("eps_pld", reference[4]);
            row.put("prv_lower", reference[5]);
            judge(row);
        }
    }

    @Test
    void epsilon_goldenCompositions_isBetweenTheTruthAndTheReferences() {
        List<Map<String, String>> rows = answers("epsilon", golden("composition.csv"));
        assertThat(rows).hasSize(31).allSatisfy(PrivacyCommandTest::judge);
    }

    private static void judge(Map<String, String> row) {
        double references = Math.min(
                number(row, "eps_rdp_dp_accounting", Double.MAX_VALUE),
                number(row, "eps_rdp_opacus", Double.MAX_VALUE));
        double truth = Math.max(0, number(row, "prv_lower", 0));
        assertThat(number(row, "rdp")).as("%s", row).isBetween(truth, 1.001 * references);
        assertThat(number(row, "pld"))
                .as("%s", row)
                .isBetween(truth, number(row, "eps_pld", Double.MAX_VALUE / 2) * 1.001 + 1e-4);
        assertThat(number(row, "epsilon")).isEqualTo(Math.min(number(row, "rdp"), number(row, "pld")));
    }

    @Test
    void epsilon_goldenFullBatch_isExact() throws IOException {
        Path table = golden(
                "gaussian_full_batch.csv",
                line -> line.startsWith("sigma,T,") //
                        ? "sampling_rate," + line.replace("sigma,T,", "noise_multiplier,steps,")
                        : line.startsWith("#") ? line : "1," + line);
        List<Map<String, String>> rows = answers("epsilon", table);
        assertThat(rows)
                .hasSize(76)
                .allSatisfy(row -> assertThat(number(row, "pld") / number(row, "eps_exact") - 1)
                        .isBetween(0.0, 1e-11));
    }

    @Test
    void epsilon_goldenHaltingSteps_isUnderTheCap() throws IOException {
        Path table = golden(
                "halt_steps.csv",
                line -> line.replace("steps_rdp_da", "steps").replaceFirst("^(([^,]+,){4})0,", "#$1"));
        List<Map<String, String>> rows = answers("epsilon", table);
        assertThat(rows)
                .hasSizeGreaterThan(10)
                .allSatisfy(row -> assertThat(number(row, "rdp")).isLessThanOrEqualTo(number(row, "cap")));
    }

    @Test
    void calibrate_goldenRows_agreesWithTheReferences() {
        List<Map<String, String>> rows = answers("calibrate", golden("noise_calibration.csv"));
        assertThat(rows).hasSize(32).allSatisfy(row -> {
            assertThat(number(row, "rdp"))
                    .isLessThanOrEqualTo(
                            1.001 * Math.min(number(row, "sigma_rdp_da"), number(row, "sigma_rdp_opacus_tol0.0001")));
            assertThat(number(row, "pld")).isCloseTo(number(row, "sigma_pld_da"), within(1e-3 * number(row, "pld")));
        });
    }

    @Test
    void epsilon_options_printsBothFiguresAndTheSmaller() {
        JsonNode json = json(
                "privacy",
                "epsilon",
                "--sampling-rate",
                "0.01",
                "--noise-multiplier",
                "1.1",
                "--steps",
                "1e4",
                "--delta",
                "1e-5",
                "--json");
        assertThat(json.at("/rdp/epsilon").asDouble()).isCloseTo(5.63181, within(1e-4));
        assertThat(json.at("/rdp/order").asDouble()).isCloseTo(4.67, within(.01));
        assertThat(json.at("/pld/epsilon").asDouble()).isCloseTo(5.1926, within(1e-3));
        assertThat(json.get("epsilon")).isEqualTo(json.at("/pld/epsilon"));
    }

    @Test
    void epsilon_phases_composeThem() {
        JsonNode json = json(
                "privacy",
                "epsilon",
                "--phase",
                "0.01:1.1:1000",
                "--phase",
                "0.01:1.3:1000",
                "--delta",
                "1e-5",
                "--json");
        assertThat(json.at("/rdp/epsilon").asDouble()).isCloseTo(2.117173, within(1e-5));
        assertThat(json.get("epsilon").asDouble()).isCloseTo(1.91793, within(1e-4));
    }

    @Test
    void epsilon_withoutJson_isForPeopleWithAllDigits() {
        run("privacy", "epsilon", "--sampling-rate", "1", "--noise-multiplier", "4", "--steps", "1", "--delta", "1e-5");
        assertThat(out.toString().lines())
                .hasSize(3)
                .first()
                .asString()
                .matches("epsilon 0\\.9\\d{14,16} at delta 1\\.0E-5|epsilon 1\\.\\d{14,16} at delta 1\\.0E-5");
    }

    @Test
    void calibrate_options_printsWhatMeetsTheTarget() {
        JsonNode json = json(
                "privacy",
                "calibrate",
                "--sampling-rate",
                "0.01",
                "--steps",
                "1000",
                "--delta",
                "1e-5",
                "--target-epsilon",
                "1",
                "--json");
        assertThat(json.properties()).extracting(Map.Entry::getKey).containsExactly("rdp", "pld");
        assertThat(json.get("rdp").asDouble()).isCloseTo(1.51306, within(1e-4));
        assertThat(json.get("pld").asDouble()).isLessThan(json.get("rdp").asDouble());
    }

    @Test
    void epsilon_infinite_isNullInJsonAndInfinityInATable() throws IOException {
        JsonNode json = json(
                "privacy",
                "epsilon",
                "--sampling-rate",
                "0.5",
                "--noise-multiplier",
                "1e-200",
                "--steps",
                "9",
                "--delta",
                "1e-5",
                "--json");
        assertThat(json.get("epsilon").isNull()).isTrue();
        assertThat(json.at("/rdp/epsilon").isNull()).isTrue();
        out.getBuffer().setLength(0);
        Path table = table("delta,steps,noise_multiplier,sampling_rate", "1e-5,9,1e-200,0.5");
        assertThat(answers("epsilon", table).get(0)).containsEntry("epsilon", "Infinity");
    }

    @Test
    void batch_anyOrderCommentsAndOtherColumns_areHandedThrough() throws IOException {
        Path table = table(
                "# how this was made",
                "note,delta,steps,noise_multiplier,sampling_rate",
                "\"one, two\",1e-5,1,4,1",
                "# between",
                "\"say \"\"hi\"\"\",1e-5,1.0, 4 ,1");
        assertThat(run("privacy", "epsilon", "--batch", "" + table)).isEqualTo(ExitCode.OK);
        List<String> lines = out.toString().lines().toList();
        assertThat(lines).hasSize(3);
        assertThat(lines.get(0)).isEqualTo("note,delta,steps,noise_multiplier,sampling_rate,rdp,rdp_order,pld,epsilon");
        assertThat(lines.get(1)).startsWith("\"one, two\",1e-5,1,4,1,1.");
        assertThat(lines.get(2)).startsWith("\"say \"\"hi\"\"\",1e-5,1.0,\" 4 \",1,1.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "0,1,1,1e-5; line 4, sampling_rate: expected a number in (0, 1], got 0",
                "0.1,nan,1,1e-5; line 4, noise_multiplier: expected a finite number > 0, got nan",
                "0.1,-1,1,1e-5; line 4, noise_multiplier: expected a finite number > 0, got -1",
                "0.1,1,0,1e-5; line 4, steps: expected a whole number in [1, 9223372036854775807], got 0",
                "0.1,1,1.5,1e-5; line 4, steps: expected a whole number in [1, 9223372036854775807], got 1.5",
                "0.1,1,1,; line 4, delta: expected a number in (0, 1), got nothing",
                "0.1,1,1; line 4: expected 4 cells, got 3"
            })
    void batch_oneWrongRow_isNamedAndNothingIsPrinted(String row, String message) throws IOException {
        Path table = table("# comment", "sampling_rate,noise_multiplier,steps,delta", "0.1,1,1,1e-5", row);
        assertThat(run("privacy", "epsilon", "--batch", "" + table)).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains(message);
        assertThat(out.toString()).isEmpty();
    }

    /** Nothing that a user wrote is silently left out. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "epsilon; q,sampling_rate,sigma,steps,delta; one column sampling_rate, got q and sampling_rate",
                "epsilon; q,sigma,Noise-Multiplier,steps,delta; one column noise_multiplier, got sigma and Noise-Multiplier",
                "epsilon; q,sigma,steps,steps,delta; one column steps, got steps and steps",
                "epsilon; q,Sigma,steps,delta; a column noise_multiplier, got Sigma",
                "epsilon; q,sigma,steps,delta,phases; no column sampling_rate beside the others, got q",
                "epsilon; phases,phase,delta; one column phases, got phases and phase",
                "epsilon; q,sigma,steps,delta,phase; no column sampling_rate beside the others, got q",
                "epsilon; phases,delta,steps; no column steps beside the others, got steps",
                "epsilon; phases,delta,target_eps; no column target_epsilon beside the others, got target_eps",
                "epsilon; phases,delta,epsilon; [rdp, rdp_order, pld, epsilon], got epsilon",
                "epsilon; phases,delta,PLD; [rdp, rdp_order, pld, epsilon], got PLD",
                "calibrate; q,steps,delta,target_eps,sigma; no column noise_multiplier beside the others, got sigma",
                "calibrate; q,steps,delta,target_eps,target_epsilon; got target_eps and target_epsilon",
                "calibrate; q,steps,delta,target_eps,rdp; no column named like one of the answers, [rdp, pld], got rdp"
            })
    void batch_columnThatWouldNotBeRead_isNamed(String command, String header, String message) throws IOException {
        Path table = table(header);
        assertThat(run("privacy", command, "--batch", "" + table)).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains(message);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void batch_wrongPhase_isNamed() throws IOException {
        Path table = table("phases,delta", "0.1:1:5|0.1:2,1e-5");
        assertThat(run("privacy", "epsilon", "--batch", "" + table)).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("line 2, phases: expected q:sigma:steps, got 0.1:2");
    }

    @Test
    void batch_missingColumnOrFile_isNamed() throws IOException {
        Path table = table("sampling_rate,steps,delta", "0.1,1,1e-5");
        assertThat(run("privacy", "calibrate", "--batch", "" + table)).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("expected a column target_epsilon");
        assertThat(run("privacy", "calibrate", "--batch", "" + folder.resolve("none.csv")))
                .isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("none.csv: expected a file, got nothing");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "2 1 1 1e-5; --sampling-rate: expected a number in (0, 1], got 2",
                "0.1 -1 1 1e-5; --noise-multiplier: expected a finite number > 0, got -1",
                "0.1 Infinity 1 1e-5; --noise-multiplier: expected a finite number > 0, got Infinity",
                "0.1 1 0 1e-5; --steps: expected a whole number in [1, 9223372036854775807], got 0",
                "0.1 1 1e30 1e-5; --steps: expected a whole number in [1, 9223372036854775807], got 1e30",
                "0.1 1 1 1; --delta: expected a number in (0, 1), got 1"
            })
    void epsilon_wrongOption_isNamedWithItsRange(String values, String message) {
        String[] v = values.split(" ");
        assertThat(run(
                        "privacy",
                        "epsilon",
                        "--sampling-rate=" + v[0],
                        "--noise-multiplier=" + v[1],
                        "--steps=" + v[2],
                        "--delta=" + v[3]))
                .isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains(message);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void phase_wrong_isNamed() {
        assertThat(run("privacy", "epsilon", "--phase", "0.1:1:0", "--delta", "1e-5"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("--phase 0.1:1:0, steps: expected a whole number");
    }

    @Test
    void calibrate_targetOfZero_isNamed() {
        assertThat(run(
                        "privacy",
                        "calibrate",
                        "--sampling-rate",
                        "0.1",
                        "--steps",
                        "1",
                        "--delta",
                        "1e-5",
                        "--target-epsilon",
                        "0"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("--target-epsilon: expected a finite number > 0, got 0");
    }

    @Test
    void options_thatDoNotGoTogether_areNamed() {
        assertThat(run("privacy", "epsilon", "--phase", "0.1:1:1", "--steps", "3", "--delta", "1e-5"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(run("privacy", "epsilon", "--batch", "x.csv", "--delta", "1e-5"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(run("privacy", "epsilon", "--sampling-rate", "0.1")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString())
                .contains("--steps: expected only --phase, --delta")
                .contains("--batch: expected no other option beside it, got --delta")
                .contains(
                        "--noise-multiplier, --steps, --delta: expected a value, got nothing; needed are --sampling-rate,"
                                + " --noise-multiplier, --steps, --delta, or --batch FILE.csv alone");
    }

    @ParameterizedTest
    @CsvSource({
        "0.01, 1e-3, 1000000000, 1e-5",
        "0.01, 1e6, 1000, 1e-5",
        "1, 1.1, 1000000000, 1e-5",
        "1e-12, 1.1, 1000000000, 1e-5",
        "0.01, 1.1, 1000, 1e-300",
        "0.01, 1.1, 1000, 1e-310",
        "0.01, 1.1, 1000, 0.99",
        "1, 1e-3, 1000000000, 1e-300"
    })
    void epsilon_extremes_areFiniteFigures(String q, String sigma, String steps, String delta) {
        JsonNode json = json(
                "privacy",
                "epsilon",
                "--sampling-rate",
                q,
                "--noise-multiplier",
                sigma,
                "--steps",
                steps,
                "--delta",
                delta,
                "--json");
        assertThat(json.get("epsilon").isNumber()).isTrue();
        assertThat(json.get("epsilon").asDouble())
                .isGreaterThanOrEqualTo(0)
                .isLessThanOrEqualTo(json.at("/rdp/epsilon").asDouble());
    }
}
