package ai.coreason.enclave.node.enrolment;

import ai.coreason.enclave.base.Digests;
import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.node.evidence.EvidenceSource;
import ai.coreason.enclave.node.loop.TaskLoop;
import ai.coreason.enclave.node.overseer.Backoff;
import ai.coreason.enclave.node.overseer.NodeIdentity;
import ai.coreason.enclave.node.overseer.OverseerClient;
import ai.coreason.enclave.node.overseer.OverseerProof;
import ai.coreason.enclave.node.overseer.OverseerProof.OverseerUntrusted;
import ai.coreason.enclave.node.overseer.OverseerRefusal;
import ai.coreason.enclave.node.overseer.OverseerTrust;
import ai.coreason.enclave.node.overseer.OverseerUnreachable;
import ai.coreason.enclave.node.overseer.Session;
import ai.coreason.enclave.node.site.SiteFile;
import ai.coreason.enclave.privacy.ledger.LedgerTrust;
import ai.coreason.enclave.sentry.attestation.ReportData;
import ai.coreason.enclave.sentry.contract.DatasetRegistration;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The node's enrolment: where the site demands it, a proof of the Overseer's; a nonce, evidence over it and over a TLS key born for the occasion, and a one-time token give a
 * certificate and an epoch.
 *
 * <p>The node chooses the token for the next time, stores it, and only then tells the Overseer its SHA-256. Whatever is lost
 * after that, an answer or the whole node, one of the stored tokens is good: the old one if the request never arrived,
 * else the new one, and the old one is refused.
 */
public final class Enrolment implements TaskLoop.Enroller {
    private static final long MAX_EPOCH = 1L << 53;
    private static final int UNAUTHENTICATED = 401;

    /**
     * What the node says of itself.
     *
     * @param manifestSha256 the digest of the installed code
     * @param insecure whether it runs without confidential hardware
     */
    public record Self(EvidenceSource evidence, String manifestSha256, boolean insecure) {}

    /**
     * What the node says of its data.
     *
     * @param ledgerHead the head of its ledger; empty unless it has exactly one
     */
    public record Holdings(List<DatasetRegistration> datasets, Optional<Head> ledgerHead) {
        /**
         * The last row of a ledger.
         *
         * @param sequence its place; 0 before the first
         * @param hash its hash, or the genesis hash
         */
        public record Head(long sequence, String hash) {}

        /** Copies the list. */
        public Holdings {
            datasets = List.copyOf(datasets);
        }
    }

    private final SiteFile site;
    private final Self self;
    private final Supplier<Holdings> holdings;
    private final Backoff backoff;
    private final Clock clock;
    private final TokenFile tokens;
    private volatile List<String> tried = List.of();
    private final Optional<OverseerProof> proof;

    /**
     * @param proof what the Overseer has to prove first; nothing if empty
     * @param holdings read anew at every enrolment
     * @param backoff how calls are spaced that fail
     */
    public Enrolment(
            SiteFile site,
            Optional<OverseerProof> proof,
            Self self,
            Supplier<Holdings> holdings,
            Backoff backoff,
            Clock clock) {
        this.site = site;
        this.proof = proof;
        this.self = self;
        this.holdings = holdings;
        this.backoff = backoff;
        this.clock = clock;
        this.tokens = new TokenFile(site.tokenFile());
    }

    @Override
    public Session enrol()
            throws IOException, CertificateException, OverseerUntrusted, OverseerRefusal, OverseerUnreachable,
                    InterruptedException {
        List<X509Certificate> roots = NodeIdentity.certificates(site.caFile());
        OverseerTrust trust = proven(OverseerTrust.of(roots));
        OverseerClient anonymous = client(trust.anonymous());
        NodeIdentity identity = NodeIdentity.born(site.nodeId());
        JsonFields f = JsonFields.of(answer(anonymous, identity), "");
        f.text("node_id", site.nodeId(), site.nodeId()::equals);
        long epoch = f.whole("epoch", 1, MAX_EPOCH);
        List<X509Certificate> chain = NodeIdentity.certificates(
                new ByteArrayInputStream(f.block("certificate_chain", "certificates in PEM", s -> !s.isBlank())
                        .getBytes(StandardCharsets.US_ASCII)));
        Instant renewAt = renewal(f);
        return new Session(
                client(identity.tls(chain, trust)),
                site.nodeId(),
                epoch,
                identity.spkiSha384(),
                identity.rowSigner(chain.get(0)),
                LedgerTrust.of(roots),
                renewAt);
    }

    @Override
    public boolean hasAnotherToken() throws IOException {
        return !tokens.read().equals(tried);
    }

    /** Has the Overseer prove itself, where the site demands it; then only the proven TLS key counts. */
    private OverseerTrust proven(OverseerTrust trust)
            throws OverseerUntrusted, OverseerRefusal, OverseerUnreachable, InterruptedException {
        return proof.isPresent() ? trust.pinned(proof.get().of(client(trust.anonymous()), site.nodeId())) : trust;
    }

    /** Tries the stored tokens, the oldest first, until one is not refused as a token. */
    private JsonNode answer(OverseerClient anonymous, NodeIdentity identity)
            throws IOException, OverseerRefusal, OverseerUnreachable, InterruptedException {
        List<String> stored = tokens.read();
        tried = stored;
        for (int i = 0; ; i++) {
            boolean last = i == stored.size() - 1;
            String nonce = anonymous.nonce(site.nodeId());
            String next = last ? chooseNext(stored) : stored.get(i + 1);
            try {
                JsonNode answer = anonymous.enrol(request(identity, new Tokens(stored.get(i), next), nonce));
                tokens.replace(List.of(next));
                return answer;
            } catch (OverseerRefusal e) {
                if (last) {
                    tokens.replace(stored);
                }
                if (last || e.status() != UNAUTHENTICATED) {
                    throw e;
                }
            }
        }
    }

    private String chooseNext(List<String> stored) throws IOException {
        String next = TokenFile.choose();
        List<String> both = new ArrayList<>(stored);
        both.add(next);
        tokens.replace(both);
        return next;
    }

    private record Tokens(String now, String next) {}

    private OverseerClient client(javax.net.ssl.SSLContext tls) {
        return new OverseerClient(site.overseer(), tls, backoff, Backoff.Pause.sleeping());
    }

    private ObjectNode request(NodeIdentity identity, Tokens pair, String nonce) {
        Holdings now = holdings.get();
        ReportData known = ReportData.enrolment(site.nodeId(), nonce, identity.spkiSha384())
                .withManifest(self.manifestSha256());
        ReportData reportData = now.ledgerHead()
                .map(head -> known.withLedgerHead(head.sequence(), head.hash()))
                .orElse(known)
                .readable();
        ObjectNode request = Json.object()
                .put("node_id", site.nodeId())
                .put("token", pair.now())
                .put("next_token_sha256", Digests.sha256Hex(pair.next().getBytes(StandardCharsets.UTF_8)))
                .put("nonce", nonce)
                .put("csr", Base64.getEncoder().encodeToString(identity.certificateRequest()));
        request.set("evidence", self.evidence().attest(reportData).json());
        request.put("insecure", self.insecure());
        ArrayNode datasets = request.putArray("datasets");
        now.datasets().forEach(d -> datasets.add(d.json()));
        return request;
    }

    /** Two thirds into the certificate's life, by this machine's clock. */
    private Instant renewal(JsonFields f) {
        String expected = "an RFC 3339 time after now";
        String text = f.text("expires_at");
        try {
            Instant now = clock.instant();
            Duration life = Duration.between(now, Instant.parse(text));
            if (!life.isNegative() && !life.isZero()) {
                return now.plus(life.multipliedBy(2).dividedBy(3));
            }
        } catch (DateTimeParseException e) {
            throw InvalidDocument.at(f.at("expires_at"), expected, text);
        }
        throw InvalidDocument.at(f.at("expires_at"), expected, text);
    }
}
