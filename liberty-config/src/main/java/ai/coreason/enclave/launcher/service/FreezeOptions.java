package ai.coreason.enclave.launcher.service;

import java.io.IOException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What is frozen or thawed: the federation of an Overseer, or one job. */
final class FreezeOptions {
    @Mixin
    private OperatorOptions operator;

    @Option(names = "--job", paramLabel = "ID", description = "this job alone")
    private String job;

    /**
     * Has the Overseer do it.
     *
     * @param verb freeze or thaw
     */
    void send(String verb) throws IOException, InterruptedException {
        String what = job == null ? "federation/" : "jobs/" + OperatorCall.segment(job) + "/";
        operator.overseer().send("POST", what + verb);
    }
}
