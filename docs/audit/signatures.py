#!/usr/bin/env python3
"""Checks hashes and signatures of an exported ledger with openssl and a JSON canonicaliser, without this product's code.

    python3 signatures.py ledger.json ca.pem        needs openssl and the package rfc8785
"""
import base64
import hashlib
import json
import subprocess
import sys
import tempfile

import rfc8785


def openssl(*args):
    return subprocess.run(["openssl", *args], capture_output=True, text=True)


def file(folder, name, content):
    path = f"{folder}/{name}"
    with open(path, "wb") as f:
        f.write(content)
    return path


def signed(folder, certificate, message, signature):
    """Whether the certificate is the authority's and its key signed the message (ECDSA, SHA-256)."""
    pem = file(folder, "cert.pem", certificate.encode())
    # -no_check_time: a ledger outlives the certificates of the boots that wrote it.
    issued = openssl("verify", "-no_check_time", "-CAfile", f"{folder}/ca.pem", pem)
    key = file(folder, "key.pem", openssl("x509", "-in", pem, "-pubkey", "-noout").stdout.encode())
    held = openssl("dgst", "-sha256", "-verify", key, "-signature",
                   file(folder, "sig", base64.b64decode(signature)), file(folder, "message", message))
    return issued.returncode == 0 and held.returncode == 0


def main(path, ca):
    with open(path, encoding="utf-8") as f:
        export = json.load(f)
    bad = []
    with tempfile.TemporaryDirectory() as folder:
        with open(ca, "rb") as f:
            file(folder, "ca.pem", f.read())
        whole = {k: v for k, v in export.items() if k != "signature"}
        if not signed(folder, export["signer"], b"coreason/ledger-export/v1\n" + rfc8785.dumps(whole), export["signature"]):
            bad.append("the export")
        previous = {(d["node_id"], d["dataset_id"]): d["genesis"] for d in export["datasets"]}
        for r in export["rows"]:
            name = (r["node_id"], r["dataset_id"])
            body = {k: v for k, v in r.items() if k not in ("hash", "state", "signer", "signature")}
            digest = hashlib.sha256(rfc8785.dumps(body)).hexdigest()
            chained = digest == r["hash"] and r["previous_hash"] == previous[name]
            message = b"coreason/ledger-row/v1\n" + r["hash"].encode()
            if not chained or not signed(folder, export["certificates"][r["signer"]], message, r["signature"]):
                bad.append(f"row {r['sequence']} of {name[0]}/{name[1]}")
            previous[name] = r["hash"]
        for d in export["datasets"]:
            if previous[(d["node_id"], d["dataset_id"])] != d["head"]:
                bad.append(f"the head of {d['node_id']}/{d['dataset_id']}")
    print("\n".join(f"does not hold: {b}" for b in bad) or f"holds: the export and {len(export['rows'])} rows")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
