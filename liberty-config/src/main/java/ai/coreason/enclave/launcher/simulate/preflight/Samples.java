package ai.coreason.enclave.launcher.simulate.preflight;

import ai.coreason.enclave.base.Json;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Values that a reader takes at the places of a document where it expects something. A sample's {@code #} stands for the
 * last index of its place, so that names differ. Thread-safe.
 */
final class Samples {
    private final JsonNode byPattern;

    private Samples(JsonNode byPattern) {
        this.byPattern = byPattern;
    }

    /** Those of a federation job. */
    static Samples job() {
        return read("job-samples.json");
    }

    /** Those of a data package. */
    static Samples dataPackage() {
        return read("package-samples.json");
    }

    /** Copies of a document with what stands at a place left out, and with each sample there. */
    List<JsonNode> mend(JsonNode document, String path) {
        List<JsonNode> copies = new ArrayList<>();
        JsonPlace.with(document, path, null).ifPresent(copies::add);
        for (JsonNode sample : byPattern.path(JsonPlace.pattern(path))) {
            String text = new String(Json.write(sample), StandardCharsets.UTF_8)
                    .replace("#", String.valueOf(JsonPlace.index(path)));
            JsonPlace.with(document, path, Json.read(text)).ifPresent(copies::add);
        }
        return copies;
    }

    private static Samples read(String name) {
        try (InputStream in = Samples.class.getResourceAsStream(name)) {
            return new Samples(Json.read(in.readAllBytes()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
