package ai.coreason.enclave.sentry.attestation.policy;

import ai.coreason.enclave.privacy.json.InvalidDocument;
import ai.coreason.enclave.privacy.json.JsonFields;
import ai.coreason.enclave.sentry.attestation.nvidia.NvidiaPolicy;
import ai.coreason.enclave.sentry.attestation.sgx.SgxPolicy;
import ai.coreason.enclave.sentry.attestation.snp.SnpPolicy;
import ai.coreason.enclave.sentry.attestation.tdx.TdxPolicy;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/**
 * What a federation demands of its members' hardware, one part a kind. It fails closed: hardware of a kind that it has no
 * part for is refused, and within a part what is not allowed is refused.
 *
 * @param snp of AMD SEV-SNP guests
 * @param tdx of Intel TDX guests
 * @param sgx of Intel SGX enclaves
 * @param nvidia of NVIDIA GPUs
 */
public record TrustPolicy(
        Optional<SnpPolicy> snp, Optional<TdxPolicy> tdx, Optional<SgxPolicy> sgx, Optional<NvidiaPolicy> nvidia) {
    /** The built-in default: every rule but those that need a site's own lists, for all kinds. */
    public static TrustPolicy strict() {
        return new TrustPolicy(
                Optional.of(SnpPolicy.strict()),
                Optional.of(TdxPolicy.strict()),
                Optional.of(SgxPolicy.strict()),
                Optional.of(NvidiaPolicy.strict()));
    }

    /**
     * Reads a policy: an object with at least one of {@code snp, tdx, sgx, nvidia}.
     *
     * @throws InvalidDocument naming the first member that is unknown or out of its range
     */
    public static TrustPolicy parse(JsonNode json) {
        JsonFields f = JsonFields.of(json, "");
        TrustPolicy policy = new TrustPolicy(
                f.has("snp") ? Optional.of(SnpPolicy.parse(f.any("snp", "a policy"), f.at("snp"))) : Optional.empty(),
                f.optionalObject("tdx").map(TdxPolicy::read),
                f.optionalObject("sgx").map(SgxPolicy::read),
                f.has("nvidia")
                        ? Optional.of(NvidiaPolicy.parse(f.any("nvidia", "a policy"), f.at("nvidia")))
                        : Optional.empty());
        f.end();
        if (policy.equals(new TrustPolicy(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()))) {
            throw InvalidDocument.at("", "at least one of snp, tdx, sgx, nvidia", "none");
        }
        return policy;
    }
}
