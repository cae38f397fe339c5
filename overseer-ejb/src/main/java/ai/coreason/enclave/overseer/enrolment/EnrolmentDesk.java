package ai.coreason.enclave.overseer.enrolment;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.overseer.authority.FederationCa;
import ai.coreason.enclave.overseer.trust.SimulationTrust;
import ai.coreason.enclave.sentry.attestation.Reason;
import ai.coreason.enclave.sentry.attestation.ReportData;
import ai.coreason.enclave.sentry.attestation.Verdict;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.security.PublicKey;
import java.util.List;
import java.util.Optional;

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
 *
 * <p><b>Two steps.</b> The evidence is appraised without a transaction: it may have to wait for its maker's service, and
 * no row waits with it. {@link EnrolmentSettlement} then settles the attempt in one. A crash before that has committed has used
 * nothing up, and the same request is appraised anew; one after it has lost an answer at most, which the same request gets. Of
 * two attempts with one token that are appraised at once one is settled first, and the other finds the token used, or, being
 * the same request, gets the same answer. The trust policy that counts is the one in force when the evidence was appraised.
 */
@Stateless
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class EnrolmentDesk {
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

    @Inject
    private EnrolmentSettlement settlement;

    @Inject
    private EvidenceDesk evidence;

    @Inject
    private SimulationTrust simulation;

    /** For the container. */
    public EnrolmentDesk() {}

    /** A desk outside of a server. */
    EnrolmentDesk(EnrolmentSettlement settlement, EvidenceDesk evidence, SimulationTrust simulation) {
        this.settlement = settlement;
        this.evidence = evidence;
        this.simulation = simulation;
    }

    /** Whether nobody can enrol now, as an operator has frozen the federation. */
    public boolean frozen() {
        return settlement.frozen().isPresent();
    }

    /**
     * Judges one attempt; the one that began the node's present epoch is answered again as it was.
     *
     * @throws InvalidDocument if the request is not well formed
     */
    public Answer enrol(JsonNode body) {
        Optional<Answer> frozen = settlement.frozen();
        if (frozen.isPresent()) {
            return frozen.get();
        }
        EnrolmentRequest r = EnrolmentRequest.parse(body);
        Optional<Answer> answered = settlement.answered(r);
        if (answered.isPresent()) {
            return answered.get();
        }
        PublicKey key = ProvenKey.of(r.csr());
        Optional<Answer> refused = settlement.tokenRefused(r);
        return refused.isPresent() ? refused.get() : settlement.settle(r, key, appraise(r, key));
    }

    private Verdict appraise(EnrolmentRequest r, PublicKey key) {
        if (r.insecure() && simulation.key().isEmpty()) {
            return new Verdict.Refused(
                    List.of(new Reason("insecure", "a node bound to hardware", "one that says it is not")));
        }
        return evidence.enrolment(
                r.evidence(), ReportData.enrolment(r.nodeId(), r.nonce(), FederationCa.spkiSha384(key)));
    }
}
