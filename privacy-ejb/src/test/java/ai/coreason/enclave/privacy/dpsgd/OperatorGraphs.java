package ai.coreason.enclave.privacy.dpsgd;

import ai.coreason.enclave.privacy.graph.Graphs;
import ai.coreason.enclave.privacy.graph.ModelGraph;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;

/** A small model around each operator, so that its gradients can be compared. */
final class OperatorGraphs {
    private OperatorGraphs() {}

    static Stream<Named<ModelGraph>> all() {
        return Stream.of(
                        elementwise(),
                        structure(),
                        pools(),
                        convolutions(),
                        normalisations(),
                        embeddings(),
                        attention(),
                        recurrent())
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

    private static Stream<Named<ModelGraph>> attention() {
        String attention = "{'name':'n','op':'multi_head_attention','in':['a'],'num_heads':";
        return Stream.of(
                between("attention, ghost norm", "[4, 6]", attention + "2}"),
                between("attention, formed", "[9, 6]", attention + "3,'bias':false}"),
                between("attention, one step", "[1, 6]", attention + "1}"),
                between("attention with dropout", "[5, 6]", attention + "2,'dropout':0.25}"),
                transformer());
    }

    /** Two encoder layers, one normalised afterwards and one before, as PyTorch's TransformerEncoderLayer has both. */
    private static Named<ModelGraph> transformer() {
        return Named.of(
                "transformer",
                Graphs.tokenGraph(
                        "[7]",
                        "fc",
                        "cross_entropy",
                        "{'name':'e','op':'embedding','in':['x'],'num_embeddings':5,'embedding_dim':8}",
                        "{'name':'p','op':'position_embedding','in':['e']}",
                        "{'name':'a1','op':'multi_head_attention','in':['p'],'num_heads':2,'dropout':0.1}",
                        "{'name':'d1','op':'dropout','in':['a1'],'p':0.1}",
                        "{'name':'s1','op':'add','in':['p','d1']}",
                        "{'name':'n1','op':'layer_norm','in':['s1'],'normalized_shape':8}",
                        "{'name':'l1','op':'linear','in':['n1'],'out_features':16}",
                        "{'name':'g1','op':'gelu','in':['l1']}",
                        "{'name':'m1','op':'linear','in':['g1'],'out_features':8}",
                        "{'name':'t1','op':'add','in':['n1','m1']}",
                        "{'name':'o1','op':'layer_norm','in':['t1'],'normalized_shape':8}",
                        "{'name':'n2','op':'layer_norm','in':['o1'],'normalized_shape':8}",
                        "{'name':'a2','op':'multi_head_attention','in':['n2'],'num_heads':4}",
                        "{'name':'s2','op':'add','in':['o1','a2']}",
                        "{'name':'o2','op':'layer_norm','in':['s2'],'normalized_shape':8}",
                        "{'name':'l2','op':'linear','in':['o2'],'out_features':16}",
                        "{'name':'r2','op':'relu','in':['l2']}",
                        "{'name':'m2','op':'linear','in':['r2'],'out_features':8}",
                        "{'name':'t2','op':'add','in':['s2','m2']}",
                        "{'name':'mean','op':'mean','in':['t2'],'dim':1}",
                        "{'name':'fc','op':'linear','in':['mean'],'out_features':3}"));
    }

    private static Stream<Named<ModelGraph>> recurrent() {
        return Stream.of("lstm", "gru").flatMap(op -> {
            String run = "{'name':'r','op':'" + op + "','in':['a'],'hidden_size':5";
            String last = "{'name':'n','op':'select','in':['r'],'dim':1,'index':-1}";
            String first = "{'name':'n','op':'select','in':['r'],'dim':1,'index':0}";
            String all = "{'name':'n','op':'mean','in':['r'],'dim':1}";
            return Stream.of(
                    between(op, "[4, 6]", run + "}", last),
                    between(op + ", formed", "[12, 6]", run + "}", all),
                    between(op + ", first step", "[4, 6]", run + ",'bias':false}", first),
                    between(op + ", one step", "[1, 6]", run + "}", last),
                    between(op + ", both directions", "[4, 6]", run + ",'bidirectional':true}", last),
                    between(op + ", two layers", "[4, 6]", run + ",'num_layers':2,'dropout':0.25}", all),
                    between(
                            op + ", two layers, both directions",
                            "[4, 6]",
                            run + ",'num_layers':2,'bidirectional':true,'dropout':0.5}",
                            all));
        });
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
