package ai.coreason.enclave.sentry.data.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.sentry.contract.EncodedField;
import ai.coreason.enclave.sentry.contract.EncodingSpec;
import ai.coreason.enclave.sentry.contract.StatedBounds;
import ai.coreason.enclave.sentry.data.schema.Cells;
import ai.coreason.enclave.sentry.data.schema.TableSchema;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class FeatureEncoderTest {
    private static final TableSchema SCHEMA = TableSchema.read(JsonFields.of(Json.read("""
            {"fields": [
              {"name": "age", "type": "number", "constraints": {"minimum": 0, "maximum": 100}},
              {"name": "stage", "type": "string", "constraints": {"enum": ["i", "ii", "iii"]}},
              {"name": "yes", "type": "boolean"}]}
            """), "schema"));

    private static final StatedBounds TO_50 = new StatedBounds(OptionalDouble.of(0), OptionalDouble.of(50));
    private static final Map<Class<?>, EncodedField> EACH = Map.of(
            EncodingSpec.Identity.class, new EncodedField("age", new EncodingSpec.Identity(TO_50)),
            EncodingSpec.MinMax.class, new EncodedField("age", new EncodingSpec.MinMax(StatedBounds.NONE)),
            EncodingSpec.Standardise.class, new EncodedField("age", new EncodingSpec.Standardise(50, 25, TO_50)),
            EncodingSpec.OneHot.class, new EncodedField("stage", new EncodingSpec.OneHot(List.of())),
            EncodingSpec.ClassIndex.class, new EncodedField("stage", new EncodingSpec.ClassIndex(List.of())),
            EncodingSpec.Binary.class, new EncodedField("yes", new EncodingSpec.Binary(List.of())));

    private static float[] encoded(EncodedField asked, double age, String stage, boolean yes) {
        Cells cells = new Cells(SCHEMA, Set.of());
        cells.set(0, age);
        cells.set(1, stage);
        cells.set(2, yes);
        FeatureEncoder encoder = FeatureEncoder.of(asked, "f", SCHEMA);
        float[] out = new float[encoder.width()];
        encoder.write(cells.complete(), out, 0);
        return out;
    }

    @Test
    void of_everySpecOfAColumn_hasAnEncoder() {
        Set<Class<?>> specs = Arrays.stream(EncodingSpec.class.getPermittedSubclasses())
                .filter(c -> c != EncodingSpec.Elements.class)
                .collect(Collectors.toSet());

        assertThat(EACH.keySet()).isEqualTo(specs);
        assertThat(EACH.values())
                .allSatisfy(asked ->
                        assertThat(FeatureEncoder.of(asked, "f", SCHEMA).name()).isEqualTo(asked.field()));
    }

    @Test
    void of_tensorOverATable_isRefused() {
        assertThatThrownBy(() -> FeatureEncoder.of(new EncodedField("age", new EncodingSpec.Elements(1)), "f", SCHEMA))
                .hasMessageStartingWith("f.encode: expected an encoding of a column: the data is a table, got");
    }

    @Test
    void write_eachEncoding_givesItsNumbers() {
        assertThat(encoded(EACH.get(EncodingSpec.Identity.class), 75, "ii", true))
                .containsExactly(50);
        assertThat(encoded(EACH.get(EncodingSpec.MinMax.class), 75, "ii", true)).containsExactly(0.75f);
        assertThat(encoded(EACH.get(EncodingSpec.Standardise.class), 75, "ii", true))
                .containsExactly(0);
        assertThat(encoded(EACH.get(EncodingSpec.OneHot.class), 75, "ii", true)).containsExactly(0, 1, 0);
        assertThat(encoded(EACH.get(EncodingSpec.ClassIndex.class), 75, "ii", true))
                .containsExactly(1);
        assertThat(encoded(EACH.get(EncodingSpec.Binary.class), 75, "ii", true)).containsExactly(1);
    }

    @Test
    void write_valueWithoutNumbersOfItsOwn_isToldAsLost() {
        Cells cells = new Cells(SCHEMA, Set.of());
        cells.set(0, 75.0);
        cells.set(1, "iii");
        cells.missing(2);
        List<JsonNode> order = List.of(TextNode.valueOf("i"), TextNode.valueOf("ii"), TextNode.valueOf("iii"));
        FeatureEncoder cut = FeatureEncoder.of(EACH.get(EncodingSpec.Identity.class), "f", SCHEMA);
        FeatureEncoder placed =
                FeatureEncoder.of(new EncodedField("stage", new EncodingSpec.OneHot(order)), "f", SCHEMA);
        FeatureEncoder missing = FeatureEncoder.of(EACH.get(EncodingSpec.Binary.class), "f", SCHEMA);

        assertThat(cut.write(cells.complete(), new float[1], 0)).isFalse();
        assertThat(placed.write(cells.complete(), new float[3], 0)).isTrue();
        assertThat(missing.write(cells.complete(), new float[1], 0)).isTrue();
    }

    @Test
    void shape_oneHot_isOneSideAndANumberNone() {
        assertThat(FeatureEncoder.of(EACH.get(EncodingSpec.OneHot.class), "f", SCHEMA)
                        .shape())
                .containsExactly(3L);
        assertThat(FeatureEncoder.of(EACH.get(EncodingSpec.MinMax.class), "f", SCHEMA)
                        .shape())
                .isEmpty();
    }
}
