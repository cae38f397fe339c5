package ai.coreason.enclave.sentry.attestation.snp;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.sentry.attestation.snp.SnpPolicy.Allowance;
import ai.coreason.enclave.sentry.attestation.snp.SnpPolicy.Demand;
import ai.coreason.enclave.sentry.attestation.snp.SnpPolicy.Requirement;
import ai.coreason.enclave.sentry.attestation.snp.SnpPolicy.Revocation;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Policies as JSON: one member per component of {@link SnpPolicy}, in snake_case. A rule that is left out refuses: a
 * measurement and minimum patch levels are demanded, nothing is allowed; {@code products}, {@code keys}, {@code vmpls} and
 * {@code revocation} have to be there. Only minimums, requirements and lists that restrict further may be left out.
 */
final class SnpPolicyJson {
    private static final long U32 = 0xffffffffL;

    private SnpPolicyJson() {}

    /**
     * Reads one.
     *
     * @param path where it stands in a document, for errors
     * @throws InvalidDocument naming the member that is missing, unknown or out of its range
     */
    static SnpPolicy parse(JsonNode json, String path) {
        JsonFields f = JsonFields.of(json, path);
        Set<SnpProduct> products = constants(f, "products", SnpProduct.values(), SnpProduct::label);
        try {
            SnpPolicy policy = new SnpPolicy(
                    f.flag("measurement_required", true),
                    texts(f, "measurements"),
                    products,
                    f.flag("minimum_tcb_required", true),
                    levels(f, "minimum_tcb"),
                    levels(f, "minimum_launch_tcb"),
                    f.has("minimum_firmware")
                            ? Optional.of(SnpFirmware.parse(
                                    f.text("minimum_firmware", "MAJOR.MINOR.BUILD", SnpFirmware::isForm)))
                            : Optional.empty(),
                    (int) f.whole("minimum_abi", 0, 0xffff, 0),
                    (int) f.whole("minimum_report_version", 2, 5, 2),
                    f.whole("mitigations", 0, Long.MAX_VALUE, 0),
                    constants(f, "keys", SnpKey.values(), SnpKey::name),
                    vmpls(f),
                    f.whole("minimum_guest_svn", 0, U32, 0),
                    f.has("allowed") ? constants(f, "allowed", Allowance.values(), Allowance::name) : Set.of(),
                    f.has("required") ? constants(f, "required", Requirement.values(), Requirement::name) : Set.of(),
                    texts(f, "chip_ids"),
                    texts(f, "host_data"),
                    texts(f, "family_ids"),
                    texts(f, "image_ids"),
                    texts(f, "id_key_digests"),
                    texts(f, "author_key_digests"),
                    revocation(f.object("revocation")));
            f.end();
            return policy;
        } catch (IllegalArgumentException e) {
            throw InvalidDocument.at(
                    path.isEmpty() ? "policy" : path, "a policy that agrees with itself", e.getMessage());
        }
    }

    /** Writes what {@link #parse} reads; every member is there. */
    static ObjectNode json(SnpPolicy p) {
        ObjectNode out = Json.object();
        out.put("measurement_required", p.measurementRequired());
        array(out, "measurements", p.measurements());
        array(out, "products", p.products().stream().map(SnpProduct::label).toList());
        out.put("minimum_tcb_required", p.minimumTcbRequired());
        out.set("minimum_tcb", levels(p.minimumTcb()));
        out.set("minimum_launch_tcb", levels(p.minimumLaunchTcb()));
        p.minimumFirmware().ifPresent(v -> out.put("minimum_firmware", v.toString()));
        out.put("minimum_abi", p.minimumAbi());
        out.put("minimum_report_version", p.minimumReportVersion());
        out.put("mitigations", p.mitigations());
        array(out, "keys", p.keys().stream().map(Enum::name).toList());
        ArrayNode vmpls = out.putArray("vmpls");
        new TreeSet<>(p.vmpls()).forEach(vmpls::add);
        out.put("minimum_guest_svn", p.minimumGuestSvn());
        array(out, "allowed", p.allowed().stream().map(Enum::name).toList());
        array(out, "required", p.required().stream().map(Enum::name).toList());
        array(out, "chip_ids", p.chipIds());
        array(out, "host_data", p.hostData());
        array(out, "family_ids", p.familyIds());
        array(out, "image_ids", p.imageIds());
        array(out, "id_key_digests", p.idKeyDigests());
        array(out, "author_key_digests", p.authorKeyDigests());
        ObjectNode revocation = out.putObject("revocation");
        revocation.put("demand", p.revocation().demand().name());
        p.revocation().maxAge().ifPresent(age -> revocation.put("max_age", age.toString()));
        if (p.revocation().demand() == Demand.WAIVED) {
            revocation.put("waived_by", p.revocation().waivedBy());
        }
        return out;
    }

    private static Revocation revocation(JsonFields f) {
        Demand demand = f.constant("demand", Demand.class);
        Optional<Duration> maxAge = f.has("max_age")
                ? Optional.of(Duration.parse(f.text("max_age", "a time such as P30D", SnpPolicyJson::isDuration)))
                : Optional.empty();
        String waivedBy = f.optionalText("waived_by").orElse("");
        f.end();
        return new Revocation(demand, maxAge, waivedBy);
    }

    private static boolean isDuration(String text) {
        try {
            return !Duration.parse(text).isNegative();
        } catch (DateTimeParseException e) {
            return false;
        }
    }

    private static Set<Integer> vmpls(JsonFields f) {
        Set<Integer> out = new LinkedHashSet<>();
        f.wholes("vmpls", 0, 3).forEach(v -> out.add(v.intValue()));
        return out;
    }

    private static Set<String> texts(JsonFields f, String name) {
        return f.has(name) ? new LinkedHashSet<>(f.texts(name)) : Set.of();
    }

    private static <T> Set<T> constants(JsonFields f, String name, T[] values, Function<T, String> label) {
        List<String> known = Arrays.stream(values).map(label).toList();
        Set<T> out = new LinkedHashSet<>();
        for (String text : f.texts(name)) {
            int at = known.indexOf(text);
            if (at < 0) {
                throw InvalidDocument.at(f.at(name), "some of " + known, text);
            }
            out.add(values[at]);
        }
        return out;
    }

    private static Map<SnpProduct, SnpTcb> levels(JsonFields f, String name) {
        Map<SnpProduct, SnpTcb> out = new EnumMap<>(SnpProduct.class);
        f.optionalObject(name).ifPresent(object -> {
            for (SnpProduct product : SnpProduct.values()) {
                object.optionalObject(product.label())
                        .ifPresent(levels -> out.put(product, SnpTcb.read(levels, product)));
            }
            object.end();
        });
        return out;
    }

    private static ObjectNode levels(Map<SnpProduct, SnpTcb> levels) {
        ObjectNode out = Json.object();
        for (SnpProduct product : SnpProduct.values()) {
            if (levels.containsKey(product)) {
                out.set(product.label(), levels.get(product).json(product));
            }
        }
        return out;
    }

    private static void array(ObjectNode out, String name, Collection<String> values) {
        ArrayNode array = out.putArray(name);
        values.stream().sorted().forEach(array::add);
    }
}
