#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares `lhcr convert --privacy` with the golden outputs of Microsoft's FHIR anonymiser: run.py LHCR SUITE-DIR

JSON is compared by value, without the order of members. Cases in excluded.txt are skipped, each with its reason.
"""
import json
import os
import subprocess
import sys


def load(path):
    with open(path, encoding="utf-8-sig") as file:
        return json.load(file)


def excluded():
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "excluded.txt")
    with open(path, encoding="utf-8") as file:
        rows = [line.split("|") for line in file if line.strip() and not line.startswith("#")]
    return {(row[0].strip(), row[1].strip()): row[2].strip() for row in rows}


def difference(left, right, path="$"):
    """The first place where two values differ, or None."""
    if isinstance(left, dict) and isinstance(right, dict):
        for name in sorted(set(left) | set(right)):
            if name not in left:
                return f"{path}.{name}: missing"
            if name not in right:
                return f"{path}.{name}: not expected"
            found = difference(left[name], right[name], f"{path}.{name}")
            if found:
                return found
        return None
    if isinstance(left, list) and isinstance(right, list):
        if len(left) != len(right):
            return f"{path}: {len(left)} items, expected {len(right)}"
        for index, (one, two) in enumerate(zip(left, right)):
            found = difference(one, two, f"{path}[{index}]")
            if found:
                return found
        return None
    same = type(left) is type(right) and left == right
    return None if same else f"{path}: {left!r}, expected {right!r}"


def run_case(lhcr, suite, case):
    call = [lhcr, "convert", "--to", "fhir-json", "--privacy", os.path.join(suite, "config", case["config"]),
            os.path.join(suite, "cases", case["input"])]
    if "stu3" in case["config"]:
        call += ["--from", "stu3", "--fhir", "3.0.2"]
    done = subprocess.run(call, capture_output=True, check=False, timeout=60)
    try:
        result = json.loads(done.stdout)
    except ValueError:
        return f"exit {done.returncode}: {done.stderr.decode(errors='replace').strip()[:300]}"
    return difference(result, load(os.path.join(suite, "cases", case["expected"])))


def main():
    lhcr, suite = sys.argv[1:3]
    if not os.path.isdir(suite):
        print("SKIPPED: privacy: ../shared is not here")
        print("0 passed, 0 failed, 1 skipped")
        return 0
    passed, failed, skipped = 0, 0, 0
    reasons = excluded()
    for case in load(os.path.join(suite, "cases.json")):
        name = f"{case['input']} with {case['config']}"
        reason = reasons.get((case["input"], case["config"]))
        if reason:
            print(f"SKIPPED: {name}: {reason}")
            skipped += 1
            continue
        found = run_case(lhcr, suite, case)
        if found:
            print(f"FAILED: {name}: {found}")
            failed += 1
        else:
            passed += 1
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
