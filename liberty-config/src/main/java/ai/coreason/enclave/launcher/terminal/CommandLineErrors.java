package ai.coreason.enclave.launcher.terminal;

import ai.coreason.enclave.base.InvalidDocument;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.MutuallyExclusiveArgsException;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** What is printed when a command line is wrong or its command fails, and the exit code of it. Stateless. */
public final class CommandLineErrors
        implements CommandLine.IParameterExceptionHandler, CommandLine.IExecutionExceptionHandler {
    @Override
    public int handleParseException(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("enclave: " + wrong(e));
        if (e instanceof UnmatchedArgumentException unmatched) {
            List<String> meant = unmatched.getSuggestions();
            if (!meant.isEmpty()) {
                err.println("Did you mean: " + meant.get(0) + "?");
            }
        }
        err.println("Try: " + command.getCommandSpec().qualifiedName() + " --help");
        return ExitCode.USAGE;
    }

    @Override
    public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
        command.getErr().println("enclave: " + failed(e));
        return e instanceof InvalidDocument || e instanceof UnusableFile ? ExitCode.USAGE : ExitCode.FAILED;
    }

    /** In one form, whoever noticed it: picocli's own sentences have others. */
    private static String wrong(ParameterException e) {
        if (e instanceof UnmatchedArgumentException unmatched) {
            return unknown(unmatched, e.getCommandLine());
        }
        if (e instanceof MutuallyExclusiveArgsException) {
            return choice(e.getCommandLine(), "several");
        }
        if (e instanceof MissingParameterException missing
                && !missing.getMissing().isEmpty()) {
            return missing(missing.getMissing(), e.getCommandLine());
        }
        if (e instanceof OverwrittenOptionException twice && twice.getOverwritten() instanceof OptionSpec option) {
            return option.longestName() + ": expected once, got several times";
        }
        ArgSpec argument = e.getArgSpec();
        boolean ofAnotherType = argument instanceof OptionSpec
                && e.getValue() != null
                && !(e instanceof MissingParameterException)
                && !words(argument.type()).isEmpty();
        return ofAnotherType
                ? ((OptionSpec) argument).longestName() + ": expected " + words(argument.type()) + ", got "
                        + e.getValue()
                : e.getMessage();
    }

    private static String missing(List<ArgSpec> missing, CommandLine command) {
        if (missing.stream().anyMatch(a -> a.group() != null && a.group().exclusive())) {
            return choice(command, "none");
        }
        return missing.stream()
                .map(a -> (a instanceof OptionSpec option ? option.longestName() + ": expected " : "expected ")
                        + a.paramLabel() + ", got nothing")
                .collect(Collectors.joining("; "));
    }

    /** The options of which a command takes exactly one. */
    private static String choice(CommandLine command, String got) {
        return command.getCommandSpec().argGroups().stream()
                .filter(ArgGroupSpec::exclusive)
                .flatMap(group -> group.options().stream())
                .map(OptionSpec::longestName)
                .collect(Collectors.joining(", ", "expected one of ", ", got " + got));
    }

    private static String unknown(UnmatchedArgumentException e, CommandLine command) {
        String first = e.getUnmatched().get(0);
        if (first.startsWith("-")) {
            return first + ": unknown option";
        }
        Object group = command.getCommandSpec().userObject();
        return group instanceof CommandGroup commands
                ? commands.expected(first)
                : "expected no further argument, got " + first;
    }

    private static String words(Class<?> type) {
        if (type == int.class || type == Integer.class) {
            return "a whole number, at most " + Integer.MAX_VALUE;
        }
        if (type == long.class || type == Long.class) {
            return "a whole number, at most " + Long.MAX_VALUE;
        }
        return type == URI.class ? "an address, such as https://host:port" : "";
    }

    private static String failed(Exception e) {
        if (e instanceof AccessDeniedException denied) {
            return denied.getFile() + ": expected a file or folder that this user may use, got one that it may not";
        }
        if (e instanceof NoSuchFileException missing) {
            return missing.getFile() + ": expected a file, got nothing";
        }
        boolean speaksForItself =
                e instanceof InvalidDocument || e instanceof UnusableFile || e.getClass() == IOException.class;
        return speaksForItself && e.getMessage() != null
                ? e.getMessage()
                : e.getClass().getSimpleName() + ": " + e.getMessage();
    }
}
