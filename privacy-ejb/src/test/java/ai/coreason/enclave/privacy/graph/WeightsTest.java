package ai.coreason.enclave.privacy.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class WeightsTest {
    private static final ModelGraph GRAPH = Graphs.graph(
            "[2]",
            "b",
            "mse",
            "{'name':'a','op':'linear','in':['x'],'out_features':2,'trainable':false}",
            "{'name':'b','op':'linear','in':['a'],'out_features':1}");

    private static Map<String, float[]> values() {
        Map<String, float[]> v = new HashMap<>();
        v.put("a.weight", new float[] {1, 2, 3, 4});
        v.put("a.bias", new float[] {5, 6});
        v.put("b.weight", new float[] {7, 8});
        v.put("b.bias", new float[] {9});
        return v;
    }

    @Test
    void of_valuesInAnyOrder_keepsTheGraphsOrder() {
        assertThat(Weights.of(GRAPH, values()).names()).containsExactly("a.weight", "a.bias", "b.weight", "b.bias");
    }

    @Test
    void of_arrayChangedAfterwards_leavesTheWeights() {
        Map<String, float[]> v = values();
        Weights w = Weights.of(GRAPH, v);
        v.get("b.bias")[0] = 0;
        w.get("b.bias")[0] = 0;
        assertThat(w.get("b.bias")).containsExactly(9);
        assertThat(w.view("b.bias").isReadOnly()).isTrue();
    }

    @Test
    void of_missingUnknownOrMisfit_isRefusedByName() {
        Map<String, float[]> v = values();
        v.remove("a.bias");
        assertThatThrownBy(() -> Weights.of(GRAPH, v))
                .hasMessage("a.bias: expected 2 values of shape [2], got nothing");
        v.put("a.bias", new float[3]);
        assertThatThrownBy(() -> Weights.of(GRAPH, v))
                .hasMessageContaining("a.bias")
                .hasMessageContaining("got 3 values");
        v.put("a.bias", new float[2]);
        v.put("c.bias", new float[2]);
        assertThatThrownBy(() -> Weights.of(GRAPH, v)).hasMessageContaining("c.bias");
    }

    @Test
    void minusThenPlus_frozenNode_updateCarriesTrainableOnly() {
        Weights base = Weights.of(GRAPH, values());
        Map<String, float[]> v = values();
        v.put("b.weight", new float[] {7.5f, 6});
        Weights local = Weights.of(GRAPH, v);
        Weights update = local.minus(base);
        assertThat(update.names()).containsExactly("b.weight", "b.bias");
        assertThat(update.get("b.weight")).containsExactly(0.5f, -2);
        assertThat(base.plus(update).get("b.weight")).containsExactly(7.5f, 6);
        assertThat(base.plus(update).get("a.bias")).containsExactly(5, 6);
        assertThat(Weights.ofUpdate(GRAPH, Map.of("b.weight", new float[2], "b.bias", new float[1]))
                        .names())
                .isEqualTo(update.names());
    }

    @Test
    void isFinite_oneNaN_isFalse() {
        Map<String, float[]> v = values();
        assertThat(Weights.of(GRAPH, v).isFinite()).isTrue();
        v.put("b.bias", new float[] {Float.NaN});
        assertThat(Weights.of(GRAPH, v).isFinite()).isFalse();
    }

    @Test
    void toString_anyWeights_showsNoValue() {
        assertThat(Weights.of(GRAPH, values())).hasToString("Weights[a.weight, a.bias, b.weight, b.bias] of 9 values");
    }

    @Test
    void initial_mnistNetwork_fillsPyTorchsBounds() {
        SplittableRandom random = new SplittableRandom(7);
        Weights w = Initializer.initial(Graphs.mnist(), random::nextLong);
        bounds(w.get("conv1.weight"), 1 / Math.sqrt(64));
        bounds(w.get("conv2.weight"), 1 / Math.sqrt(256));
        bounds(w.get("fc1.weight"), 1 / Math.sqrt(512));
        for (float b : w.get("fc1.bias")) {
            assertThat((double) b).isBetween(-1 / Math.sqrt(512), 1 / Math.sqrt(512));
        }
    }

    /** Means and variances of 30,000 draws within 6.5 standard deviations (false alarm 8e-11 each). */
    @Test
    void initial_embedding_isNormalButForThePaddingRow() {
        ModelGraph graph = Graphs.tokenGraph(
                "[2]",
                "e",
                "mse",
                "{'name':'e','op':'embedding','in':['x'],'num_embeddings':3001,'embedding_dim':10,'padding_idx':7}");
        float[] values =
                Initializer.initial(graph, new SplittableRandom(5)::nextLong).get("e.weight");
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < values.length; i++) {
            assertThat(values[i] == 0).isEqualTo(i / 10 == 7);
            sum += values[i];
            squares += (double) values[i] * values[i];
        }
        assertThat(Math.abs(sum)).isLessThan(6.5 * Math.sqrt(30_000));
        assertThat(Math.abs(squares - 30_000)).isLessThan(6.5 * Math.sqrt(60_000));
    }

    @Test
    void initial_attentionRecurrenceAndNormalisation_fillPyTorchsBounds() {
        ModelGraph graph = Graphs.graph(
                "[3, 32]",
                "n",
                "mse",
                "{'name':'m','op':'multi_head_attention','in':['x'],'num_heads':2}",
                "{'name':'r','op':'lstm','in':['m'],'hidden_size':25}",
                "{'name':'n','op':'layer_norm','in':['r'],'normalized_shape':25}");
        Weights w = Initializer.initial(graph, new SplittableRandom(7)::nextLong);
        bounds(w.get("m.in_proj_weight"), Math.sqrt(6.0 / (32 + 96)));
        bounds(w.get("m.out_proj.weight"), 1 / Math.sqrt(32));
        bounds(w.get("r.weight_ih_l0"), 0.2);
        bounds(w.get("r.weight_hh_l0"), 0.2);
        assertThat(w.get("m.in_proj_bias")).containsOnly(0);
        assertThat(w.get("m.out_proj.bias")).containsOnly(0);
        assertThat(w.get("r.bias_hh_l0")).doesNotContain(0);
        assertThat(w.get("n.weight")).containsOnly(1);
        assertThat(w.get("n.bias")).containsOnly(0);
    }

    @Test
    void initial_sameBits_givesTheSameWeights() {
        Weights a = Initializer.initial(Graphs.tabular(), new SplittableRandom(3)::nextLong);
        Weights b = Initializer.initial(Graphs.tabular(), new SplittableRandom(3)::nextLong);
        assertThat(a.names()).allSatisfy(n -> assertThat(a.get(n)).isEqualTo(b.get(n)));
    }

    /** The largest of 1,000 or more draws lies within 3 % of the bound but with probability .97^1000 < 1e-13. */
    private static void bounds(float[] values, double bound) {
        double max = 0;
        double sum = 0;
        for (float v : values) {
            max = Math.max(max, Math.abs(v));
            sum += v;
        }
        assertThat(values).hasSizeGreaterThanOrEqualTo(1000);
        assertThat(max).isBetween(bound * 0.97, bound);
        assertThat(sum / values.length).isBetween(-bound * 0.15, bound * 0.15);
    }
}
