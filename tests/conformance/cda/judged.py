#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every error-level finding in the CDA documents of the conversion suite is one that judged.txt calls true.

judged.py LHCR SUITES. A row of judged.txt: file (glob), id, regular expression of the text, why it is true; between tabs."""
import fnmatch
import glob
import json
import os
import re
import subprocess
import sys


def rows():
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "judged.txt"), encoding="utf-8") as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                name, identity, text, reason = line.rstrip("\n").split("\t")
                assert reason.strip(), line
                yield [name, identity, re.compile(text), 0]


def main():
    lhcr, suites = sys.argv[1:3]
    table = list(rows())
    passed, failed = 0, 0
    for folder in ("roundtrip", "accept", "input"):
        paths = sorted(glob.glob(os.path.join(suites, "convert", folder, "*.xml")))
        run = subprocess.run([lhcr, "validate", "--quiet", "--format", "json"] + paths, capture_output=True, text=True)
        reports = [json.loads(line) for line in run.stdout.splitlines()]
        if run.returncode not in (0, 1) or len(reports) != len(paths):
            print("FAILED:", folder, "exit", run.returncode, len(reports), "reports of", len(paths), run.stderr[-500:])
            failed += 1
        for report in reports:
            name = os.path.basename(report["input"])
            for found in report["findings"]:
                if found["severity"] not in ("error", "fatal"):
                    continue
                match = next((row for row in table if fnmatch.fnmatch(name, row[0]) and row[1] == found["id"] and
                              row[2].search(found["text"])), None)
                if match is None:
                    failed += 1
                    print("FAILED: not judged: %s\t%s\t%s (%s)" % (name, found["id"], found["text"], found["path"]))
                else:
                    match[3] += 1
                    passed += 1
    for row in table:
        if row[3] == 0:
            failed += 1
            print("FAILED: judged but not found any more:", row[0], row[1], row[2].pattern)
    print("conformance.cda_judged: %d passed, %d failed, 0 skipped" % (passed, failed))
    return 1 if failed else 0


sys.exit(main())
