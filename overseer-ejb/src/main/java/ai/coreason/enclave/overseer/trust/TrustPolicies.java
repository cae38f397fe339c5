package ai.coreason.enclave.overseer.trust;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.sentry.attestation.policy.TrustPolicy;
import ai.coreason.enclave.sentry.audit.AuditLog;
import com.fasterxml.jackson.databind.JsonNode;
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
 * What this federation demands of hardware evidence. Until an operator has set a policy no hardware is trusted. Each change is
 * a version of its own and stands in the audit log.
 */
@Stateless
public class TrustPolicies {
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

    /** The policy in force; empty until an operator has set one. */
    public Optional<TrustPolicy> current() {
        return last().map(p -> TrustPolicy.parse(Json.read(p.json())));
    }

    /** The version in force; empty until an operator has set one. */
    public Optional<TrustPolicyVersion> last() {
        List<TrustPolicyVersion> found = em.createQuery(
                        "select p from TrustPolicyVersion p order by p.version desc", TrustPolicyVersion.class)
                .setMaxResults(1)
                .getResultList();
        return found.stream().findFirst();
    }

    /**
     * Sets the policy.
     *
     * @param by the operator; the only one who can waive anything here
     * @return its version
     * @throws InvalidDocument naming what is wrong with it
     */
    public long change(JsonNode policy, String by) {
        if (by.length() > TrustPolicyVersion.LONGEST_NAME) {
            throw InvalidDocument.at(
                    "sub",
                    "an operator's of at most " + TrustPolicyVersion.LONGEST_NAME + " characters",
                    by.length() + " characters");
        }
        TrustPolicy parsed = TrustPolicy.parse(policy);
        parsed.waivers().forEach((member, name) -> {
            if (!name.equals(by)) {
                throw InvalidDocument.at(member, "the operator who sets the policy, " + by, name);
            }
        });
        parsed.revocationWhereGiven().forEach(member -> {
            throw InvalidDocument.at(member, "a list that is required, or waived by you", "one that may be left out");
        });
        long version = last().map(TrustPolicyVersion::version).orElse(0L) + 1;
        String text = new String(Json.canonical(policy), StandardCharsets.UTF_8);
        em.persist(new TrustPolicyVersion(version, text, by, Instant.now().truncatedTo(ChronoUnit.MILLIS)));
        audit.append(new TrustEvent.PolicyChanged(version, by, policy));
        return version;
    }
}
