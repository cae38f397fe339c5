package ai.coreason.enclave.sentry.attestation.tdx;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.sentry.attestation.Reason;
import ai.coreason.enclave.sentry.attestation.intel.TdReport;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * What a trust domain may be allowed by its TD attributes and XFAM (Intel TDX Module Base Architecture Specification, "TD
 * Attributes" and "XFAM"). Masks are 64 bits, in JSON 16 hex digits with the highest first. Immutable and thread-safe.
 *
 * @param debugAllowed {@code debug_allowed}: whether a bit of the lowest byte may be set, under which the host may read or
 *     profile the domain; by default not
 * @param migratableAllowed {@code migratable_allowed}: whether a migration service may move the domain; by default not
 * @param septVeDisableRequired {@code sept_ve_disable_required}: whether the domain has to be safe from the host's taking
 *     pages away unnoticed; in JSON by default it has to, in {@link #strict()} it has not
 * @param allowed {@code allowed}: which other attributes may be set, such as PKS, bit 30, and key locker, bit 31
 * @param xfamRequired {@code xfam_required}: which extended features have to be on
 * @param xfamAllowed {@code xfam_allowed}: which may be on
 */
public record TdAttributes(
        boolean debugAllowed,
        boolean migratableAllowed,
        boolean septVeDisableRequired,
        long allowed,
        long xfamRequired,
        long xfamAllowed) {
    private static final long UNTRUSTED = 0xff;
    private static final long SEPT_VE_DISABLE = 1L << 28;
    private static final long MIGRATABLE = 1L << 29;
    /** ICSSD, LASS, SEPT_VE_DISABLE, PKS, KL, TPA and PERFMON. */
    private static final long KNOWN = 1L << 16 | 1L << 27 | SEPT_VE_DISABLE | 1L << 30 | 1L << 31 | 1L << 62 | 1L << 63;
    /** X87 and SSE. */
    private static final long XFAM_REQUIRED = 3;
    /** What the TDX module lets a domain have. */
    private static final long XFAM_ALLOWED = 0x0006dbe7;

    /** Neither debugger nor migration, and attributes and features that are known. */
    public static TdAttributes strict() {
        return new TdAttributes(false, false, false, KNOWN, XFAM_REQUIRED, XFAM_ALLOWED);
    }

    static TdAttributes read(JsonFields fields) {
        TdAttributes out = new TdAttributes(
                fields.flag("debug_allowed", false),
                fields.flag("migratable_allowed", false),
                fields.flag("sept_ve_disable_required", true),
                mask(fields, "allowed", KNOWN),
                mask(fields, "xfam_required", XFAM_REQUIRED),
                mask(fields, "xfam_allowed", XFAM_ALLOWED));
        fields.end();
        return out;
    }

    ObjectNode toJson() {
        return Json.object()
                .put("debug_allowed", debugAllowed)
                .put("migratable_allowed", migratableAllowed)
                .put("sept_ve_disable_required", septVeDisableRequired)
                .put("allowed", hex(allowed))
                .put("xfam_required", hex(xfamRequired))
                .put("xfam_allowed", hex(xfamAllowed));
    }

    void judge(TdReport report, List<Reason> broken) {
        long set = report.tdAttributes();
        check(debugAllowed || (set & UNTRUSTED) == 0, "debug", "no bit of the lowest byte", set, broken);
        check(migratableAllowed || (set & MIGRATABLE) == 0, "migratable", "not bit 29", set, broken);
        check(!septVeDisableRequired || (set & SEPT_VE_DISABLE) != 0, "sept_ve_disable", "bit 28", set, broken);
        long others = set & ~UNTRUSTED & ~MIGRATABLE;
        check((others & ~allowed) == 0, "allowed", "only bits of " + hex(allowed), set, broken);
        check(
                (report.xfam() & xfamRequired) == xfamRequired,
                "xfam_required",
                hex(xfamRequired),
                report.xfam(),
                broken);
        check((report.xfam() & ~xfamAllowed) == 0, "xfam_allowed", hex(xfamAllowed), report.xfam(), broken);
    }

    private static void check(boolean holds, String rule, String expected, long came, List<Reason> broken) {
        if (!holds) {
            broken.add(new Reason("attributes." + rule, expected, hex(came)));
        }
    }

    private static long mask(JsonFields fields, String name, long otherwise) {
        return fields.has(name)
                ? Long.parseUnsignedLong(fields.text(name, "16 hex digits", s -> s.matches("[0-9a-fA-F]{16}")), 16)
                : otherwise;
    }

    private static String hex(long mask) {
        return "%016x".formatted(mask);
    }
}
