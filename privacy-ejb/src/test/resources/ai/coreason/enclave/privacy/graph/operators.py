"""Writes operators.json: what PyTorch's own modules compute for small graphs, to compare ours with.

Run as: python operators.py > operators.json
Weights and inputs follow from formulas that OperatorGoldenTest repeats; float64 throughout.
"""
import json
import math
import torch
from torch import nn
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)


def module(op, a, shape):
    """PyTorch's module of a node with attributes a, over an input of a shape without batch; None if it has none."""
    kw = dict(a)
    if op == "linear":
        return nn.Linear(shape[-1], **kw)
    if op in ("conv1d", "conv2d"):
        return getattr(nn, op.capitalize())(shape[0], **kw)
    if op == "layer_norm":
        return nn.LayerNorm(**kw)
    if op == "group_norm":
        return nn.GroupNorm(num_channels=shape[0], **kw)
    if op == "embedding":
        return nn.Embedding(**kw)
    if op == "lstm":
        return nn.LSTM(shape[-1], batch_first=True, **kw)
    if op == "gru":
        return nn.GRU(shape[-1], batch_first=True, **kw)
    if op == "multi_head_attention":
        return nn.MultiheadAttention(shape[-1], batch_first=True, **kw)
    if op == "position_embedding":
        return nn.Embedding(shape[0], shape[1])
    return None


def apply(op, m, a, xs):
    x = xs[0]
    if op in ("lstm", "gru"):
        return m(x)[0]
    if op == "multi_head_attention":
        return m(x, x, x)[0]
    if op == "position_embedding":
        return x + m(torch.arange(x.shape[1]))
    if m is not None:
        return m(x)
    if op == "cat":
        return torch.cat(xs, **a)
    if op in ("add", "mul"):
        return getattr(torch, op)(*xs)
    if op in ("select", "mean", "softmax", "transpose", "relu", "tanh", "sigmoid"):
        return getattr(torch, op)(x, **a)
    if op == "flatten":
        return torch.flatten(x, a.get("start_dim", 1), a.get("end_dim", -1))
    return getattr(F, op)(x, **a)


def node(name, op, *inputs, **attributes):
    return {"name": name, "op": op, "in": list(inputs), **attributes}


def fc(name):
    return [node("f", "flatten", name), node("fc", "linear", "f", out_features=3)]


CASES = {
    "lstm": ("float32", [5, 4], [node("r", "lstm", "x", hidden_size=3, num_layers=2, bidirectional=True),
                                 node("s", "select", "r", dim=1, index=-1), *fc("s")]),
    "lstm without bias": ("float32", [3, 4], [node("r", "lstm", "x", hidden_size=3, bias=False), *fc("r")]),
    "gru": ("float32", [5, 4], [node("r", "gru", "x", hidden_size=3, num_layers=2, bidirectional=True),
                                node("s", "mean", "r", dim=1), *fc("s")]),
    "gru without bias": ("float32", [3, 4], [node("r", "gru", "x", hidden_size=3, bias=False), *fc("r")]),
    "multi_head_attention": ("float32", [5, 6], [node("m", "multi_head_attention", "x", num_heads=3), *fc("m")]),
    "multi_head_attention without bias": ("float32", [5, 6], [
        node("m", "multi_head_attention", "x", num_heads=2, bias=False), *fc("m")]),
    "embedding": ("int64", [6], [
        node("e", "embedding", "x", num_embeddings=5, embedding_dim=4, padding_idx=2),
        node("p", "position_embedding", "e"), node("t", "transpose", "p", dim0=1, dim1=2),
        node("c", "conv1d", "t", out_channels=6, kernel_size=3, stride=2, padding=2, dilation=2, groups=2),
        node("g", "group_norm", "c", num_groups=3), node("q", "gelu", "g"), *fc("q")]),
    "layer_norm": ("float32", [3, 4, 5], [
        node("l", "layer_norm", "x", normalized_shape=[4, 5], eps=0.01),
        node("n", "layer_norm", "l", normalized_shape=5, bias=False), *fc("n")]),
    "activations": ("float32", [3, 4], [
        node("l", "linear", "x", out_features=4), node("g", "gelu", "l", approximate="tanh"),
        node("s", "softmax", "g", dim=-2), node("t", "tanh", "l"), node("m", "mul", "s", "t"),
        node("k", "mean", "l", dim=[1], keepdim=True), node("a", "add", "m", "k"),
        node("c", "cat", "a", "x", dim=1), *fc("c")]),
    "pools": ("float32", [2, 7, 8], [
        node("c", "conv2d", "x", out_channels=4, kernel_size=2, padding=1),
        node("p", "avg_pool2d", "c", kernel_size=[3, 2], stride=2, padding=1, ceil_mode=True, count_include_pad=False),
        node("f1", "flatten", "p", start_dim=2),
        node("q", "avg_pool1d", "f1", kernel_size=3, stride=2, padding=1),
        node("m", "max_pool1d", "q", kernel_size=2, stride=1, dilation=2),
        node("w", "adaptive_avg_pool1d", "m", output_size=3), *fc("w")]),
    "adaptive_avg_pool2d": ("float32", [2, 5, 7], [
        node("c", "conv2d", "x", out_channels=2, kernel_size=1),
        node("a", "adaptive_avg_pool2d", "c", output_size=[2, 3]), *fc("a")]),
}


def case(name, dtype, shape, nodes):
    graph = {"format": "coreason.graph/v1", "inputs": [{"name": "x", "dtype": dtype, "shape": shape}],
             "nodes": nodes, "output": "fc", "loss": "cross_entropy"}
    count = math.prod(shape)
    if dtype == "int64":
        x = torch.tensor([(7 * i * i + 3 * i) % 5 for i in range(2 * count)]).reshape(2, *shape)
    else:
        x = torch.tensor([1.5 * math.sin(1.1 * i + 0.5) for i in range(2 * count)]).reshape(2, *shape)
    values, modules, parameters = {"x": x}, {}, {}
    for n in nodes:
        attributes = {k: v for k, v in n.items() if k not in ("name", "op", "in")}
        xs = [values[i] for i in n["in"]]
        m = module(n["op"], attributes, list(xs[0].shape[1:]))
        if m is not None:
            state = m.state_dict()
            for key, value in state.items():
                k = len(parameters)
                flat = [0.4 * math.sin(0.7 * i + 1.3 * k) for i in range(value.numel())]
                state[key] = torch.tensor(flat).reshape(value.shape)
                parameters[n["name"] + "." + key] = None
            m.load_state_dict(state)
            modules[n["name"]] = m
        values[n["name"]] = apply(n["op"], m, attributes, xs)
    out = values["fc"]
    F.cross_entropy(out[1:], torch.tensor([2])).backward()
    gradients = {}
    for name_, m in modules.items():
        for key, p in m.named_parameters():
            gradients[name_ + "." + key] = p.grad.flatten().tolist()
    digits = lambda v: [float("%.9g" % e) for e in v]
    return {"name": name, "graph": graph, "output": digits(out.flatten().tolist()),
            "gradient": {key: digits(gradients[key]) for key in parameters}}


print("[" + ",\n".join(json.dumps(case(n, *c)) for n, c in CASES.items()) + "]")
