# SPDX-License-Identifier: Apache-2.0
"""Reads `lhcr validate --format json` and writes a Markdown summary: the verdict, then a row for each kind of finding."""
import json
import sys

SEVERITIES = ("fatal", "error", "warning", "information")
LONGEST = 120


def cell(text: str) -> str:
    """TEXT inside a table: nothing in it is Markdown or HTML."""
    short = text if len(text) <= LONGEST else text[:LONGEST] + "…"
    plain = (f"&#{ord(c)};" if c in "<>|&" else "\\" + c if c in "\\`*_[]#!" else c for c in short)
    return " ".join("".join(plain).split())


def rows(reports: list[dict]) -> list[str]:
    kinds: dict[tuple[int, str], list[tuple[str, dict]]] = {}
    for report in reports:
        for finding in report["findings"]:
            kinds.setdefault((SEVERITIES.index(finding["severity"]), finding["id"]), []).append((report["input"], finding))
    made = []
    for (severity, name), found in sorted(kinds.items()):
        if SEVERITIES[severity] == "information":
            continue
        source, first = found[0]
        place = f"{source}:{first['line']}" if "line" in first else source
        made.append(f"| {SEVERITIES[severity]} | {cell(name)} | {len(found)} | {cell(place)} | {cell(first['text'])} |")
    return made


def main() -> None:
    reports = [json.loads(line) for line in sys.stdin]
    totals = {key: sum(report[key] for report in reports) for key in ("records", "invalid", "errors", "warnings", "notChecked")}
    verdict = "valid" if all(report["valid"] for report in reports) else "not valid"
    print(f"### Patient records: {verdict}\n")
    print(f"{totals['records']} records, {totals['invalid']} invalid; {totals['errors']} errors, {totals['warnings']} warnings, "
          f"{totals['notChecked']} not checked\n")
    found = rows(reports)
    if found:
        print("| severity | finding | times | first | what |\n|---|---|---|---|---|")
        print("\n".join(found) + "\n")


main()
