package ai.coreason.enclave.launcher.server;

import java.nio.file.Path;
import java.util.Map;

/** The environment of a server that trains. */
public final class Libtorch {
    private Libtorch() {}

    /**
     * Where libtorch lies, and how it computes: on one thread, in registers of 256 bits, and each row of a matrix alike wherever
     * it stands in memory (ADR 15).
     *
     * @param cache a folder that DJL may write to
     */
    public static Map<String, String> environment(Distribution distribution, Path cache) {
        return Map.of(
                "PYTORCH_LIBRARY_PATH", distribution.dist().resolve("libtorch").toString(),
                "PYTORCH_FLAVOR", "cpu",
                "DJL_CACHE_DIR", cache.toString(),
                "OMP_NUM_THREADS", "1",
                "MKL_NUM_THREADS", "1",
                "ATEN_CPU_CAPABILITY", "avx2",
                "MKL_CBWR", "AUTO");
    }
}
