# SPDX-License-Identifier: Apache-2.0
"""Rows about judging and reading records, beside HAPI (hapi-fhir-validation), Medplum (@medplum/core) and fhirkit-rs: whole processes
for lhcr and for cold starts; otherwise peers warm and in process, on the first lines of the same file."""
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile

import peers
from measure import FOUND, ONE_CORE, RATE, SHARED, WALL, Figure, Row, Skipped, in_turns, megabytes, must

SUITE = SHARED / "suites" / "validator"
QUERY = "(code.coding | type.coding).where(system = 'http://snomed.info/sct').code"


def cold(bench):
    """One Patient, whole processes."""
    able, missing = bench.able(peers.hapi, peers.medplum, peers.fhirkit)
    sides = {"lhcr": lambda: bench.ours("validate", bench.data.patient)}
    for peer in able:
        sides[peer.name] = lambda peer=peer: bench.clock(peer.cold + [bench.data.patient], peer.folder)
    runs = in_turns(sides, bench.rounds)
    runs["lhcr"] += [sides["lhcr"]() for _ in range(20)]
    figures = [Figure.of(name, done, lambda run: run.wall) for name, done in runs.items()]
    return Row("validate one Patient, whole process", WALL, figures[0], figures[1:] + missing)


def validate(bench):
    able, missing = bench.able(peers.hapi, peers.medplum, peers.fhirkit)
    size = os.path.getsize(bench.data.big)
    ours, rates = [], {peer: [] for peer in able}
    for turn in range(bench.rounds):
        ours.append(bench.ours("validate", "-j1", bench.data.big, before=ONE_CORE))
        for peer in able:
            rates[peer].append(rate(bench, peer, turn, "validate"))
    own = Figure.of("lhcr", ours, lambda run: size / run.processor / 1e6)
    theirs = [Figure(peer.name, statistics.median(found), peer.peak()) for peer, found in rates.items()]
    return Row(f"validate NDJSON of {megabytes(size)}, all checks, one core", RATE, own, theirs + missing)


def rate(bench, worker, turn, work):
    return worker.rate(work, bench.data.subset, bench.warm if turn == 0 else 0.5, bench.seconds, QUERY)


def stage(work, label, *makers):
    """A stage of the library, in process on both sides."""
    def row(bench):
        able, missing = bench.able(*makers)
        workers = [bench.stages] + able
        rates = {worker: [] for worker in workers}
        for turn in range(bench.rounds):
            for worker in workers:
                rates[worker].append(rate(bench, worker, turn, work))
        figures = [Figure(worker.name, statistics.median(rates[worker]), worker.peak()) for worker in workers]
        return Row(label, RATE, figures[0], figures[1:] + missing)
    return row


def invalid(bench):
    """What each finds among the suite's cases without profile or support file."""
    scorer = SUITE / "run_manifest.py"
    if not scorer.exists():
        raise Skipped("no ../shared/suites/validator")
    able, missing = bench.able(peers.hapi, peers.medplum, peers.fhirkit)
    with open(SUITE / "subset_dev.json", encoding="utf-8") as file:
        suite = json.load(file)
    suite["cases"] = [c for c in suite["cases"] if c["id"].endswith("-base") and not c["profile"] and not c["supporting"]]
    with tempfile.TemporaryDirectory() as scratch:
        cases = os.path.join(scratch, "cases.json")
        with open(cases, "w", encoding="utf-8") as file:
            json.dump(suite, file)
        theirs = [Figure(peer.name, *score(scorer, cases, outcomes_of(peer, suite["cases"], os.path.join(scratch, str(at)))))
                  for at, peer in enumerate(able)]
        ours = Figure("lhcr", *score(scorer, cases, our_outcomes(bench, suite["cases"], os.path.join(scratch, "lhcr"))))
    return Row(f"invalid records found, {len(suite['cases'])} base cases", FOUND, ours, theirs + missing)


def case_file(case):
    return os.path.join(SUITE, "cases", "validator", case["file"])


def outcomes_of(peer, cases, folder):
    os.makedirs(folder)
    for case in cases:
        peer.job("outcome", case["version"], case_file(case), os.path.join(folder, case["id"] + ".json"))
    return folder


# The switches that the suite's harness always sets, and those of its options.
HARNESS = ["--no-best-practice", "--unknown-extensions", "error"]
SWITCHES = {
    ("security-checks", True): ["--security-checks"],
    ("for-publication", True): ["--for-publication"],
    ("validateContains", "IGNORE"): ["--no-contained"],
    ("validateReference", "CHECK_EXISTS_AND_TYPE"): ["--references", "must-exist"],
    ("validateReference", "CHECK_VALID"): ["--references", "type-only"],
    ("assumeValidRestReferences", True): ["--references", "type-only"],
}


def switches(case):
    examples = [] if case["options"].get("examples") is False else ["--allow-example-urls"]
    chosen = [SWITCHES.get(option, []) for option in case["options"].items()]
    return HARNESS + examples + sum(chosen, [])


def our_outcomes(bench, cases, folder):
    """One process a case."""
    os.makedirs(folder)
    for case in cases:
        command = [bench.lhcr, "validate", "--format", "outcome", "--fhir", case["version"]]
        with open(os.path.join(folder, case["id"] + ".json"), "wb") as target:
            subprocess.run(command + switches(case) + [case_file(case)], stdout=target, stderr=subprocess.DEVNULL,
                           check=False)
    return folder


def score(scorer, cases, folder):
    """How many were found, no peak, of how many and how often the verdict was right."""
    text = must([sys.executable, str(scorer), "--precomputed", folder, "--cases", cases])
    found, of = re.search(r"truth-invalid found=(\d+)/(\d+)", text).groups()
    agrees = re.search(r"agrees=\d+ \(([\d.]+%)\)", text)[1]
    return int(found), None, f"of {of} (verdict {agrees})"


ROWS = {
    "cold": cold,
    "validate": validate,
    "invalid": invalid,
    "read": stage("read", "read JSON, one core", peers.hapi, peers.medplum, peers.fhirkit),
    "to-xml": stage("convert", "JSON to XML, one core", peers.hapi),
    "query": stage("query", "FHIRPath query, one core", peers.hapi, peers.medplum),
}
