package ai.coreason.enclave.privacy.accounting;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Time of the accountants on one core. Run by {@code org.openjdk.jmh.Main} on the test class path; docs/ACCOUNTING.md has
 * the command.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(
        value = 1,
        jvmArgs = {"-Xmx1g", "-XX:+UseSerialGC"})
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@State(Scope.Thread)
public class AccountantBenchmark {
    private static final double DELTA = 1e-5;

    private static final List<Phase> RUN = List.of(new Phase(0.01, 1.1, 10_000));

    private static final List<Phase> TEN_PHASES = List.of(
            new Phase(0.01, 1.1, 1_000),
            new Phase(0.02, 1.3, 500),
            new Phase(0.05, 2, 200),
            new Phase(0.004, 1, 1_000),
            new Phase(1, 20, 5),
            new Phase(0.1, 4, 100),
            new Phase(0.001, 0.9, 2_000),
            new Phase(0.01, 1.5, 1_000),
            new Phase(0.03, 3, 300),
            new Phase(0.2, 8, 50));

    private double sigma = 1.1;

    /** 10,000 steps of a mechanism that was not asked for before. */
    @Benchmark
    public PrivacyLoss epsilonByRdpFirst() {
        sigma += 1e-9;
        return RdpAccountant.epsilon(List.of(new Phase(0.01, sigma, 10_000)), DELTA);
    }

    @Benchmark
    public PrivacyLoss epsilonByRdpAgain() {
        return RdpAccountant.epsilon(RUN, DELTA);
    }

    @Benchmark
    public PrivacyLoss epsilonByPld() {
        return PldAccountant.epsilon(RUN, DELTA);
    }

    @Benchmark
    public PrivacyLoss epsilonByPldOfTenPhases() {
        return PldAccountant.epsilon(TEN_PHASES, DELTA);
    }

    @Benchmark
    public double calibrateByRdp() {
        return RdpAccountant.calibrate(0.01, 10_000, DELTA, 3);
    }

    @Benchmark
    public double calibrateByPld() {
        return PldAccountant.calibrate(0.01, 10_000, DELTA, 3);
    }

    @Benchmark
    public long affordableStepsByPld() {
        return PldAccountant.affordableSteps(List.of(), 0.01, 1.1, DELTA, 5, 1_000_000);
    }
}
