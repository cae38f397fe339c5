package ai.coreason.enclave.launcher.server;

import ai.coreason.enclave.base.Pem;
import ai.coreason.enclave.base.PrivateFile;
import ai.coreason.enclave.overseer.authority.FederationCa;
import ai.coreason.enclave.overseer.token.TokenIssuer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * The keys and certificates of one Overseer's folder. For others to copy: {@code ca.pem}, which nodes and users pin, and
 * in simulation {@code evidence.key}, which signs the evidence of simulated nodes.
 *
 * @param folder the folder
 * @param state the part that survives restarts
 */
public record OverseerFiles(Path folder, Path state) {
    /** The mode that takes simulated evidence and this folder's own tokens. */
    public static final String SIMULATION = "simulation";
    /** The mode that takes an OpenID provider's tokens only. */
    public static final String PRODUCTION = "production";

    /** Tables in the folder itself. */
    public static final String DERBY = "derby";
    /** Tables in PostgreSQL. */
    public static final String POSTGRESQL = "postgresql";

    private static final Duration VALIDITY = Duration.ofDays(365);
    private static final Duration CONNECT = Duration.ofSeconds(5);

    /** The files below a folder; makes none. */
    public static OverseerFiles of(Path folder) {
        return new OverseerFiles(folder, new ServerLayout("overseer", folder).state());
    }

    /** What the folder was made for, {@code simulation} or {@code production}; empty before its first start. */
    public Optional<String> mode() throws IOException {
        Path file = folder.resolve("mode");
        return Files.exists(file) ? Optional.of(Files.readString(file).strip()) : Optional.empty();
    }

    /** What keeps the tables, {@link #DERBY} or {@link #POSTGRESQL}; empty before the first start. */
    public Optional<String> database() throws IOException {
        Path file = folder.resolve("database");
        if (Files.exists(file)) {
            return Optional.of(Files.readString(file).strip());
        }
        return Files.isDirectory(state.resolve("db")) ? Optional.of(DERBY) : Optional.empty();
    }

    /** Remembers what keeps the tables: another start would find none of them elsewhere. */
    public void keepDatabase(String kind) throws IOException {
        write(folder.resolve("database"), kind + "\n");
    }

    /** Makes what is missing: the folder's mode, the federation's authority and its public certificate; in simulation the key of user tokens. */
    public void make(String mode) throws IOException {
        PrivateFile.folder(folder);
        write(folder.resolve("mode"), mode + "\n");
        FederationCa ca = FederationCa.open(state.resolve("ca"));
        write(caFile(), FederationCa.pem(ca.caCertificate()));
        if (mode.equals(SIMULATION) && !Files.exists(evidenceKey())) {
            makeEvidenceKey();
        }
        if (mode.equals(SIMULATION)) {
            tokens();
        }
    }

    /** The certificate of the federation's authority, which nodes and users pin. */
    public Path caFile() {
        return folder.resolve("ca.pem");
    }

    /** The key that signs simulated evidence; there in simulation only. */
    public Path evidenceKey() {
        return folder.resolve("evidence.key");
    }

    /** Variables of the server's configuration, for an embedded database and queue. */
    public Map<String, String> variables(String mode, int userPort, int nodePort) {
        Map<String, String> variables = new HashMap<>();
        variables.put("enclave.mode", mode);
        variables.put("db.kind", DERBY);
        variables.put("jms.kind", "liberty");
        variables.put("https.port", String.valueOf(userPort));
        variables.put("node.port", String.valueOf(nodePort));
        return variables;
    }

    /**
     * Makes a new server certificate for this start, under the password of the first one.
     *
     * @param names DNS names and addresses the Overseer is reached by
     * @return the secret variables of the server's configuration
     */
    public Map<String, String> secrets(List<String> names) throws IOException {
        Path tls = state.resolve("tls");
        String password = password(tls.resolve("password"));
        FederationCa ca = FederationCa.load(state.resolve("ca"));
        KeyStore server = ca.issueServer(names, VALIDITY, password.toCharArray());
        store(server, tls.resolve("server.p12"), password);
        write(tls.resolve("server.pem"), FederationCa.pem(certificate(server)));
        store(ca.trustStore(), tls.resolve("trust.p12"), password);
        Files.deleteIfExists(state.resolve("metrics.password")); // of earlier versions
        return Map.of("enclave.tls.password", password);
    }

    private static X509Certificate certificate(KeyStore server) {
        try {
            return (X509Certificate) server.getCertificate(server.aliases().nextElement());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The password of a file, made if the file is missing. */
    private static String password(Path file) throws IOException {
        if (!Files.exists(file)) {
            write(file, PrivateFile.randomPassword());
        }
        return Files.readString(file, StandardCharsets.US_ASCII);
    }

    /** The issuer of this simulation's user tokens, made if it is missing. */
    public TokenIssuer tokens() throws IOException {
        return TokenIssuer.open(state.resolve("tokens"));
    }

    /** A client that trusts this federation's authority alone. */
    public HttpClient client() {
        try {
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(FederationCa.load(state.resolve("ca")).trustStore());
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return HttpClient.newBuilder()
                    .sslContext(context)
                    .connectTimeout(CONNECT)
                    .build();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private void makeEvidenceKey() throws IOException {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair pair = generator.generateKeyPair();
            Path publicKey = state.resolve("simulation").resolve("evidence.pub");
            write(publicKey, Pem.write("PUBLIC KEY", pair.getPublic().getEncoded()));
            write(evidenceKey(), Pem.write(Pem.PRIVATE_KEY, pair.getPrivate().getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void store(KeyStore store, Path file, String password) throws IOException {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            store.store(bytes, password.toCharArray());
            PrivateFile.write(file, bytes.toByteArray());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void write(Path file, String text) throws IOException {
        PrivateFile.write(file, text.getBytes(StandardCharsets.UTF_8));
    }
}
