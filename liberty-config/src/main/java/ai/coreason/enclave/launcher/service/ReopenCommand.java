package ai.coreason.enclave.launcher.service;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.base.PrivateFile;
import ai.coreason.enclave.launcher.terminal.ExitCode;
import ai.coreason.enclave.sentry.contract.DatasetStanding;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code enclave node reopen}. */
@Command(
        name = "reopen",
        mixinStandardHelpOptions = true,
        description = {
            "Opens a dataset to jobs again that the node closed because its records could not be used.",
            "First fix what `enclave node status` reports: each refusal tells the federation that a record breaks the dictionary.",
            "A dataset that was closed as a copy of another is never again taken for a copy of that one: you say that it is none.",
            "The node may run meanwhile."
        })
final class ReopenCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private StateOption state;

    @Option(names = "--dataset", required = true, paramLabel = "ID", description = "the dataset_id of the data package")
    private String dataset;

    @Override
    public Integer call() throws IOException {
        if (!JsonFields.isIdentifier(dataset)) {
            throw new ParameterException(
                    spec.commandLine(), "--dataset: expected " + JsonFields.IDENTIFIER + ", got another text");
        }
        List<DatasetStanding> known = Standings.of(state.existing());
        DatasetStanding standing = known.stream()
                .filter(s -> s.datasetId().equals(dataset))
                .findFirst()
                .orElseThrow(() -> new ParameterException(spec.commandLine(), unknown(known)));
        if (standing.closed().isPresent()) {
            reopen(standing, standing.closed().get());
        } else {
            spec.commandLine().getOut().println(dataset + ": not closed; nothing was changed");
        }
        return ExitCode.OK;
    }

    /** A name of which nothing is kept: mistyped, or of a dataset that was never closed. */
    private String unknown(List<DatasetStanding> known) {
        String closed = known.stream()
                .filter(s -> s.closed().isPresent())
                .map(DatasetStanding::datasetId)
                .collect(Collectors.joining(", "));
        return "--dataset: expected a closed dataset" + (closed.isEmpty() ? "; none is closed" : ", one of " + closed)
                + "; got " + dataset + "; nothing was changed";
    }

    private void reopen(DatasetStanding standing, DatasetStanding.Closure closure) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        PrivateFile.write(
                DatasetStanding.file(Standings.state(state.existing()), dataset),
                Json.write(standing.reopen().json()));
        out.println(dataset + ": open to jobs again; it was closed since " + closure.since() + ": " + closure.why());
        closure.copyOf()
                .forEach(other -> out.println(dataset + ": not compared any more with dataset " + other.datasetId()
                        + " of node " + other.nodeId()));
    }
}
