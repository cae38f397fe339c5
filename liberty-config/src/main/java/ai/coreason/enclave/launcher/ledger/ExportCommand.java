package ai.coreason.enclave.launcher.ledger;

import ai.coreason.enclave.launcher.service.LocalOverseer;
import ai.coreason.enclave.launcher.terminal.ExitCode;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code enclave ledger export}. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        description = {
            "Fetches the ledger from a running Overseer, with a token of the role auditor or operator.",
            "--state DIR fills in address, authority and token of an Overseer of this machine started with --simulation."
        })
final class ExportCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--api", paramLabel = "URL", description = "the Overseer, https://host:port")
    private URI api;

    @Option(names = "--cacert", paramLabel = "FILE", description = "the federation's authority, PEM")
    private Path ca;

    @Option(names = "--token-file", paramLabel = "FILE", description = "a file with the bearer token")
    private Path tokenFile;

    @Option(names = "--state", paramLabel = "DIR", description = "the folder of an Overseer of this machine")
    private Path state;

    @Option(names = "--dataset", paramLabel = "ID", description = "only this dataset")
    private String dataset;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "json",
            description = "json or csv; ${DEFAULT-VALUE} when left out")
    private String format;

    @Option(names = "--out", paramLabel = "FILE", description = "standard output if left out")
    private Path out;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (!Set.of("json", "csv").contains(format)) {
            throw wrong("--format: expected json or csv, got " + format);
        }
        byte[] export = source().fetch(format, dataset);
        if (out == null) {
            spec.commandLine().getOut().print(new String(export, StandardCharsets.UTF_8));
            spec.commandLine().getOut().flush();
        } else {
            Files.write(out, export);
        }
        return ExitCode.OK;
    }

    private LedgerSource source() throws IOException {
        if (state != null) {
            if (api != null || ca != null || tokenFile != null) {
                throw wrong("--state: expected no --api, --cacert or --token-file with it, got one");
            }
            LocalOverseer local = LocalOverseer.of(state, "auditor");
            return new LedgerSource(local.api(), local.ca(), local.token());
        }
        if (api == null || ca == null || tokenFile == null) {
            throw wrong("expected --state, or --api, --cacert and --token-file, got neither");
        }
        if (!"https".equals(api.getScheme()) || api.getHost() == null) {
            throw wrong("--api: expected https://host:port, got " + api);
        }
        return new LedgerSource(
                api,
                Inputs.text("--cacert", ca),
                Inputs.text("--token-file", tokenFile).strip());
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
