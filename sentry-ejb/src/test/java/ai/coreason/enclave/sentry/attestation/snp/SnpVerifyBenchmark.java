package ai.coreason.enclave.sentry.attestation.snp;

import ai.coreason.enclave.sentry.attestation.Anchors;
import ai.coreason.enclave.sentry.attestation.Appraisal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Reports a second that one core judges, from bytes to verdict: a real one of a Milan. Needs the acceptance data in {@code
 * -Denclave.shared}; src/test/bench/attestation-vs-go runs it.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(
        value = 1,
        jvmArgsPrepend = {"-Xmx256m", "-XX:+UseSerialGC"})
@Warmup(iterations = 10, time = 2)
@Measurement(iterations = 3, time = 2)
@State(Scope.Thread)
public class SnpVerifyBenchmark {
    private static final Instant AT = Instant.parse("2026-03-01T00:00:00Z");

    private final Anchors anchors = Anchors.builtIn();
    private final Optional<SnpPolicy> strict = Optional.of(SnpPolicy.strict());
    private byte[] report;
    private byte[] vek;
    private byte[] chain;

    @Setup
    public void read() throws IOException {
        Path folder = Path.of(System.getProperty("enclave.shared"), "vectors/attestation/snp/milan-v2-coco");
        report = Files.readAllBytes(folder.resolve("report.bin"));
        vek = Files.readAllBytes(folder.resolve("vek.der"));
        chain = Files.readAllBytes(folder.resolve("chain.pem"));
        if (strict().result() != Appraisal.Result.VALID) {
            throw new IllegalStateException(strict().reasons().toString());
        }
    }

    @Benchmark
    public Appraisal genuine() {
        return SnpVerifier.appraise(report, vek, chain, Optional.empty(), anchors, AT, Optional.empty());
    }

    @Benchmark
    public Appraisal strict() {
        return SnpVerifier.appraise(report, vek, chain, Optional.empty(), anchors, AT, strict);
    }
}
