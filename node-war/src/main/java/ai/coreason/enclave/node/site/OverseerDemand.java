package ai.coreason.enclave.node.site;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.sentry.attestation.collateral.TrustSources;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What the data owner demands of the Overseer's hardware before it is told anything: {@code overseer_evidence} of the site
 * file.
 *
 * @param policy a trust policy, JSON in the form of the federation's
 * @param sources whose roots count, and where missing certificates come from
 */
public record OverseerDemand(Path policy, TrustSources sources) {
    private static final String SERVICE = "https://host, of a service or a mirror";

    /**
     * Reads the member: {@code policy}, and optional {@code anchors, certificates, kds, pcs, cache}.
     *
     * @throws InvalidDocument naming what is not as expected
     */
    static OverseerDemand parse(JsonFields f, Path site) {
        OverseerDemand demand = new OverseerDemand(
                SiteFile.path(f, "policy", site),
                new TrustSources(
                        path(f, "anchors", site),
                        path(f, "certificates", site),
                        service(f, "kds"),
                        service(f, "pcs"),
                        path(f, "cache", site)));
        f.end();
        return demand;
    }

    private static Optional<Path> path(JsonFields f, String member, Path site) {
        return f.has(member) ? Optional.of(SiteFile.path(f, member, site)) : Optional.empty();
    }

    private static Optional<URI> service(JsonFields f, String member) {
        return f.has(member)
                ? Optional.of(URI.create(f.text(member, SERVICE, OverseerDemand::isService)))
                : Optional.empty();
    }

    private static boolean isService(String text) {
        try {
            URI uri = URI.create(text);
            return "https".equals(uri.getScheme()) && uri.getHost() != null && uri.getUserInfo() == null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
