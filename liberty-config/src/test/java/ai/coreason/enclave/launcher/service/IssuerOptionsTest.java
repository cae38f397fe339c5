package ai.coreason.enclave.launcher.service;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.overseer.authority.FederationCa;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class IssuerOptionsTest {
    @TempDir
    private Path folder;

    @Command
    private static final class Holder {
        @Mixin
        private IssuerOptions issuer;
    }

    private static IssuerOptions given(String... arguments) {
        Holder holder = new Holder();
        new CommandLine(holder).parseArgs(arguments);
        return holder.issuer;
    }

    @Test
    void variables_production_areWhatTheServerReads() throws Exception {
        Path ca = folder.resolve("ca.pem");
        Files.writeString(
                ca, FederationCa.pem(FederationCa.open(folder.resolve("ca")).caCertificate()));

        assertThat(given(
                                "--issuer=https://id.test/realms/h",
                                "--keys=https://id.test/keys",
                                "--audience=overseer",
                                "--issuer-ca=" + ca,
                                "--client=a",
                                "--client=b",
                                "--token-type=JWT",
                                "--roles-claim=realm_access.roles",
                                "--max-token-lifetime=15")
                        .variables(false))
                .isEqualTo(Map.of(
                        "enclave.token.issuer", "https://id.test/realms/h",
                        "enclave.token.keys", "https://id.test/keys",
                        "enclave.token.audience", "overseer",
                        "enclave.token.ca", ca.toAbsolutePath().normalize().toString(),
                        "enclave.token.clients", "a,b",
                        "enclave.token.type", "JWT",
                        "enclave.token.roles", "realm_access.roles",
                        "enclave.token.minutes", "15"));
    }

    @Test
    void variables_simulation_areNone() {
        assertThat(given().variables(true)).isEmpty();
    }

    @Test
    void variables_leastOfProduction_leaveTheRestToTheServer() {
        assertThat(given("--issuer=i", "--keys=https://h/k", "--audience=a").variables(false))
                .containsOnlyKeys("enclave.token.issuer", "enclave.token.keys", "enclave.token.audience");
    }
}
