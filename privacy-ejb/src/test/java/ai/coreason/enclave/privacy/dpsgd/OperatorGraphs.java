package ai.coreason.enclave.privacy.dpsgd;

import ai.coreason.enclave.privacy.graph.Graphs;
import ai.coreason.enclave.privacy.graph.ModelGraph;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;

/** A small model around each operator, so that its gradients can be compared. */
final class OperatorGraphs {
    private OperatorGraphs() {}

    static Stream<Named<ModelGraph>> all() {
        return Stream.of(elementwise(), structure(), pools(), convolutions(), normalisations(), embeddings())
                .flatMap(s -> s);
    }

    private static Stream<Named<ModelGraph>> elementwise() {
        return Stream.of(
                between("gelu", "[6]", "{'name':'n','op':'gelu','in':['a']}"),
                between("gelu by tanh", "[6]", "{'name':'n','op':'gelu','in':['a'],'approximate':'tanh'}"),
                between("softmax", "[3, 6]", "{'name':'n','op':'softmax','in':['a'],'dim':1}"),
                between("add", "[3, 6]", "{'name':'n','op':'add','in':['a','x']}"),
                between(
                        "mul, repeated along one dimension",
                        "[3, 6]",
                        "{'name':'m','op':'mean','in':['a'],'dim':2,'keepdim':true}",
                        "{'name':'n','op':'mul','in':['m','a']}"),
                between(
                        "dropout twice",
                        "[3, 6]",
                        "{'name':'d','op':'dropout','in':['x'],'p':0.25}",
                        "{'name':'e','op':'dropout','in':['a']}",
                        "{'name':'n','op':'add','in':['d','e']}"));
    }

    private static Stream<Named<ModelGraph>> structure() {
        return Stream.of(
                between("linear at one position", "[1, 6]", "{'name':'n','op':'tanh','in':['a']}"),
                between("cat", "[3, 6]", "{'name':'n','op':'cat','in':['a','x','a'],'dim':1}"),
                between("mean of several", "[2, 3, 6]", "{'name':'n','op':'mean','in':['a'],'dim':[1, -2]}"),
                between("select", "[3, 6]", "{'name':'n','op':'select','in':['a'],'dim':1,'index':-1}"),
                between("transpose", "[3, 6]", "{'name':'n','op':'transpose','in':['a'],'dim0':1,'dim1':2}"));
    }

    private static Stream<Named<ModelGraph>> pools() {
        String two = "'kernel_size':[3,2],'stride':2,'padding':1,'ceil_mode':true}";
        return Stream.of(
                between("avg_pool1d", "[3, 6]", "{'name':'n','op':'avg_pool1d','in':['a'],'kernel_size':2}"),
                between(
                        "max_pool1d",
                        "[3, 6]",
                        "{'name':'n','op':'max_pool1d','in':['a'],'kernel_size':2,'dilation':3}"),
                between("avg_pool2d", "[2, 5, 6]", "{'name':'n','op':'avg_pool2d','in':['a']," + two),
                between(
                        "avg_pool2d without padding counted",
                        "[2, 5, 6]",
                        "{'name':'n','op':'avg_pool2d','in':['a'],'count_include_pad':false," + two),
                between(
                        "adaptive_avg_pool1d",
                        "[3, 6]",
                        "{'name':'n','op':'adaptive_avg_pool1d','in':['a'],'output_size':4}"),
                between(
                        "adaptive_avg_pool2d",
                        "[2, 5, 6]",
                        "{'name':'n','op':'adaptive_avg_pool2d','in':['a'],'output_size':[2,3]}"));
    }

    private static Stream<Named<ModelGraph>> convolutions() {
        String conv = "{'name':'n','op':'conv1d','in':['a'],'out_channels':4,";
        return Stream.of(
                between(
                        "conv1d, groups, stride, padding, dilation",
                        "[4, 6]",
                        conv + "'kernel_size':3,'stride':2,'padding':2,'dilation':2,'groups':2}"),
                between("conv1d depthwise without bias", "[4, 6]", conv + "'kernel_size':2,'groups':4,'bias':false}"),
                between("conv1d as large as the input", "[4, 6]", conv + "'kernel_size':6}"),
                between("conv1d, ghost norm", "[4, 6]", conv + "'kernel_size':5}"),
                between("conv1d, formed", "[1, 24]", conv + "'kernel_size':5}"));
    }

    private static Stream<Named<ModelGraph>> normalisations() {
        String layer = "{'name':'n','op':'layer_norm','in':['a'],";
        String group = "{'name':'n','op':'group_norm','in':['a'],";
        return Stream.of(
                between("layer_norm", "[6]", layer + "'normalized_shape':6}"),
                between("layer_norm at positions", "[2, 3, 6]", layer + "'normalized_shape':[3, 6]}"),
                between("layer_norm without bias", "[3, 6]", layer + "'normalized_shape':[6],'bias':false,'eps':0.01}"),
                between(
                        "layer_norm without weight",
                        "[3, 6]",
                        layer + "'normalized_shape':[6],'elementwise_affine':false}"),
                between("group_norm", "[6]", group + "'num_groups':2}"),
                between("group_norm at positions", "[4, 3, 6]", group + "'num_groups':2,'eps':0.001}"),
                between("group_norm without weight", "[4, 6]", group + "'num_groups':4,'affine':false}"));
    }

    private static Stream<Named<ModelGraph>> embeddings() {
        String table = "{'name':'n','op':'embedding','in':['x'],'num_embeddings':5,'embedding_dim':4";
        return Stream.of(
                tokens("embedding, rows used more than once", "[9]", table + "}"),
                tokens("embedding of one token", "[1]", table + "}"),
                tokens("embedding of a matrix of tokens", "[2, 4]", table + "}"),
                tokens("embedding with a padding row", "[9]", table + ",'padding_idx':-2}"),
                tokens("embedding, frozen", "[9]", table + ",'trainable':false}"),
                tokens(
                        "two embeddings and positions",
                        "[6]",
                        "{'name':'e','op':'embedding','in':['x'],'num_embeddings':9,'embedding_dim':4}",
                        "{'name':'p','op':'position_embedding','in':['e']}",
                        table + "}",
                        "{'name':'m','op':'mul','in':['p','n']}"));
    }

    /** Nodes over tokens {@code x}, followed by a projection. */
    private static Named<ModelGraph> tokens(String name, String input, String... nodes) {
        String[] all = new String[nodes.length + 2];
        System.arraycopy(nodes, 0, all, 0, nodes.length);
        String last = nodes[nodes.length - 1].substring(9, 10);
        all[nodes.length] = "{'name':'f','op':'flatten','in':['" + last + "']}";
        all[nodes.length + 1] = "{'name':'fc','op':'linear','in':['f'],'out_features':3}";
        return Named.of(name, Graphs.tokenGraph(input, "fc", "cross_entropy", all));
    }

    /** Nodes ending in {@code n}, over {@code x} and its projection {@code a}, followed by a projection. */
    private static Named<ModelGraph> between(String name, String input, String... nodes) {
        String[] all = new String[nodes.length + 3];
        all[0] = "{'name':'a','op':'linear','in':['x'],'out_features':" + (input.contains("24") ? 24 : 6) + "}";
        System.arraycopy(nodes, 0, all, 1, nodes.length);
        all[nodes.length + 1] = "{'name':'f','op':'flatten','in':['n']}";
        all[nodes.length + 2] = "{'name':'fc','op':'linear','in':['f'],'out_features':3}";
        return Named.of(name, Graphs.graph(input, "fc", "cross_entropy", all));
    }
}
