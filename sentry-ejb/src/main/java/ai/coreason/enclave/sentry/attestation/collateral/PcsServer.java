package ai.coreason.enclave.sentry.attestation.collateral;

import ai.coreason.enclave.sentry.attestation.MalformedEvidence;
import ai.coreason.enclave.sentry.attestation.http.Document;
import ai.coreason.enclave.sentry.attestation.http.Document.Copy;
import ai.coreason.enclave.sentry.attestation.http.Document.Signers;
import ai.coreason.enclave.sentry.attestation.http.Download;
import ai.coreason.enclave.sentry.attestation.http.Freshness;
import ai.coreason.enclave.sentry.attestation.http.Shelf;
import ai.coreason.enclave.sentry.attestation.http.Waiting;
import ai.coreason.enclave.sentry.attestation.intel.Collateral;
import ai.coreason.enclave.sentry.attestation.intel.Collateral.Part;
import ai.coreason.enclave.sentry.attestation.intel.QuoteIdentity;
import ai.coreason.enclave.sentry.attestation.policy.CertificateSource;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.time.Clock;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Intel's provisioning certification service, or a cache of it in a data centre (Intel SGX and TDX Provisioning Certification
 * Service API, version 4): TCB info, identities of quoting enclaves and revocation lists. The certificates of who signed a
 * document come in a header of its answer. Thread-safe.
 *
 * <p>Whoever sends a quote has it ask for that quote's platform. So it belongs behind a door that only members pass.
 */
public final class PcsServer implements CertificateSource {
    /** Intel's own. */
    public static final URI INTEL = URI.create("https://api.trustedservices.intel.com");

    /** Where Intel has the root's list. */
    public static final URI INTEL_ROOT_CRL =
            URI.create("https://certificates.trustedservices.intel.com/IntelSGXRootCA.der");

    private static final List<String> TCB_HEADERS = List.of("TCB-Info-Issuer-Chain", "SGX-TCB-Info-Issuer-Chain");
    private static final List<String> QE_HEADERS = List.of("SGX-Enclave-Identity-Issuer-Chain");

    private final URI base;
    private final URI rootCrl;
    private final Shelf shelf;
    private final Freshness freshness;

    /**
     * @param base below which {@code /tdx/certification/v4} lies; https, or http on this machine itself
     * @param rootCrl the address of the root's revocation list
     * @param cache a folder as {@link FolderCertificates} reads it; empty: in memory only
     * @throws IllegalArgumentException if an address is another
     */
    public PcsServer(URI base, URI rootCrl, Optional<Path> cache, Freshness freshness, Waiting waiting) {
        this(base, rootCrl, cache, freshness, new Download(waiting, Clock.systemUTC(), KeyServer::sleep));
    }

    PcsServer(URI base, URI rootCrl, Optional<Path> cache, Freshness freshness, Download download) {
        this.base = Download.service("collateral_service", base);
        this.rootCrl = Download.service("root_crl", rootCrl);
        this.shelf = new Shelf(download, cache);
        this.freshness = freshness;
    }

    /** Nothing: it is a service of Intel's. */
    @Override
    public SnpCertificates snp(byte[] report) {
        return SnpCertificates.NONE;
    }

    @Override
    public Collateral intel(byte[] quote) {
        QuoteIdentity identity;
        try {
            identity = QuoteIdentity.of(quote);
        } catch (MalformedEvidence e) {
            return Collateral.none();
        }
        Map<Part, byte[]> parts = new EnumMap<>(Part.class);
        signed(identity, Part.TCB_INFO, Part.TCB_CHAIN, parts);
        signed(identity, Part.QE_IDENTITY, Part.QE_CHAIN, parts);
        URI crl = URI.create(base + "/sgx/certification/v4/pckcrl?ca=" + identity.authority() + "&encoding=der");
        list(crl, identity, Part.PCK_CRL, identity::pckCrl, parts);
        list(rootCrl, identity, Part.ROOT_CRL, QuoteIdentity::rootCrl, parts);
        return new Collateral(parts);
    }

    private void signed(QuoteIdentity identity, Part part, Part chain, Map<Part, byte[]> parts) {
        boolean tcb = part == Part.TCB_INFO;
        URI uri = URI.create(base + "/" + identity.tee().name().toLowerCase(Locale.ROOT) + "/certification/v4/"
                + (tcb ? "tcb?fmspc=" + identity.fmspc() : "qe/identity"));
        Signers signers = new Signers(tcb ? TCB_HEADERS : QE_HEADERS, Layout.intel(identity, chain));
        Function<Copy, Optional<Instant>> until =
                c -> tcb ? identity.tcbInfo(c.body(), c.chain()) : identity.qeIdentity(c.body(), c.chain());
        Document document = new Document(
                uri,
                Layout.intel(identity, part),
                Optional.of(signers),
                UnaryOperator.identity(),
                until,
                freshness.lists());
        shelf.get(document).ifPresent(c -> {
            parts.put(part, c.body());
            parts.put(chain, c.chain());
        });
    }

    private void list(
            URI uri,
            QuoteIdentity identity,
            Part part,
            Function<byte[], Optional<Instant>> until,
            Map<Part, byte[]> parts) {
        Document document = new Document(
                uri,
                Layout.intel(identity, part),
                Optional.empty(),
                PcsServer::der,
                c -> until.apply(c.body()),
                freshness.lists());
        shelf.get(document).ifPresent(c -> parts.put(part, c.body()));
    }

    /** A list in DER of one in DER, PEM, or hex, as data centres' caches give it; what is none of them as it is. */
    private static byte[] der(byte[] body) {
        if (body.length > 0 && body[0] == 0x30 && body.length > 1 && body[1] < 0) {
            return body;
        }
        try {
            String text = new String(body, StandardCharsets.US_ASCII).strip();
            if (text.matches("[0-9a-fA-F]+")) {
                return HexFormat.of().parseHex(text);
            }
            X509CRL list =
                    (X509CRL) CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(body));
            return list == null ? body : list.getEncoded();
        } catch (CRLException | CertificateException | IllegalArgumentException e) {
            return body;
        }
    }
}
