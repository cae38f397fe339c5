package ai.coreason.enclave.sentry;

import static org.assertj.core.api.Assertions.fail;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** The acceptance data beside the checkout; tests that need it are skipped without it, and fail without it in CI. */
public final class SharedData {
    private SharedData() {}

    /** A file or folder of the acceptance data. */
    public static Path file(String name) {
        Path path = Path.of(System.getProperty("enclave.shared", "../shared")).resolve(name);
        if (!Files.exists(path) && "true".equals(System.getenv("CI"))) {
            fail("CI needs the acceptance data " + name);
        }
        Assumptions.assumeTrue(Files.exists(path), name + " is not here");
        return path;
    }
}
