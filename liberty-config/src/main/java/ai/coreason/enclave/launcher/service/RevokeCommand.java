package ai.coreason.enclave.launcher.service;

import ai.coreason.enclave.launcher.terminal.ExitCode;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code enclave overseer revoke}. */
@Command(
        name = "revoke",
        mixinStandardHelpOptions = true,
        description = {
            "Shuts out a node, an enrolment token, a node's certificate, or the tokens that a user has now.",
            "It counts from the next call on. Repeating the command changes nothing."
        })
final class RevokeCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private ApiOptions api;

    @ArgGroup(multiplicity = "1")
    private What what;

    @Option(names = "--undo", description = "with --node: let the node enrol again, with a new token")
    private boolean undo;

    /** Exactly one of them. */
    private static final class What {
        @Option(names = "--node", paramLabel = "ID", description = "a node: its certificate and its tokens")
        private String node;

        @Option(
                names = "--token",
                paramLabel = "ID",
                description = "an enrolment token, as GET /enrolment-tokens names it")
        private String token;

        @Option(names = "--certificate", paramLabel = "SERIAL", description = "a node's present certificate, hex")
        private String certificate;

        @Option(names = "--user", paramLabel = "SUB", description = "a user's tokens that were issued before now")
        private String user;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (undo && what.node == null) {
            throw api.wrong("--undo: expected --node with it, got another option");
        }
        OverseerApi overseer = api.overseer("operator");
        if (what.node != null) {
            overseer.send("POST", "nodes/" + OverseerApi.encoded(what.node) + (undo ? "/reinstate" : "/revoke"));
        } else if (what.token != null) {
            overseer.send("DELETE", "enrolment-tokens/" + OverseerApi.encoded(what.token));
        } else if (what.certificate != null) {
            overseer.send("POST", "certificates/" + OverseerApi.encoded(what.certificate) + "/revoke");
        } else {
            overseer.send("POST", "users/" + OverseerApi.encoded(what.user) + "/revoke");
        }
        spec.commandLine().getOut().println(undo ? "reinstated" : "revoked");
        return ExitCode.OK;
    }
}
