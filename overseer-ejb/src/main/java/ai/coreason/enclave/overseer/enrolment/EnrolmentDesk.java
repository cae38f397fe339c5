package ai.coreason.enclave.overseer.enrolment;

import ai.coreason.enclave.base.Formats;
import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.overseer.authority.CertificateAuthority;
import ai.coreason.enclave.overseer.authority.FederationCa;
import ai.coreason.enclave.overseer.stop.StopOrders;
import ai.coreason.enclave.overseer.trust.SimulationTrust;
import ai.coreason.enclave.privacy.ledger.LedgerMirror;
import ai.coreason.enclave.sentry.attestation.Reason;
import ai.coreason.enclave.sentry.attestation.Verdict;
import ai.coreason.enclave.sentry.audit.AuditLog;
import ai.coreason.enclave.sentry.contract.AttestationReport;
import ai.coreason.enclave.sentry.contract.DatasetRegistration;
import ai.coreason.enclave.sentry.contract.Evidence;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

/**
 * Enrols nodes. A node shows a one-time token, evidence over a nonce and its key, and proof that it holds the key; it gets
 * a certificate for hours and a new epoch. A refused attempt uses up its nonce, not its token.
 * What a node registers stays within what its token allows, and the token that it has chosen for the next time allows the same.
 *
 * <p><b>A lost answer locks nobody out.</b> The very same request again gets the same answer, as long as the node has not
 * enrolled since: the same certificate under the same epoch, and nothing changes. The token of the node's next boot is in
 * no answer: the node chooses it, keeps it, and sends its SHA-256 with the request, so it has that token whether or not
 * an answer arrives.
 *
 * <p><b>What a thief gets.</b> A used token opens nothing: not with another key, not with the same key in another request.
 * A whole request, played again, is answered with a certificate, which is public and of no use without the key that was
 * born in the node's memory; there is no secret in any answer. An unused token is as good as ever to a thief whose evidence
 * is accepted too, and the node notices: its own enrolment is refused. A digest that is known already is not accepted as
 * that of a next token, so none comes back to life.
 */
@Stateless
public class EnrolmentDesk {
    private static final String UNUSED_TOKEN = "token: expected this node's unused token, got another";

    /** What an attempt to enrol is answered with. */
    public sealed interface Answer {
        /** The node is enrolled; the response body. */
        record Enrolled(ObjectNode json) implements Answer {}

        /**
         * The node is not enrolled.
         *
         * @param why what was expected and what came
         */
        record Refused(Ground ground, String why) implements Answer {}
    }

    /** What an attempt was refused for. */
    public enum Ground {
        /** Its nonce or its token. */
        SECRET,
        /** Its evidence. */
        EVIDENCE,
        /** A dataset that it registers. */
        REGISTRATION,
        /** The node, which an operator has revoked. */
        REVOKED,
        /** The federation, which an operator has frozen. */
        FROZEN
    }

    private record Request(
            String nodeId,
            String token,
            String nonce,
            byte[] csr,
            Evidence evidence,
            boolean insecure,
            List<DatasetRegistration> datasets,
            Optional<String> nextTokenSha256) {
        static Request parse(JsonNode body) {
            JsonFields f = JsonFields.of(body, "");
            Request r = new Request(
                    f.identifier("node_id"),
                    f.text("token", "a token of at most 200 characters", s -> s.length() <= 200),
                    f.text("nonce", "a nonce of at most 200 characters", s -> s.length() <= 200),
                    base64(f, "csr"),
                    Evidence.parse(f.any("evidence", "evidence"), "evidence"),
                    f.flag("insecure", false),
                    f.list("datasets", "an array of dataset registrations", DatasetRegistration::parse),
                    f.has("next_token_sha256")
                            ? Optional.of(Formats.sha256(f, "next_token_sha256"))
                            : Optional.empty());
            f.end();
            String manifest =
                    r.evidence().reportData().path("code_manifest_sha256").asText();
            if (!manifest.matches("[0-9a-f]{64}")) {
                throw InvalidDocument.at(
                        "evidence.report_data_json.code_manifest_sha256", "64 lower-case hex digits", "other text");
            }
            return r;
        }

        private static byte[] base64(JsonFields f, String name) {
            try {
                return Base64.getDecoder().decode(f.text(name));
            } catch (IllegalArgumentException e) {
                throw InvalidDocument.at(name, "base64", "other text");
            }
        }
    }

    @Inject
    private NodeRegistry nodes;

    @Inject
    private EvidenceDesk evidence;

    @Inject
    private CertificateAuthority authority;

    @Inject
    private SimulationTrust simulation;

    @Inject
    private LedgerMirror mirror;

    @Inject
    private AuditLog audit;

    @Inject
    private StopOrders stops;

    /** For the container. */
    public EnrolmentDesk() {}

    /** A desk outside of a server. */
    EnrolmentDesk(
            NodeRegistry nodes,
            EvidenceDesk evidence,
            CertificateAuthority authority,
            SimulationTrust simulation,
            LedgerMirror mirror,
            AuditLog audit,
            StopOrders stops) {
        this.nodes = nodes;
        this.evidence = evidence;
        this.authority = authority;
        this.simulation = simulation;
        this.mirror = mirror;
        this.audit = audit;
        this.stops = stops;
    }

    /** Whether nobody can enrol now, as an operator has frozen the federation. */
    public boolean frozen() {
        return stops.frozen();
    }

    /**
     * Judges one attempt; the one that began the node's present epoch is answered again as it was.
     *
     * @throws InvalidDocument if the request is not well formed
     */
    public Answer enrol(JsonNode body) {
        if (frozen()) {
            return new Answer.Refused(
                    Ground.FROZEN, "federation: expected one that goes on, got one that an operator has frozen");
        }
        Request r = Request.parse(body);
        if (nodes.revoked(r.nodeId()) && nodes.knows(r.nodeId(), r.token())) {
            return new Answer.Refused(
                    Ground.REVOKED, "node_id: expected a node that no operator has revoked, got " + r.nodeId());
        }
        String digest = Json.digest(body);
        if (!nodes.fresh(r.nodeId(), r.nonce())) {
            return nodes.find(r.nodeId())
                    .filter(n -> n.enrolledBy(digest) && n.trusted())
                    .map(this::enrolled)
                    .orElseGet(() -> new Answer.Refused(
                            Ground.SECRET, "nonce: expected one that is fresh and this node's, got another"));
        }
        PublicKey key = provenKey(r.csr());
        if (nodes.revoked(r.nodeId()) || !nodes.valid(EnrolmentSecret.Kind.TOKEN, r.nodeId(), r.token())) {
            return new Answer.Refused(Ground.SECRET, UNUSED_TOKEN);
        }
        nodes.spend(r.nodeId(), r.nonce());
        if (r.insecure() && simulation.key().isEmpty()) {
            return refused(
                    r,
                    new Verdict.Refused(
                            List.of(new Reason("insecure", "a node bound to hardware", "one that says it is not"))));
        }
        ObjectNode expected = Json.object()
                .put("node_id", r.nodeId())
                .put("nonce", r.nonce())
                .put("tls_spki_sha384", FederationCa.spkiSha384(key));
        Verdict verdict = evidence.enrolment(r.evidence(), expected);
        if (verdict instanceof Verdict.Refused refusal) {
            return refused(r, refusal);
        }
        Optional<String> unregistrable = new RegistrationRule(
                        mirror, simulation.key().isPresent())
                .objection(r.nodeId(), nodes.allowed(r.token()), r.datasets());
        if (unregistrable.isPresent()) {
            return refused(r, unregistrable.get());
        }
        if (!nodes.use(EnrolmentSecret.Kind.TOKEN, r.nodeId(), r.token())) {
            return new Answer.Refused(Ground.SECRET, UNUSED_TOKEN);
        }
        return enrolled(admit(r, key, verdict, digest));
    }

    private EnrolledNode admit(Request r, PublicKey key, Verdict verdict, String digest) {
        if (r.nextTokenSha256().isPresent()
                && !nodes.accept(r.nodeId(), r.nextTokenSha256().get(), nodes.allowed(r.token()))) {
            throw InvalidDocument.at("next_token_sha256", "the digest of a new token", "a known one");
        }
        for (DatasetRegistration d : r.datasets()) {
            mirror.register(r.nodeId(), d.dataset());
            d.dictionary()
                    .ifPresent(told -> nodes.describe(r.nodeId(), d.dataset().datasetId(), told));
        }
        long epoch = nodes.nextEpoch(r.nodeId());
        X509Certificate certificate = authority.issue(r.nodeId(), key);
        AttestationReport report = report(r, epoch, certificate.getNotAfter().toInstant(), verdict);
        String reportJson = new String(Json.write(report.json()), StandardCharsets.UTF_8);
        EnrolledNode node = nodes.enrol(r.nodeId(), new EnrolledNode.Enrolment(epoch, certificate, reportJson, digest));
        audit.append(
                "node.enrolled",
                Json.object()
                        .put("node_id", r.nodeId())
                        .put("epoch", epoch)
                        .put("hardware_type", r.evidence().hardwareType().name())
                        .put("measurement", verdict.measurement())
                        .put("certificate_serial", certificate.getSerialNumber().toString(16))
                        .put("insecure", r.insecure()));
        return node;
    }

    private Answer enrolled(EnrolledNode node) {
        ObjectNode out = Json.object()
                .put("node_id", node.id())
                .put("epoch", node.epoch())
                .put("certificate_chain", node.certificate() + authority.pem())
                .put("expires_at", node.expiresAt().toString());
        out.set("report", Json.read(node.report()));
        return new Answer.Enrolled(out);
    }

    /** Who shows the node's token is the node, so it is in quarantine now. */
    private Answer refused(Request r, Verdict.Refused refusal) {
        String why = refusal.reasons().stream().map(Reason::toString).collect(Collectors.joining("; "));
        nodes.quarantine(r.nodeId(), last -> report(r, last.epoch(), Instant.now(), refusal));
        audit.append(
                "node.refused",
                Json.object()
                        .put("node_id", r.nodeId())
                        .put("reasons", why.substring(0, Math.min(why.length(), 2000))));
        return new Answer.Refused(Ground.EVIDENCE, why);
    }

    private Answer refused(Request r, String registration) {
        audit.append(
                "registration.refused", Json.object().put("node_id", r.nodeId()).put("reason", registration));
        return new Answer.Refused(Ground.REGISTRATION, registration);
    }

    private static AttestationReport report(Request r, long epoch, Instant end, Verdict verdict) {
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        List<Reason> reasons = verdict instanceof Verdict.Refused refused ? refused.reasons() : List.of();
        return new AttestationReport(
                r.nodeId(),
                r.evidence().hardwareType(),
                r.evidence().quote(),
                r.evidence().reportData().path("code_manifest_sha256").asText(),
                HexFormat.of().parseHex(verdict.measurement()),
                reasons.isEmpty() ? AttestationReport.Status.TRUSTED : AttestationReport.Status.UNTRUSTED,
                reasons.stream().map(Reason::toString).toList(),
                epoch,
                now,
                end.isBefore(now) ? now : end,
                r.insecure());
    }

    private static PublicKey provenKey(byte[] csr) {
        try {
            JcaPKCS10CertificationRequest request = new JcaPKCS10CertificationRequest(csr);
            PublicKey key = request.getPublicKey();
            if (!request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key))) {
                throw InvalidDocument.at("csr", "a request signed by its own key", "another signature");
            }
            int bits = key instanceof ECPublicKey ec
                    ? ec.getParams().getCurve().getField().getFieldSize()
                    : 0;
            if (bits != 256 && bits != 384) {
                throw InvalidDocument.at(
                        "csr", "an EC key on P-256 or P-384", key.getAlgorithm() + (bits == 0 ? "" : " " + bits));
            }
            return key;
        } catch (IOException
                | PKCSException
                | OperatorCreationException
                | GeneralSecurityException
                | RuntimeException e) {
            if (e instanceof InvalidDocument invalid) {
                throw invalid;
            }
            throw InvalidDocument.at("csr", "a PKCS#10 request in DER", "other bytes");
        }
    }
}
