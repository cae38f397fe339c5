package ai.coreason.enclave.launcher.service;

import ai.coreason.enclave.launcher.server.ServerLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The option {@code --state} that every command on one server has. */
final class StateOption {
    @Spec(Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--state",
            required = true,
            paramLabel = "DIR",
            description = "the server's folder: keys, database, logs")
    private Path folder;

    Path folder() {
        return folder.toAbsolutePath().normalize();
    }

    /** The folder, which may have to be made, of a server that is to be started. */
    Path startable() {
        ServerLayout.objection(folder()).ifPresent(o -> {
            throw wrong(o);
        });
        return folder();
    }

    /** The folder, which must be there. */
    Path existing() {
        if (!Files.isDirectory(folder())) {
            throw wrong("expected a server's folder, got nothing at " + folder());
        }
        return folder();
    }

    /** The running server of that kind, if there is one. A folder of the other kind is refused. */
    Optional<PidFile> running(String kind) throws IOException {
        Optional<PidFile> pid = PidFile.read(existing());
        Optional<String> found = pid.map(PidFile::kind);
        Optional<String> other = (found.isPresent()
                        ? found
                        : ServerLayout.in(folder()).map(ServerLayout::kind))
                .filter(k -> !k.equals(kind));
        if (other.isPresent()) {
            throw wrong("expected the folder of a server of kind " + kind + ", got one of kind " + other.get() + " in "
                    + folder());
        }
        return pid.filter(p -> p.process().isPresent());
    }

    ParameterException wrong(String what) {
        return new ParameterException(spec.commandLine(), "--state: " + what);
    }
}
