package ai.coreason.enclave.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.JsonFields.Range;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonFieldsTest {
    private static JsonFields fields(String json) {
        return JsonFields.of(Json.read(json), "privacy");
    }

    @Test
    void number_outsideRange_namesPathExpectedAndCame() {
        assertThatThrownBy(() -> fields("{\"noise_multiplier\": -1}").number("noise_multiplier", Range.nonNegative()))
                .isInstanceOf(InvalidDocument.class)
                .hasMessage("privacy.noise_multiplier: expected a finite number >= 0, got -1");
    }

    @Test
    void end_memberNotRead_isRefusedByName() {
        JsonFields f = fields("{\"a\": 1, \"b\": 2}");
        f.whole("a", 0, 9);
        assertThatThrownBy(f::end).hasMessage("privacy.b: unknown member");
    }

    @Test
    void end_longName_isCut() {
        JsonFields f = fields("{\"" + "n".repeat(10_000) + "\": 1}");
        assertThatThrownBy(f::end)
                .hasMessage("privacy." + "n".repeat(60) + "…: unknown member")
                .extracting(e -> ((InvalidDocument) e).field())
                .isEqualTo("privacy." + "n".repeat(60) + "…");
    }

    @Test
    void end_nameThatDoesNotPrint_isReplaced() {
        JsonFields f = fields("{\"a\\nb\\u001b\\u202eé\": 1}");
        assertThatThrownBy(f::end).hasMessage("privacy.a\uFFFDb\uFFFD\uFFFDé: unknown member");
    }

    @Test
    void at_longValueOfSupplementaryCharacters_isCutBetweenThem() {
        assertThat(InvalidDocument.at("f", "a word", "😀".repeat(61)))
                .hasMessage("f: expected a word, got " + "😀".repeat(60) + "…");
    }

    @Test
    void whole_fraction_isRefused() {
        assertThatThrownBy(() -> fields("{\"rounds\": 1.5}").whole("rounds", 1, 9))
                .hasMessage("privacy.rounds: expected a whole number in [1, 9], got 1.5");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\ud800", "a\\udc00", "\\udc00\\ud800", "\\ud800\\ud800\\udc00"})
    void anyText_halfASurrogatePair_isRefused(String half) {
        String json = "{\"unit\": \"" + half + "\", \"names\": [\"" + half + "\"]}";

        assertThatThrownBy(() -> fields(json).text("unit"))
                .isInstanceOf(InvalidDocument.class)
                .hasMessageStartingWith(
                        "privacy.unit: expected a non-empty string, without half surrogate pairs, got ");
        assertThatThrownBy(() -> fields(json).block("unit", "PEM", s -> true)).isInstanceOf(InvalidDocument.class);
        assertThatThrownBy(() -> fields(json).texts("names"))
                .isInstanceOf(InvalidDocument.class)
                .hasMessageStartingWith("privacy.names[0]: expected a non-empty string, without half surrogate pairs");
    }

    @Test
    void text_wholeSurrogatePair_isTaken() {
        assertThat(fields("{\"unit\": \"a\\ud83d\\ude00\"}").text("unit")).isEqualTo("a😀");
    }

    @Test
    void read_duplicateMember_isRefused() {
        assertThatThrownBy(() -> Json.read("{\"a\": 1, \"a\": 2}")).isInstanceOf(InvalidDocument.class);
    }

    @Test
    void read_trailingText_isRefused() {
        assertThatThrownBy(() -> Json.read("{} {}")).isInstanceOf(InvalidDocument.class);
    }

    @Test
    void read_deepNesting_isRefused() {
        assertThatThrownBy(() -> Json.read("[".repeat(100) + "]".repeat(100))).isInstanceOf(InvalidDocument.class);
    }

    @Test
    void canonical_rfc8785Numbers_areEcmaScript() {
        assertThat(new String(
                        Json.canonical(Json.read("{\"b\":1E30,\"a\":4.50,\"c\":2e-3,\"d\":1e-27}")),
                        java.nio.charset.StandardCharsets.UTF_8))
                .isEqualTo("{\"a\":4.5,\"b\":1e+30,\"c\":0.002,\"d\":1e-27}");
    }
}
