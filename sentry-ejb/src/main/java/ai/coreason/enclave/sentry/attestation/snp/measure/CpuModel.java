package ai.coreason.enclave.sentry.attestation.snp.measure;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The signature of a virtual processor, as its guest reads it in EAX of CPUID function 1 (AMD 25481).
 *
 * @param signature 32 bits
 */
public record CpuModel(int signature) {
    /** A processor that the hypervisor does not put into the guest's first registers. */
    public static final CpuModel UNTOLD = new CpuModel(0);

    private static final Pattern VERSIONED = Pattern.compile("(.+?)(-v[1-9][0-9]?)?");
    private static final Map<String, CpuModel> QEMU = new TreeMap<>(Map.of(
            "EPYC", of(23, 1, 2),
            "EPYC-IBPB", of(23, 1, 2),
            "EPYC-Rome", of(23, 49, 0),
            "EPYC-Milan", of(25, 1, 1),
            "EPYC-Genoa", of(25, 17, 0),
            "EPYC-Turin", of(26, 0, 0)));

    /** The signature of a family, model and stepping. */
    public static CpuModel of(int family, int model, int stepping) {
        int low = Math.min(family, 0xf);
        int extended = family - low;
        return new CpuModel(extended << 20 | (model >> 4 & 0xf) << 16 | low << 8 | (model & 0xf) << 4 | stepping & 0xf);
    }

    /**
     * A processor by the name that QEMU gives it, with or without a version: {@code EPYC-v4}.
     *
     * @throws IllegalArgumentException if there is none of that name
     */
    public static CpuModel named(String name) {
        Matcher m = VERSIONED.matcher(name);
        CpuModel model = m.matches() ? QEMU.get(m.group(1)) : null;
        if (model == null) {
            throw new IllegalArgumentException(
                    "vcpu-type: expected one of " + QEMU.keySet() + " with or without a version -vN, got " + name);
        }
        return model;
    }
}
