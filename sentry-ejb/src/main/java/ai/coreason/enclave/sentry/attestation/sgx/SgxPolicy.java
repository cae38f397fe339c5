package ai.coreason.enclave.sentry.attestation.sgx;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.sentry.attestation.Reason;
import ai.coreason.enclave.sentry.attestation.intel.AllowedValues;
import ai.coreason.enclave.sentry.attestation.intel.EnclaveReport;
import ai.coreason.enclave.sentry.attestation.intel.IntelPolicy;
import ai.coreason.enclave.sentry.attestation.intel.PlatformPolicy;
import ai.coreason.enclave.sentry.attestation.intel.QuoteBody;
import ai.coreason.enclave.sentry.attestation.intel.TeeType;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * What is demanded of an enclave. Every rule has to hold; in JSON a measurement that is left out allows nothing, and
 * {@code any} has to be said. Immutable and thread-safe.
 *
 * @param mrEnclave {@code mr_enclave}: measurements of the code, 32 bytes
 * @param mrSigner {@code mr_signer}: hashes of the signer's key, 32 bytes
 * @param configId {@code config_id}: 64 bytes; by default any
 * @param isvProdId {@code isv_prod_id}: the signer's number of the product; by default any
 * @param minIsvSvn {@code min_isv_svn}: the least security version; by default 0
 * @param debugAllowed {@code debug_allowed}: whether a debugger may read the enclave; by default not
 * @param platform {@code platform}: what is demanded below it
 */
public record SgxPolicy(
        AllowedValues mrEnclave,
        AllowedValues mrSigner,
        AllowedValues configId,
        OptionalInt isvProdId,
        int minIsvSvn,
        boolean debugAllowed,
        PlatformPolicy platform)
        implements IntelPolicy {
    private static final int MOST = 65535;

    /** The built-in default: any code, no debugger, and {@link PlatformPolicy#strict()}. No server trusts by it alone. */
    public static SgxPolicy strict() {
        AllowedValues any = AllowedValues.anything();
        return new SgxPolicy(any, any, any, OptionalInt.empty(), 0, false, PlatformPolicy.strict());
    }

    /** Reads a policy. */
    public static SgxPolicy read(JsonFields fields) {
        AllowedValues none = AllowedValues.nothing();
        SgxPolicy out = new SgxPolicy(
                AllowedValues.read(fields, "mr_enclave", 32, none),
                AllowedValues.read(fields, "mr_signer", 32, none),
                AllowedValues.read(fields, "config_id", 64, AllowedValues.anything()),
                fields.has("isv_prod_id")
                        ? OptionalInt.of((int) fields.whole("isv_prod_id", 0, MOST))
                        : OptionalInt.empty(),
                (int) fields.whole("min_isv_svn", 0, MOST, 0),
                fields.flag("debug_allowed", false),
                PlatformPolicy.read(fields.optionalObject("platform")
                        .orElseGet(() -> JsonFields.of(Json.object(), fields.at("platform")))));
        fields.end();
        return out;
    }

    /** As {@link #read} reads it. */
    public ObjectNode toJson() {
        ObjectNode json = Json.object();
        json.set("mr_enclave", mrEnclave.toJson());
        json.set("mr_signer", mrSigner.toJson());
        json.set("config_id", configId.toJson());
        isvProdId.ifPresent(id -> json.put("isv_prod_id", id));
        json.put("min_isv_svn", minIsvSvn);
        json.put("debug_allowed", debugAllowed);
        json.set("platform", platform.toJson());
        return json;
    }

    @Override
    public TeeType tee() {
        return TeeType.SGX;
    }

    @Override
    public List<Reason> judge(QuoteBody body) {
        if (!(body instanceof EnclaveReport report)) {
            throw new IllegalArgumentException("body: expected an enclave's, got " + body.tee());
        }
        List<Reason> broken = new ArrayList<>();
        mrEnclave.judge("mr_enclave", report.mrEnclave()).ifPresent(broken::add);
        mrSigner.judge("mr_signer", report.mrSigner()).ifPresent(broken::add);
        configId.judge("config_id", report.configId()).ifPresent(broken::add);
        if (isvProdId.isPresent() && isvProdId.getAsInt() != report.isvProdId()) {
            broken.add(new Reason(
                    "isv_prod_id", Integer.toString(isvProdId.getAsInt()), Integer.toString(report.isvProdId())));
        }
        if (report.isvSvn() < minIsvSvn) {
            broken.add(new Reason("isv_svn", "at least " + minIsvSvn, Integer.toString(report.isvSvn())));
        }
        if (!report.initialised()) {
            broken.add(new Reason("attributes.init", "an initialised enclave", report.attributes()));
        }
        if (report.debug() && !debugAllowed) {
            broken.add(new Reason("attributes.debug", "an enclave that no debugger may read", report.attributes()));
        }
        return broken;
    }
}
