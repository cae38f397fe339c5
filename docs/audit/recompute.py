#!/usr/bin/env python3
"""Recomputes the epsilon of an exported ledger with dp_accounting 0.6, from its DpEvent trees and from its rows.

    python3 -m venv v && v/bin/pip install dp-accounting==0.6.0 && v/bin/python recompute.py ledger.json

Prints one line a dataset and a job. Exit code 1 if the trees are not those of the rows, or a figure is below the true one.
"""
import json
import sys

from dp_accounting import dp_event
from dp_accounting.pld.pld_privacy_accountant import PLDAccountant
from dp_accounting.rdp.rdp_privacy_accountant import RdpAccountant

# Our RDP accountant searches all real orders; this grid comes close from above. dp_accounting's series for fractional orders
# is a few ten-thousandths too high, so that the two differ by as much.
ORDERS = [1 + x / 100 for x in range(1, 1000)] + [11 + x / 10 for x in range(0, 1000)] + list(range(111, 513))


def event(node):
    """The DpEvent of a tree: classes by name, all other members are their attributes."""
    if isinstance(node, list):
        return [event(n) for n in node]
    if not isinstance(node, dict):
        return node
    attributes = {k: event(v) for k, v in node.items() if k not in ("module_name", "class_name")}
    return getattr(dp_event, node["class_name"])(**attributes)


def of_rows(rows):
    """The same, from the rows alone: what was run, one charge after the other."""
    steps = {}
    for r in rows:
        if r["mechanism"] == "NONE":
            return dp_event.NonPrivateDpEvent()
        key = (r["sampling_rate"], r["noise_multiplier"])
        steps[key] = steps.get(key, 0) + r["steps"]
    return dp_event.ComposedDpEvent([
        dp_event.SelfComposedDpEvent(dp_event.PoissonSampledDpEvent(q, dp_event.GaussianDpEvent(s)), n)
        for (q, s), n in steps.items()])


def figures(composed, delta):
    """Epsilon by RDP and by PLD."""
    rdp = RdpAccountant(ORDERS).compose(composed).get_epsilon(delta)
    pld = PLDAccountant(value_discretization_interval=1e-4).compose(composed).get_epsilon(delta)
    return rdp, pld


def check(name, entry, rows, delta):
    tree = event(entry["dp_event"])
    same = entry["epsilon_rdp"] is None or tree == of_rows(rows)
    rdp, pld = figures(tree, delta)
    told, told_pld = entry["epsilon_rdp"], entry["epsilon_pld"]
    print(f"{name}: {len(rows)} charges, delta {delta}: RDP told {told}, dp_accounting {rdp:.6f};"
          f" PLD told {told_pld}, dp_accounting {pld:.6f}" + ("" if same else "  THE TREE IS NOT THAT OF THE ROWS"))
    return same and (told is None or abs(told - rdp) <= 1e-3 * rdp and abs(told_pld - pld) <= 1e-3 * pld)


def main(path):
    with open(path, encoding="utf-8") as f:
        export = json.load(f)
    good = True
    for d in export["datasets"]:
        rows = [r for r in export["rows"] if (r["node_id"], r["dataset_id"]) == (d["node_id"], d["dataset_id"])]
        good &= check(f"{d['node_id']}/{d['dataset_id']}", d, rows, d["delta"])
        for job in d["jobs"]:
            mine = [r for r in rows if r["job_id"] == job["job_id"]]
            good &= check(f"  job {job['job_id']}", job, mine, job["delta"])
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
