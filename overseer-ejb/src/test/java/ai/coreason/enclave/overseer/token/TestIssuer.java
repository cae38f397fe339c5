package ai.coreason.enclave.overseer.token;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.overseer.authority.FederationCa;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.crypto.opts.AllowWeakRSAKey;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * An issuer with the documents of a real one, its metadata (RFC 8414) and its keys (RFC 7517), by https under an authority of its
 * own. It has an RSA and an EC key, shows a key for encryption beside them, and can change them.
 */
public final class TestIssuer implements AutoCloseable {
    /** What this Overseer is called in {@code aud}. */
    public static final String AUDIENCE = "https://overseer.test/api";

    /** The client of its users. */
    public static final String CLIENT = "model-foundry";

    private static final String KEYS = "/realms/test/protocol/openid-connect/certs";
    private static final String METADATA = "/.well-known/oauth-authorization-server/realms/test";

    private final AtomicInteger asked = new AtomicInteger();
    private final List<JWK> shown = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpsServer server;
    private final Path ca;
    private volatile Reply keys = this::showKeys;
    private RSAKey rsa;
    private ECKey ec;

    /** What is answered to who asks for the keys. */
    public interface Reply {
        /** Answers. */
        void to(HttpExchange exchange) throws IOException;
    }

    /**
     * Starts it.
     *
     * @param folder where its authority is made
     */
    public TestIssuer(Path folder) throws IOException {
        FederationCa authority = FederationCa.open(folder.resolve("issuer-ca"));
        ca = folder.resolve("issuer-ca.pem");
        Files.writeString(ca, FederationCa.pem(authority.caCertificate()));
        rotate();
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls(authority)));
        server.setExecutor(threads);
        server.createContext(KEYS, exchange -> {
            try (exchange) {
                asked.incrementAndGet();
                keys.to(exchange);
            }
        });
        server.createContext(METADATA, exchange -> {
            try (exchange) {
                answer(exchange, 200, Json.write(metadata()));
            }
        });
        server.start();
    }

    private static SSLContext tls(FederationCa authority) {
        try {
            char[] password = "password".toCharArray();
            KeyStore store = authority.issueServer(List.of("localhost", "127.0.0.1"), Duration.ofHours(2), password);
            KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            managers.init(store, password);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(managers.getKeyManagers(), null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private ObjectNode metadata() {
        ObjectNode out = Json.object().put("issuer", name()).put("jwks_uri", keys().toString());
        out.putArray("response_types_supported").add("code");
        return out;
    }

    private void showKeys(HttpExchange exchange) throws IOException {
        answer(exchange, 200, new JWKSet(shown).toString().getBytes(StandardCharsets.UTF_8));
    }

    /** Answers with a status and a body. */
    public static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
    }

    /** Answers from now on otherwise to who asks for the keys. */
    public void replyToKeys(Reply reply) {
        keys = reply;
    }

    /** Answers with the keys again. */
    public void replyWithKeys() {
        keys = this::showKeys;
    }

    /** Signs with new keys from now on, and shows those alone. */
    public void rotate() {
        try {
            rsa = new RSAKeyGenerator(2048)
                    .keyUse(KeyUse.SIGNATURE)
                    .keyIDFromThumbprint(true)
                    .generate();
            ec = new ECKeyGenerator(Curve.P_256)
                    .keyUse(KeyUse.SIGNATURE)
                    .keyIDFromThumbprint(true)
                    .generate();
            JWK other = new RSAKeyGenerator(2048)
                    .keyUse(KeyUse.ENCRYPTION)
                    .keyID("enc")
                    .generate();
            shown.clear();
            shown.addAll(List.of(rsa.toPublicJWK(), ec.toPublicJWK(), other.toPublicJWK()));
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Shows a key beside the others. */
    public void show(JWK key) {
        shown.add(key.toPublicJWK());
    }

    /** The RSA key that signs. */
    public RSAKey rsa() {
        return rsa;
    }

    /** The EC key that signs. */
    public ECKey ec() {
        return ec;
    }

    /** How often somebody asked for the keys. */
    public int asked() {
        return asked.get();
    }

    /** Its name, {@code iss}. */
    public String name() {
        return "https://localhost:" + server.getAddress().getPort() + "/realms/test";
    }

    /** Where its metadata is. */
    public URI metadataAddress() {
        return URI.create("https://localhost:" + server.getAddress().getPort() + METADATA);
    }

    /** Where its keys are. */
    public URI keys() {
        return URI.create("https://localhost:" + server.getAddress().getPort() + KEYS);
    }

    /** The certificate of its authority, PEM. */
    public Path ca() {
        return ca;
    }

    /** The claims of an access token that is valid now for ten minutes. */
    public ObjectNode claims(String subject, String... roles) {
        long now = Instant.now().getEpochSecond();
        ObjectNode claims = Json.object()
                .put("iss", name())
                .put("sub", subject)
                .put("preferred_username", subject + "@hospital.test")
                .put("client_id", CLIENT)
                .put("iat", now)
                .put("exp", now + 600)
                .put("jti", "1");
        claims.putArray("aud").add("account").add(AUDIENCE);
        List.of(roles).forEach(claims.putArray("groups")::add);
        return claims;
    }

    /** An access token by the EC key. */
    public String token(String subject, String... roles) {
        return sign(claims(subject, roles));
    }

    /** A token by the EC key with claims of its own. */
    public String sign(ObjectNode claims) {
        return sign(JWSAlgorithm.ES256, ec, "at+jwt", claims, h -> {});
    }

    /**
     * A token.
     *
     * @param type of the header; none if null
     * @param header what else stands in it
     */
    public static String sign(
            JWSAlgorithm algorithm, JWK key, String type, ObjectNode claims, Consumer<JWSHeader.Builder> header) {
        try {
            JWSHeader.Builder builder = new JWSHeader.Builder(algorithm).keyID(key.getKeyID());
            if (type != null) {
                builder.type(new JOSEObjectType(type));
            }
            header.accept(builder);
            JWSObject token =
                    new JWSObject(builder.build(), new Payload(new String(Json.write(claims), StandardCharsets.UTF_8)));
            token.sign(
                    key instanceof RSAKey r
                            ? new RSASSASigner(r.toPrivateKey(), Set.of(AllowWeakRSAKey.getInstance()))
                            : new ECDSASigner((ECKey) key));
            return token.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Options of {@code overseer run} for it. */
    public Map<String, String> options() {
        return Map.of(
                "--issuer", name(),
                "--keys", keys().toString(),
                "--issuer-ca", ca.toString(),
                "--audience", AUDIENCE);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
