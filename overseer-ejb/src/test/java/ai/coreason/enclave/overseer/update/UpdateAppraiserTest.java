package ai.coreason.enclave.overseer.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.overseer.enrolment.EvidenceDesk;
import ai.coreason.enclave.overseer.enrolment.NodeRegistry;
import ai.coreason.enclave.overseer.enrolment.NodeSession;
import ai.coreason.enclave.overseer.job.NodePlan;
import ai.coreason.enclave.overseer.round.Awaited;
import ai.coreason.enclave.overseer.round.RoundDesk;
import ai.coreason.enclave.overseer.round.RoundsUnderWay;
import ai.coreason.enclave.overseer.vault.Storage;
import ai.coreason.enclave.privacy.ledger.LedgerMirror;
import ai.coreason.enclave.privacy.ledger.SampleLedger;
import ai.coreason.enclave.sentry.attestation.Reason;
import ai.coreason.enclave.sentry.attestation.Verdict;
import ai.coreason.enclave.sentry.contract.ContributionKey;
import ai.coreason.enclave.sentry.contract.Evidence;
import ai.coreason.enclave.sentry.contract.HardwareType;
import ai.coreason.enclave.sentry.contract.update.SealedUpdate;
import ai.coreason.enclave.sentry.contract.update.UpdateEnvelope;
import ai.coreason.enclave.sentry.contract.update.UpdateStatement;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UpdateAppraiserTest {
    private static final ContributionKey KEY =
            ContributionKey.of("6f1d2a34-0000-4000-8000-000000000001", 2, 1, "node_a");
    private static final String DIGEST = "a".repeat(64);
    private static final NodePlan NODE_PLAN = new NodePlan("node_a", "heart", 85, RoundsUnderWay.PLAN, 3.0, 1e-3, 1);

    @TempDir
    private Path folder;

    private Optional<Awaited> task =
            Optional.of(new Awaited(new byte[32], DIGEST, RoundsUnderWay.BASE, NODE_PLAN, SampleLedger.HEART));
    private String digest;
    private UpdateAppraiser appraiser;

    @BeforeEach
    void upload() {
        UpdateStatement statement = new UpdateStatement(
                KEY,
                DIGEST,
                new byte[32],
                RoundsUnderWay.BASE,
                RoundsUnderWay.PLAN.digest(),
                Json.object(),
                Map.of(),
                OptionalLong.empty());
        Evidence evidence = new Evidence(HardwareType.SIMULATED, new byte[] {1}, Json.object());
        Storage storage = new Storage(folder.toString());
        digest = storage.updates()
                .store(UpdateEnvelope.upload(SealedUpdate.of(statement, new byte[48]), evidence))
                .digest();
        RoundDesk desk = new RoundDesk() {
            @Override
            public Optional<Awaited> awaited(ContributionKey key, String envelopeDigest) {
                return task;
            }
        };
        NodeRegistry nodes = new NodeRegistry() {
            @Override
            public Optional<Reason> acceptedBefore(byte[] quote) {
                return Optional.empty();
            }
        };
        EvidenceDesk desks = new EvidenceDesk(null, null, null) {
            @Override
            public Verdict update(UpdateEnvelope update, NodeSession session) {
                return new Verdict.Refused(List.of(new Reason("epoch", "4", "3")));
            }
        };
        appraiser = new UpdateAppraiser(storage, desk, desks, nodes, new LedgerMirror(null));
    }

    private Appraisal appraise(ContributionKey key) {
        return appraiser.appraise(new ClaimCheck(key, digest, new NodeSession(4, "cd".repeat(48))));
    }

    @Test
    void appraise_updateThatIsAwaited_isJudgedByItsEnvelope() {
        assertThat(appraise(KEY)).isInstanceOfSatisfying(Appraisal.Unfit.class, unfit -> {
            assertThat(unfit.update().envelope().statement().key()).isEqualTo(KEY);
            assertThat(unfit.reasons())
                    .hasSize(2)
                    .startsWith("epoch: expected 4, got 3")
                    .last()
                    .asString()
                    .startsWith("ledger_row.");
        });
    }

    @Test
    void appraise_notAwaited_isNotRead() {
        task = Optional.empty();

        assertThat(appraise(KEY)).isInstanceOf(Appraisal.NotAwaited.class);
    }

    @Test
    void appraise_updateThatSaysItIsAnothers_isABug() {
        assertThatThrownBy(() -> appraise(ContributionKey.of(KEY.jobId(), 2, 1, "node_b")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("update of ContributionKey[")
                .hasMessageContaining("nodeId=node_b]: expected one that says so, got ContributionKey[");
    }
}
