#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Scores of `lhcr convert` over the conversion suite against thresholds: run.py LHCR SUITE. Exit 77: suite or lxml missing."""
import json
import os
import subprocess
import sys
import tempfile

THRESHOLDS = [
    ("C-CDA to FHIR, tiers A B C, by example", "HEADLINE cda2fhir", "by_group", 0.90),
    ("FHIR to C-CDA, tier D, by example", "HEADLINE fhir2cda", "by_group", 0.90),
    ("STU3 to R4, tiers F G, lift", "HEADLINE stu3tor4", "lift", 0.80),
    ("round trip", "ALL roundtrip", "macro", 0.95),
]


def skip(why):
    print("skipped: " + why)
    print("0 passed, 0 failed, %d skipped" % (len(THRESHOLDS) + 1))
    sys.exit(77)


def score(lhcr, suite, out):
    command = [
        sys.executable, os.path.join(suite, "score.py"),
        "--cf", lhcr + " convert --to fhir-json IN -o OUT --quiet",
        "--fc", lhcr + " convert --to cda IN -o OUT --quiet",
        "--s34", lhcr + " convert --to fhir-json --from stu3 --fhir 4.0.1 IN -o OUT --quiet",
        "--roundtrip", os.path.join(suite, "roundtrip"), "--json", out]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    with open(out, encoding="utf-8") as file:
        return json.load(file)["summary"]


def accepts(lhcr, suite):
    folder = os.path.join(suite, "accept")
    failed = [name for name in sorted(os.listdir(folder))
              if subprocess.run([lhcr, "convert", "--to", "fhir-json", os.path.join(folder, name)],
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode]
    for name in failed:
        print("FAIL accept: " + name)
    return not failed


def main():
    lhcr, suite = sys.argv[1], os.path.abspath(sys.argv[2])
    if not os.path.isdir(suite):
        skip("no " + sys.argv[2])
    try:
        import lxml.etree  # noqa: F401
    except ImportError:
        skip("lxml is not installed")
    with tempfile.TemporaryDirectory() as folder:
        summary = score(lhcr, suite, os.path.join(folder, "score.json"))
    passed = failed = 0
    for name, row, field, least in THRESHOLDS:
        got = summary[row][field]
        good = got >= least
        passed, failed = passed + good, failed + (not good)
        print("%s %s: %.3f (at least %.2f)" % ("ok  " if good else "FAIL", name, got, least))
    good = accepts(lhcr, suite)
    passed, failed = passed + good, failed + (not good)
    print("%d passed, %d failed, 0 skipped" % (passed, failed))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
