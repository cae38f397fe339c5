package ai.coreason.enclave.overseer.enrolment;

import ai.coreason.enclave.base.Digests;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.overseer.stop.StopOrder;
import ai.coreason.enclave.overseer.stop.StopOrders;
import ai.coreason.enclave.sentry.attestation.Reason;
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
import java.util.Arrays;
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

    @Inject
    private StopOrders stops;

    @Inject
    private EnrolmentNonces nonces;

    /** For the container. */
    public NodeRegistry() {}

    /** A registry outside of a server. */
    NodeRegistry(EntityManager em, Event<NodeQuarantined> quarantined, StopOrders stops, EnrolmentNonces nonces) {
        this.nonces = nonces;
        this.em = em;
        this.quarantined = quarantined;
        this.stops = stops;
    }

    /** Issues a nonce for a node's next evidence, as {@link EnrolmentNonces} has it; nothing is stored. */
    public String nonce(String nodeId) {
        return nonces.issue(nodeId, Instant.now(), NONCE_VALIDITY);
    }

    /** Whether a nonce is this node's, fresh, and was not used. */
    public boolean fresh(String nodeId, String nonce) {
        return nonces.end(nodeId, nonce, Instant.now()).isPresent()
                && em.find(EnrolmentSecret.class, hash(nonce)) == null;
    }

    /** Uses a nonce up. */
    public void spend(String nodeId, String nonce) {
        nonces.end(nodeId, nonce, Instant.now()).ifPresent(end -> {
            EnrolmentSecret spent = new EnrolmentSecret(hash(nonce), EnrolmentSecret.Kind.NONCE, nodeId, end);
            spent.use(EnrolmentSecret.Kind.NONCE, nodeId, end);
            em.persist(spent);
        });
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
     * Issues a token for one enrolment of a node.
     *
     * @param allowed the datasets that the node may register; nothing is bound if empty
     * @param by the operator who issues it
     * @return 32 random bytes in base64url without padding
     */
    public String token(String nodeId, Optional<List<DatasetGrant>> allowed, String by) {
        String text = Base64.getUrlEncoder().withoutPadding().encodeToString(random());
        EnrolmentSecret secret = token(nodeId, hash(text));
        secret.allow(allowed);
        secret.issuedBy(by);
        em.persist(secret);
        return text;
    }

    /**
     * Accepts a token that a node has chosen for its next enrolment; it allows what the present one does.
     *
     * @param sha256 the token's SHA-256, all that is ever told of it before it is used
     * @return false if that digest is known already, as a used token's is
     */
    public boolean accept(String nodeId, String sha256, Optional<List<DatasetGrant>> allowed) {
        if (em.find(EnrolmentSecret.class, sha256) != null) {
            return false;
        }
        EnrolmentSecret next = token(nodeId, sha256);
        next.allow(allowed);
        em.persist(next);
        return true;
    }

    /** The datasets that a token allows its node to register; empty if it does not say. */
    public Optional<List<DatasetGrant>> allowed(String token) {
        return Optional.ofNullable(em.find(EnrolmentSecret.class, hash(token))).flatMap(EnrolmentSecret::allowed);
    }

    /** Whether a token is or was this node's. */
    public boolean knows(String nodeId, String token) {
        EnrolmentSecret stored = em.find(EnrolmentSecret.class, hash(token));
        return stored != null && stored.isTokenOf(nodeId);
    }

    /** The tokens that could still be used, by node. */
    public List<EnrolmentSecret> outstanding() {
        return em.createQuery(
                        "select s from EnrolmentSecret s where s.kind = :kind and s.expiresAt > :now"
                                + " order by s.nodeId, s.expiresAt",
                        EnrolmentSecret.class)
                .setParameter("kind", EnrolmentSecret.Kind.TOKEN)
                .setParameter("now", Instant.now())
                .getResultStream()
                .filter(EnrolmentSecret::unused)
                .toList();
    }

    /**
     * The token of an id, locked until the transaction ends.
     *
     * @param id as {@link EnrolmentSecret#id}
     */
    public Optional<EnrolmentSecret> locked(String id) {
        if (!id.matches("[0-9a-f]{32}")) {
            return Optional.empty();
        }
        return em.createQuery(
                        "select s from EnrolmentSecret s where s.kind = :kind and s.hash like :prefix",
                        EnrolmentSecret.class)
                .setParameter("kind", EnrolmentSecret.Kind.TOKEN)
                .setParameter("prefix", id + "%")
                .setLockMode(LockModeType.PESSIMISTIC_WRITE)
                .getResultStream()
                .findFirst();
    }

    /** Makes all tokens and nonces of a node useless; how many tokens there were. */
    public long withdrawAll(String nodeId) {
        List<EnrolmentSecret> found = em.createQuery(
                        "select s from EnrolmentSecret s where s.nodeId = :node", EnrolmentSecret.class)
                .setParameter("node", nodeId)
                .setLockMode(LockModeType.PESSIMISTIC_WRITE)
                .getResultStream()
                .filter(EnrolmentSecret::unused)
                .toList();
        found.forEach(EnrolmentSecret::withdraw);
        return found.stream().filter(s -> s.isTokenOf(nodeId)).count();
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

    /** Makes whoever else would use a token wait until the caller's transaction ends; nothing happens if there is none. */
    public void lockToken(String token) {
        em.find(EnrolmentSecret.class, hash(token), LockModeType.PESSIMISTIC_WRITE);
    }

    /**
     * Accepts a quote, which is good once, within the transaction of what it is good for.
     *
     * @return what speaks against it if it was accepted before; nothing is noted then
     */
    public Optional<Reason> acceptQuote(byte[] quote, String nodeId) {
        Optional<Reason> before = acceptedBefore(quote);
        if (before.isEmpty()) {
            em.persist(new UsedQuote(hash(quote), nodeId, Instant.now()));
        }
        return before;
    }

    /** What speaks against a quote that was accepted before; empty as long as it was not. */
    public Optional<Reason> acceptedBefore(byte[] quote) {
        return em.find(UsedQuote.class, hash(quote)) == null
                ? Optional.empty()
                : Optional.of(new Reason("quote", "one that was not accepted before", "one that was"));
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

    /** The epoch that a node's next enrolment begins; the node's row stays locked until the transaction ends. */
    public long nextEpoch(String nodeId) {
        EnrolledNode node = em.find(EnrolledNode.class, nodeId, LockModeType.PESSIMISTIC_WRITE);
        return (node == null ? 0 : node.epoch()) + 1;
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

    /** What the caller is who shows this node's certificate, now. */
    public Standing standing(String nodeId, X509Certificate certificate) {
        if (stops.stands(StopOrder.Kind.NODE, nodeId)) {
            return new Standing.Stranger("revoked: expected a node that no operator has revoked, got one");
        }
        Instant now = Instant.now();
        String serial = serial(certificate);
        Optional<EnrolledNode> node =
                find(nodeId).filter(n -> n.certificateSerial().equals(serial)).filter(n -> now.isBefore(n.expiresAt()));
        if (node.isEmpty() || stops.stands(StopOrder.Kind.CERTIFICATE, serial)) {
            return new Standing.Stranger("expected the node's last certificate, got one that is not valid now");
        }
        return node.get()
                .unfit(now)
                .<Standing>map(why -> new Standing.Quarantined(nodeId, why))
                .orElseGet(() -> new Standing.Member(nodeId));
    }

    /** Whether an operator has revoked a node. */
    public boolean revoked(String nodeId) {
        return stops.stands(StopOrder.Kind.NODE, nodeId);
    }

    /** Whether the certificate of a node's enrolment was revoked; only its present one can be. */
    public boolean revoked(String nodeId, NodeSession session) {
        return find(nodeId)
                .filter(n -> n.epoch() == session.epoch())
                .filter(n -> stops.stands(StopOrder.Kind.CERTIFICATE, n.certificateSerial()))
                .isPresent();
    }

    /** The node whose present certificate has a serial, in lower-case hex. */
    public Optional<EnrolledNode> bearer(String serial) {
        return em.createQuery("select n from EnrolledNode n where n.certificateSerial = :serial", EnrolledNode.class)
                .setParameter("serial", serial)
                .getResultStream()
                .findFirst();
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

    private static EnrolmentSecret token(String nodeId, String sha256) {
        return new EnrolmentSecret(
                sha256, EnrolmentSecret.Kind.TOKEN, nodeId, Instant.now().plus(TOKEN_VALIDITY));
    }

    private static byte[] random() {
        byte[] secret = new byte[SECRET_BYTES];
        RANDOM.nextBytes(secret);
        return secret;
    }

    private static String serial(X509Certificate certificate) {
        return certificate.getSerialNumber().toString(16);
    }

    /** Of a quote without the zeros behind it, which a sender may add or leave out. */
    private static String hash(byte[] quote) {
        int length = quote.length;
        while (length > 0 && quote[length - 1] == 0) {
            length--;
        }
        return Digests.sha256Hex(Arrays.copyOf(quote, length));
    }

    private static String hash(String secret) {
        return Digests.sha256Hex(secret.getBytes(StandardCharsets.UTF_8));
    }
}
