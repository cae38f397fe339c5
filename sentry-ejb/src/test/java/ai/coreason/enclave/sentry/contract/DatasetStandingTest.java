package ai.coreason.enclave.sentry.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.sentry.contract.DatasetStanding.Closure;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatasetStandingTest {
    private static final Instant SINCE = Instant.parse("2026-01-02T03:04:05Z");
    private static final NodeDataset LUNG = new NodeDataset("node_b", "lung");
    private static final NodeDataset LIVER = new NodeDataset("node_a", "liver");

    @Test
    void parse_fileOfBeforeCopiesWereFound_isOpenedAsItStood() {
        assertThat(DatasetStanding.parse(Json.read("""
                {"dataset_id": "heart", "closed": {"since": "2026-01-02T03:04:05Z", "why": "3 records"}, "notes": ["one"]}
                """)))
                .isEqualTo(new DatasetStanding("heart", Optional.of(new Closure(SINCE, "3 records")), List.of("one")));
    }

    @Test
    void json_datasetThatNoCopyWasFoundOf_isThatOfBefore() {
        assertThat(DatasetStanding.open("heart")
                        .close(new Closure(SINCE, "why"))
                        .json())
                .isEqualTo(Json.read("""
                        {"dataset_id": "heart", "closed": {"since": "2026-01-02T03:04:05Z", "why": "why"}, "notes": []}
                        """));
    }

    @Test
    void parse_whatJsonWrote_isTheSame() {
        DatasetStanding standing = new DatasetStanding(
                "heart", Optional.of(new Closure(SINCE, "why", List.of(LUNG))), List.of("note"), List.of(LIVER));
        assertThat(DatasetStanding.parse(standing.json())).isEqualTo(standing);
    }

    @Test
    void reopen_copies_areDistinctFromThenOnAndStaySo() {
        DatasetStanding reopened = DatasetStanding.open("heart")
                .close(new Closure(SINCE, "why", List.of(LUNG)))
                .noted(List.of("note"))
                .reopen();
        assertThat(reopened.closed()).isEmpty();
        assertThat(reopened.distinctFrom()).containsExactly(LUNG);
        assertThat(reopened.close(new Closure(SINCE, "why", List.of(LIVER, LUNG)))
                        .reopen()
                        .noted(List.of())
                        .distinctFrom())
                .containsExactly(LUNG, LIVER);
        assertThat(reopened.close(new Closure(SINCE, "why")).reopen()).isEqualTo(reopened);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\"lung\"", "\"a/b/c\"", "\"../x/lung\"", "\"/lung\"", "\"a/\"", "7", "{}", "\"a/\\u0000\""})
    void parse_datasetThatIsNone_isRefusedByItsPlace(String other) {
        assertThatThrownBy(() -> DatasetStanding.parse(
                        Json.read("{\"dataset_id\": \"heart\", \"notes\": [], \"distinct_from\": [" + other + "]}")))
                .isInstanceOf(InvalidDocument.class)
                .hasMessageStartingWith("distinct_from[0]: expected node_id/dataset_id, each 1 to 64 of ");
    }
}
