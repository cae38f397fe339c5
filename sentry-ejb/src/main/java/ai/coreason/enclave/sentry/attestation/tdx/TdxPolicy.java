package ai.coreason.enclave.sentry.attestation.tdx;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.sentry.attestation.Reason;
import ai.coreason.enclave.sentry.attestation.intel.AllowedValues;
import ai.coreason.enclave.sentry.attestation.intel.IntelPolicy;
import ai.coreason.enclave.sentry.attestation.intel.PlatformPolicy;
import ai.coreason.enclave.sentry.attestation.intel.QuoteBody;
import ai.coreason.enclave.sentry.attestation.intel.TdReport;
import ai.coreason.enclave.sentry.attestation.intel.TeeType;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is demanded of a trust domain. Every rule has to hold; in JSON a measurement that is left out allows nothing, and
 * {@code any} has to be said. Immutable and thread-safe.
 *
 * @param mrTd {@code mrtd}: measurements of the domain's first image, 48 bytes
 * @param rtmrs {@code rtmr0} to {@code rtmr3}: measurements of firmware, kernel and what comes after, 48 bytes
 * @param module {@code module}: what is demanded of the TDX module
 * @param owner {@code owner}: what the host may have stated at the domain's start
 * @param mrServiceTd {@code mr_service_td}: hashes of services bound to a TDX 1.5 domain, 48 bytes; by default any
 * @param attributes {@code attributes}: what the domain may be allowed
 * @param platform {@code platform}: what is demanded below it
 */
public record TdxPolicy(
        AllowedValues mrTd,
        List<AllowedValues> rtmrs,
        Module module,
        Owner owner,
        AllowedValues mrServiceTd,
        TdAttributes attributes,
        PlatformPolicy platform)
        implements IntelPolicy {
    private static final int REGISTERS = 4;
    private static final int MEASUREMENT = 48;
    private static final AllowedValues ANY = AllowedValues.anything();

    /**
     * What is demanded of the TDX module.
     *
     * @param mrSeam {@code mr_seam}: its measurements, 48 bytes; by default any, since the collateral judges it
     * @param mrSignerSeam {@code mr_signer_seam}: its signers, 48 bytes; by default Intel, which is zeros
     * @param minTeeTcbSvn {@code min_tee_tcb_svn}: the least of each of its 16 security versions, hex
     */
    public record Module(AllowedValues mrSeam, AllowedValues mrSignerSeam, Optional<String> minTeeTcbSvn) {
        private static final AllowedValues INTEL = AllowedValues.of("00".repeat(MEASUREMENT));

        /** Any module of Intel's. */
        public static Module ofIntel() {
            return new Module(ANY, INTEL, Optional.empty());
        }

        static Module read(JsonFields fields) {
            Module out = new Module(
                    AllowedValues.read(fields, "mr_seam", MEASUREMENT, ANY),
                    AllowedValues.read(fields, "mr_signer_seam", MEASUREMENT, INTEL),
                    fields.has("min_tee_tcb_svn")
                            ? Optional.of(fields.text(
                                    "min_tee_tcb_svn", "16 bytes in hex", s -> s.matches("[0-9a-fA-F]{32}")))
                            : Optional.empty());
            fields.end();
            return out;
        }

        ObjectNode toJson() {
            ObjectNode json = Json.object();
            json.set("mr_seam", mrSeam.toJson());
            json.set("mr_signer_seam", mrSignerSeam.toJson());
            minTeeTcbSvn.ifPresent(svn -> json.put("min_tee_tcb_svn", svn));
            return json;
        }

        void judge(TdReport report, List<Reason> broken) {
            mrSeam.judge("mr_seam", report.mrSeam()).ifPresent(broken::add);
            mrSignerSeam.judge("mr_signer_seam", report.mrSignerSeam()).ifPresent(broken::add);
            if (minTeeTcbSvn.isPresent() && below(report.teeTcbSvn(), minTeeTcbSvn.get())) {
                broken.add(new Reason("tee_tcb_svn", "at least " + minTeeTcbSvn.get(), report.teeTcbSvn()));
            }
        }

        private static boolean below(String came, String least) {
            byte[] a = java.util.HexFormat.of().parseHex(came);
            byte[] b = java.util.HexFormat.of().parseHex(least);
            boolean below = false;
            for (int i = 0; i < b.length; i++) {
                below |= (a[i] & 0xff) < (b[i] & 0xff);
            }
            return below;
        }
    }

    /**
     * What the host, which is not trusted, may have stated at the domain's start; 48 bytes each, by default any.
     *
     * @param mrConfigId {@code mr_config_id}
     * @param mrOwner {@code mr_owner}
     * @param mrOwnerConfig {@code mr_owner_config}
     */
    public record Owner(AllowedValues mrConfigId, AllowedValues mrOwner, AllowedValues mrOwnerConfig) {
        /** Anything. */
        public static Owner any() {
            return new Owner(ANY, ANY, ANY);
        }

        static Owner read(JsonFields fields) {
            Owner out = new Owner(
                    AllowedValues.read(fields, "mr_config_id", MEASUREMENT, ANY),
                    AllowedValues.read(fields, "mr_owner", MEASUREMENT, ANY),
                    AllowedValues.read(fields, "mr_owner_config", MEASUREMENT, ANY));
            fields.end();
            return out;
        }

        ObjectNode toJson() {
            ObjectNode json = Json.object();
            json.set("mr_config_id", mrConfigId.toJson());
            json.set("mr_owner", mrOwner.toJson());
            json.set("mr_owner_config", mrOwnerConfig.toJson());
            return json;
        }

        void judge(TdReport report, List<Reason> broken) {
            mrConfigId.judge("mr_config_id", report.mrConfigId()).ifPresent(broken::add);
            mrOwner.judge("mr_owner", report.mrOwner()).ifPresent(broken::add);
            mrOwnerConfig.judge("mr_owner_config", report.mrOwnerConfig()).ifPresent(broken::add);
        }
    }

    /** Copies the list; there are four registers. */
    public TdxPolicy {
        rtmrs = List.copyOf(rtmrs);
        if (rtmrs.size() != REGISTERS) {
            throw new IllegalArgumentException("rtmrs: expected " + REGISTERS + ", got " + rtmrs.size());
        }
    }

    /**
     * The built-in default: any code under any module of Intel's, neither debugger nor migration, and
     * {@link PlatformPolicy#strict()}. No server trusts by it alone.
     */
    public static TdxPolicy strict() {
        return new TdxPolicy(
                ANY,
                List.of(ANY, ANY, ANY, ANY),
                Module.ofIntel(),
                Owner.any(),
                ANY,
                TdAttributes.strict(),
                PlatformPolicy.strict());
    }

    /** Reads a policy. */
    public static TdxPolicy read(JsonFields fields) {
        List<AllowedValues> rtmrs = new ArrayList<>();
        for (int i = 0; i < REGISTERS; i++) {
            rtmrs.add(AllowedValues.read(fields, "rtmr" + i, MEASUREMENT, AllowedValues.nothing()));
        }
        TdxPolicy out = new TdxPolicy(
                AllowedValues.read(fields, "mrtd", MEASUREMENT, AllowedValues.nothing()),
                rtmrs,
                Module.read(object(fields, "module")),
                Owner.read(object(fields, "owner")),
                AllowedValues.read(fields, "mr_service_td", MEASUREMENT, ANY),
                TdAttributes.read(object(fields, "attributes")),
                PlatformPolicy.read(object(fields, "platform")));
        fields.end();
        return out;
    }

    /** As {@link #read} reads it. */
    public ObjectNode toJson() {
        ObjectNode json = Json.object();
        json.set("mrtd", mrTd.toJson());
        for (int i = 0; i < REGISTERS; i++) {
            json.set("rtmr" + i, rtmrs.get(i).toJson());
        }
        json.set("module", module.toJson());
        json.set("owner", owner.toJson());
        json.set("mr_service_td", mrServiceTd.toJson());
        json.set("attributes", attributes.toJson());
        json.set("platform", platform.toJson());
        return json;
    }

    @Override
    public TeeType tee() {
        return TeeType.TDX;
    }

    @Override
    public List<Reason> judge(QuoteBody body) {
        if (!(body instanceof TdReport report)) {
            throw new IllegalArgumentException("body: expected a trust domain's, got " + body.tee());
        }
        List<Reason> broken = new ArrayList<>();
        mrTd.judge("mrtd", report.mrTd()).ifPresent(broken::add);
        for (int i = 0; i < REGISTERS; i++) {
            rtmrs.get(i).judge("rtmr" + i, report.rtmrs().get(i)).ifPresent(broken::add);
        }
        module.judge(report, broken);
        owner.judge(report, broken);
        report.mrServiceTd()
                .flatMap(service -> mrServiceTd.judge("mr_service_td", service))
                .ifPresent(broken::add);
        attributes.judge(report, broken);
        return broken;
    }

    private static JsonFields object(JsonFields fields, String name) {
        return fields.optionalObject(name).orElseGet(() -> JsonFields.of(Json.object(), fields.at(name)));
    }
}
