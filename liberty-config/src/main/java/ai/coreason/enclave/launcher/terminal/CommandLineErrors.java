package ai.coreason.enclave.launcher.terminal;

import ai.coreason.enclave.base.InvalidDocument;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
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

    /** A value of another type than the option's is told like every other wrong value. */
    private static String wrong(ParameterException e) {
        if (e instanceof UnmatchedArgumentException unmatched) {
            return unknown(unmatched, e.getCommandLine());
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
