package ai.coreason.enclave.launcher.terminal;

import java.util.LinkedHashSet;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command that does nothing but hold others; called without one of them, it says which there are. */
public abstract class CommandGroup implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public final void run() {
        throw new ParameterException(spec.commandLine(), expected("none"));
    }

    /** Which commands there are, and what came instead. */
    final String expected(String got) {
        List<String> names = List.copyOf(new LinkedHashSet<>(spec.subcommands().keySet()));
        int last = names.size() - 1;
        return "expected a command (" + String.join(", ", names.subList(0, last)) + " or " + names.get(last) + "), got "
                + got;
    }
}
