"""Judgements a second of the Java verifiers and of Google's in Go, by turns on one core, as a Markdown table."""

import argparse
import json
import os
import statistics
import subprocess
import tempfile

ROWS = [
    ("SNP report, Milan: genuine", "SnpVerifyBenchmark.genuine", "snp-genuine", "snp/milan-v2-coco"),
    ("SNP report, Milan: strict policy", "SnpVerifyBenchmark.strict", "snp-strict", "snp/milan-v2-coco"),
    ("TDX quote without collateral", "TdxVerifyBenchmark.alone", "tdx-alone", "tdx/phala-v4-b0c06f"),
    ("TDX quote, collateral, strict policy", "TdxVerifyBenchmark.strict", None, None),
]


def java(options, benchmark):
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        command = ["java", "-cp", options.class_path, "org.openjdk.jmh.Main", benchmark + "$", "-rf", "json"]
        command += ["-rff", out.name, "-jvmArgsAppend", "-Denclave.shared=" + options.shared]
        command += ["-wi", "1", "-i", "1"] if options.short else []
        pinned(options, command, stdout=subprocess.DEVNULL)
        return json.load(open(out.name))[0]["primaryMetric"]["score"]


def go(options, kind, vector):
    folder = os.path.join(options.shared, "vectors/attestation", vector)
    return float(pinned(options, [options.go, kind, folder, "1" if options.short else "6"], stdout=subprocess.PIPE).stdout)


def pinned(options, command, **more):
    return subprocess.run(["taskset", "-c", options.core] + command, check=True, text=True, **more)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--class-path", required=True)
    parser.add_argument("--go", required=True, help="the program of go-sev-guest/")
    parser.add_argument("--shared", required=True, help="the folder of the acceptance data")
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--short", action="store_true", help="to see that it runs; the figures mean nothing")
    parser.add_argument("--core", default="0")
    options = parser.parse_args()
    print("| evidence | here, a second | Go, a second | ratio |\n|---|---|---|---|")
    for label, benchmark, kind, vector in ROWS:
        ours, theirs = [], []
        for _ in range(options.turns):
            ours.append(java(options, benchmark))
            if kind:
                theirs.append(go(options, kind, vector))
        here = statistics.median(ours)
        there = statistics.median(theirs) if theirs else None
        ratio = f"{here / there:.2f}" if there else ""
        print(f"| {label} | {here:.0f} | {'' if there is None else f'{there:.0f}'} | {ratio} |", flush=True)
    print("\nload average at the end:", *os.getloadavg())


if __name__ == "__main__":
    main()
