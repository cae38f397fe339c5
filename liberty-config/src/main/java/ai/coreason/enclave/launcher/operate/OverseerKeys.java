package ai.coreason.enclave.launcher.operate;

import ai.coreason.enclave.launcher.server.ServerLayout;
import ai.coreason.enclave.overseer.identity.FederationCa;
import ai.coreason.enclave.overseer.identity.PrivateFile;
import ai.coreason.enclave.overseer.identity.TokenIssuer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The keys of one Overseer below its state folder: the federation's authority ({@code ca/}), the stores of its TLS ports
 * ({@code tls/}) and, in simulation, the issuer of user tokens ({@code tokens/}).
 *
 * @param layout the Overseer's files
 */
record OverseerKeys(ServerLayout layout) {
    private static final Duration SERVER_VALIDITY = Duration.ofDays(397);
    private static final String METRICS_PASSWORD = "metrics.password";

    /** The federation's authority; made at the first call. */
    FederationCa authority() {
        return FederationCa.open(layout.state().resolve("ca"));
    }

    /** The authority's certificate, PEM, for nodes and callers to pin. */
    Path authorityPem() {
        return layout.state().resolve("ca").resolve("ca.pem");
    }

    /** Where the token issuer's keys lie. */
    Path tokens() {
        return layout.state().resolve("tokens");
    }

    /** Where the token issuer's public key lies; made at the first call. */
    String tokenKeyLocation() throws IOException {
        return TokenIssuer.open(tokens()).publicKeyFile().toUri().toString();
    }

    /**
     * Makes what the TLS ports need anew at every start: server key, certificate, trust store, and their password.
     *
     * @param names DNS names and addresses that the Overseer is reached by
     * @return the secrets for {@link ServerLayout#write}; the metrics account keeps its password
     */
    Map<String, String> issue(List<String> names) throws IOException {
        FederationCa ca = authority();
        String password = PrivateFile.randomPassword();
        Path tls = layout.state().resolve("tls");
        store(tls.resolve("server.p12"), ca.issueServer(names, SERVER_VALIDITY, password.toCharArray()), password);
        store(tls.resolve("trust.p12"), ca.trustStore(), password);
        // Encrypted under the password before this one; Liberty makes it anew.
        Files.deleteIfExists(tls.resolve("ltpa.keys"));
        PrivateFile.write(authorityPem(), FederationCa.pem(ca.caCertificate()).getBytes(StandardCharsets.US_ASCII));
        Path metrics = layout.configuration().resolve("variables").resolve(METRICS_PASSWORD);
        String scraper = Files.exists(metrics) ? Files.readString(metrics) : PrivateFile.randomPassword();
        return Map.of("enclave.tls.password", password, METRICS_PASSWORD, scraper);
    }

    private static void store(Path file, KeyStore store, String password) throws IOException {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            store.store(bytes, password.toCharArray());
            PrivateFile.write(file, bytes.toByteArray());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
