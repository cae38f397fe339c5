#!/usr/bin/env python3
"""Checks form, hashes and signatures of exported ledgers with Python's standard library and openssl, without our code.

    python3 signatures.py ledger.json ... ca.pem

Prints what does not hold, then one line a file. Exit code 1 if something does not hold.
"""
import base64
import functools
import hashlib
import re
import subprocess
import sys
import tempfile

import canonical

EXPORT = {"format", "time", "datasets", "rows", "certificates", "ca", "signer", "signature"}
REGISTRATION = ["data_owner", "dataset_id", "privacy_unit", "declared_rows", "delta", "epsilon_ceiling", "public"]
ROW = {
    "sequence", "time", "data_owner", "dataset_id", "privacy_unit", "adjacency", "declared_rows", "public", "job_id",
    "job_digest", "round", "attempt", "node_id", "mechanism", "sampling_rate", "noise_multiplier", "steps", "max_grad_norm",
    "normaliser", "delta", "job_delta", "epsilon_before", "epsilon_after", "job_epsilon_after", "job_limit", "ceiling",
    "filter_order", "filter_spent_after", "accountant", "accountant_version", "job_accountant", "job_accountant_version",
    "state", "model_digest", "measurement", "recovered_from", "previous_hash", "hash", "signer", "signature"}
# Rows of before jobs were pinned lack these.
LATER = {"epsilon_meaning", "job_epsilon_meaning"}
NODE = "URI:urn:coreason:enclave:node:"
LEDGER = "URI:urn:coreason:enclave:ledger"


def openssl(*args, data=None):
    return subprocess.run(["openssl", *args], input=data, capture_output=True, check=False)


class Checker:
    """Holds signatures against one authority."""

    def __init__(self, folder, ca):
        self.folder = folder
        with open(ca, "rb") as f:
            self.ca = self.file("ca.pem", f.read())
        self.signed = functools.lru_cache(None)(self.signed)
        self.names = functools.lru_cache(None)(self.names)
        self.key = functools.lru_cache(None)(self.key)

    def file(self, name, content):
        path = f"{self.folder}/{name}"
        with open(path, "wb") as f:
            f.write(content)
        return path

    def key(self, pem):
        """The public key of a certificate that the authority issued, or nothing."""
        cert = self.file("cert.pem", pem.encode())
        # -no_check_time: a ledger outlives the certificates of the boots that wrote it.
        if openssl("verify", "-no_check_time", "-CAfile", self.ca, cert).returncode != 0:
            return None
        return openssl("x509", "-in", cert, "-pubkey", "-noout").stdout

    def names(self, pem):
        """The fingerprint of a certificate and its alternative names."""
        der = openssl("x509", "-outform", "DER", data=pem.encode()).stdout
        shown = openssl("x509", "-noout", "-ext", "subjectAltName", data=pem.encode()).stdout.decode()
        return hashlib.sha256(der).hexdigest(), re.findall(r"URI:[^\s,]+", shown)

    def signed(self, pem, message, signature):
        """Whether the certificate is the authority's and its key signed the message (ECDSA, SHA-256)."""
        key = self.key(pem)
        try:
            der = base64.b64decode(signature, validate=True)
        except ValueError:
            return False
        if key is None:
            return False
        held = openssl("dgst", "-sha256", "-verify", self.file("key.pem", key), "-signature", self.file("sig", der),
                       data=message)
        return held.returncode == 0


def one_certificate(pem):
    """Whether a text is one certificate and nothing else."""
    return re.fullmatch(r"-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\n]+\n-----END CERTIFICATE-----\n?", pem) is not None


def row_faults(checker, export, row, previous, registration):
    if set(row) != ROW and set(row) != ROW | LATER:
        return ["has other members: " + ", ".join(sorted(set(row) ^ ROW))]
    faults = []
    body = {k: v for k, v in row.items() if k not in ("hash", "state", "signer", "signature")}
    if hashlib.sha256(canonical.data(body)).hexdigest() != row["hash"]:
        faults.append("does not have its hash")
    if row["previous_hash"] != previous:
        faults.append("does not name the row before it")
    if {k: row["ceiling" if k == "epsilon_ceiling" else k] for k in REGISTRATION} != registration:
        faults.append("has another registration than its dataset")
    unprotected = row["mechanism"] == "NONE"
    if row["state"] not in (["UNPROTECTED"] if unprotected else ["RESERVED", "COMMITTED", "EXPIRED"]):
        faults.append(f"is {row['state']}")
    pem = export["certificates"].get(row["signer"])
    message = b"coreason/ledger-row/v1\n" + row["hash"].encode()
    if pem is None or not checker.signed(pem, message, row["signature"]):
        faults.append("is not signed by a certificate of the authority")
    elif checker.names(pem) != (row["signer"], [NODE + row["node_id"]]):
        faults.append("is signed by another than its node")
    return faults


def dataset_faults(checker, export, dataset):
    """What does not hold of one dataset, and its rows."""
    name = (dataset["node_id"], dataset["dataset_id"])
    registration = {k: dataset[k] for k in REGISTRATION}
    genesis = hashlib.sha256(canonical.data(registration)).hexdigest()
    rows = [r for r in export["rows"] if (r.get("node_id"), r.get("dataset_id")) == name]
    faults = [] if dataset["genesis"] == genesis else ["genesis is not the registration's"]
    previous = genesis
    for place, row in enumerate(rows, 1):
        if row.get("sequence") != place:
            faults.append(f"row {place} says sequence {row.get('sequence')}")
        faults += [f"row {place} {f}" for f in row_faults(checker, export, row, previous, registration)]
        previous = row.get("hash")
    if dataset["head"] != previous or dataset["sequence"] != len(rows):
        faults.append("head or sequence is not that of the last row")
    return [f"{name[0]}/{name[1]}: {f}" for f in faults], rows


def faults(checker, export):
    if set(export) != EXPORT:
        return ["the export has other members: " + ", ".join(sorted(set(export) ^ EXPORT))]
    found = []
    whole = {k: v for k, v in export.items() if k != "signature"}
    if not checker.signed(export["signer"], b"coreason/ledger-export/v1\n" + canonical.data(whole), export["signature"]):
        found.append("the export is not signed by a certificate of the authority")
    elif checker.names(export["signer"])[1] != [LEDGER]:
        found.append("the export is signed by another than the Overseer")
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", export["time"]):
        found.append(f"time {export['time']}")
    if export["format"] != "coreason.ledger/v1":
        found.append(f"format {export['format']}")
    with open(checker.ca, encoding="ascii") as f:
        if checker.names(export["ca"])[0] != checker.names(f.read())[0]:
            found.append("ca is another authority")
    for pem in [export["ca"], export["signer"], *export["certificates"].values()]:
        if not one_certificate(pem):
            found.append("a certificate is not in its one form")
    if set(export["certificates"]) != {r.get("signer") for r in export["rows"]}:
        found.append("certificates are not those that signed rows")
    ordered, names = [], []
    for dataset in export["datasets"]:
        wrong, rows = dataset_faults(checker, export, dataset)
        found += wrong
        ordered += rows
        names.append((dataset["node_id"], dataset["dataset_id"]))
    if len(set(names)) != len(names):
        found.append("a dataset stands twice")
    if ordered != export["rows"]:
        found.append("the rows are not those of the datasets, in their order")
    return found


def main(files, ca):
    bad = False
    with tempfile.TemporaryDirectory() as folder:
        checker = Checker(folder, ca)
        for path in files:
            try:
                export = canonical.read(path)
                found = faults(checker, export)
            except (canonical.Malformed, KeyError, TypeError, AttributeError) as e:
                found = [f"the export is not of its form: {type(e).__name__} {e}"]
            for f in found:
                print(f"does not hold: {f}")
            print(f"{path}: " + ("DOES NOT HOLD" if found else f"holds: the export and {len(export['rows'])} rows"))
            bad |= bool(found)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:-1], sys.argv[-1]))
