"""Throughput of Opacus on one model: opacus_step.py MODEL.json MODE WARM SECONDS prints one JSON object.

MODE is hooks, functorch or ghost. A step is a Poisson draw, the clipped sum, noise from PyTorch's own generator
(secure_mode off, Opacus's default) and the optimizer's update.
"""

import json
import resource
import sys
import time
import warnings
from pathlib import Path

import torch
from torch import nn

from opacus.grad_sample import GradSampleModule, GradSampleModuleFastGradientClipping
from opacus.layers import DPLSTM, DPMultiheadAttention
from opacus.optimizers import DPOptimizer, DPOptimizerFastGradientClipping
from opacus.utils.fast_gradient_clipping_utils import DPLossFastGradientClipping

CLIP = 1.0
SIGMA = 1.0
RATE = 0.05


def mlp():
    return nn.Sequential(nn.Linear(1024, 512), nn.ReLU(), nn.Linear(512, 128), nn.ReLU(), nn.Linear(128, 12))


def cnn():
    return nn.Sequential(
        nn.Conv2d(1, 16, 8, 2, padding=3), nn.ReLU(), nn.MaxPool2d(2, 1),
        nn.Conv2d(16, 32, 4, 2), nn.ReLU(), nn.MaxPool2d(2, 1),
        nn.Flatten(), nn.Linear(512, 32), nn.ReLU(), nn.Linear(32, 10))


def tabular():
    return nn.Sequential(nn.Linear(13, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 1))


class Mean(nn.Module):
    def forward(self, x):
        return x.mean(1)


def text():
    return nn.Sequential(nn.Embedding(10000, 16), Mean(), nn.Linear(16, 2))


class Lstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = DPLSTM(16, 64, batch_first=True)
        self.fc = nn.Linear(64, 2)

    def forward(self, x):
        return self.fc(self.lstm(x)[0][:, -1])


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(1000, 32)
        self.attention = DPMultiheadAttention(32, 4, batch_first=True)
        self.n1, self.n2 = nn.LayerNorm(32), nn.LayerNorm(32)
        self.fc1, self.fc2, self.fc3 = nn.Linear(32, 64), nn.Linear(64, 32), nn.Linear(32, 2)

    def forward(self, x):
        x = self.words(x)
        x = self.n1(x + self.attention(x, x, x, need_weights=False)[0])
        x = self.n2(x + self.fc2(torch.relu(self.fc1(x))))
        return self.fc3(x.mean(1))


class BinaryCrossEntropy(nn.Module):
    """An example's loss is the mean over its outputs; the batch's is the mean over examples, or their vector."""

    reduction = "mean"

    def forward(self, logits, targets):
        loss = nn.functional.binary_cross_entropy_with_logits(logits, targets, reduction="none").mean(1)
        return loss if self.reduction == "none" else loss.mean()


MODELS = {"mlp": mlp, "cnn": cnn, "tabular": tabular, "text": text, "lstm": Lstm, "transformer": Transformer}


def examples(spec, outputs):
    entry = spec["graph"]["inputs"][0]
    shape = [spec["examples"], *entry["shape"]]
    x = torch.randint(spec["tokens"], shape) if entry["dtype"] == "int64" else torch.randn(shape)
    if spec["graph"]["loss"] == "cross_entropy":
        return x, torch.randint(outputs, (spec["examples"],)), nn.CrossEntropyLoss()
    return x, torch.randint(2, (spec["examples"], outputs)).float(), BinaryCrossEntropy()


def private(model, loss, mode, batch):
    """The wrapped model, its optimizer and its loss."""
    sgd = torch.optim.SGD(model.parameters(), lr=RATE)
    plan = {"noise_multiplier": SIGMA, "max_grad_norm": CLIP, "expected_batch_size": batch}
    if mode == "ghost":
        wrapped = GradSampleModuleFastGradientClipping(model, max_grad_norm=CLIP, use_ghost_clipping=True)
        optimizer = DPOptimizerFastGradientClipping(sgd, **plan)
        return wrapped, optimizer, DPLossFastGradientClipping(wrapped, optimizer, loss)
    return GradSampleModule(model, force_functorch=mode == "functorch"), DPOptimizer(sgd, **plan), loss


def peak_kib():
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1])
    raise RuntimeError("no VmHWM")


def cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main(path, mode, warm, seconds):
    warnings.filterwarnings("ignore")
    torch.set_num_threads(1)
    torch.manual_seed(1)
    spec = json.loads(Path(path).read_text())
    runtime = peak_kib()
    model = MODELS[Path(path).stem]().train()
    with torch.no_grad():
        outputs = model(examples({**spec, "examples": 1}, 1)[0]).shape[1]
    x, y, loss = examples(spec, outputs)
    model, optimizer, loss = private(model, loss, mode, spec["batch"])
    rate = spec["batch"] / spec["examples"]

    def step():
        drawn = (torch.rand(spec["examples"]) < rate).nonzero().squeeze(1)
        optimizer.zero_grad(set_to_none=True)
        loss(model(x.index_select(0, drawn)), y.index_select(0, drawn)).backward()
        optimizer.step()
        return len(drawn)

    end = cpu() + warm
    while cpu() < end:
        step()
    begin, samples = cpu(), 0
    while cpu() < begin + seconds:
        samples += step()
    used = cpu() - begin
    print(json.dumps({"rate": samples / used, "peak_kib": peak_kib(), "runtime_kib": runtime}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]), float(sys.argv[4]))
