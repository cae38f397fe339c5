package ai.coreason.enclave.sentry.contract;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.sentry.Mutations;
import org.junit.jupiter.api.Test;

class MessagesFuzzTest {
    @Test
    void federationJob_mutated_isReadOrRefused() throws Exception {
        Mutations.survive(1, Json.write(Jobs.full()), b -> FederationJob.parse(Json.read(b), JobRules.inSimulation()));
    }

    @Test
    void roundTask_mutated_isReadOrRefused() throws Exception {
        Mutations.survive(
                2, Json.write(MessagesTest.task().json()), b -> RoundTask.parse(Json.read(b), JobRules.inSimulation()));
    }

    @Test
    void registration_mutated_isReadOrRefused() throws Exception {
        Mutations.survive(5, Json.write(MessagesTest.registration()), b -> DatasetRegistration.parse(Json.read(b), ""));
    }

    @Test
    void report_mutated_isReadOrRefused() throws Exception {
        Mutations.survive(6, Json.write(MessagesTest.report().json()), b -> AttestationReport.parse(Json.read(b)));
    }

    @Test
    void evidence_mutated_isReadOrRefused() throws Exception {
        Mutations.survive(7, Json.write(MessagesTest.evidence().json()), b -> Evidence.parse(Json.read(b), "e"));
    }
}
