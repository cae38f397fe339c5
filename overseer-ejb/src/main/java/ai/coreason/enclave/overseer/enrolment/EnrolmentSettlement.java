package ai.coreason.enclave.overseer.enrolment;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.overseer.authority.CertificateAuthority;
import ai.coreason.enclave.overseer.enrolment.EnrolmentDesk.Answer;
import ai.coreason.enclave.overseer.enrolment.EnrolmentDesk.Ground;
import ai.coreason.enclave.overseer.stop.StopOrders;
import ai.coreason.enclave.overseer.trust.SimulationTrust;
import ai.coreason.enclave.privacy.ledger.LedgerMirror;
import ai.coreason.enclave.sentry.attestation.Reason;
import ai.coreason.enclave.sentry.attestation.Verdict;
import ai.coreason.enclave.sentry.audit.AuditLog;
import ai.coreason.enclave.sentry.contract.AttestationReport;
import ai.coreason.enclave.sentry.contract.DatasetRegistration;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Settles attempts to enrol, each in one transaction. Whatever is good once, the token, the nonce and the quote, is looked at
 * again here, under the token's lock, and used up here; a revocation counts that came while the evidence was appraised, as it
 * locks the node's secrets too. Rows are locked in the order secrets, nonce, quote, ledger, node, audit log.
 */
@Stateless
public class EnrolmentSettlement {
    @Inject
    private NodeRegistry nodes;

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
    public EnrolmentSettlement() {}

    /** Settlements outside of a server. */
    EnrolmentSettlement(
            NodeRegistry nodes,
            CertificateAuthority authority,
            SimulationTrust simulation,
            LedgerMirror mirror,
            AuditLog audit,
            StopOrders stops) {
        this.nodes = nodes;
        this.authority = authority;
        this.simulation = simulation;
        this.mirror = mirror;
        this.audit = audit;
        this.stops = stops;
    }

    /** Why nobody can enrol now; empty if nodes can. */
    public Optional<Answer> frozen() {
        return gate().frozen();
    }

    /**
     * The answer to an attempt whose evidence nobody needs to look at, for the node or the nonce; the one that began the
     * node's present epoch is answered again as it was. Changes nothing.
     */
    public Optional<Answer> answered(EnrolmentRequest r) {
        EnrolmentGate gate = gate();
        return gate.revoked(r)
                .or(() -> gate.fresh(r)
                        ? Optional.empty()
                        : Optional.of(gate.enrolledBy(r).map(this::enrolled).orElseGet(EnrolmentGate::stale)));
    }

    /** The answer to an attempt whose token is not good. Changes nothing. */
    public Optional<Answer> tokenRefused(EnrolmentRequest r) {
        return gate().token(r);
    }

    /**
     * Settles an attempt whose evidence was appraised.
     *
     * @param key the one that the node has proven to hold
     * @param verdict on its evidence, for this nonce and key
     * @throws InvalidDocument if its next token's digest is a known one; nothing is used up then
     */
    public Answer settle(EnrolmentRequest r, PublicKey key, Verdict verdict) {
        nodes.lockToken(r.token());
        Optional<Answer> late = frozen().or(() -> answered(r)).or(() -> tokenRefused(r));
        if (late.isPresent()) {
            return late.get();
        }
        nodes.spend(r.nodeId(), r.nonce());
        Verdict counted = once(r, verdict);
        if (counted instanceof Verdict.Refused refusal) {
            return refused(r, refusal);
        }
        Optional<String> unregistrable = new RegistrationRule(
                        mirror, simulation.key().isPresent())
                .objection(r.nodeId(), nodes.allowed(r.token()), r.datasets());
        if (unregistrable.isPresent()) {
            return refused(r, unregistrable.get());
        }
        nodes.use(EnrolmentSecret.Kind.TOKEN, r.nodeId(), r.token());
        return enrolled(admit(r, key, counted));
    }

    /** A quote is good once. */
    private Verdict once(EnrolmentRequest r, Verdict verdict) {
        if (verdict instanceof Verdict.Refused) {
            return verdict;
        }
        return nodes.acceptQuote(r.evidence().quote(), r.nodeId())
                .<Verdict>map(used -> new Verdict.Refused(List.of(used)))
                .orElse(verdict);
    }

    private EnrolledNode admit(EnrolmentRequest r, PublicKey key, Verdict verdict) {
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
        AttestationReport report = r.report(epoch, certificate.getNotAfter().toInstant(), verdict);
        String reportJson = new String(Json.write(report.json()), StandardCharsets.UTF_8);
        EnrolledNode node =
                nodes.enrol(r.nodeId(), new EnrolledNode.Enrolment(epoch, certificate, reportJson, r.digest()));
        audit.append(new EnrolmentEvent.Enrolled(
                r, epoch, verdict.measurement(), certificate.getSerialNumber().toString(16)));
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
    private Answer refused(EnrolmentRequest r, Verdict.Refused refusal) {
        String why = refusal.reasons().stream().map(Reason::toString).collect(Collectors.joining("; "));
        nodes.quarantine(r.nodeId(), last -> r.report(last.epoch(), Instant.now(), refusal));
        audit.append(new EnrolmentEvent.Refused(r.nodeId(), why));
        return new Answer.Refused(Ground.EVIDENCE, why);
    }

    private Answer refused(EnrolmentRequest r, String registration) {
        audit.append(new EnrolmentEvent.RegistrationRefused(r.nodeId(), registration));
        return new Answer.Refused(Ground.REGISTRATION, registration);
    }

    private EnrolmentGate gate() {
        return new EnrolmentGate(nodes, stops);
    }
}
