package ai.coreason.enclave.sentry.attestation.intel;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.sentry.attestation.MalformedEvidence;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What Intel says of one family of platforms: TCB info of version 3, or for SGX 2 (Intel SGX and TDX Provisioning
 * Certification Service API, "Get TCB Info"). Immutable and thread-safe.
 *
 * @param tee the kind of environment
 * @param issued when it was signed
 * @param nextUpdate until when it is good
 * @param fmspc the family: 6 bytes, lower-case hex
 * @param pceId 2 bytes, lower-case hex
 * @param evaluation the number of the evaluation, which grows
 * @param modules of TDX: {@code TDX_00} first, then those with versions; none for SGX
 * @param levels the newest first, at least one
 */
record TcbInfo(
        TeeType tee,
        Instant issued,
        Instant nextUpdate,
        String fmspc,
        String pceId,
        long evaluation,
        List<TdxModule> modules,
        List<TcbLevel> levels) {
    private static final int MOST_LEVELS = 1000;
    private static final int MOST_MODULES = 256;

    TcbInfo {
        modules = List.copyOf(modules);
        levels = List.copyOf(levels);
    }

    static TcbInfo read(SignedDocument document) throws MalformedEvidence {
        try {
            JsonFields fields = document.fields();
            int version = (int) fields.whole("version", 2, 3);
            TeeType tee = version == 2 ? TeeType.SGX : fields.constant("id", TeeType.class);
            fields.whole("tcbType", 0, 0);
            List<TcbLevel> levels = Wire.someObjects(fields, "tcbLevels", MOST_LEVELS).stream()
                    .map(l -> TcbLevel.read(l, version, tee))
                    .toList();
            return new TcbInfo(
                    tee,
                    Wire.time(fields, "issueDate"),
                    Wire.time(fields, "nextUpdate"),
                    Wire.hex(fields, "fmspc", 6),
                    Wire.hex(fields, "pceId", 2),
                    fields.whole("tcbEvaluationDataNumber", 0, Integer.MAX_VALUE),
                    tee == TeeType.TDX ? modules(fields) : List.of(),
                    levels);
        } catch (InvalidDocument e) {
            throw SignedDocument.refusal(document.name(), "TCB info of version 2 or 3", e.getMessage());
        }
    }

    /** The module of a TCB's version; empty if Intel does not list it. */
    Optional<TdxModule> module(String teeTcbSvn) {
        return modules.stream()
                .filter(m -> m.id().equals(TdxModule.id(teeTcbSvn)))
                .findFirst();
    }

    private static List<TdxModule> modules(JsonFields fields) {
        List<TdxModule> out = new ArrayList<>();
        out.add(TdxModule.read(fields.object("tdxModule"), "TDX_00", List.of()));
        if (fields.has("tdxModuleIdentities")) {
            for (JsonFields module : Wire.someObjects(fields, "tdxModuleIdentities", MOST_MODULES)) {
                String id = module.text("id").toUpperCase(Locale.ROOT);
                out.add(TdxModule.read(module, id, SoftwareLevel.read(module)));
            }
        }
        return out;
    }
}
