package ai.coreason.enclave.launcher.ledger;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.launcher.service.StoppedNode;
import ai.coreason.enclave.launcher.terminal.ExitCode;
import ai.coreason.enclave.privacy.ledger.KeptHead;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code enclave ledger head}. */
@Command(
        name = "head",
        mixinStandardHelpOptions = true,
        description = "Prints the heads that the Overseer countersigned last, as a stopped node keeps them.")
final class HeadCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--state", required = true, paramLabel = "DIR", description = "the node's folder")
    private Path state;

    @Override
    public Integer call() throws IOException {
        StoppedNode node = StoppedNode.of(state);
        ArrayNode out = JsonNodeFactory.instance.arrayNode();
        try (NodeLedger ledger = new NodeLedger(node.database())) {
            List<KeptHead> heads =
                    ledger.inTransaction(em -> em.createQuery("select h from KeptHead h order by h.key", KeptHead.class)
                            .getResultList());
            heads.forEach(h -> out.add(Json.read(h.document())));
        }
        spec.commandLine().getOut().println(Json.pretty(out));
        spec.commandLine().getOut().flush();
        return ExitCode.OK;
    }
}
