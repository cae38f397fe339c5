package ai.coreason.enclave.launcher.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class DatabaseOptionsTest {
    private static final String URL = "--database=postgresql://db.test:6432/enclave";

    @TempDir
    private Path folder;

    @Command
    private static final class Holder {
        @Mixin
        private DatabaseOptions database;
    }

    private static DatabaseOptions given(String... arguments) {
        Holder holder = new Holder();
        new CommandLine(holder).parseArgs(arguments);
        return holder.database;
    }

    @Test
    void variables_postgresql_areWhatTheServerReads() throws IOException {
        Path password = Files.writeString(folder.resolve("password"), "secret\n");
        DatabaseOptions database =
                given(URL, "--database-user=ann", "--database-password-file=" + password, "--database-ssl=require");

        assertThat(database.variables())
                .isEqualTo(Map.of(
                        "db.kind", "postgresql",
                        "db.host", "db.test",
                        "db.port", "6432",
                        "db.name", "enclave",
                        "db.user", "ann",
                        "db.ssl.mode", "require"));
        assertThat(database.secrets()).isEqualTo(Map.of("db.password", "secret"));
        assertThat(database.kind()).isEqualTo("postgresql");
    }

    @Test
    void variables_leastOfPostgresql_demandTlsOfTheNamedHost() {
        assertThat(given("--database=postgresql://db.test/enclave").variables())
                .containsEntry("db.port", "5432")
                .containsEntry("db.user", "enclave")
                .containsEntry("db.ssl.mode", "verify-full");
    }

    @Test
    void variables_nothingGiven_areNone() {
        assertThat(given().variables()).isEmpty();
        assertThat(given().secrets()).isEmpty();
        assertThat(given().kind()).isEqualTo("derby");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--database-user=ann", "--database-password-file=f", "--database-ssl=require"})
    void variables_optionWithoutADatabase_isRefusedRatherThanIgnored(String option) {
        assertThatThrownBy(() -> given(option).variables())
                .hasMessage(option.replaceAll("=.*", "") + ": expected --database beside it, got it alone");
    }

    /** None of it is repeated: what was typed may hold a password. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "enclave",
                "mysql://db.test/enclave",
                "postgresql:///enclave",
                "postgresql://db.test",
                "postgresql://db.test/",
                "postgresql://db.test/a/b",
                "postgresql://db.test/a b",
                "postgresql://ann:hunter2@db.test/enclave",
                "postgresql://db.test/enclave?password=hunter2",
                "jdbc:postgresql://db.test/enclave"
            })
    void variables_urlOfAnotherForm_isRefusedWithoutRepeatingIt(String url) {
        assertThatThrownBy(() -> given("--database=" + url).variables())
                .hasMessage("--database: expected postgresql://HOST[:PORT]/NAME, without user and password, got another"
                        + " text");
    }

    @Test
    void variables_unknownTls_isRefused() {
        assertThatThrownBy(() -> given(URL, "--database-ssl=prefer").variables())
                .hasMessage("--database-ssl: expected disable, require, verify-ca or verify-full, got prefer");
    }

    @Test
    void secrets_noPassword_isRefused() throws IOException {
        Path empty = Files.writeString(folder.resolve("empty"), " \n");

        assertThatThrownBy(() -> given(URL).secrets()).hasMessageStartingWith("--database-password-file: expected");
        assertThatThrownBy(() -> given(URL, "--database-password-file=" + empty).secrets())
                .hasMessage("--database-password-file: expected a file with a password, got none at " + empty);
        assertThatThrownBy(() -> given(URL, "--database-password-file=" + folder.resolve("none"))
                        .secrets())
                .hasMessageEndingWith("got none at " + folder.resolve("none"));
    }
}
