package ai.coreason.enclave.sentry.attestation.collateral;

import ai.coreason.enclave.sentry.attestation.Anchors;
import ai.coreason.enclave.sentry.attestation.http.Freshness;
import ai.coreason.enclave.sentry.attestation.http.Waiting;
import ai.coreason.enclave.sentry.attestation.policy.CertificateSource;
import ai.coreason.enclave.sentry.attestation.policy.QuoteAppraiser;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a site verifies hardware evidence by: whose roots, and where certificates come from that evidence did not bring, first
 * a local folder, then the makers' services, each only where it is named.
 *
 * @param anchors a folder whose self-signed certificates replace the built-in roots
 * @param certificates a folder, as docs/ATTESTATION.md lays it out
 * @param keyServer the base URL of AMD's key server or of a mirror
 * @param provisioning the base URL of Intel's provisioning service or of a mirror
 * @param cache where the services' answers are kept; nowhere if empty
 */
public record TrustSources(
        Optional<Path> anchors,
        Optional<Path> certificates,
        Optional<URI> keyServer,
        Optional<URI> provisioning,
        Optional<Path> cache) {
    /**
     * The appraiser with these roots and sources.
     *
     * @param waiting how long a service is waited for
     * @throws IOException if the roots cannot be read
     */
    public QuoteAppraiser appraiser(Waiting waiting) throws IOException {
        Anchors roots = anchors.isPresent() ? Anchors.of(anchors.get()) : Anchors.builtIn();
        List<CertificateSource> sources = new ArrayList<>();
        certificates.ifPresent(folder -> sources.add(new FolderCertificates(folder)));
        keyServer.ifPresent(base -> sources.add(new KeyServer(base, cache, Freshness.DEFAULT, waiting)));
        provisioning.ifPresent(
                base -> sources.add(new PcsServer(base, PcsServer.INTEL_ROOT_CRL, cache, Freshness.DEFAULT, waiting)));
        return new QuoteAppraiser(roots, new ChainedCertificates(sources));
    }
}
