package ai.coreason.enclave.launcher.ledger;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.launcher.terminal.ExitCode;
import ai.coreason.enclave.privacy.ledger.audit.ExportVerifier;
import ai.coreason.enclave.privacy.ledger.audit.Verdict;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code enclave ledger verify}. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = {
            "Verifies an exported ledger, offline.",
            "Checks every signature up to the federation's authority, the hash chains, every epsilon by"
                    + " recomputation, limits and ceilings, and countersigned heads."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:all of it holds", "1:something does not", "2:it could not be judged"})
final class VerifyCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "ledger.json")
    private Path file;

    @Option(
            names = "--head",
            paramLabel = "FILE",
            description = "a countersigned head, such as `enclave ledger head` shows of a node; may be repeated")
    private List<Path> heads = new ArrayList<>();

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            description = "the federation's authority, PEM; without it the export's own is believed")
    private Path ca;

    @Option(names = "--json", description = "the verdict for machines")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        ExportVerifier.Export export = Inputs.export("FILE", file);
        Optional<List<X509Certificate>> pinned =
                ca == null ? Optional.empty() : Optional.of(Inputs.certificates("--ca", ca));
        List<JsonNode> documents = new ArrayList<>();
        for (Path head : heads) {
            JsonNode read = Inputs.json("--head", head);
            if (read.isArray()) {
                read.forEach(documents::add);
            } else {
                documents.add(read);
            }
        }
        Verdict verdict = ExportVerifier.verify(export, pinned, documents);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.pretty(verdict.json()));
        } else {
            print(verdict, out);
        }
        out.flush();
        return verdict.holds() ? ExitCode.OK : ExitCode.FAILED;
    }

    private static void print(Verdict v, PrintWriter out) {
        out.println("authority " + v.authority()
                + (v.pinned() ? "" : ", as the export says: give --ca to check that it is the one you know"));
        v.faults().forEach(f -> out.println("  FAULT " + f));
        for (Verdict.OfDataset d : v.datasets()) {
            out.println((d.faults().isEmpty() ? "VALID   " : "INVALID ") + d.nodeId() + "/" + d.datasetId() + " of "
                    + d.dataOwner() + ": " + d.rows() + " charges, epsilon " + number(d.epsilon()) + " at delta "
                    + d.delta() + ", ceiling " + d.ceiling());
            d.jobs()
                    .forEach(j -> out.println("  job " + j.jobId() + ": epsilon " + number(j.epsilon()) + " at delta "
                            + j.delta() + ", limit " + j.limit()));
            d.notes().forEach(n -> out.println("  note " + n));
            d.faults().forEach(f -> out.println("  FAULT " + f));
        }
        out.println(v.holds() ? "VALID" : "INVALID");
    }

    private static String number(OptionalDouble epsilon) {
        return epsilon.isEmpty() ? "none (unprotected)" : String.format(Locale.ROOT, "%.6f", epsilon.getAsDouble());
    }
}
