package ai.coreason.enclave.launcher.ledger;

import ai.coreason.enclave.launcher.service.ApiOptions;
import ai.coreason.enclave.launcher.service.OverseerApi;
import ai.coreason.enclave.launcher.terminal.ExitCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code enclave ledger export}. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        description = "Fetches the ledger from a running Overseer, with a token of the role auditor or operator.")
final class ExportCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private ApiOptions api;

    @Option(names = "--dataset", paramLabel = "ID", description = "only this dataset")
    private String dataset;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "json",
            description = "json or csv; default: ${DEFAULT-VALUE}")
    private String format;

    @Option(names = "--out", paramLabel = "FILE", description = "where to write; default: standard output")
    private Path out;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (!Set.of("json", "csv").contains(format)) {
            throw new ParameterException(spec.commandLine(), "--format: expected json or csv, got " + format);
        }
        String which = dataset == null ? "" : "&dataset=" + OverseerApi.encoded(dataset);
        byte[] export = api.overseer("auditor").send("GET", "ledger?format=" + format + which);
        if (out == null) {
            spec.commandLine().getOut().print(new String(export, StandardCharsets.UTF_8));
            spec.commandLine().getOut().flush();
        } else {
            Files.write(out, export);
        }
        return ExitCode.OK;
    }
}
