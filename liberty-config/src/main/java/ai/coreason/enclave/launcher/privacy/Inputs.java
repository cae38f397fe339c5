package ai.coreason.enclave.launcher.privacy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that both commands have, and the check of what goes together. */
final class Inputs {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--sampling-rate",
            paramLabel = "Q",
            description = "probability of a unit to enter a step, in (0, 1]")
    private String samplingRate;

    @Option(names = "--steps", paramLabel = "N", description = "number of steps, at least 1")
    private String steps;

    @Option(names = "--delta", paramLabel = "D", description = "in (0, 1)")
    private String delta;

    @Option(
            names = "--batch",
            paramLabel = "FILE.csv",
            description = {
                "instead of the other options: a table with a question in each row,",
                "its columns named like the options (sampling_rate, ...);",
                "prints the table with the answers added"
            })
    private Path batch;

    @Option(names = "--json", description = "print JSON")
    private boolean json;

    private final Map<String, String> given = new LinkedHashMap<>();

    /** Takes note of an option of one command; null is an option that was left out. */
    void give(String option, String value) {
        if (value != null) {
            given.put(option, value);
        }
    }

    boolean json() {
        return json;
    }

    /** The table, where one is given. */
    Optional<Batch> batch() throws IOException {
        if (batch == null) {
            return Optional.empty();
        }
        if (!given().isEmpty() || json) {
            throw wrong("--batch: expected no other option beside it, got "
                    + (json ? "--json" : given().keySet().iterator().next()));
        }
        return Optional.of(Batch.read(batch));
    }

    /** Asks about the values of just these options. */
    <T> T ask(Function<Values, T> question, String... options) {
        List<String> wanted = List.of(options);
        Map<String, String> values = new HashMap<>();
        given().forEach((option, text) -> {
            if (!wanted.contains(option)) {
                throw wrong(option + ": expected only " + String.join(", ", wanted));
            }
            values.put(option.equals("--phase") ? "phases" : option.substring(2).replace('-', '_'), text);
        });
        List<String> missing =
                wanted.stream().filter(o -> !given().containsKey(o)).toList();
        if (!missing.isEmpty()) {
            throw wrong(String.join(", ", missing) + ": expected a value, got nothing; needed are "
                    + String.join(", ", wanted) + ", or --batch FILE.csv alone");
        }
        return question.apply(
                new Values(values, name -> name.equals("phases") ? "--phase" : "--" + name.replace('_', '-')));
    }

    /** All that was given, by option. */
    private Map<String, String> given() {
        give("--sampling-rate", samplingRate);
        give("--steps", steps);
        give("--delta", delta);
        return given;
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
