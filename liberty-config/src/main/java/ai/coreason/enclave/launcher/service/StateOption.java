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

    /** The running server of that kind, if there is one. */
    Optional<PidFile> running(String kind) throws IOException {
        Optional<PidFile> pid = PidFile.read(existing());
        if (pid.isPresent() && !pid.get().kind().equals(kind)) {
            throw wrong("expected the folder of a server of kind " + kind + ", got one of kind "
                    + pid.get().kind());
        }
        return pid.filter(p -> p.process().isPresent());
    }

    ParameterException wrong(String what) {
        return new ParameterException(spec.commandLine(), "--state: " + what);
    }
}
