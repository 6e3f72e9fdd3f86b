# SPDX-License-Identifier: Apache-2.0
"""Counts checks and says which failed, for tests in Python."""
import sys

passed = 0
failures = []


def check(name, good, detail=""):
    global passed
    passed += bool(good)
    if not good:
        failures.append(name)
        print(f"FAILED {name}: {detail}")


def finish(skipped=0):
    """The last line, as tests/count reads it, and the exit code."""
    print(f"{passed} passed, {len(failures)} failed, {skipped} skipped")
    sys.exit(bool(failures))
