# SPDX-License-Identifier: Apache-2.0
# fhirkit-rs as a peer of tests/bench/run. Reads one job a line on standard input and answers with one line each:
#   WORK FILE WARM SECONDS [EXPRESSION]   ->  bytes seconds     (WORK: read validate; FILE: NDJSON, R4; seconds of the
#                                                                processor)
#   outcome VERSION FILE TARGET           ->  done              (writes an OperationOutcome)
# With arguments `cold FILE` it validates one file and ends. It judges the structure of R4 in JSON.
import itertools
import json
import sys
import time

import fhirkit

WORK = {"read": fhirkit.parse, "validate": fhirkit.validate}


def spend(lines, seconds, work):
    """Goes round the lines, sixteen between looks at the clock, until the time is up; gives the bytes done."""
    done, end = 0, time.process_time() + seconds
    while time.process_time() < end:
        for line in itertools.islice(lines, 16):
            work(line)
            done += len(line) + 1
    return done


def measure(name, file, warm, seconds, *_):
    with open(file, "rb") as source:
        lines = itertools.cycle([line for line in source.read().split(b"\n") if line])
    spend(lines, float(warm), WORK[name])
    start = time.process_time()
    done = spend(lines, float(seconds), WORK[name])
    return f"{done} {time.process_time() - start}"


def issues(file):
    with open(file, "rb") as source:
        try:
            return [{"severity": issue.severity, "code": "invalid", "diagnostics": f"{issue.path}: {issue.message}"}
                    for issue in fhirkit.validate(source.read())]
        except ValueError as error:
            return [{"severity": "fatal", "code": "structure", "diagnostics": str(error)}]


def outcome(version, file, target):
    """What it cannot judge at all (other versions, XML) it lets pass."""
    able = version.startswith("4.0") and file.endswith(".json")
    with open(target, "w", encoding="utf-8") as out:
        json.dump({"resourceType": "OperationOutcome", "issue": issues(file) if able else []}, out)
    return "done"


if sys.argv[1:2] == ["cold"]:
    print(not issues(sys.argv[2]))
else:
    for job in sys.stdin:
        words = job.rstrip("\n").split("\t")
        print(outcome(*words[1:]) if words[0] == "outcome" else measure(*words), flush=True)
