package ai.coreason.enclave.sentry.attestation.intel;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.sentry.SharedData;
import ai.coreason.enclave.sentry.attestation.Appraisal.Result;
import ai.coreason.enclave.sentry.attestation.sgx.SgxPolicy;
import ai.coreason.enclave.sentry.attestation.tdx.TdxPolicy;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The acceptance vectors of Intel's kinds. */
final class IntelVectors {
    private IntelVectors() {}

    /** One folder and what it is said to be. */
    record Vector(String kind, Path folder, Instant at, Result verdict, Result strict, JsonNode expected) {
        String name() {
            return kind + "/" + folder.getFileName();
        }

        byte[] quote() throws IOException {
            return Files.readAllBytes(folder.resolve("quote.bin"));
        }

        /** What lies beside the quote. */
        Collateral collateral() throws IOException {
            Map<Collateral.Part, byte[]> parts = new EnumMap<>(Collateral.Part.class);
            for (Collateral.Part part : Collateral.Part.values()) {
                if (Files.exists(folder.resolve(part.file()))) {
                    parts.put(part, Files.readAllBytes(folder.resolve(part.file())));
                }
            }
            return new Collateral(parts);
        }

        IntelPolicy strictPolicy() {
            return kind.equals("tdx") ? TdxPolicy.strict() : SgxPolicy.strict();
        }
    }

    static Vector read(String kind, String name) throws IOException {
        return read(kind, SharedData.file("vectors/attestation/" + kind).resolve(name));
    }

    static List<Vector> all(String kind) throws IOException {
        try (Stream<Path> folders = Files.list(SharedData.file("vectors/attestation/" + kind))) {
            List<Path> sorted = folders.sorted().toList();
            List<Vector> out = new java.util.ArrayList<>();
            for (Path folder : sorted) {
                out.add(read(kind, folder));
            }
            return out;
        }
    }

    private static Vector read(String kind, Path folder) throws IOException {
        JsonNode expected = Json.read(Files.readAllBytes(folder.resolve("expected.json")));
        return new Vector(
                kind,
                folder,
                Instant.parse(expected.get("verify_at").textValue()),
                result(expected.get("verdict").textValue()),
                result(expected.get("strict_policy_verdict").textValue()),
                expected);
    }

    private static Result result(String text) {
        return Result.valueOf(text.split(":")[0]);
    }
}
