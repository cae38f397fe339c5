package ai.coreason.enclave.overseer.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.Pem;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenIssuerTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @TempDir
    Path folder;

    @Test
    void issue_foundry_carriesTheClaimsOfAnAccessToken() throws Exception {
        Instant now = Instant.parse("2026-11-24T10:00:00Z");
        TokenIssuer issuer = TokenIssuer.open(folder, Clock.fixed(now, ZoneOffset.UTC));

        JsonNode claims = part(issuer.issue("alice", "foundry", MINUTE), 1);

        assertThat(claims.get("iss").textValue()).isEqualTo(TokenIssuer.ISSUER);
        assertThat(claims.get("aud").textValue()).isEqualTo(TokenIssuer.AUDIENCE);
        assertThat(claims.get("sub").textValue()).isEqualTo("alice");
        assertThat(claims.get("upn").textValue()).isEqualTo("alice");
        assertThat(claims.get("groups")).hasSize(1).allMatch(g -> "foundry".equals(g.textValue()));
        assertThat(claims.get("iat").longValue()).isEqualTo(now.getEpochSecond());
        assertThat(claims.get("exp").longValue()).isEqualTo(now.getEpochSecond() + 60);
        assertThat(claims.get("jti").textValue()).hasSize(36);
    }

    @Test
    void issue_anyToken_isVerifiedByThePublicKeyFile() throws Exception {
        TokenIssuer issuer = TokenIssuer.open(folder);

        String token = issuer.issue("alice", "auditor", MINUTE);

        assertThat(part(token, 0).get("alg").textValue()).isEqualTo("ES256");
        assertThat(part(token, 0).get("typ").textValue()).isEqualTo("at+jwt");
        assertThat(verifies(token, issuer.publicKeyFile())).isTrue();
        int dot = token.indexOf('.') + 5;
        String tampered = token.substring(0, dot) + (token.charAt(dot) == 'A' ? 'B' : 'A') + token.substring(dot + 1);
        assertThat(verifies(tampered, issuer.publicKeyFile())).isFalse();
    }

    @Test
    void issue_tokenOfAnotherIssuer_isNotVerified() throws Exception {
        TokenIssuer ours = TokenIssuer.open(folder.resolve("ours"));
        TokenIssuer theirs = TokenIssuer.open(folder.resolve("theirs"));

        assertThat(verifies(theirs.issue("alice", "operator", MINUTE), ours.publicKeyFile()))
                .isFalse();
    }

    @Test
    void open_twice_keepsTheKey() throws Exception {
        Path publicKey = TokenIssuer.open(folder).publicKeyFile();

        assertThat(verifies(TokenIssuer.open(folder).issue("a", "foundry", MINUTE), publicKey))
                .isTrue();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("token.key"))))
                .isEqualTo("rw-------");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "admin", "Foundry", "foundry operator"})
    void issue_unknownRole_isRefused(String role) throws Exception {
        TokenIssuer issuer = TokenIssuer.open(folder);

        assertThatThrownBy(() -> issuer.issue("alice", role, MINUTE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("role: expected one of foundry, operator, auditor");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a\nb", "ä"})
    void issue_wrongSubject_isRefused(String subject) throws Exception {
        TokenIssuer issuer = TokenIssuer.open(folder);

        assertThatThrownBy(() -> issuer.issue(subject, "foundry", MINUTE)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0, 86_401})
    void issue_validityOutOfRange_isRefused(long seconds) throws Exception {
        TokenIssuer issuer = TokenIssuer.open(folder);

        assertThatThrownBy(() -> issuer.issue("alice", "foundry", Duration.ofSeconds(seconds)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("validity:");
    }

    @Test
    void load_folderWithoutAnIssuer_saysSo() {
        assertThatThrownBy(() -> TokenIssuer.load(folder)).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void load_damagedKey_isRefusedWithoutShowingIt() throws Exception {
        TokenIssuer.open(folder);
        Path key = folder.resolve("token.key");
        String damaged = Files.readString(key).replace("PRIVATE KEY-----\nM", "PRIVATE KEY-----\nA");
        Files.writeString(key, damaged);

        assertThatThrownBy(() -> TokenIssuer.load(folder))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("token.key: expected an EC private key")
                .hasMessageNotContaining(damaged.substring(40, 60))
                .hasNoCause();
    }

    private static JsonNode part(String token, int index) {
        return Json.read(Base64.getUrlDecoder().decode(token.split("\\.")[index]));
    }

    private static boolean verifies(String token, Path publicKeyFile) throws Exception {
        PublicKey key = KeyFactory.getInstance("EC")
                .generatePublic(new X509EncodedKeySpec(Pem.read("PUBLIC KEY", Files.readString(publicKeyFile))));
        int last = token.lastIndexOf('.');
        Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
        signature.initVerify(key);
        signature.update(token.substring(0, last).getBytes(StandardCharsets.US_ASCII));
        return signature.verify(Base64.getUrlDecoder().decode(token.substring(last + 1)));
    }
}
