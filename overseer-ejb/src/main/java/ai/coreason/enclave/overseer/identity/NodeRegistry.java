package ai.coreason.enclave.overseer.identity;

import ai.coreason.enclave.privacy.json.Json;
import ai.coreason.enclave.sentry.contract.AttestationReport;
import ai.coreason.enclave.sentry.contract.PublicDictionary;
import jakarta.ejb.Stateless;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import jakarta.persistence.PersistenceContext;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Which nodes have enrolled, which certificate each may use now, and the one-time secrets of enrolment. */
@Stateless
public class NodeRegistry {
    /** How long an enrolment token may be used. */
    public static final Duration TOKEN_VALIDITY = Duration.ofDays(7);
    /** How long a nonce for enrolment may be used. */
    public static final Duration NONCE_VALIDITY = Duration.ofMinutes(10);

    private static final int SECRET_BYTES = 32;
    private static final SecureRandom RANDOM = new SecureRandom();

    @PersistenceContext(unitName = "enclave")
    private EntityManager em;

    @Inject
    private Event<NodeQuarantined> quarantined;

    /** For the container. */
    public NodeRegistry() {}

    /** A registry outside of a server. */
    NodeRegistry(EntityManager em, Event<NodeQuarantined> quarantined) {
        this.em = em;
        this.quarantined = quarantined;
    }

    /**
     * Issues a one-time secret for a node.
     *
     * @return 32 random bytes: base64url without padding for a token, base64 for a nonce
     */
    public String issue(EnrolmentSecret.Kind kind, String nodeId) {
        byte[] secret = new byte[SECRET_BYTES];
        RANDOM.nextBytes(secret);
        String text = kind == EnrolmentSecret.Kind.TOKEN
                ? Base64.getUrlEncoder().withoutPadding().encodeToString(secret)
                : Base64.getEncoder().encodeToString(secret);
        Duration validity = kind == EnrolmentSecret.Kind.TOKEN ? TOKEN_VALIDITY : NONCE_VALIDITY;
        em.persist(new EnrolmentSecret(hash(text), kind, nodeId, Instant.now().plus(validity)));
        return text;
    }

    /** Keeps what a node's dataset means, in the place of what the node told before. */
    public void describe(String nodeId, String datasetId, PublicDictionary dictionary) {
        SiteDictionary known = em.find(SiteDictionary.class, SiteDictionary.key(nodeId, datasetId));
        SiteDictionary kept = known == null ? new SiteDictionary(nodeId, datasetId) : known;
        kept.tell(dictionary);
        if (known == null) {
            em.persist(kept);
        }
    }

    /** What a node's dataset means; empty where the node did not say. */
    public Optional<PublicDictionary> dictionary(String nodeId, String datasetId) {
        return Optional.ofNullable(em.find(SiteDictionary.class, SiteDictionary.key(nodeId, datasetId)))
                .map(SiteDictionary::dictionary);
    }

    /**
     * Accepts a token that a node has chosen for its next enrolment.
     *
     * @param sha256 the token's SHA-256, all that is ever told of it before it is used
     * @return false if that digest is known already, as a used token's is
     */
    public boolean accept(String nodeId, String sha256) {
        if (em.find(EnrolmentSecret.class, sha256) != null) {
            return false;
        }
        em.persist(new EnrolmentSecret(
                sha256, EnrolmentSecret.Kind.TOKEN, nodeId, Instant.now().plus(TOKEN_VALIDITY)));
        return true;
    }

    /** Uses a secret up; false if it is not this node's, not of this kind, used before or out of date. */
    public boolean use(EnrolmentSecret.Kind kind, String nodeId, String secret) {
        EnrolmentSecret stored = em.find(EnrolmentSecret.class, hash(secret), LockModeType.PESSIMISTIC_WRITE);
        return stored != null && stored.use(kind, nodeId, Instant.now());
    }

    /** Whether a secret could be used up now. */
    public boolean valid(EnrolmentSecret.Kind kind, String nodeId, String secret) {
        EnrolmentSecret stored = em.find(EnrolmentSecret.class, hash(secret));
        return stored != null && stored.valid(kind, nodeId, Instant.now());
    }

    /** Whether a quote was accepted before. */
    public boolean quoteUsed(byte[] quote) {
        return em.find(UsedQuote.class, Json.sha256(quote)) != null;
    }

    /** Takes note that a quote was accepted. */
    public void useQuote(byte[] quote, String nodeId) {
        em.persist(new UsedQuote(Json.sha256(quote), nodeId, Instant.now()));
    }

    /** Takes a node out until it enrols again; one that never enrolled is left unknown. */
    public void quarantine(String nodeId, UnaryOperator<AttestationReport> finding) {
        EnrolledNode node = em.find(EnrolledNode.class, nodeId, LockModeType.PESSIMISTIC_WRITE);
        if (node != null) {
            AttestationReport report = finding.apply(AttestationReport.parse(Json.read(node.report())));
            node.quarantine(new String(Json.write(report.json()), StandardCharsets.UTF_8));
            quarantined.fire(new NodeQuarantined(nodeId, String.join("; ", report.reasons())));
        }
    }

    /** The epoch that a node's next enrolment begins. */
    public long nextEpoch(String nodeId) {
        return find(nodeId).map(EnrolledNode::epoch).orElse(0L) + 1;
    }

    /** Records an enrolment; the certificate before it is no longer accepted. */
    public EnrolledNode enrol(String nodeId, EnrolledNode.Enrolment enrolment) {
        EnrolledNode node = em.find(EnrolledNode.class, nodeId, LockModeType.PESSIMISTIC_WRITE);
        boolean fresh = node == null;
        if (fresh) {
            node = new EnrolledNode(nodeId);
        }
        node.enrol(enrolment);
        if (fresh) {
            em.persist(node);
        }
        return node;
    }

    /** The node whose present certificate this is; empty if it was replaced, has ended or is unknown. */
    public Optional<EnrolledNode> authenticate(String nodeId, X509Certificate certificate) {
        return find(nodeId)
                .filter(n -> n.certificateSerial().equals(serial(certificate)))
                .filter(n -> Instant.now().isBefore(n.expiresAt()));
    }

    /** A node by its id. */
    public Optional<EnrolledNode> find(String nodeId) {
        return Optional.ofNullable(em.find(EnrolledNode.class, nodeId));
    }

    /** All nodes by id. */
    public List<EnrolledNode> all() {
        return em.createQuery("select n from EnrolledNode n order by n.id", EnrolledNode.class)
                .getResultList();
    }

    private static String serial(X509Certificate certificate) {
        return certificate.getSerialNumber().toString(16);
    }

    private static String hash(String secret) {
        return Json.sha256(secret.getBytes(StandardCharsets.UTF_8));
    }
}
