package ai.coreason.enclave.launcher.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images of handwritten digits at four sites; a convolutional network. */
class MnistIT {
    private static final int IMAGES = 10_000;
    private static final int PIXELS = 28 * 28;

    @TempDir
    Path folder;

    @Test
    void jobWithPrivacy_learnsDigitsWithinItsBudget() throws Exception {
        Path data = Simulation.federation("mnist");

        Simulation run = Simulation.run(folder, data, "job_dp.json");

        assertThat(run.process().exitValue()).as(run.printed()).isZero();
        for (JsonNode node : run.report().get("nodes")) {
            assertThat(node.get("epsilon").asDouble()).isLessThanOrEqualTo(2.9);
        }
        assertThat(accuracy(new PlainModel(data.resolve("job_dp.json"), run.model()), data))
                .isGreaterThanOrEqualTo(.95);
    }

    /** The test file holds 8-bit images and then their classes. */
    private static double accuracy(PlainModel model, Path data) throws Exception {
        ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(data.resolve("test.safetensors")))
                .order(ByteOrder.LITTLE_ENDIAN);
        int start = 8 + (int) file.getLong(0);
        int right = 0;
        for (int i = 0; i < IMAGES; i++) {
            float[] x = new float[PIXELS];
            for (int p = 0; p < PIXELS; p++) {
                x[p] = (file.get(start + i * PIXELS + p) & 0xff) / 255f;
            }
            float[] logits = model.outputs(x);
            int best = 0;
            for (int c = 1; c < logits.length; c++) {
                best = logits[c] > logits[best] ? c : best;
            }
            right += best == file.get(start + IMAGES * PIXELS + i) ? 1 : 0;
        }
        return right / (double) IMAGES;
    }
}
