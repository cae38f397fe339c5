package ai.coreason.enclave.sentry.attestation.intel;

import ai.coreason.enclave.sentry.attestation.Piece;
import ai.coreason.enclave.sentry.attestation.Pieces;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Jazzer on quotes of TDX and SGX, from the real ones on. */
class IntelFuzz {
    private static Pieces pieces;

    static Stream<byte[]> quotes() throws Exception {
        List<Piece> both = new ArrayList<>(IntelFuzzTest.quotes("tdx"));
        both.addAll(IntelFuzzTest.quotes("sgx"));
        pieces = new Pieces(both);
        return pieces.seeds();
    }

    @MethodSource("quotes")
    @FuzzTest
    void quote(byte[] data) throws Exception {
        pieces.judge(data);
    }
}
