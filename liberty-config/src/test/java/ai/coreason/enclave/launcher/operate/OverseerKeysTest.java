package ai.coreason.enclave.launcher.operate;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.launcher.server.ServerLayout;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OverseerKeysTest {
    @TempDir
    Path folder;

    @Test
    void issue_firstStart_makesStoresThatOpenWithTheSecret() throws Exception {
        OverseerKeys keys = keys();

        Map<String, String> secrets = keys.issue(List.of("overseer.example", "127.0.0.1"));

        char[] password = secrets.get("enclave.tls.password").toCharArray();
        KeyStore server = open("server.p12", password);
        KeyStore trust = open("trust.p12", password);
        X509Certificate leaf = (X509Certificate) server.getCertificate("server");
        assertThat(leaf.getSubjectX500Principal().getName()).isEqualTo("CN=overseer.example");
        leaf.verify(keys.authority().caCertificate().getPublicKey());
        assertThat(Collections.list(trust.aliases())).hasSize(1);
        assertThat(secrets).containsOnlyKeys("enclave.tls.password", "metrics.password");
        assertThat(Files.readString(keys.authorityPem())).startsWith("-----BEGIN CERTIFICATE-----");
    }

    @Test
    void issue_everyStart_keepsTheAuthorityAndChangesThePassword() throws Exception {
        Map<String, String> first = keys().issue(List.of("localhost"));
        X509Certificate authority = keys().authority().caCertificate();

        Map<String, String> second = keys().issue(List.of("localhost"));

        assertThat(keys().authority().caCertificate()).isEqualTo(authority);
        assertThat(second.get("enclave.tls.password")).isNotEqualTo(first.get("enclave.tls.password"));
    }

    @Test
    void issue_metricsPasswordOfAnEarlierStart_isKept() throws Exception {
        Path variables = layout().configuration().resolve("variables");
        Files.createDirectories(variables);
        Files.writeString(variables.resolve("metrics.password"), "as the scraper knows it");

        assertThat(keys().issue(List.of("localhost"))).containsEntry("metrics.password", "as the scraper knows it");
    }

    @Test
    void issue_anyStart_writesForTheOwnerAlone() throws Exception {
        keys().issue(List.of("localhost"));

        for (String name : List.of("server.p12", "trust.p12")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(
                            layout().state().resolve("tls").resolve(name))))
                    .isEqualTo("rw-------");
        }
    }

    private KeyStore open(String name, char[] password) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in =
                Files.newInputStream(layout().state().resolve("tls").resolve(name))) {
            store.load(in, password);
        }
        return store;
    }

    private OverseerKeys keys() {
        return new OverseerKeys(layout());
    }

    private ServerLayout layout() {
        return new ServerLayout("overseer", folder);
    }
}
