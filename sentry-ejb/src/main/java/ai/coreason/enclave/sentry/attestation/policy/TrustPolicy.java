package ai.coreason.enclave.sentry.attestation.policy;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.sentry.attestation.intel.PlatformPolicy;
import ai.coreason.enclave.sentry.attestation.intel.Revocation;
import ai.coreason.enclave.sentry.attestation.nvidia.NvidiaPolicy;
import ai.coreason.enclave.sentry.attestation.sgx.SgxPolicy;
import ai.coreason.enclave.sentry.attestation.snp.SnpPolicy;
import ai.coreason.enclave.sentry.attestation.tdx.TdxPolicy;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

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

    /** Who is named as doing without revocation lists or collateral, by the member that names them. */
    public Map<String, String> waivers() {
        Map<String, String> out = new TreeMap<>();
        snp.map(p -> p.revocation().waivedBy())
                .filter(by -> !by.isEmpty())
                .ifPresent(by -> out.put("snp.revocation.waived_by", by));
        platforms().forEach((path, platform) -> {
            platform.collateralWaivedBy().ifPresent(by -> out.put(path + ".collateral_waived_by", by));
            if (platform.revocation() instanceof Revocation.Waived waived) {
                out.put(path + ".revocation.waived_by", waived.by());
            }
        });
        nvidia.flatMap(NvidiaPolicy::waivedBy).ifPresent(by -> out.put("nvidia.revocation.waived_by", by));
        return out;
    }

    /**
     * Where revocation counts only if a list is at hand. Nobody who relies on a verdict can have that: who sends evidence
     * would leave the list out.
     */
    public Set<String> revocationWhereGiven() {
        Set<String> out = new TreeSet<>();
        if (snp.filter(p -> p.revocation().demand() == SnpPolicy.Demand.WHERE_PRESENT)
                .isPresent()) {
            out.add("snp.revocation");
        }
        platforms().forEach((path, platform) -> {
            if (platform.revocation() instanceof Revocation.WhereGiven) {
                out.add(path + ".revocation");
            }
        });
        if (nvidia.filter(p -> p.revocation() == NvidiaPolicy.Revocation.AS_FOUND)
                .isPresent()) {
            out.add("nvidia.revocation");
        }
        return out;
    }

    private Map<String, PlatformPolicy> platforms() {
        Map<String, PlatformPolicy> out = new TreeMap<>();
        tdx.ifPresent(p -> out.put("tdx.platform", p.platform()));
        sgx.ifPresent(p -> out.put("sgx.platform", p.platform()));
        return out;
    }
}
