package ai.coreason.enclave.launcher.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The command lines of the services that are shipped are ones that the commands take. */
class UnitFilesTest {
    private static final String PROGRAM = "/opt/coreason-enclave/liberty-config/bin/enclave";

    @TempDir
    private Path credentials;

    @Test
    void overseer_asShipped_isTakenAsACommandLine() throws Exception {
        Path secret = Files.writeString(
                credentials.resolve("key-secret"), Base64.getEncoder().encodeToString(new byte[32]));
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
        OverseerRunCommand command = new OverseerRunCommand();

        new CommandLine(command).parseArgs(arguments("coreason-overseer.service", "overseer", "run"));

        assertThatCode(command::check).doesNotThrowAnyException();
    }

    @Test
    void node_asShipped_isTakenAsACommandLine() throws Exception {
        NodeRunCommand command = new NodeRunCommand();

        assertThat(new CommandLine(command)
                        .parseArgs(arguments("coreason-node.service", "node", "run"))
                        .errors())
                .isEmpty();
    }

    /** The arguments after the program's and the command's names. */
    private String[] arguments(String unit, String... command) throws Exception {
        String text = Files.readString(Path.of("systemd", unit)).replace("\\\n", " ");
        String line =
                text.lines().filter(l -> l.startsWith("ExecStart=")).findFirst().orElseThrow();
        List<String> words = Arrays.asList(line.substring("ExecStart=".length())
                .replace("${CREDENTIALS_DIRECTORY}", credentials.toString())
                .strip()
                .split("\\s+"));
        assertThat(words).startsWith(PROGRAM).containsSubsequence(command);
        return words.subList(1 + command.length, words.size()).toArray(String[]::new);
    }
}
