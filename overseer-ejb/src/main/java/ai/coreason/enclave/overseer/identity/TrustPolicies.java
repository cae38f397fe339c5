package ai.coreason.enclave.overseer.identity;

import ai.coreason.enclave.privacy.json.InvalidDocument;
import ai.coreason.enclave.privacy.json.Json;
import ai.coreason.enclave.sentry.attestation.policy.TrustPolicy;
import ai.coreason.enclave.sentry.audit.AuditLog;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * What this federation demands of hardware evidence. Until an operator has set a policy, the default judges every rule and
 * allows no measurement, so that no hardware is trusted. Each change is a version of its own and stands in the audit log.
 */
@Stateless
public class TrustPolicies {
    /** Every rule, and no measurement allowed. */
    private static final String DEFAULT = """
            {"snp": {"products": ["Milan", "Genoa", "Turin"], "keys": ["VCEK", "VLEK"], "vmpls": [0],
                     "revocation": {"demand": "REQUIRED"}},
             "tdx": {}}""";

    @PersistenceContext(unitName = "enclave")
    private EntityManager em;

    @Inject
    private AuditLog audit;

    /** For the container. */
    public TrustPolicies() {}

    /** Policies outside of a server. */
    TrustPolicies(EntityManager em, AuditLog audit) {
        this.em = em;
        this.audit = audit;
    }

    /** The policy in force. */
    public TrustPolicy current() {
        return TrustPolicy.parse(Json.read(json()));
    }

    /** The version in force; empty until an operator has set one. */
    public Optional<TrustPolicyVersion> last() {
        List<TrustPolicyVersion> found = em.createQuery(
                        "select p from TrustPolicyVersion p order by p.version desc", TrustPolicyVersion.class)
                .setMaxResults(1)
                .getResultList();
        return found.stream().findFirst();
    }

    /** The policy in force, as JSON text. */
    public String json() {
        return last().map(TrustPolicyVersion::json).orElse(DEFAULT);
    }

    /**
     * Sets the policy.
     *
     * @param by the operator; the only one who can waive revocation here
     * @return its version
     * @throws InvalidDocument naming what is wrong with it
     */
    public long change(JsonNode policy, String by) {
        TrustPolicy parsed = TrustPolicy.parse(policy);
        parsed.snp()
                .map(snp -> snp.revocation().waivedBy())
                .filter(name -> !name.isEmpty() && !name.equals(by))
                .ifPresent(name -> {
                    throw InvalidDocument.at(
                            "snp.revocation.waived_by", "the operator who sets the policy, " + by, name);
                });
        long version = last().map(TrustPolicyVersion::version).orElse(0L) + 1;
        String text = new String(Json.canonical(policy), StandardCharsets.UTF_8);
        em.persist(new TrustPolicyVersion(version, text, by, Instant.now().truncatedTo(ChronoUnit.MILLIS)));
        ObjectNode details = Json.object().put("version", version).put("by", by).put("sha256", Json.digest(policy));
        details.set("policy", policy);
        audit.append("trust-policy.changed", details);
        return version;
    }
}
