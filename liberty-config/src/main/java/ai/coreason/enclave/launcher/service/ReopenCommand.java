package ai.coreason.enclave.launcher.service;

import ai.coreason.enclave.base.PrivateFile;
import ai.coreason.enclave.launcher.ExitCode;
import ai.coreason.enclave.privacy.json.Json;
import ai.coreason.enclave.privacy.json.JsonFields;
import ai.coreason.enclave.sentry.contract.DatasetStanding;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
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
            "First mend what `enclave node status` says: each refusal tells the federation that a record breaks the dictionary.",
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
        PrintWriter out = spec.commandLine().getOut();
        Optional<DatasetStanding> standing = Standings.of(state.existing()).stream()
                .filter(s -> s.datasetId().equals(dataset))
                .findFirst();
        if (standing.isEmpty() || standing.get().closed().isEmpty()) {
            out.println(dataset + ": not closed; nothing was changed");
            return ExitCode.OK;
        }
        PrivateFile.write(
                DatasetStanding.file(Standings.state(state.existing()), dataset),
                Json.write(standing.get().reopen().json()));
        out.println(dataset + ": open to jobs again; it was closed since "
                + standing.get().closed().get().since() + ": "
                + standing.get().closed().get().why());
        standing.get()
                .closed()
                .get()
                .copyOf()
                .forEach(other -> out.println(dataset + ": not compared any more with dataset " + other.datasetId()
                        + " of node " + other.nodeId()));
        return ExitCode.OK;
    }
}
