package ai.coreason.enclave.sentry.attestation.nvidia;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What is demanded of NVIDIA evidence beyond its signatures. Fails closed: a rule that a document leaves out is the strictest, and
 * those that cannot be strict of themselves have to be written. Immutable and thread-safe.
 *
 * <p>JSON: {@code {"architectures": ["HOPPER"], "minimum_driver": "550.90.07", "minimum_vbios": "96.00.9F.00.01",
 * "revocation": "required", "nonce": "64 hex digits", "device": "required", "rims_required": true, "trailing_byte": false, "debug": false}}; to
 * waive revocation, {@code "revocation": {"waived_by": "an operator"}}. The first four have to be there.
 *
 * @param device whether a machine has to have such a device
 * @param architectures families that are trusted; none are if it is empty
 * @param minimumDriver least version of a GPU's driver, decimal numbers between dots; {@code 0} lets all pass
 * @param minimumVbios least version of the VBIOS, hexadecimal numbers between dots; {@code 0} lets all pass
 * @param rims whether manifests have to be there, and must then agree
 * @param nonce what the report has to carry, 64 lower-case hex digits; empty where the caller has not asked for the
 *     report himself
 * @param trailingByte whether a byte of zero may follow the report, as the driver hands it out
 * @param debug whether firmware may have been in a debug mode
 * @param revocation whether revocation has to be known
 * @param waivedBy who waived revocation; empty unless it is waived
 */
public record NvidiaPolicy(
        Device device,
        Set<Architecture> architectures,
        String minimumDriver,
        String minimumVbios,
        Rims rims,
        Optional<String> nonce,
        boolean trailingByte,
        boolean debug,
        Revocation revocation,
        Optional<String> waivedBy) {
    /** Whether evidence of a device has to come with that of the machine. */
    public enum Device {
        /** A machine without it is refused. */
        REQUIRED,
        /** It is judged where it comes. */
        OPTIONAL
    }

    /** Which manifests are needed. */
    public enum Rims {
        /** One of the driver's version, unless the device is a switch, and one of the VBIOS's. */
        REQUIRED,
        /** Those that are there have to agree. */
        AS_FOUND
    }

    /** What is needed of revocation lists. */
    public enum Revocation {
        /** A list in force from each issuer. */
        REQUIRED,
        /** Those that are there have to be in force and not name a certificate. */
        AS_FOUND,
        /** None has to be there, as somebody answers for; those that are there count all the same. */
        WAIVED
    }

    private static final String DRIVER = "[0-9]{1,6}(\\.[0-9]{1,6}){0,4}";
    private static final String VBIOS = "[0-9A-Fa-f]{1,2}(\\.[0-9A-Fa-f]{1,2}){0,4}";
    private static final String NONCE = "[0-9a-f]{64}";

    /**
     * Copies the set.
     *
     * @throws IllegalArgumentException if a version or the nonce is not of its form, or somebody waived what is not waived
     */
    public NvidiaPolicy {
        architectures = Set.copyOf(architectures);
        check(minimumDriver.matches(DRIVER), "minimumDriver", "decimal numbers between dots", minimumDriver);
        check(minimumVbios.matches(VBIOS), "minimumVbios", "hexadecimal numbers between dots", minimumVbios);
        check(nonce.isEmpty() || nonce.get().matches(NONCE), "nonce", "64 lower-case hex digits", nonce.toString());
        check(
                waivedBy.isPresent() == (revocation == Revocation.WAIVED),
                "waivedBy",
                "one if waived",
                waivedBy.toString());
    }

    /** The built-in default, for looking at evidence: all rules but for a nonce, least versions, and what is not at hand. */
    public static NvidiaPolicy strict() {
        return new NvidiaPolicy(
                Device.REQUIRED,
                EnumSet.allOf(Architecture.class),
                "0",
                "0",
                Rims.AS_FOUND,
                Optional.empty(),
                false,
                false,
                Revocation.AS_FOUND,
                Optional.empty());
    }

    /** The same with the nonce that the caller had sent, 64 lower-case hex digits. */
    public NvidiaPolicy withNonce(String sent) {
        return new NvidiaPolicy(
                device,
                architectures,
                minimumDriver,
                minimumVbios,
                rims,
                Optional.of(sent),
                trailingByte,
                debug,
                revocation,
                waivedBy);
    }

    /**
     * Reads a policy.
     *
     * @param path where it stands in a document, for errors
     * @throws InvalidDocument naming the first member that is missing, unknown or not of its form
     */
    public static NvidiaPolicy parse(JsonNode json, String path) {
        JsonFields f = JsonFields.of(json, path);
        Set<Architecture> architectures = EnumSet.noneOf(Architecture.class);
        f.list("architectures", "an array of families", (v, at) -> architecture(v, at))
                .forEach(architectures::add);
        Optional<String> waivedBy = waivedBy(f);
        NvidiaPolicy policy = new NvidiaPolicy(
                device(f),
                architectures,
                f.text("minimum_driver", "decimal numbers between dots", s -> s.matches(DRIVER)),
                f.text("minimum_vbios", "hexadecimal numbers between dots", s -> s.matches(VBIOS)),
                f.flag("rims_required", true) ? Rims.REQUIRED : Rims.AS_FOUND,
                f.has("nonce")
                        ? Optional.of(f.text("nonce", "64 lower-case hex digits", s -> s.matches(NONCE)))
                        : Optional.empty(),
                f.flag("trailing_byte", false),
                f.flag("debug", false),
                waivedBy.isPresent() ? Revocation.WAIVED : Revocation.REQUIRED,
                waivedBy);
        f.end();
        return policy;
    }

    /** The JSON that {@link #parse} reads; not of {@link #strict()}, whose revocation has no JSON. */
    public ObjectNode json() {
        check(revocation != Revocation.AS_FOUND, "revocation", "REQUIRED or WAIVED", revocation.toString());
        ObjectNode out = Json.object();
        out.put("device", device.name().toLowerCase(Locale.ROOT));
        ArrayNode families = out.putArray("architectures");
        names(architectures).forEach(families::add);
        out.put("minimum_driver", minimumDriver);
        out.put("minimum_vbios", minimumVbios);
        out.put("rims_required", rims == Rims.REQUIRED);
        nonce.ifPresent(n -> out.put("nonce", n));
        out.put("trailing_byte", trailingByte);
        out.put("debug", debug);
        waivedBy.ifPresentOrElse(
                w -> out.putObject("revocation").put("waived_by", w), () -> out.put("revocation", "required"));
        return out;
    }

    private static Device device(JsonFields f) {
        if (!f.has("device")) {
            return Device.REQUIRED;
        }
        String text = f.text("device", "required or optional", s -> s.equals("required") || s.equals("optional"));
        return Device.valueOf(text.toUpperCase(Locale.ROOT));
    }

    private static Architecture architecture(JsonNode v, String at) {
        for (Architecture a : Architecture.values()) {
            if (v.isTextual() && a.name().equals(v.textValue())) {
                return a;
            }
        }
        throw InvalidDocument.at(at, "one of " + EnumSet.allOf(Architecture.class), JsonFields.describe(v));
    }

    private static Optional<String> waivedBy(JsonFields f) {
        if (f.any("revocation", "required, or who waives it").isTextual()) {
            f.text("revocation", "required", s -> s.equals("required"));
            return Optional.empty();
        }
        JsonFields waiver = f.object("revocation");
        String by = waiver.identifier("waived_by");
        waiver.end();
        return Optional.of(by);
    }

    private static Collection<String> names(Set<Architecture> set) {
        return set.stream().map(Enum::name).sorted().toList();
    }

    private static void check(boolean holds, String name, String expected, String came) {
        if (!holds) {
            throw new IllegalArgumentException(name + ": expected " + expected + ", got " + came);
        }
    }
}
