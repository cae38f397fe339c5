package ai.coreason.enclave.sentry.attestation.snp;

import ai.coreason.enclave.sentry.attestation.Pieces;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Jazzer on reports of SEV-SNP and their certificates, from the real ones on. */
class SnpFuzz {
    private static Pieces pieces;

    static Stream<byte[]> reports() throws Exception {
        pieces = new Pieces(SnpFuzzTest.reports());
        return pieces.seeds();
    }

    static Stream<byte[]> certificates() throws Exception {
        pieces = new Pieces(SnpFuzzTest.certificates());
        return pieces.seeds();
    }

    @MethodSource("reports")
    @FuzzTest
    void report(byte[] data) throws Exception {
        pieces.judge(data);
    }

    @MethodSource("certificates")
    @FuzzTest
    void certificate(byte[] data) throws Exception {
        pieces.judge(data);
    }
}
