"""Runs this project's training and Opacus's by turns and prints the medians as a Markdown table.

compare.py --class-path CLASSES [--runs 5] [--warm 60] [--seconds 3] [--models mlp,cnn] [--json FILE]
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[3]
BENCHMARK = "ai.coreason.enclave.privacy.dpsgd.DpSgdBenchmark"
PEERS = ("hooks", "functorch", "ghost")
VARIANTS = ("dp", "hooks", "plain", "functorch", "ghost")
MODELS = ("mlp", "cnn", "tabular", "text", "lstm", "transformer")
ONE_THREAD = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
# As the launcher sets it for nodes: ADR 15.
NODE = {"ATEN_CPU_CAPABILITY": "avx2", "MKL_CBWR": "AUTO"}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--class-path", required=True, help="of the module's tests")
    parser.add_argument("--runs", type=int, default=5, help="processes of each variant (5)")
    parser.add_argument("--warm", type=float, default=60, help="CPU-seconds of the JVM before measuring (60: until its compiler is idle); 1 in Python, which compiles nothing")
    parser.add_argument("--seconds", type=float, default=3, help="CPU-seconds of measuring (3)")
    parser.add_argument("--models", default=",".join(MODELS), help="some of " + ",".join(MODELS))
    parser.add_argument("--json", type=Path, help="also write every measurement to this file")
    return parser.parse_args()


def command(model, variant, options):
    path = str(HERE / "models" / f"{model}.json")
    if variant in PEERS:
        return [sys.executable, str(HERE / "opacus_step.py"), path, variant, "1", str(options.seconds)]
    java = Path(os.environ["JAVA_HOME"]) / "bin" / "java" if "JAVA_HOME" in os.environ else "java"
    return [str(java), "-Xmx1g", "-XX:+UseSerialGC", f"-Djava.util.logging.config.file={ROOT / 'liberty-config/logging-test.properties'}",
            "-cp", options.class_path, BENCHMARK, path, variant, str(options.warm), str(options.seconds)]


def measure(model, variant, options):
    node = {} if variant in PEERS else NODE
    done = subprocess.run(command(model, variant, options), env={**os.environ, **ONE_THREAD, **node},
                          stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def compare(model, options):
    """
    All measurements of one model, by variant; the variants take turns, so that load falls on all alike. One of Opacus's
    that is not half as fast as its best in the first turn is not measured again.
    """
    measured = {variant: [] for variant in VARIANTS}
    left = list(VARIANTS)
    for run in range(options.runs):
        for variant in left:
            measured[variant].append(measure(model, variant, options))
            print(f"{model} {run + 1}/{options.runs} {variant}: {measured[variant][-1]['rate']:.0f}",
                  file=sys.stderr, flush=True)
        best = max(median(measured, peer) for peer in PEERS)
        left = [v for v in left if v not in PEERS or median(measured, v) > best / 2]
    return measured


def median(measured, variant, figure="rate"):
    return statistics.median(m[figure] for m in measured[variant])


def mib(kib):
    return f"{kib / 1024:.0f}"


def row(model, measured):
    spec = json.loads((HERE / "models" / f"{model}.json").read_text())
    best = max(PEERS, key=lambda peer: median(measured, peer))
    own, peer, plain = (median(measured, v) for v in ("dp", best, "plain"))
    peaks = [median(measured, v, "peak_kib") for v in ("dp", best)]
    above = [median(measured, v, "peak_kib") - median(measured, v, "runtime_kib") for v in ("dp", best)]
    cells = [f"{spec['title']}, batch {spec['batch']}", f"{own:,.0f}", f"{peer:,.0f} ({best})", f"{own / peer:.2f}",
             f"{own / plain:.2f}", f"{mib(peaks[0])} / {mib(peaks[1])}", f"{mib(above[0])} / {mib(above[1])}"]
    return "| " + " | ".join(cells) + " |"


def machine():
    names = [line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
             if line.startswith("model name")]
    return (f"{names[0]}, {len(names)} cores; Python {platform.python_version()}, "
            f"torch {version('torch')}, opacus {version('opacus')}")


def main():
    options = arguments()
    measured = {model: compare(model, options) for model in options.models.split(",")}
    if options.json:
        options.json.write_text(json.dumps(measured, indent=1))
    print(f"{machine()}; medians of {options.runs} runs\n")
    print("| model | here | Opacus, best | ratio | of plain SGD | peak MiB | above runtime MiB |")
    print("|---|---|---|---|---|---|---|")
    for model in measured:
        print(row(model, measured[model]))
    print("\n| model | " + " | ".join(VARIANTS) + " |\n|---|" + "---|" * len(VARIANTS))
    for model in measured:
        print(f"| {model} | " + " | ".join(f"{median(measured[model], v):,.0f}" for v in VARIANTS) + " |")


if __name__ == "__main__":
    main()
