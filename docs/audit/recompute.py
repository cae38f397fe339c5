#!/usr/bin/env python3
"""Recomputes every figure of exported ledgers from their rows with Python's standard library, without our code.

    python3 recompute.py ledger.json ...

Prints what does not hold, then a line a dataset, a job and a file. Exit code 1 if something does not hold.
"""
import sys

import accountants
import canonical

# Our figures by loss distributions lie above the exact ones by the fineness of their grid.
ABOVE = 1e-3
SMALL = 2e-6
SAME = 1e-6
# No dataset's ceiling and no job's limit is above this.
HIGHEST = 5.0
LEDGER = "dp_accounting.dp_event"


def near(came, expected, above=SAME):
    """Whether a figure is not below the true one, and not further above than its method allows."""
    if came is None or expected is None or isinstance(came, bool) or isinstance(came, str):
        return came is None and expected is None
    return expected * (1 - SAME) - SMALL / 10 <= came <= expected * (1 + above) + SMALL


def phases(rows):
    """What was run: equal mechanisms merged, in the order of their first charge."""
    steps = {}
    for r in rows:
        if r["mechanism"] != "NONE":
            key = (r["sampling_rate"], r["noise_multiplier"])
            steps[key] = steps.get(key, 0) + r["steps"]
    return tuple((q, s, n) for (q, s), n in steps.items())


def smaller(rows, delta):
    """The smaller of both accountants."""
    run = phases(rows)
    return min(accountants.epsilon_rdp(run, delta)[0], accountants.epsilon_exact(run, delta))


def spent(rows, order):
    return sum(n * accountants.rdp(q, s, order) for q, s, n in phases(rows))


def unprotected(rows):
    return any(r["mechanism"] == "NONE" for r in rows)


def event(class_name, **members):
    return {"module_name": LEDGER, "class_name": class_name, **members}


def tree(rows):
    """The DpEvent tree of rows."""
    events = [event("SelfComposedDpEvent", count=n, event=event(
        "PoissonSampledDpEvent", sampling_probability=q, event=event("GaussianDpEvent", noise_multiplier=s)))
        for q, s, n in phases(rows)]
    return event("ComposedDpEvent", events=events + ([event("NonPrivateDpEvent")] if unprotected(rows) else []))


def terms(row):
    return [row[k] for k in ("job_limit", "job_delta", "sampling_rate", "noise_multiplier", "steps", "max_grad_norm",
                             "normaliser")]


def meanings(before, row):
    """What the dataset's and the job's figures of a row are bounds of."""
    own = [r for r in before if r["job_id"] == row["job_id"]]
    data = "NONE" if unprotected(before + [row]) else "HINDSIGHT"
    if unprotected(own + [row]):
        return data, "NONE"
    return data, "PLAN" if all(terms(r) == terms(row) for r in own) else "FILTER"


def row_faults(before, row):
    """What does not hold of a row, given the dataset's rows before it."""
    own = [r for r in before if r["job_id"] == row["job_id"]]
    order, budget = accountants.filter_of(row["ceiling"], row["delta"])
    total = spent(before + [row], order)
    older = "epsilon_meaning" not in row
    faults = []

    def figure(member, expected, above=ABOVE):
        if not near(row[member], expected, above):
            faults.append(f"{member} is {row[member]}, recomputed {expected}")

    figure("filter_order", order, SAME)
    figure("filter_spent_after", total, SAME)
    if row["mechanism"] == "NONE":
        if not row["public"]:
            faults.append("is unprotected and its owner did not declare the records public")
        for member in ("epsilon_before", "epsilon_after", "job_epsilon_after", "sampling_rate", "noise_multiplier", "steps"):
            figure(member, None)
    else:
        bounded = older or not unprotected(before)
        figure("epsilon_before", smaller(before, row["delta"]) if bounded else None)
        figure("epsilon_after", smaller(before + [row], row["delta"]) if bounded else None)
        job = job_epsilon(own, row, older)
        figure("job_epsilon_after", job, SAME if row["job_accountant"] == "RDP_FILTER" else ABOVE)
    if not older and (row["epsilon_meaning"], row["job_epsilon_meaning"]) != meanings(before, row):
        faults.append(f"epsilon_meaning is {row['epsilon_meaning']}, {row['job_epsilon_meaning']},"
                      f" expected {meanings(before, row)}")
    if older and any("epsilon_meaning" in r for r in before):
        faults.append("has no epsilon_meaning, as rows before it have")
    faults += accountant_faults(row, older)
    if row["recovered_from"] is None:
        faults += limit_faults(before, own, row, older, total, budget)
    return faults


def job_epsilon(own, row, older):
    if not older and unprotected(own):
        return None
    if older or all(terms(r) == terms(row) for r in own):
        return smaller(own + [row], row["job_delta"])
    order, _ = accountants.filter_of(own[0]["job_limit"], own[0]["job_delta"])
    return max(0.0, accountants.converted(spent(own + [row], order), order, own[0]["job_delta"]))


def accountant_faults(row, older):
    """Names of accountants that do not go with the figures beside them."""
    faults = []
    for prefix in ("", "job_"):
        name, version = row[prefix + "accountant"], row[prefix + "accountant_version"]
        none = row[prefix + "epsilon_after"] is None
        known = ["none"] if none else ["RDP", "PLD"] + ([] if older or not prefix else ["RDP_FILTER"])
        filtered = not older and row[prefix + "epsilon_meaning"] == "FILTER"
        if name not in known or (name == "RDP_FILTER") != (prefix != "" and filtered) or none != (version == "none"):
            faults.append(f"{prefix}accountant is {name}, version {version}")
    return faults


def limit_faults(before, own, row, older, total, budget):
    faults = []
    if row["job_limit"] > HIGHEST:
        faults.append(f"states a job_limit of {row['job_limit']}, and no job's is above {HIGHEST}")
    if row["job_delta"] > row["delta"]:
        faults.append(f"states a job_delta of {row['job_delta']}, above the dataset's of {row['delta']}")
    if row["mechanism"] != "NONE":
        if total > budget * (1 + SAME):
            faults.append(f"exceeds the dataset's ceiling of {row['ceiling']}")
        if row["job_epsilon_after"] is None or row["job_epsilon_after"] > row["job_limit"]:
            faults.append(f"exceeds the job's limit of {row['job_limit']}")
    pinned = own and all(terms(r) == terms(own[0]) for r in own)
    if not older and own and terms(row)[:2 if not pinned else None] != terms(own[0])[:2 if not pinned else None]:
        faults.append("is on other terms than its job's first charge")
    key = (row["job_id"], row["round"], row["attempt"])
    if any((r["job_id"], r["round"], r["attempt"]) == key for r in before):
        faults.append("charges an attempt again")
    return faults


def figure_faults(name, entry, rows, delta):
    """What does not hold of the figures of a dataset or of a job."""
    run = phases(rows)
    open_ = unprotected(rows)
    rdp = None if open_ else accountants.epsilon_rdp(run, delta)[0]
    exact = None if open_ else accountants.epsilon_exact(run, delta)
    faults = []
    if entry["dp_event"] != tree(rows):
        faults.append("dp_event is not the tree of the rows")
    if not near(entry["epsilon_rdp"], rdp):
        faults.append(f"epsilon_rdp is {entry['epsilon_rdp']}, recomputed {rdp}")
    if not near(entry["epsilon_pld"], exact, ABOVE):
        faults.append(f"epsilon_pld is {entry['epsilon_pld']}, exactly {exact}")
    print(f"{name}: {len(rows)} charges, delta {delta}: RDP told {entry['epsilon_rdp']}, here {rdp};"
          f" PLD told {entry['epsilon_pld']}, exactly {exact}")
    return [f"{name}: {f}" for f in faults]


FIGURES = {"epsilon_rdp", "epsilon_pld", "dp_event"}


def members(name, entry, expected):
    wrong = set(entry) ^ expected
    return [f"{name}: has other members: {', '.join(sorted(wrong))}"] if wrong else []


def dataset_faults(d, rows):
    name = f"{d['node_id']}/{d['dataset_id']}"
    later = any("epsilon_meaning" in r for r in rows)
    faults = members(name, d, FIGURES | {"node_id", "data_owner", "dataset_id", "privacy_unit", "declared_rows", "delta",
                                         "epsilon_ceiling", "public", "genesis", "sequence", "head", "jobs"}
                     | ({"epsilon_meaning", "epsilon_filter"} if later else set()))
    faults += figure_faults(name, d, rows, d["delta"])
    if later:
        meaning = "NONE" if unprotected(rows) else "HINDSIGHT"
        order, _ = accountants.filter_of(d["epsilon_ceiling"], d["delta"])
        total = spent(rows, order)
        held = None if unprotected(rows) else max(0.0, accountants.converted(total, order, d["delta"])) if total else 0.0
        if d["epsilon_meaning"] != meaning or not near(d["epsilon_filter"], held):
            faults.append(f"{name}: epsilon_meaning {d['epsilon_meaning']} and epsilon_filter {d['epsilon_filter']},"
                          f" recomputed {meaning} and {held}")
    for i, row in enumerate(rows):
        faults += [f"{name}: row {i + 1} {f}" for f in row_faults(rows[:i], row)]
    ids = list(dict.fromkeys(r["job_id"] for r in rows))
    if [j["job_id"] for j in d["jobs"]] != ids:
        return faults + [f"{name}: jobs are not those of the rows, in their order"]
    for job in d["jobs"]:
        faults += job_faults(name, job, [r for r in rows if r["job_id"] == job["job_id"]], later)
    return faults


def job_faults(dataset, job, rows, later):
    name, last = f"{dataset} job {job['job_id']}", rows[-1]
    faults = members(name, job, FIGURES | {"job_id", "delta", "limit"} | ({"epsilon_meaning"} if later else set()))
    if (job["delta"], job["limit"]) != (last["job_delta"], last["job_limit"]):
        faults.append(f"{name}: delta and limit are not those of its rows")
    if later and job["epsilon_meaning"] != last.get("job_epsilon_meaning", "HINDSIGHT"):
        faults.append(f"{name}: epsilon_meaning is {job['epsilon_meaning']}")
    return faults + figure_faults(name, job, rows, job["delta"])


def fixed_faults(rows):
    """What a job fixes for all its nodes is the same in all rows that name the job and its digest."""
    first, faults = {}, []
    for row in rows:
        fixed = (row["job_limit"], row["max_grad_norm"])
        if first.setdefault((row["job_id"], row["job_digest"]), fixed) != fixed:
            faults.append(f"{row['node_id']}/{row['dataset_id']}: row {row['sequence']} has another job_limit or"
                          " max_grad_norm than other rows of its job")
    return faults


def export_faults(export):
    faults, filed = fixed_faults(export["rows"]), 0
    for d in export["datasets"]:
        rows = [r for r in export["rows"] if (r["node_id"], r["dataset_id"]) == (d["node_id"], d["dataset_id"])]
        filed += len(rows)
        faults += dataset_faults(d, rows)
    if filed != len(export["rows"]):
        faults.append("rows and datasets do not belong together")
    return faults


def main(paths):
    bad = False
    for path in paths:
        try:
            faults = export_faults(canonical.read(path))
        except accountants.TooLong as e:
            faults = [f"a figure would take too long to recompute here: {e}"]
        except (canonical.Malformed, KeyError, IndexError, TypeError, AttributeError, ValueError, OverflowError,
                ZeroDivisionError) as e:
            faults = [f"the export is not of its form: {type(e).__name__} {e}"]
        for f in faults:
            print(f"does not hold: {f}")
        print(f"{path}: " + ("DOES NOT HOLD" if faults else "holds"))
        bad |= bool(faults)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
