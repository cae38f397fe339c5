package ai.coreason.enclave.node.overseer;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.node.site.OverseerDemand;
import ai.coreason.enclave.sentry.attestation.Reason;
import ai.coreason.enclave.sentry.attestation.ReportData;
import ai.coreason.enclave.sentry.attestation.Verdict;
import ai.coreason.enclave.sentry.attestation.http.Waiting;
import ai.coreason.enclave.sentry.attestation.policy.QuoteAppraiser;
import ai.coreason.enclave.sentry.attestation.policy.TrustPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What an Overseer has to prove before the node tells it anything but its name: that it runs on hardware, and in software, that
 * the site's own policy trusts, and that it holds the TLS key at the other end of the connection. Thread-safe.
 */
public final class OverseerProof {
    private static final System.Logger LOG = System.getLogger(OverseerProof.class.getName());
    private static final long MAX_POLICY = 1 << 20;
    private static final int NONCE = 32;
    private static final Waiting WAITING =
            new Waiting(Duration.ofSeconds(4), Duration.ofSeconds(30), 4, Duration.ofMillis(500));

    private final QuoteAppraiser appraiser;
    private final TrustPolicy policy;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    private OverseerProof(QuoteAppraiser appraiser, TrustPolicy policy, Clock clock) {
        this.appraiser = appraiser;
        this.policy = policy;
        this.clock = clock;
    }

    /**
     * Reads a site's demand.
     *
     * @throws IOException if its policy or roots cannot be read
     * @throws InvalidDocument if the policy is none, or lets the Overseer leave its revocation lists out
     */
    public static OverseerProof of(OverseerDemand demand, Clock clock) throws IOException {
        long size = Files.size(demand.policy());
        if (size > MAX_POLICY) {
            throw new IOException(
                    demand.policy() + ": expected a policy of at most " + MAX_POLICY + " bytes, got " + size);
        }
        return new OverseerProof(
                demand.sources().appraiser(WAITING), policy(Files.readAllBytes(demand.policy())), clock);
    }

    private static TrustPolicy policy(byte[] bytes) {
        TrustPolicy policy;
        try {
            policy = TrustPolicy.parse(Json.read(bytes));
        } catch (InvalidDocument e) {
            throw InvalidDocument.at("overseer_evidence.policy", "a trust policy", e.getMessage());
        }
        if (!policy.revocationWhereGiven().isEmpty()) {
            throw InvalidDocument.at(
                    "overseer_evidence.policy",
                    "revocation that is required or waived, as who sends evidence would leave a list out",
                    "where given, in " + policy.revocationWhereGiven());
        }
        return policy;
    }

    /**
     * Asks for the proof and judges it.
     *
     * @param overseer calls without the node's certificate
     * @return the TLS key that is proven, lower-case hex SHA-384 of its SubjectPublicKeyInfo
     * @throws OverseerUntrusted with every reason
     */
    public String of(OverseerClient overseer, String nodeId)
            throws OverseerUntrusted, OverseerRefusal, OverseerUnreachable, InterruptedException {
        byte[] bytes = new byte[NONCE];
        random.nextBytes(bytes);
        String nonce = Base64.getEncoder().encodeToString(bytes);
        OverseerClient.Shown shown = overseer.evidence(nodeId, nonce);
        ReportData expected = ReportData.overseer(nodeId, nonce, shown.spkiSha384());
        Verdict verdict =
                appraiser.judge(shown.evidence(), new QuoteAppraiser.Occasion(expected, clock.instant()), policy);
        if (verdict instanceof Verdict.Refused refused) {
            throw new OverseerUntrusted(refused.reasons());
        }
        LOG.log(
                System.Logger.Level.INFO,
                "overseer.trusted hardware={0} tls_spki_sha384={1}",
                shown.evidence().hardwareType(),
                shown.spkiSha384());
        return shown.spkiSha384();
    }

    /** The Overseer's evidence does not do; its message tells every reason. */
    public static final class OverseerUntrusted extends Exception {
        private static final long serialVersionUID = 1L;
        private static final int SHOWN = 2000;

        OverseerUntrusted(List<Reason> reasons) {
            super(text(reasons));
        }

        private static String text(List<Reason> reasons) {
            String all = reasons.stream().map(Reason::toString).collect(Collectors.joining("; "));
            String shown = all.length() > SHOWN ? all.substring(0, SHOWN) + "…" : all;
            return "the Overseer's evidence does not meet overseer_evidence of the site file: "
                    + shown.replaceAll("\\p{Cntrl}", " ");
        }
    }
}
