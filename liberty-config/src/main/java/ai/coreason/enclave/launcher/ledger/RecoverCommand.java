package ai.coreason.enclave.launcher.ledger;

import ai.coreason.enclave.launcher.service.StoppedNode;
import ai.coreason.enclave.launcher.terminal.ExitCode;
import ai.coreason.enclave.privacy.ledger.DatasetAccount;
import ai.coreason.enclave.privacy.ledger.LedgerRecovery;
import ai.coreason.enclave.privacy.ledger.LedgerRecovery.Outcome;
import ai.coreason.enclave.privacy.ledger.LedgerTrust;
import ai.coreason.enclave.privacy.ledger.audit.ExportVerifier;
import ai.coreason.enclave.privacy.ledger.audit.Verdict;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code enclave ledger recover}. */
@Command(
        name = "recover",
        mixinStandardHelpOptions = true,
        description = {
            "Recovers the ledger of a stopped node from an export of the Overseer's mirror.",
            "Whatever either side ever charged counts. The export must be signed under the authority that the node pins."
                    + " Where a row is lost that the mirror does not have either, nothing is changed and the dataset stays"
                    + " held."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:every dataset is whole now",
            "1:a dataset stays held, or the export does not hold",
            "2:the command line or a file it names is wrong"
        })
final class RecoverCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--state", required = true, paramLabel = "DIR", description = "the node's folder")
    private Path state;

    @Option(
            names = "--from",
            required = true,
            paramLabel = "FILE",
            description = "ledger.json of `enclave ledger export`")
    private Path from;

    @Option(names = "--ca", paramLabel = "FILE", description = "the authority; default: the site file's ca_file")
    private Path ca;

    @Override
    public Integer call() throws IOException {
        StoppedNode node = StoppedNode.of(state);
        ExportVerifier.Export export = Inputs.export("--from", from);
        List<X509Certificate> pinned = Inputs.certificates("--ca", ca == null ? node.ca() : ca);
        Verdict verdict = ExportVerifier.verify(export, Optional.of(pinned), List.of());
        PrintWriter out = spec.commandLine().getOut();
        List<String> faults = verdict.datasets().stream()
                .filter(d -> d.nodeId().equals(node.nodeId()))
                .flatMap(d -> d.faults().stream())
                .toList();
        if (!verdict.faults().isEmpty() || !faults.isEmpty()) {
            verdict.faults().forEach(f -> out.println("FAULT " + f));
            faults.forEach(f -> out.println("FAULT " + f));
            out.println("nothing was changed: the export does not hold");
            out.flush();
            return ExitCode.FAILED;
        }
        boolean whole = true;
        try (NodeLedger ledger = new NodeLedger(node.database())) {
            List<DatasetAccount> accounts = ledger.inTransaction(
                    em -> em.createQuery("select a from DatasetAccount a order by a.key", DatasetAccount.class)
                            .getResultList());
            for (DatasetAccount account : accounts) {
                whole &= recover(ledger, account, node.nodeId(), export, LedgerTrust.of(pinned), out);
            }
        }
        out.flush();
        return whole ? ExitCode.OK : ExitCode.FAILED;
    }

    private static boolean recover(
            NodeLedger ledger,
            DatasetAccount account,
            String nodeId,
            ExportVerifier.Export export,
            LedgerTrust trust,
            PrintWriter out)
            throws IOException {
        String id = account.dataset().datasetId();
        Optional<ExportVerifier.Entry> entry = export.entry(nodeId, id);
        if (entry.isEmpty()) {
            out.println(id + ": not in the export; nothing was changed");
            return true;
        }
        Outcome outcome = ledger.inTransaction(
                em -> new LedgerRecovery(em, trust).recover(id, entry.get().rows(), export.certificates()));
        if (outcome instanceof Outcome.Whole w) {
            out.println(id + ": whole, " + w.rows() + " charges, " + w.notMirrored() + " of them not mirrored yet;"
                    + " nothing was changed");
        } else if (outcome instanceof Outcome.Recovered r) {
            out.println(id + ": recovered: " + r.mirrored() + " charges of the mirror, " + r.kept()
                    + " of this node that follow them, " + r.carried()
                    + " of another branch that will be charged once more when the node has enrolled");
        } else if (outcome instanceof Outcome.Unknown u) {
            out.println(id + ": stays held: " + u.why());
            return false;
        }
        return true;
    }
}
