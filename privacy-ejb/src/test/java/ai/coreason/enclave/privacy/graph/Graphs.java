package ai.coreason.enclave.privacy.graph;

import ai.coreason.enclave.base.Json;

/** Graphs for tests, written with single quotes. */
public final class Graphs {
    private Graphs() {}

    /** A graph over float input x. */
    public static ModelGraph graph(String inputShape, String output, String loss, String... nodes) {
        return ModelGraph.parse(Json.read(document(inputShape, output, loss, nodes)), "model");
    }

    /** A graph over an input x of whole numbers. */
    public static ModelGraph tokenGraph(String inputShape, String output, String loss, String... nodes) {
        String document = document(inputShape, output, loss, nodes).replace("float32", "int64");
        return ModelGraph.parse(Json.read(document), "model");
    }

    /** The document of such a graph. */
    public static String document(String inputShape, String output, String loss, String... nodes) {
        return ("{'format': 'coreason.graph/v1',"
                        + "'inputs': [{'name': 'x', 'dtype': 'float32', 'shape': " + inputShape + "}],"
                        + "'nodes': [" + String.join(", ", nodes) + "],"
                        + "'output': '" + output + "', 'loss': '" + loss + "'}")
                .replace('\'', '"');
    }

    /** The tabular network 13-64-32-1. */
    public static ModelGraph tabular() {
        return graph(
                "[13]",
                "fc3",
                "bce_with_logits",
                "{'name':'fc1','op':'linear','in':['x'],'out_features':64}",
                "{'name':'a1','op':'relu','in':['fc1']}",
                "{'name':'fc2','op':'linear','in':['a1'],'out_features':32}",
                "{'name':'a2','op':'relu','in':['fc2']}",
                "{'name':'fc3','op':'linear','in':['a2'],'out_features':1}");
    }

    /** The convolutional network of Opacus's MNIST example. */
    public static ModelGraph mnist() {
        return graph(
                "[1, 28, 28]",
                "fc2",
                "cross_entropy",
                "{'name':'conv1','op':'conv2d','in':['x'],'out_channels':16,'kernel_size':[8,8],'stride':[2,2],'padding':[3,3]}",
                "{'name':'r1','op':'relu','in':['conv1']}",
                "{'name':'p1','op':'max_pool2d','in':['r1'],'kernel_size':[2,2],'stride':[1,1]}",
                "{'name':'conv2','op':'conv2d','in':['p1'],'out_channels':32,'kernel_size':[4,4],'stride':[2,2],'padding':[0,0]}",
                "{'name':'r2','op':'relu','in':['conv2']}",
                "{'name':'p2','op':'max_pool2d','in':['r2'],'kernel_size':[2,2],'stride':[1,1]}",
                "{'name':'f','op':'flatten','in':['p2']}",
                "{'name':'fc1','op':'linear','in':['f'],'out_features':32,'bias':true}",
                "{'name':'r3','op':'relu','in':['fc1']}",
                "{'name':'fc2','op':'linear','in':['r3'],'out_features':10,'bias':true}");
    }
}
