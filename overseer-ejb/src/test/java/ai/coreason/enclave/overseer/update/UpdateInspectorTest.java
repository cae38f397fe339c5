package ai.coreason.enclave.overseer.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.overseer.SmallJob;
import ai.coreason.enclave.overseer.vault.SealingKeys;
import ai.coreason.enclave.overseer.vault.StartSecret;
import ai.coreason.enclave.overseer.vault.Storage;
import ai.coreason.enclave.sentry.contract.ContributionKey;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.contract.JobRules;
import ai.coreason.enclave.sentry.contract.SealingKey;
import ai.coreason.enclave.sentry.contract.update.SealedUpdate;
import ai.coreason.enclave.sentry.contract.update.UpdateStatement;
import ai.coreason.enclave.sentry.tensor.Safetensors;
import ai.coreason.enclave.sentry.tensor.Tensor;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UpdateInspectorTest {
    private static final String JOB = "6f1d2a34-0000-4000-8000-000000000001";

    @TempDir
    private Path folder;

    private SealingKeys keys;
    private UpdateInspector inspector;

    @BeforeEach
    void open() {
        keys = new SealingKeys(new Storage(folder.toString()), StartSecret.of("a secret that nobody else would guess"));
        keys.create(JOB);
        inspector = new UpdateInspector(keys);
    }

    private static FederationJob job(double maxUpdateNorm) {
        ObjectNode document = SmallJob.document();
        ((ObjectNode) document.get("training")).put("max_update_norm", maxUpdateNorm);
        return FederationJob.parse(document, JobRules.inSimulation());
    }

    private static UpdateStatement statement(String node) {
        String digest = "a".repeat(64);
        return new UpdateStatement(
                ContributionKey.of(JOB, 1, 1, node),
                digest,
                new byte[32],
                digest,
                digest,
                Json.object(),
                Map.of(),
                OptionalLong.empty());
    }

    private SealedUpdate sealed(List<Long> shape, float... weight) {
        byte[] plain = Safetensors.write(
                Map.of(),
                List.of(Tensor.of("fc.weight", shape, weight), Tensor.of("fc.bias", List.of(1L), new float[] {4f})));
        return SealedUpdate.seal(statement("a"), new SealingKey(keys.pair(JOB).publicKey()), plain);
    }

    private void refused(double maxNorm, SealedUpdate update, String why) {
        assertThatThrownBy(() -> inspector.open(JOB, job(maxNorm), update, OptionalDouble.of(maxNorm)))
                .isInstanceOf(InvalidDocument.class)
                .hasMessageContaining(why);
        assertThatThrownBy(() -> inspector.inspect(JOB, job(maxNorm), update, OptionalDouble.of(maxNorm)))
                .isInstanceOf(InvalidDocument.class)
                .hasMessageContaining(why);
    }

    @Test
    void open_updateOfTheGraph_isLetThrough() {
        SealedUpdate update = sealed(List.of(1L, 1L), 3f);
        assertThat(inspector.open(JOB, job(5.0), update, OptionalDouble.of(5.0)).get("fc.weight"))
                .containsExactly(3f);
        inspector.inspect(JOB, job(5.0), update, OptionalDouble.of(5.0));
    }

    @Test
    void open_longerThanMaxUpdateNorm_isRefused() {
        refused(4.99, sealed(List.of(1L, 1L), 3f), "update");
    }

    @Test
    void open_notFinite_isRefused() {
        refused(5.0, sealed(List.of(1L, 1L), Float.NaN), "update");
        refused(5.0, sealed(List.of(1L, 1L), Float.POSITIVE_INFINITY), "update");
    }

    @Test
    void open_otherShape_isRefused() {
        refused(5.0, sealed(List.of(1L, 2L), 1f, 1f), "update");
    }

    @Test
    void open_otherSender_doesNotOpen() {
        SealedUpdate update = sealed(List.of(1L, 1L), 3f);
        SealedUpdate claimed = SealedUpdate.of(statement("b"), update.bytes());
        assertThatThrownBy(() -> inspector.open(JOB, job(5.0), claimed, OptionalDouble.of(5.0)))
                .isInstanceOf(InvalidDocument.class);
    }
}
