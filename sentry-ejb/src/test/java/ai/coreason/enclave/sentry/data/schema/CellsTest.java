package ai.coreason.enclave.sentry.data.schema;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Cells that a format gives as numbers and truth values, not as texts. */
class CellsTest {
    private static final int NUMBER = 0;
    private static final int WHOLE = 1;
    private static final int TRUTH = 2;
    private static final int TEXT = 3;

    private static final TableSchema SCHEMA = TableSchema.read(JsonFields.of(Json.read("""
            {"fields": [
              {"name": "number", "type": "number"},
              {"name": "whole", "type": "integer"},
              {"name": "truth", "type": "boolean", "trueValues": ["ja"], "falseValues": ["nein"]},
              {"name": "text", "type": "string"}]}
            """), "schema"));

    private final Cells cells = new Cells(SCHEMA, Set.of("-9", "n/a"));

    @Test
    void set_number_isTheNumberOfEachColumn() {
        cells.set(NUMBER, 2.5);
        cells.set(WHOLE, 5.0);
        cells.set(TRUTH, true);
        cells.set(TEXT, 7L);

        assertThat(cells.complete().number(NUMBER)).isEqualTo(2.5);
        assertThat(cells.complete().number(WHOLE)).isEqualTo(5);
        assertThat(cells.complete().number(TRUTH)).isEqualTo(1);
        assertThat(cells.complete().text(TRUTH)).isEqualTo("ja");
        assertThat(cells.complete().text(TEXT)).isEqualTo("7");
        assertThat(cells.tally().findings().clean()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(doubles = {2.5, 9007199254740994.0, -1e300, Double.NaN, Double.POSITIVE_INFINITY})
    void set_noWholeNumberInAColumnOfSuch_isFound(double value) {
        cells.set(WHOLE, value);

        assertThat(cells.tally().findings().violations().get("whole")).containsKey(Rule.TYPE);
    }

    @ParameterizedTest
    @ValueSource(longs = {9007199254740993L, Long.MIN_VALUE, Long.MAX_VALUE})
    void set_wholeNumberThatADoubleMayNotHold_isFound(long value) {
        cells.set(WHOLE, value);

        assertThat(cells.tally().findings().violations().get("whole")).containsKey(Rule.TYPE);
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.NEGATIVE_INFINITY})
    void set_noFiniteNumber_isFound(double value) {
        cells.set(NUMBER, value);

        assertThat(cells.tally().findings().violations().get("number")).containsKey(Rule.TYPE);
    }

    @Test
    void set_numberThatStandsForAMissingValue_isMissingHoweverItIsKept() {
        cells.set(NUMBER, -9.0);
        cells.set(WHOLE, -9L);

        assertThat(cells.complete().missing(NUMBER)).isTrue();
        assertThat(cells.complete().missing(WHOLE)).isTrue();
    }

    @Test
    void set_truthValueInAColumnOfNumbers_isFound() {
        cells.set(NUMBER, true);

        assertThat(cells.tally().findings().violations().get("number")).containsKey(Rule.TYPE);
    }
}
