package ai.coreason.enclave.overseer.token;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.Pem;
import ai.coreason.enclave.base.PrivateFile;
import ai.coreason.enclave.overseer.authority.CertificateForge;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Set;
import java.util.UUID;

/**
 * The embedded issuer of user tokens for simulations: JSON Web Tokens (RFC 7519) signed with ES256 (RFC 7518 section
 * 3.4), in the form of access tokens (RFC 9068). A production Overseer is pointed at an OpenID provider instead.
 *
 * <p>The key (EC P-256) lies in {@code token.key}, mode 0600, its public half in {@code token.pub}; both are made at the
 * first {@link #open}. Thread-safe.
 */
public final class TokenIssuer {
    /** The {@code iss} claim. */
    public static final String ISSUER = "urn:coreason:enclave:simulation";

    /** The {@code aud} claim. */
    public static final String AUDIENCE = "urn:coreason:enclave:simulation:overseer";

    /** The roles a token may carry in {@code groups}. */
    public static final Set<String> ROLES = Set.of("foundry", "operator", "auditor");

    /** The longest validity of a token. */
    public static final Duration LONGEST = Duration.ofHours(24);

    private static final String PRIVATE = "token.key";
    private static final String PUBLIC = "token.pub";
    private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();

    private final PrivateKey key;
    private final Path publicKey;
    private final Clock clock;

    private TokenIssuer(PrivateKey key, Path publicKey, Clock clock) {
        this.key = key;
        this.publicKey = publicKey;
        this.clock = clock;
    }

    /**
     * The issuer of a folder, made there if the folder has none.
     *
     * @throws IOException if the folder cannot be read or written
     * @throws IllegalStateException if the key there is not one
     */
    public static TokenIssuer open(Path folder) throws IOException {
        return open(folder, Clock.systemUTC());
    }

    static TokenIssuer open(Path folder, Clock clock) throws IOException {
        Path file = folder.resolve(PRIVATE);
        if (!Files.exists(file)) {
            create(folder);
        }
        return load(folder, clock);
    }

    /**
     * The issuer that a folder already has.
     *
     * @throws IOException if there is none
     * @throws IllegalStateException if the key there is not one
     */
    public static TokenIssuer load(Path folder) throws IOException {
        return load(folder, Clock.systemUTC());
    }

    /**
     * A signed token.
     *
     * @param subject who it names, in {@code sub} and {@code upn}; 1 to 64 printable ASCII characters
     * @param role one of {@link #ROLES}
     * @param validity from now, positive, at most {@link #LONGEST}
     * @return the compact serialisation; a secret
     */
    public String issue(String subject, String role, Duration validity) {
        if (!subject.matches("[!-~]{1,64}")) {
            throw new IllegalArgumentException("subject: expected 1 to 64 printable ASCII characters, got another");
        }
        if (!ROLES.contains(role)) {
            throw new IllegalArgumentException("role: expected one of foundry, operator, auditor, got " + role);
        }
        if (validity.isNegative() || validity.isZero() || validity.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("validity: expected more than 0 and at most 24 h, got " + validity);
        }
        long now = clock.instant().getEpochSecond();
        ObjectNode header = Json.object().put("alg", "ES256").put("typ", "at+jwt");
        ObjectNode claims = Json.object()
                .put("iss", ISSUER)
                .put("aud", AUDIENCE)
                .put("sub", subject)
                .put("upn", subject)
                .put("iat", now)
                .put("exp", now + validity.toSeconds())
                .put("jti", UUID.randomUUID().toString());
        claims.putArray("groups").add(role);
        String signed =
                BASE64URL.encodeToString(Json.write(header)) + "." + BASE64URL.encodeToString(Json.write(claims));
        return signed + "." + BASE64URL.encodeToString(sign(signed.getBytes(StandardCharsets.US_ASCII)));
    }

    /** The file with the public key, PEM. */
    public Path publicKeyFile() {
        return publicKey;
    }

    /** Never shows the key. */
    @Override
    public String toString() {
        return "TokenIssuer[" + publicKey + "]";
    }

    private byte[] sign(byte[] bytes) {
        try {
            Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
            signature.initSign(key);
            signature.update(bytes);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void create(Path folder) throws IOException {
        try {
            KeyPair pair = CertificateForge.newKeyPair(CertificateForge.LEAF_CURVE);
            String publicPem = Pem.write("PUBLIC KEY", pair.getPublic().getEncoded());
            String privatePem = Pem.write(Pem.PRIVATE_KEY, pair.getPrivate().getEncoded());
            PrivateFile.write(folder.resolve(PUBLIC), publicPem.getBytes(StandardCharsets.US_ASCII));
            PrivateFile.write(folder.resolve(PRIVATE), privatePem.getBytes(StandardCharsets.US_ASCII));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static TokenIssuer load(Path folder, Clock clock) throws IOException {
        Path file = folder.resolve(PRIVATE);
        String pem = Files.readString(file, StandardCharsets.US_ASCII);
        try {
            PrivateKey key = KeyFactory.getInstance("EC")
                    .generatePrivate(new PKCS8EncodedKeySpec(Pem.read(Pem.PRIVATE_KEY, pem)));
            return new TokenIssuer(key, folder.resolve(PUBLIC), clock);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            // The cause is dropped: it could quote the key.
            throw new IllegalStateException(file + ": expected an EC private key in PEM, got something else");
        }
    }
}
