package ai.coreason.enclave.privacy.accounting;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/** Writes the table of worst deviations from the golden values that docs/ACCOUNTING.md shows. */
class DeviationReportTest {
    private static final Path REPORT = Path.of("target", "accounting-deviations.md");

    /** The smallest and largest relative deviation of a figure from a reference, over the rows of a file. */
    private static final class Spread {
        private final String name;
        private int rows;
        private double least = Double.POSITIVE_INFINITY;
        private double most = Double.NEGATIVE_INFINITY;

        Spread(String name) {
            this.name = name;
        }

        /** References below 0.001 are left out: their own grid is coarser. */
        void add(double ours, OptionalDouble reference) {
            if (reference.isPresent() && reference.getAsDouble() >= 1e-3) {
                add(ours / reference.getAsDouble() - 1);
            }
        }

        void add(double deviation) {
            rows++;
            least = Math.min(least, deviation);
            most = Math.max(most, deviation);
        }

        String line() {
            return String.format(Locale.ROOT, "| %s | %d | %+.1e | %+.1e |", name, rows, least, most);
        }
    }

    @Test
    void table_ofAllGoldenFiles_isWritten() throws IOException {
        List<Spread> table = new ArrayList<>();
        table.addAll(divergences());
        table.addAll(losses("epsilon_pld.csv", "epsilon_rdp.csv"));
        table.addAll(losses("composition.csv", "composition.csv"));
        table.addAll(fullBatch());
        table.addAll(steps());
        table.addAll(noise());
        List<String> lines = new ArrayList<>();
        lines.add("| figure, against | rows | least | most |");
        lines.add("|---|---|---|---|");
        table.forEach(spread -> lines.add(spread.line()));
        Files.write(REPORT, lines);
        assertThat(table).allSatisfy(spread -> assertThat(spread.rows).isPositive());
    }

    private static List<Spread> divergences() {
        Spread exact = new Spread("`rdp_subsampled_gaussian`: RDP, exact");
        for (Golden row : Golden.rows("rdp_subsampled_gaussian.csv")) {
            double rdp = RdpAccountant.rdp(row.number("q"), row.number("sigma"), row.number("alpha"));
            exact.add(rdp / row.number("rdp_exact") - 1);
        }
        return List.of(exact);
    }

    private static List<Spread> losses(String pldFile, String rdpFile) {
        String name = "`" + rdpFile.replace(".csv", "") + "`: ";
        Spread rdpReference = new Spread(name + "ε by RDP, the smaller reference");
        Spread pldReference = new Spread(name + "ε by PLD, dp_accounting's PLD (δ ≥ 1e-9)");
        Spread truth = new Spread(name + "ε by PLD, the truth by Laplace inversion");
        List<Golden> rdpRows = Golden.rows(rdpFile);
        List<Golden> pldRows = Golden.rows(pldFile);
        for (int i = 0; i < rdpRows.size(); i++) {
            Golden row = rdpRows.get(i);
            List<Phase> phases = row.phases();
            double delta = row.number("delta");
            double pld = PldAccountant.epsilon(phases, delta).epsilon();
            rdpReference.add(
                    RdpAccountant.epsilon(phases, delta).epsilon(),
                    OptionalDouble.of(row.least("eps_rdp_dp_accounting", "eps_rdp_opacus")));
            if (delta >= 1e-9) {
                pldReference.add(pld, pldRows.get(i).value("eps_pld"));
            }
            if (phases.size() > 1 || phases.get(0).steps() > 1) {
                double exact = LaplaceInversion.epsilon(phases, delta);
                truth.add(pld, Double.isNaN(exact) ? OptionalDouble.empty() : OptionalDouble.of(exact));
            }
        }
        return List.of(rdpReference, pldReference, truth);
    }

    private static List<Spread> fullBatch() {
        Spread rdp = new Spread("`gaussian_full_batch`: ε by RDP, dp_accounting's RDP");
        Spread pld = new Spread("`gaussian_full_batch`: ε by PLD, exact");
        for (Golden row : Golden.rows("gaussian_full_batch.csv")) {
            List<Phase> phases = List.of(new Phase(1, row.number("sigma"), row.whole("T")));
            double delta = row.number("delta");
            rdp.add(RdpAccountant.epsilon(phases, delta).epsilon(), row.value("eps_rdp_dp_accounting"));
            pld.add(PldAccountant.epsilon(phases, delta).epsilon(), row.value("eps_exact"));
        }
        return List.of(rdp, pld);
    }

    private static List<Spread> steps() {
        Spread rdp = new Spread("`halt_steps`: steps by RDP, the larger reference");
        Spread pld = new Spread("`halt_steps`: steps by PLD, dp_accounting's PLD");
        for (Golden row : Golden.rows("halt_steps.csv")) {
            double q = row.number("q");
            double sigma = row.number("sigma");
            double delta = row.number("delta");
            double cap = row.number("cap");
            double reference = Math.max(row.number("steps_rdp_da"), row.number("steps_rdp_opacus"));
            rdp.add(
                    RdpAccountant.affordableSteps(List.of(), q, sigma, delta, cap, 1_000_000),
                    OptionalDouble.of(reference));
            pld.add(
                    PldAccountant.affordableSteps(List.of(), q, sigma, delta, cap, 1_000_000),
                    row.value("steps_pld_da"));
        }
        return List.of(rdp, pld);
    }

    private static List<Spread> noise() {
        Spread rdp = new Spread("`noise_calibration`: σ by RDP, the smaller reference");
        Spread pld = new Spread("`noise_calibration`: σ by PLD, dp_accounting's PLD");
        for (Golden row : Golden.rows("noise_calibration.csv")) {
            double q = row.number("q");
            long steps = row.whole("steps");
            double delta = row.number("delta");
            double target = row.number("target_eps");
            rdp.add(
                    RdpAccountant.calibrate(q, steps, delta, target),
                    OptionalDouble.of(row.least("sigma_rdp_da", "sigma_rdp_opacus_tol0.0001")));
            pld.add(PldAccountant.calibrate(q, steps, delta, target), row.value("sigma_pld_da"));
        }
        return List.of(rdp, pld);
    }
}
