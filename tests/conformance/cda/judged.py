#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every error-level finding in the CDA documents of the conversion suite is one that judged.txt calls true, with its clause and fact.

  judged.py LHCR SUITES CORE CCDA [--write]

A row of judged.txt: document, path, id, `CLAUSE: FACT`; between tabs. proofs.py finds clause and fact in the document and in the
published classes and templates (the packages CORE and CCDA). A finding that it does not prove needs a row of hand, which begins
with `ours` when the program is wrong. --write puts in what is proved and keeps the rows of hand."""
import collections
import glob
import json
import os
import subprocess
import sys

from proofs import Document, Proofs

HERE = os.path.dirname(os.path.abspath(__file__))
LIST = os.path.join(HERE, "judged.txt")


def listed():
    with open(LIST, encoding="utf-8") as file:
        lines = file.read().splitlines()
    rows = [tuple(line.split("\t")) for line in lines if line.strip() and not line.startswith("#")]
    return [line for line in lines if line.startswith("#")], {row[:3]: row[3] for row in rows}


def findings(lhcr, suites):
    """(document, path of the file, place, id) -> texts of the errors."""
    found = collections.OrderedDict()
    for folder in ("roundtrip", "accept", "input"):
        paths = sorted(glob.glob(os.path.join(suites, "convert", folder, "*.xml")))
        run = subprocess.run([lhcr, "validate", "--quiet", "--format", "json"] + paths, capture_output=True, text=True, check=False)
        reports = [json.loads(line) for line in run.stdout.splitlines()]
        if run.returncode not in (0, 1) or len(reports) != len(paths):
            sys.exit(f"FAILED: {folder}: exit {run.returncode}, {len(reports)} reports of {len(paths)}: {run.stderr[-500:]}")
        for path, report in zip(paths, reports):
            for item in report["findings"]:
                if item["severity"] in ("error", "fatal"):
                    found.setdefault((f"{folder}/{os.path.basename(path)}", item["path"], item["id"]), (path, []))[1].append(item["text"])
    return found


def proved(proofs, found):
    """The findings of which every text is proved -> `CLAUSE: FACT`."""
    documents, reasons = {}, {}
    for row, (path, texts) in found.items():
        if path not in documents:
            documents[path] = Document(path)
        facts = [proofs.of(documents[path], row[1], row[2], text) for text in texts]
        if all(facts):
            reasons[row] = "; ".join(dict.fromkeys(facts))
    return reasons


def main():
    lhcr, suites, core, ccda = sys.argv[1:5]
    found = findings(lhcr, suites)
    reasons = proved(Proofs(core, ccda), found)
    head, rows = listed()
    if "--write" in sys.argv:
        rows = {row: reasons.get(row) or rows.get(row, "") for row in found}
        with open(LIST, "w", encoding="utf-8") as file:
            file.writelines(line + "\n" for line in head + ["\t".join(row + (reason,)) for row, reason in rows.items()])
    failures = [f"not judged: {row}: {found[row][1]}" for row in found if row not in rows]
    failures += [f"judged but not found any more: {row}" for row in rows if row not in found]
    failures += [f"{row}: the proof is {reasons[row]!r}" for row, reason in rows.items() if row in reasons and reasons[row] != reason]
    failures += [f"not proved, and no reason given: {row}: {found[row][1]}" for row, reason in rows.items() if row in found and not reason]
    for failure in failures:
        print("FAILED:", failure)
    print(f"{len(reasons)} of {len(found)} proved from the packages")
    print("conformance.cda_judged: %d passed, %d failed, 0 skipped" % (len(rows) - len(failures), len(failures)))
    return 1 if failures else 0


sys.exit(main())
