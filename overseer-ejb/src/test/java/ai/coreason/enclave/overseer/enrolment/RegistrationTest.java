package ai.coreason.enclave.overseer.enrolment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.overseer.enrolment.EnrolmentDesk.Answer;
import ai.coreason.enclave.overseer.enrolment.EnrolmentDesk.Ground;
import ai.coreason.enclave.privacy.ledger.Dataset;
import ai.coreason.enclave.privacy.ledger.PrivacyUnit;
import ai.coreason.enclave.sentry.contract.DatasetRegistration;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node may register when it enrols. */
class RegistrationTest {
    private static final Optional<List<DatasetGrant>> BOUND =
            Optional.of(List.of(new DatasetGrant("charite", "heart", 1000)));

    @TempDir
    private Path folder;

    private EnrolmentBench bench;

    @BeforeEach
    void open() throws Exception {
        bench = new EnrolmentBench(folder);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private static Dataset dataset(String owner, String id, long rows) {
        return new Dataset(owner, id, PrivacyUnit.RECORD, rows, Math.min(1e-7, 0.5 / rows), 5.0, false);
    }

    private static DatasetRegistration registration(Dataset dataset) {
        return new DatasetRegistration(dataset, dataset.filter().order(), 0, Optional.empty());
    }

    private ObjectNode request(String node, String token, String next, Dataset... datasets) {
        ObjectNode request = bench.request(node, token, EnrolmentBench.keyPair())
                .put("next_token_sha256", EnrolmentBench.sha256(next));
        for (Dataset dataset : datasets) {
            request.withArray("datasets").add(registration(dataset).json());
        }
        return request;
    }

    private void refused(ObjectNode request, String why) {
        assertThat(bench.enrol(request)).isInstanceOfSatisfying(Answer.Refused.class, r -> {
            assertThat(r.ground()).isEqualTo(Ground.REGISTRATION);
            assertThat(r.why()).isEqualTo(why);
        });
    }

    private void enrolled(ObjectNode request) {
        assertThat(bench.enrol(request)).isInstanceOf(Answer.Enrolled.class);
    }

    @Test
    void enrol_beyondTheToken_isRefusedByMemberAndLeavesTheTokenGood() {
        String token = bench.token("a", BOUND);

        refused(
                request("a", token, "n", dataset("charite", "heart", 1001)),
                "datasets[0].declared_rows: expected at most 1000, as the enrolment token says, got 1001");
        refused(
                request("a", token, "n", dataset("other", "heart", 10)),
                "datasets[0].data_owner: expected charite, as the enrolment token says, got other");
        refused(
                request("a", token, "n", dataset("charite", "heart", 10), dataset("charite", "lung", 10)),
                "datasets[1].dataset_id: expected a dataset that the enrolment token allows, got lung");

        enrolled(request("a", token, "n", dataset("charite", "heart", 1000)));
        assertThat(bench.events()).filteredOn("registration.refused"::equals).hasSize(3);
    }

    @Test
    void enrol_byTheNextToken_isBoundAlike() {
        enrolled(request("a", bench.token("a", BOUND), "second"));
        enrolled(request("a", "second", "third"));

        refused(
                request("a", "third", "fourth", dataset("charite", "heart", 1_000_000_000_000L)),
                "datasets[0].declared_rows: expected at most 1000, as the enrolment token says, got 1000000000000");
        enrolled(request("a", "third", "fourth", dataset("charite", "heart", 1000)));
    }

    @Test
    void enrol_datasetOfAnotherNode_isRefusedAndIsNoFaultOfTheServer() {
        enrolled(request("a", bench.token("a", Optional.empty()), "a2", dataset("charite", "heart", 100)));
        ObjectNode thief = request("b", bench.token("b", Optional.empty()), "b2", dataset("charite", "heart", 100));

        refused(
                thief,
                "datasets[0].dataset_id: expected a dataset of charite that no other node has registered, got heart,"
                        + " which a has");
        enrolled(request("b", bench.token("b", Optional.empty()), "b3", dataset("elsewhere", "heart", 100)));
    }

    @Test
    void enrol_registrationThatChanged_isRefusedByMember() {
        enrolled(request("a", bench.token("a", Optional.empty()), "a2", dataset("charite", "heart", 100)));

        refused(
                request("a", "a2", "a3", dataset("charite", "heart", 200)),
                "datasets[0].declared_rows: expected 100, as on the first day, got 200");
        enrolled(request("a", "a2", "a3", dataset("charite", "heart", 100)));
    }

    @Test
    void objection_tokenOlderThanBoundsInProduction_allowsWhatIsRegisteredAlone() {
        enrolled(request("a", bench.token("a", Optional.empty()), "a2", dataset("charite", "heart", 100)));

        assertThat(bench.objectionInProduction("a", List.of(registration(dataset("charite", "heart", 100)))))
                .isEmpty();
        assertThat(bench.objectionInProduction("a", List.of(registration(dataset("charite", "lung", 100)))))
                .hasValue("datasets[0].dataset_id: expected a dataset that the enrolment token allows, got lung");
    }

    @Test
    void issue_withoutDatasets_isRefusedInProductionAlone() {
        assertThatThrownBy(() -> bench.issueInProduction("a", Optional.empty()))
                .isInstanceOf(InvalidDocument.class)
                .hasMessage("datasets: expected the datasets that the node may register, got nothing");
        assertThat(bench.issueInProduction("a", BOUND)).isInstanceOf(TokenDesk.Issued.Token.class);
        assertThat(bench.issue("a", Optional.empty())).isInstanceOf(TokenDesk.Issued.Token.class);
    }

    @Test
    void issue_forADatasetThatAnotherTokenAllows_isRefusedUntilThatIsWithdrawn() {
        bench.token("a", BOUND);
        String id = bench.nodes(NodeRegistry::outstanding).get(0).id();

        assertThat(bench.issue("b", BOUND))
                .isInstanceOfSatisfying(
                        TokenDesk.Issued.Refused.class,
                        r -> assertThat(r.why())
                                .contains("heart of charite, as token " + id + " of a says; withdraw it first"));
        assertThat(bench.issue("a", BOUND)).isInstanceOf(TokenDesk.Issued.Token.class);

        bench.nodes(NodeRegistry::outstanding).forEach(t -> bench.withdraw(t.id()));
        assertThat(bench.issue("b", BOUND)).isInstanceOf(TokenDesk.Issued.Token.class);
    }

    @Test
    void issue_forAnotherNodesDataset_isRefused() {
        enrolled(request("a", bench.token("a", Optional.empty()), "a2", dataset("charite", "heart", 100)));

        assertThat(bench.issue("b", BOUND))
                .isInstanceOfSatisfying(
                        TokenDesk.Issued.Refused.class,
                        r -> assertThat(r.why()).contains("heart of charite, which a has"));
        assertThat(bench.issue("a", BOUND)).isInstanceOf(TokenDesk.Issued.Token.class);
    }
}
