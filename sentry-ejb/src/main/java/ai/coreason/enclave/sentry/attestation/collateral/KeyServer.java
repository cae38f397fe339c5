package ai.coreason.enclave.sentry.attestation.collateral;

import ai.coreason.enclave.sentry.attestation.MalformedEvidence;
import ai.coreason.enclave.sentry.attestation.http.Document;
import ai.coreason.enclave.sentry.attestation.http.Document.Copy;
import ai.coreason.enclave.sentry.attestation.http.Download;
import ai.coreason.enclave.sentry.attestation.http.Freshness;
import ai.coreason.enclave.sentry.attestation.http.Shelf;
import ai.coreason.enclave.sentry.attestation.http.Waiting;
import ai.coreason.enclave.sentry.attestation.intel.Collateral;
import ai.coreason.enclave.sentry.attestation.policy.CertificateSource;
import ai.coreason.enclave.sentry.attestation.snp.SnpKey;
import ai.coreason.enclave.sentry.attestation.snp.SnpProduct;
import ai.coreason.enclave.sentry.attestation.snp.SnpTcb;
import ai.coreason.enclave.sentry.attestation.snp.VekIdentity;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * AMD's key distribution server, or a mirror of it (AMD 57230, section 4): certificates of chips, the chains of their issuers
 * and the roots' revocation lists. A VLEK is not to be had there; its chain is. Thread-safe.
 *
 * <p>Whoever sends a report has it ask for that report's chip. So it belongs behind a door that only members pass.
 */
public final class KeyServer implements CertificateSource {
    /** AMD's own. */
    public static final URI AMD = URI.create("https://kdsintf.amd.com");

    private final URI base;
    private final Shelf shelf;
    private final Freshness freshness;

    /**
     * @param base below which {@code /vcek/v1} lies; https, or http on this machine itself
     * @param cache a folder as {@link FolderCertificates} reads it; empty: in memory only
     * @throws IllegalArgumentException if the address is another
     */
    public KeyServer(URI base, Optional<Path> cache, Freshness freshness, Waiting waiting) {
        this(base, cache, freshness, new Download(waiting, Clock.systemUTC(), KeyServer::sleep));
    }

    KeyServer(URI base, Optional<Path> cache, Freshness freshness, Download download) {
        this.base = Download.service("key_server", base);
        this.shelf = new Shelf(download, cache);
        this.freshness = freshness;
    }

    static void sleep(Duration time) throws InterruptedException {
        Thread.sleep(time.toMillis());
    }

    @Override
    public SnpCertificates snp(byte[] report) {
        List<VekIdentity> candidates;
        try {
            candidates = VekIdentity.of(report);
        } catch (MalformedEvidence e) {
            return SnpCertificates.NONE;
        }
        for (VekIdentity candidate : candidates) {
            Optional<byte[]> vek = candidate.key() == SnpKey.VCEK ? get(vcek(candidate)) : Optional.empty();
            if (vek.isPresent() || candidates.size() == 1) {
                return new SnpCertificates(vek, get(chain(candidate)), get(crl(candidate)));
            }
        }
        return SnpCertificates.NONE;
    }

    /** Nothing: it is a server of AMD's. */
    @Override
    public Collateral intel(byte[] quote) {
        return Collateral.none();
    }

    private Optional<byte[]> get(Document document) {
        return shelf.get(document).map(c -> c.body().clone());
    }

    private Document vcek(VekIdentity vek) {
        SnpTcb tcb = vek.tcb();
        String fmc = vek.product() == SnpProduct.TURIN ? "fmcSPL=" + tcb.fmc() + "&" : "";
        String query = "%sblSPL=%d&teeSPL=%d&snpSPL=%d&ucodeSPL=%d"
                .formatted(fmc, tcb.bootLoader(), tcb.tee(), tcb.snp(), tcb.microcode());
        return document(
                "vcek", vek, vek.hwId() + "?" + query, Layout.vcek(vek), vek::certificate, freshness.certificates());
    }

    private Document chain(VekIdentity vek) {
        String key = vek.key().name().toLowerCase(Locale.ROOT);
        return document(key, vek, "cert_chain", Layout.chain(vek), vek::chain, freshness.certificates());
    }

    private Document crl(VekIdentity vek) {
        return document("vcek", vek, "crl", Layout.crl(vek), vek::crl, freshness.lists());
    }

    private Document document(
            String key,
            VekIdentity vek,
            String what,
            Path file,
            Function<byte[], Optional<Instant>> until,
            Duration age) {
        URI uri = URI.create(base + "/" + key + "/v1/" + vek.product().label() + "/" + what);
        Function<Copy, Optional<Instant>> ofBody = c -> until.apply(c.body());
        return new Document(uri, file, Optional.empty(), UnaryOperator.identity(), ofBody, age);
    }
}
