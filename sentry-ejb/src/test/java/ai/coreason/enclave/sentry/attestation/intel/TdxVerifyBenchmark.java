package ai.coreason.enclave.sentry.attestation.intel;

import ai.coreason.enclave.sentry.attestation.Anchors;
import ai.coreason.enclave.sentry.attestation.Appraisal;
import ai.coreason.enclave.sentry.attestation.tdx.TdxPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
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
 * Quotes a second that one core judges, from bytes to verdict: a real one of TDX with its collateral. Needs the acceptance data in {@code
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
public class TdxVerifyBenchmark {
    private static final Instant AT = Instant.parse("2025-07-01T00:00:00Z");

    private final Anchors anchors = Anchors.builtIn();
    private final Optional<TdxPolicy> strict = Optional.of(TdxPolicy.strict());
    private byte[] quote;
    private Collateral collateral;

    @Setup
    public void read() throws IOException {
        Path folder = Path.of(System.getProperty("enclave.shared"), "vectors/attestation/tdx/phala-v4-b0c06f");
        quote = Files.readAllBytes(folder.resolve("quote.bin"));
        Map<Collateral.Part, byte[]> parts = new EnumMap<>(Collateral.Part.class);
        for (Collateral.Part part : Collateral.Part.values()) {
            if (part != Collateral.Part.PCK_CHAIN) {
                parts.put(part, Files.readAllBytes(folder.resolve(part.file())));
            }
        }
        collateral = new Collateral(parts);
        if (strict().result() != Appraisal.Result.VALID) {
            throw new IllegalStateException(strict().reasons().toString());
        }
    }

    /** The quote's own signatures and certificates, without collateral. */
    @Benchmark
    public Appraisal alone() {
        return QuoteVerifier.appraise(TeeType.TDX, quote, Collateral.none(), anchors, AT, Optional.empty());
    }

    @Benchmark
    public Appraisal genuine() {
        return QuoteVerifier.appraise(TeeType.TDX, quote, collateral, anchors, AT, Optional.empty());
    }

    @Benchmark
    public Appraisal strict() {
        return QuoteVerifier.appraise(TeeType.TDX, quote, collateral, anchors, AT, strict);
    }
}
