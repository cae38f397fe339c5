package ai.coreason.enclave.privacy.graph;

import static ai.coreason.enclave.privacy.graph.Graphs.document;
import static ai.coreason.enclave.privacy.graph.Graphs.graph;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelGraphTest {
    private static final String LINEAR = "{'name':'fc','op':'linear','in':['x'],'out_features':2}";

    private static void refused(ThrowingCallable parse, String field, String... words) {
        assertThatThrownBy(parse)
                .isInstanceOfSatisfying(
                        InvalidDocument.class, e -> assertThat(e.field()).isEqualTo(field))
                .message()
                .satisfiesAnyOf(
                        m -> assertThat(m)
                                .contains(Stream.concat(Stream.of("expected"), Arrays.stream(words))
                                        .toList()),
                        m -> {
                            assertThat(words).isEmpty();
                            assertThat(m).isEqualTo(field + ": unknown member");
                        });
    }

    private static void refusedNode(String inputShape, String node, String field, String... words) {
        refused(() -> graph(inputShape, "n", "mse", node), field, words);
    }

    @Test
    void parse_mnistNetwork_hasPyTorchShapesAndParameters() {
        ModelGraph g = Graphs.mnist();
        assertThat(g.nodes().stream().map(n -> n.operator().output().toString()))
                .containsExactly(
                        "[16, 14, 14]",
                        "[16, 14, 14]",
                        "[16, 13, 13]",
                        "[32, 5, 5]",
                        "[32, 5, 5]",
                        "[32, 4, 4]",
                        "[512]",
                        "[32]",
                        "[32]",
                        "[10]");
        assertThat(g.parameters().stream().map(p -> p.name() + p.shape()))
                .containsExactly(
                        "conv1.weight[16, 1, 8, 8]",
                        "conv1.bias[16]",
                        "conv2.weight[32, 16, 4, 4]",
                        "conv2.bias[32]",
                        "fc1.weight[32, 512]",
                        "fc1.bias[32]",
                        "fc2.weight[10, 32]",
                        "fc2.bias[10]");
        assertThat(g.parameterCount()).isEqualTo(26010);
        assertThat(g.outputShape()).containsExactly(10);
        assertThat(g.loss()).isEqualTo(LossKind.CROSS_ENTROPY);
    }

    @Test
    void digest_membersReordered_isTheSame() {
        ObjectNode json = (ObjectNode) Graphs.tabular().json();
        ObjectNode reordered = Json.object();
        reordered.set("loss", json.get("loss"));
        reordered.setAll(json);
        assertThat(ModelGraph.parse(reordered, "").digest())
                .isEqualTo(Graphs.tabular().digest())
                .matches("[0-9a-f]{64}");
    }

    @Test
    void json_changedByCaller_leavesTheGraph() {
        ModelGraph g = Graphs.tabular();
        ((ObjectNode) g.json()).removeAll();
        assertThat(g.json().size()).isEqualTo(5);
    }

    @Test
    void parse_frozenNode_keepsParametersMarked() {
        ModelGraph g = graph(
                "[3]",
                "b",
                "mse",
                "{'name':'a','op':'linear','in':['x'],'out_features':2,'trainable':false}",
                "{'name':'b','op':'linear','in':['a'],'out_features':2}");
        assertThat(g.parameters().stream().map(ParameterSpec::trainable)).containsExactly(false, false, true, true);
    }

    @Test
    void parse_everythingFrozen_isRefused() {
        refused(
                () -> graph(
                        "[3]", "a", "mse", "{'name':'a','op':'linear','in':['x'],'out_features':2,'trainable':false}"),
                "model.nodes",
                "at least one node with trainable parameters");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"BatchNorm", "batch_norm", "batch_norm1d", "BatchNorm2d", "SyncBatchNorm", "batch-normalization"
            })
    void parse_batchNormInAnySpelling_isRefusedWithNameAndReason(String op) {
        refusedNode(
                "[3]",
                "{'name':'n','op':'" + op + "','in':['x']}",
                "model.nodes[0].op",
                op,
                "mixes the samples of a batch");
    }

    @Test
    void parse_unknownOperator_listsTheAllowed() {
        refusedNode(
                "[3]",
                "{'name':'n','op':'os.system','in':['x']}",
                "model.nodes[0].op",
                "conv2d, ",
                "linear, ",
                "got \"os.system\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "out_features | 'out_features':0",
                "out_features | 'out_features':-5",
                "out_features | 'out_features':1.5",
                "out_features | 'out_features':'8'",
                "out_features | 'out_features':1048577",
                "out_features | 'out_features':99999999999999999999999999",
                "out_features | 'bias':true",
                "in_features  | 'out_features':2,'in_features':4",
                "bias         | 'out_features':2,'bias':1",
                "trainable    | 'out_features':2,'trainable':'no'",
                "weight       | 'out_features':2,'weight':'other.weight'",
                "device       | 'out_features':2,'device':'cuda'",
            })
    void parse_linearAttributeOutOfRange_namesItsPath(String field, String attributes) {
        refusedNode("[3]", "{'name':'n','op':'linear','in':['x']," + attributes + "}", "model.nodes[0]." + field);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "kernel_size  | 'out_channels':2",
                "kernel_size  | 'out_channels':2,'kernel_size':0",
                "kernel_size  | 'out_channels':2,'kernel_size':[3]",
                "kernel_size  | 'out_channels':2,'kernel_size':[3,3,3]",
                "kernel_size  | 'out_channels':2,'kernel_size':9",
                "kernel_size  | 'out_channels':2,'kernel_size':4097",
                "kernel_size  | 'out_channels':2,'kernel_size':3,'dilation':4",
                "kernel_size[1] | 'out_channels':2,'kernel_size':[3,-1]",
                "stride       | 'out_channels':2,'kernel_size':3,'stride':0",
                "padding      | 'out_channels':2,'kernel_size':3,'padding':-1",
                "padding      | 'out_channels':2,'kernel_size':3,'padding':'same'",
                "groups       | 'out_channels':2,'kernel_size':3,'groups':4",
                "groups       | 'out_channels':3,'kernel_size':3,'groups':2",
                "in_channels  | 'out_channels':2,'kernel_size':3,'in_channels':1",
                "padding_mode | 'out_channels':2,'kernel_size':3,'padding_mode':'circular'",
            })
    void parse_convolutionAttributeOutOfRange_namesItsPath(String field, String attributes) {
        refusedNode("[4, 8, 8]", "{'name':'n','op':'conv2d','in':['x']," + attributes + "}", "model.nodes[0]." + field);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[7, 9] | 3      | 1 | 0 | 1 | false | [5, 7]",
                "[7, 9] | [2, 3] | 2 | 1 | 1 | false | [4, 5]",
                "[7, 9] | 3      | 2 | 0 | 2 | false | [2, 3]",
                "[6, 9] | 2      | 4 | 0 | 1 | true  | [2, 3]",
                "[6, 9] | 3      | 5 | 1 | 1 | true  | [2, 2]",
                "[5, 9] | 2      | 6 | 1 | 1 | true  | [1, 2]",
            })
    void parse_maxPool_hasPyTorchShape(
            String size, String kernel, long stride, long padding, long dilation, boolean ceil, String expected) {
        ModelGraph g = graph(
                "[2, " + size.substring(1),
                "c",
                "mse",
                "{'name':'p','op':'max_pool2d','in':['x'],'kernel_size':" + kernel + ",'stride':" + stride
                        + ",'padding':" + padding + ",'dilation':" + dilation + ",'ceil_mode':" + ceil + "}",
                "{'name':'c','op':'conv2d','in':['p'],'out_channels':2,'kernel_size':1}");
        assertThat(g.nodes().get(0).operator().output()).hasToString("[2, " + expected.substring(1));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "approximate  | 'op':'gelu','in':['x'],'approximate':'sigmoid'",
                "dim          | 'op':'softmax','in':['x']",
                "dim          | 'op':'softmax','in':['x'],'dim':3",
                "dim          | 'op':'mean','in':['x'],'dim':[1, -2]",
                "dim          | 'op':'mean','in':['x'],'dim':[1, 2]",
                "dim          | 'op':'mean','in':['x'],'dim':[]",
                "keepdim      | 'op':'mean','in':['x'],'dim':1,'keepdim':1",
                "in           | 'op':'add','in':['x']",
                "in           | 'op':'mul','in':['x','x','x']",
                "in           | 'op':'add','in':['x','l']",
                "in           | 'op':'cat','in':['x','l'],'dim':1",
                "dim          | 'op':'cat','in':['x','x'],'dim':-3",
                "index        | 'op':'select','in':['x'],'dim':1,'index':4",
                "dim1         | 'op':'transpose','in':['x'],'dim0':1,'dim1':5",
                "p            | 'op':'dropout','in':['x'],'p':1",
                "inplace      | 'op':'dropout','in':['x'],'inplace':true",
                "dilation     | 'op':'avg_pool1d','in':['x'],'kernel_size':2,'dilation':2",
                "padding      | 'op':'avg_pool1d','in':['x'],'kernel_size':2,'padding':2",
                "kernel_size  | 'op':'max_pool1d','in':['x'],'kernel_size':9",
                "in           | 'op':'avg_pool2d','in':['x'],'kernel_size':2",
                "output_size  | 'op':'adaptive_avg_pool1d','in':['x'],'output_size':0",
                "kernel_size  | 'op':'conv1d','in':['x'],'out_channels':2,'kernel_size':[2, 2]",
                "groups       | 'op':'conv1d','in':['x'],'out_channels':2,'kernel_size':2,'groups':3",
                "normalized_shape | 'op':'layer_norm','in':['x']",
                "normalized_shape | 'op':'layer_norm','in':['x'],'normalized_shape':4",
                "normalized_shape | 'op':'layer_norm','in':['x'],'normalized_shape':[1, 4, 6]",
                "eps          | 'op':'layer_norm','in':['x'],'normalized_shape':6,'eps':0",
                "num_groups   | 'op':'group_norm','in':['x'],'num_groups':3",
                "num_channels | 'op':'group_norm','in':['x'],'num_groups':2,'num_channels':6",
                "in           | 'op':'embedding','in':['x'],'num_embeddings':4,'embedding_dim':2",
                "hidden_size  | 'op':'lstm','in':['x']",
                "num_layers   | 'op':'lstm','in':['x'],'hidden_size':2,'num_layers':9",
                "input_size   | 'op':'gru','in':['x'],'hidden_size':2,'input_size':4",
                "batch_first  | 'op':'gru','in':['x'],'hidden_size':2,'batch_first':false",
                "proj_size    | 'op':'lstm','in':['x'],'hidden_size':2,'proj_size':1",
                "num_heads    | 'op':'multi_head_attention','in':['x'],'num_heads':4",
                "embed_dim    | 'op':'multi_head_attention','in':['x'],'num_heads':2,'embed_dim':4",
                "in           | 'op':'multi_head_attention','in':['x','x','x'],'num_heads':2",
            })
    void parse_operatorOutOfRange_namesItsPath(String field, String members) {
        refused(
                () -> graph(
                        "[4, 6]",
                        "n",
                        "mse",
                        "{'name':'l','op':'linear','in':['x'],'out_features':2}",
                        "{'name':'n'," + members + "}"),
                "model.nodes[1]." + field);
    }

    @ParameterizedTest
    @ValueSource(strings = {"softmax", "mean", "select"})
    void parse_dimensionOfTheBatch_isRefusedWithReason(String op) {
        refusedNode(
                "[4, 6]",
                "{'name':'n','op':'" + op + "','in':['x'],'dim':0,'index':0}",
                "model.nodes[0].dim",
                "samples never mix");
    }

    @ParameterizedTest
    @ValueSource(strings = {"weight", "tie", "tied_to", "shared_with"})
    void parse_tiedWeights_areRefusedByName(String attribute) {
        refused(
                () -> graph(
                        "[2]",
                        "n",
                        "mse",
                        "{'name':'l','op':'linear','in':['x'],'out_features':2}",
                        "{'name':'n','op':'linear','in':['l'],'out_features':2,'" + attribute + "':'l.weight'}"),
                "model.nodes[1]." + attribute,
                "tied weights",
                "got \"l.weight\"");
    }

    @Test
    void parse_embedding_hasPyTorchShapeAndParameters() {
        ModelGraph g = Graphs.tokenGraph(
                "[5]",
                "p",
                "mse",
                "{'name':'e','op':'embedding','in':['x'],'num_embeddings':7,'embedding_dim':3,'padding_idx':-1}",
                "{'name':'p','op':'position_embedding','in':['e']}");
        assertThat(g.parameters().stream().map(p -> p.name() + p.shape()))
                .containsExactly("e.weight[7, 3]", "p.weight[5, 3]");
        assertThat(g.outputShape()).containsExactly(5, 3);
        assertThat(g.tokens()).hasValue(7);
        assertThat(Graphs.tabular().tokens()).isEmpty();
    }

    @Test
    void parse_patchesBeyondMemory_areRefused() {
        refusedNode(
                "[1, 3000, 3000]",
                "{'name':'n','op':'conv2d','in':['x'],'out_channels':1,'kernel_size':1000}",
                "model.nodes[0].op",
                "work on one example");
        refusedNode(
                "[20000, 1]",
                "{'name':'n','op':'multi_head_attention','in':['x'],'num_heads':1}",
                "model.nodes[0].op",
                "work on one example");
    }

    @Test
    void parse_poolPaddedBeyondHalfItsKernel_isRefused() {
        refusedNode(
                "[1, 8, 8]",
                "{'name':'n','op':'max_pool2d','in':['x'],'kernel_size':2,'padding':2}",
                "model.nodes[0].padding",
                "at most half");
    }

    @Test
    void parse_flattenOfInnerDimensions_joinsThem() {
        ModelGraph g = graph(
                "[2, 3, 4, 5]",
                "fc",
                "mse",
                "{'name':'f','op':'flatten','in':['x'],'start_dim':2,'end_dim':-2}",
                "{'name':'fc','op':'linear','in':['f'],'out_features':1}");
        assertThat(g.nodes().get(0).operator().output()).hasToString("[2, 12, 5]");
        assertThat(g.outputShape()).containsExactly(2, 12, 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1x", "a.b", "a b", "a'", "ä", "self,", "a\\n"})
    void parse_nameThatIsNoIdentifier_isRefused(String name) {
        refusedNode(
                "[3]", "{'name':'" + name.replace("'", "\\u0022") + "','op':'relu','in':['x']}", "model.nodes[0].name");
    }

    @Test
    void parse_nameOf65Characters_isRefused() {
        refusedNode("[3]", "{'name':'" + "a".repeat(65) + "','op':'relu','in':['x']}", "model.nodes[0].name");
    }

    @Test
    void parse_nameTwice_isRefused() {
        refused(() -> graph("[3]", "fc", "mse", LINEAR, LINEAR), "model.nodes[1].name", "\"fc\"");
        refusedNode("[3]", "{'name':'x','op':'relu','in':['x']}", "model.nodes[0].name", "\"x\"");
    }

    @Test
    void parse_cycle_isRefusedAsForwardReference() {
        refused(
                () -> graph(
                        "[3]",
                        "b",
                        "mse",
                        "{'name':'a','op':'relu','in':['b']}",
                        "{'name':'b','op':'relu','in':['a']}"),
                "model.nodes[0].in[0]",
                "earlier node",
                "\"b\"");
        refusedNode("[3]", "{'name':'n','op':'relu','in':['n']}", "model.nodes[0].in[0]");
    }

    @Test
    void parse_wrongNumberOfInputs_isRefused() {
        refusedNode("[3]", "{'name':'n','op':'relu','in':[]}", "model.nodes[0].in", "one input", "got 0");
        refusedNode("[3]", "{'name':'n','op':'relu','in':['x','x']}", "model.nodes[0].in", "got 2");
        refusedNode("[3]", "{'name':'n','op':'relu','in':'x'}", "model.nodes[0].in", "an array");
    }

    @Test
    void parse_inputOfWrongRank_saysBothShapes() {
        refusedNode(
                "[3]",
                "{'name':'n','op':'conv2d','in':['x'],'out_channels':2,'kernel_size':1}",
                "model.nodes[0].in",
                "[channels, height, width]",
                "got float32 of [3]");
    }

    @Test
    void parse_tokensIntoFloatOperator_isRefused() {
        String document = document("[3]", "fc", "mse", LINEAR).replace("float32", "int64");
        refused(
                () -> ModelGraph.parse(Json.read(document), "model"),
                "model.nodes[0].in",
                "float32",
                "got int64 of [3]");
    }

    @Test
    void parse_deadNode_isRefusedByName() {
        refused(
                () -> graph("[3]", "fc", "mse", "{'name':'dead','op':'relu','in':['x']}", LINEAR),
                "model.nodes[0].name",
                "depends on",
                "\"dead\"");
    }

    @Test
    void parse_tooManyParameters_isRefused() {
        refused(
                () -> graph(
                        "[100000]",
                        "b",
                        "mse",
                        "{'name':'a','op':'linear','in':['x'],'out_features':999}",
                        "{'name':'b','op':'linear','in':['a'],'out_features':101}"),
                "model.nodes[1].op",
                "at most 100000000 parameters");
    }

    @Test
    void parse_valuesTooLarge_areRefusedWithoutOverflow() {
        refusedNode(
                "[1, 4000, 4000]",
                "{'name':'n','op':'conv2d','in':['x'],'out_channels':1048576,'kernel_size':1}",
                "model.nodes[0].op",
                "elements per example");
        refused(
                () -> graph("[16777216, 16777216, 16777216, 16777216]", "fc", "mse", LINEAR),
                "model.inputs[0].shape",
                "together at most");
        refused(() -> graph("[]", "fc", "mse", LINEAR), "model.inputs[0].shape");
        refused(() -> graph("[0]", "fc", "mse", LINEAR), "model.inputs[0].shape[0]");
        refused(() -> graph("[1,1,1,1,1,1,1,1,1]", "fc", "mse", LINEAR), "model.inputs[0].shape");
    }

    @Test
    void parse_thousandAndOneNodes_areRefused() {
        String[] nodes = IntStream.rangeClosed(0, 1000)
                .mapToObj(i -> "{'name':'n" + i + "','op':'relu','in':['" + (i == 0 ? "x" : "n" + (i - 1)) + "']}")
                .toArray(String[]::new);
        refused(() -> graph("[3]", "n1000", "mse", nodes), "model.nodes", "1 to 1000", "1001 elements");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"[1] | [1]", "[5, 3] | [5, 3]"})
    void parse_crossEntropyOverUnfitOutput_isRefused(String input, String shape) {
        refused(
                () -> graph(
                        input,
                        "fc",
                        "cross_entropy",
                        "{'name':'fc','op':'linear','in':['x'],'out_features':" + (input.equals("[1]") ? 1 : 3) + "}"),
                "model.output",
                "classes >= 2",
                "shape " + shape);
    }

    @Test
    void parse_wrongOuterMembers_areRefused() {
        String good = document("[3]", "fc", "mse", LINEAR);
        assertThat(ModelGraph.parse(Json.read(good), "").outputShape()).containsExactly(2);
        refused(() -> ModelGraph.parse(Json.read(good.replace("/v1", "/v2")), "model"), "model.format");
        refused(
                () -> ModelGraph.parse(Json.read(good.replace("\"mse\"", "\"nll\"")), "model"),
                "model.loss",
                "cross_entropy");
        refused(
                () -> ModelGraph.parse(Json.read(good.replace("\"mse\"", "\"mse\",\"code\":\"x\"")), "model"),
                "model.code");
        refused(
                () -> ModelGraph.parse(
                        Json.read(good.replace("\"output\":\"fc\"", "\"output\":\"x\"")
                                .replace("\"output\": \"fc\"", "\"output\": \"x\"")),
                        "model"),
                "model.output");
        refused(() -> ModelGraph.parse(Json.read("[]"), "model"), "model", "an object");
        refused(() -> ModelGraph.parse(Json.read("{}"), ""), "format");
        refused(
                () -> ModelGraph.parse(Json.read(good.replace("[3]", "[3],\"batch\":1")), "model"),
                "model.inputs[0].batch");
    }

    @Test
    void parse_eachMemberRemovedOrReplaced_isRefusedOrRead() {
        ObjectNode good = (ObjectNode) Graphs.mnist().json();
        for (String member : List.of("format", "inputs", "nodes", "output", "loss")) {
            for (String value :
                    new String[] {"null", "0", "-1", "1e308", "true", "\"\"", "[]", "{}", "[[]]", "[{}]", "[null]"}) {
                ObjectNode broken = good.deepCopy();
                broken.set(member, Json.read(value));
                assertThatThrownBy(() -> ModelGraph.parse(broken, "model"))
                        .isInstanceOf(InvalidDocument.class)
                        .hasMessageStartingWith("model." + member);
            }
        }
    }
}
