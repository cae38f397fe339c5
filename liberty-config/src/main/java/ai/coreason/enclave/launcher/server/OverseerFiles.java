package ai.coreason.enclave.launcher.server;

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
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The keys of one Overseer below its state folder: the federation's authority ({@code ca/}), the key and trust stores of
 * its two TLS ports ({@code tls/}), and in simulation the token issuer ({@code simulation/}).
 *
 * @param folder the Overseer's files
 */
public record OverseerFiles(ServerFolder folder) {
    private static final Duration SERVER_VALIDITY = Duration.ofDays(397);
    private static final String PASSWORD = "enclave.tls.password";
    private static final String METRICS_PASSWORD = "metrics.password";

    /** The federation's authority; made at the first call. */
    public FederationCa authority() {
        return FederationCa.open(folder.state().resolve("ca"));
    }

    /** The authority's certificate as a file that nodes and callers pin. */
    public Path authorityPem() {
        return folder.state().resolve("ca/ca.pem");
    }

    /** The folder of what exists in simulation only. */
    public Path simulation() {
        return folder.state().resolve("simulation");
    }

    /** The simulation's token issuer; made at the first call. */
    public TokenIssuer tokens() throws IOException {
        return TokenIssuer.open(simulation());
    }

    /**
     * Makes what the two TLS ports need: a fresh server key and certificate, the trust store, and their password.
     *
     * @param names DNS names and addresses that the Overseer is reached by
     * @return the secrets for {@link ServerFolder#write}; the metrics account keeps its password
     */
    public Map<String, String> issue(List<String> names) throws IOException {
        FederationCa ca = authority();
        String password = PrivateFile.randomPassword();
        Path tls = folder.state().resolve("tls");
        write(tls.resolve("server.p12"), ca.issueServer(names, SERVER_VALIDITY, password.toCharArray()), password);
        write(tls.resolve("trust.p12"), ca.trustStore(), password);
        // Its own password protects it, and nothing but sessions of the metrics account depends on it.
        Files.deleteIfExists(tls.resolve("ltpa.keys"));
        PrivateFile.write(authorityPem(), FederationCa.pem(ca.caCertificate()).getBytes(StandardCharsets.US_ASCII));
        Map<String, String> secrets = new HashMap<>();
        secrets.put(PASSWORD, password);
        Path metrics = folder.configuration().resolve("variables").resolve(METRICS_PASSWORD);
        secrets.put(METRICS_PASSWORD, Files.exists(metrics) ? Files.readString(metrics) : PrivateFile.randomPassword());
        return secrets;
    }

    private static void write(Path file, KeyStore store, String password) throws IOException {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            store.store(bytes, password.toCharArray());
            PrivateFile.write(file, bytes.toByteArray());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
