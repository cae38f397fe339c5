package ai.coreason.enclave.launcher.synthetic;

import ai.coreason.enclave.base.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Four made-up hospitals whose patients differ: their records, the data package that describes them, a job that trains
 * on them, and a public hold-out. Nobody's data; the same seed gives the same bytes on every machine.
 *
 * <p>How a patient is made: a frailty, normal around the hospital's mean with deviation 1; twelve features that each rise
 * with it ({@link Factor}); and an outcome, readmission within 30 days, drawn with the log-odds {@code BASE} plus what
 * each feature adds. The outcome depends on the features alike everywhere, so one model can serve all sites; the
 * features' distribution (covariate shift) and hence the prevalence differ from site to site. The hold-out mixes the
 * hospitals in proportion to their size. Draws come from {@link Random}, whose sequence its specification fixes.
 */
public final class SyntheticHospitals {
    /** How many hospitals there are. */
    public static final int COUNT = 4;

    /** Records of the hold-out. */
    public static final int HOLDOUT_ROWS = 600;

    /** The hold-out's file. */
    public static final String HOLDOUT = "holdout.csv";

    private static final double BASE = -2.6;

    static final List<Hospital> HOSPITALS = List.of(
            new Hospital("node_harbour", 403, 400, -0.6, -6, 0, 0.45),
            new Hospital("node_lakeside", 296, 300, 0.0, 0, 8, 0.50),
            new Hospital("node_northside", 251, 250, 0.3, 4, -5, 0.35),
            new Hospital("node_valley", 148, 150, 0.9, 9, 12, 0.60));

    static final List<Factor> FACTORS = List.of(
            Factor.number("age", 18, 100, 60, 15, 0.9),
            Factor.condition("sex", 0, 0, 0.3),
            Factor.number("systolic_bp", 80, 220, 135, 22, 0.6),
            Factor.number("heart_rate", 30, 150, 80, 16, 0.7),
            Factor.number("bmi", 12, 50, 28, 6, 0.5),
            Factor.number("glucose", 40, 250, 120, 35, 0.8),
            Factor.number("creatinine", 0.2, 4, 1.4, 0.6, 0.9),
            Factor.number("crp", 0, 120, 40, 24, 0.8),
            Factor.number("haemoglobin", 5, 19, 13, 2, -0.3),
            Factor.condition("smoker", -0.8, 0.7, 0.9),
            Factor.condition("diabetes", -0.8, 0.9, 1.1),
            Factor.condition("prior_admission", -0.3, 1.2, 1.8));

    private final Random random;

    private SyntheticHospitals(long seed) {
        random = new Random(seed);
    }

    /**
     * Writes one CSV file per hospital, {@code datapackage.json}, {@code job.json} and {@code holdout.csv}. The job
     * carries no {@code seed} of its own.
     *
     * @param folder where; made if missing
     * @param seed chooses the patients
     * @throws IOException if a file cannot be written
     */
    public static void write(Path folder, long seed) throws IOException {
        Files.createDirectories(folder);
        SyntheticHospitals patients = new SyntheticHospitals(seed);
        for (Hospital hospital : HOSPITALS) {
            StringBuilder csv = header();
            for (int i = 0; i < hospital.rows(); i++) {
                patients.append(csv, hospital);
            }
            Files.writeString(folder.resolve(hospital.file()), csv, StandardCharsets.UTF_8);
        }
        StringBuilder csv = header();
        for (int i = 0; i < HOLDOUT_ROWS; i++) {
            patients.append(csv, patients.anyHospital());
        }
        Files.writeString(folder.resolve(HOLDOUT), csv, StandardCharsets.UTF_8);
        Files.writeString(folder.resolve("datapackage.json"), Json.pretty(HospitalDocuments.dataPackage()) + "\n");
        Files.writeString(folder.resolve("job.json"), Json.pretty(HospitalDocuments.job()) + "\n");
    }

    static double probability(double logOdds) {
        return 1 / (1 + StrictMath.exp(-logOdds));
    }

    private static StringBuilder header() {
        StringBuilder csv = new StringBuilder();
        FACTORS.forEach(f -> csv.append(f.name()).append(','));
        return csv.append(HospitalDocuments.LABEL).append('\n');
    }

    private void append(StringBuilder csv, Hospital at) {
        double frailty = at.frailty() + random.nextGaussian();
        double logOdds = BASE;
        for (Factor f : FACTORS) {
            double draw = f.binary() ? random.nextDouble() : random.nextGaussian();
            double value = f.value(frailty, shift(f, at), draw);
            logOdds += f.logOdds(value);
            csv.append(String.format(Locale.ROOT, f.binary() ? "%.0f," : "%.1f,", value));
        }
        csv.append(random.nextDouble() < probability(logOdds) ? 1 : 0).append('\n');
    }

    private static double shift(Factor factor, Hospital at) {
        return switch (factor.name()) {
            case "age" -> at.age();
            case "glucose" -> at.glucose();
            case "sex" -> StrictMath.log((1 - at.women()) / at.women());
            default -> 0;
        };
    }

    private Hospital anyHospital() {
        int all = HOSPITALS.stream().mapToInt(Hospital::rows).sum();
        int drawn = random.nextInt(all);
        for (Hospital hospital : HOSPITALS) {
            drawn -= hospital.rows();
            if (drawn < 0) {
                return hospital;
            }
        }
        throw new IllegalStateException("drew patient " + drawn + " of " + all);
    }
}
