package ai.coreason.enclave.overseer.enrolment;

import ai.coreason.enclave.overseer.trust.HardwareTrust;
import ai.coreason.enclave.overseer.trust.SimulationTrust;
import ai.coreason.enclave.overseer.trust.TrustPolicies;
import ai.coreason.enclave.sentry.attestation.Reason;
import ai.coreason.enclave.sentry.attestation.ReportData;
import ai.coreason.enclave.sentry.attestation.SimulatedEvidence;
import ai.coreason.enclave.sentry.attestation.Verdict;
import ai.coreason.enclave.sentry.attestation.policy.QuoteAppraiser;
import ai.coreason.enclave.sentry.contract.Evidence;
import ai.coreason.enclave.sentry.contract.HardwareType;
import ai.coreason.enclave.sentry.contract.update.UpdateEnvelope;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * Judges evidence. Hardware evidence is held against the federation's trust policy; simulated evidence is trusted only by an
 * Overseer in simulation mode and only by the simulation's own key. Nothing is noted and nothing locked, as evidence may have
 * to wait for its maker's service: that a quote is accepted once is for whoever settles to see, by
 * {@link NodeRegistry#acceptQuote}.
 */
@ApplicationScoped
public class EvidenceDesk {
    private static final Duration ENROLMENT_AGE = Duration.ofMinutes(10);
    private static final Duration UPDATE_AGE = Duration.ofDays(8);

    private SimulationTrust simulation;
    private HardwareTrust hardware;
    private TrustPolicies policies;

    /** For the container's proxies. */
    protected EvidenceDesk() {}

    /** A desk that trusts a simulation's key, if there is one, and hardware by the policies. */
    @Inject
    public EvidenceDesk(SimulationTrust simulation, HardwareTrust hardware, TrustPolicies policies) {
        this.simulation = simulation;
        this.hardware = hardware;
        this.policies = policies;
    }

    /**
     * Judges the evidence of an enrolment.
     *
     * @param expected what the Overseer knows of its report data
     */
    public Verdict enrolment(Evidence evidence, ReportData expected) {
        return judge(evidence, expected, ENROLMENT_AGE);
    }

    /**
     * Judges the evidence of an update: trusted when it is bound to just these sealed bytes and to the session in which they
     * came.
     *
     * @param session the enrolment under which the node handed the update in, whatever came after
     */
    public Verdict update(UpdateEnvelope update, NodeSession session) {
        ReportData expected =
                ReportData.update(update.statement(), update.sealedSha256(), session.epoch(), session.tlsSpkiSha384());
        return judge(update.evidence(), expected, UPDATE_AGE);
    }

    private Verdict judge(Evidence evidence, ReportData expected, Duration maxAge) {
        return evidence.hardwareType() == HardwareType.SIMULATED
                ? simulated(evidence, expected, maxAge)
                : hardware(evidence, new QuoteAppraiser.Occasion(expected, Instant.now()));
    }

    private Verdict hardware(Evidence evidence, QuoteAppraiser.Occasion occasion) {
        return policies.current()
                .map(policy -> hardware.appraiser().judge(evidence, occasion, policy))
                .orElseGet(() -> new Verdict.Refused(
                        List.of(new Reason("trust_policy", "one that an operator has set", "none"))));
    }

    private Verdict simulated(Evidence evidence, ReportData expected, Duration maxAge) {
        if (simulation.key().isEmpty()) {
            return new Verdict.Refused(
                    List.of(new Reason("hardware_type", "hardware: this is no simulation", "SIMULATED")));
        }
        String manifest = evidence.reportData().path("code_manifest_sha256").asText();
        return SimulatedEvidence.verify(
                simulation.key().get(),
                evidence,
                new SimulatedEvidence.Expected(expected, Set.of(manifest), Instant.now(), maxAge));
    }
}
