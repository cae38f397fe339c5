package ai.coreason.enclave.sentry.attestation.nvidia;

import ai.coreason.enclave.sentry.attestation.Pieces;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Jazzer on reports of NVIDIA devices and on manifests, from the real ones on. */
class NvidiaFuzz {
    private static Pieces pieces;

    static Stream<byte[]> reports() throws Exception {
        pieces = new Pieces(NvidiaFuzzTest.reports());
        return pieces.seeds();
    }

    static Stream<byte[]> manifests() throws Exception {
        pieces = new Pieces(NvidiaFuzzTest.manifests());
        return pieces.seeds();
    }

    @MethodSource("reports")
    @FuzzTest
    void report(byte[] data) throws Exception {
        pieces.judge(data);
    }

    @MethodSource("manifests")
    @FuzzTest
    void manifest(byte[] data) throws Exception {
        pieces.judge(data);
    }
}
