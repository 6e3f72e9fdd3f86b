# SPDX-License-Identifier: Apache-2.0
"""Rows about conversion, whole processes: C-CDA beside @medplum/ccda and ccda-to-fhir, tables beside DuckDB's hand-written SQL."""
import json
import os

import peers
from measure import ONE_CORE, PROCESSOR, RATE, WALL, Figure, Row, Skipped, in_turns, megabytes

COLUMNS = [
    ("id", "id", "id"), ("patient", "subject.reference", "string"), ("encounter", "encounter.reference", "string"),
    ("code", "code.coding.first().code", "code"), ("display", "code.coding.first().display", "string"),
    ("effective", "effective.ofType(dateTime)", "dateTime"), ("value", "value.ofType(Quantity).value", "decimal"),
    ("unit", "value.ofType(Quantity).unit", "string"),
]  # fmt: skip
# Prints its own time, without the start of Python.
DUCKDB = """
import duckdb, sys, time
connection = duckdb.connect()
connection.execute("SET threads=2")
start = time.perf_counter()
connection.execute('''COPY (SELECT id, subject.reference AS patient, encounter.reference AS encounter,
  code.coding[1].code AS code, code.coding[1].display AS display, effectiveDateTime AS effective,
  valueQuantity.value AS value, valueQuantity.unit AS unit
  FROM read_json($1, format='newline_delimited', columns={id: 'VARCHAR', subject: 'STRUCT(reference VARCHAR)',
    encounter: 'STRUCT(reference VARCHAR)', code: 'STRUCT(coding STRUCT(code VARCHAR, display VARCHAR)[])',
    effectiveDateTime: 'VARCHAR', valueQuantity: 'STRUCT("value" DOUBLE, unit VARCHAR)'}))
  TO '%s' (FORMAT %s)''' % (sys.argv[2], sys.argv[3]), [sys.argv[1]])
print(time.perf_counter() - start)
"""


def ccda(large):
    def row(bench):
        path = bench.data.ccda(large)
        able, missing = bench.able(peers.medplum_ccda, peers.ccda_to_fhir)
        words = ["convert", "-q", "-j1", "--to", "fhir-json", "-o", bench.scratch("bundle.json"), path]
        sides = {"lhcr": lambda: bench.ours(*words)}
        for name, command in able:
            sides[name] = lambda command=command: bench.clock([*command, path])
        unit = PROCESSOR if large else WALL
        value = (lambda run: run.processor) if large else (lambda run: run.wall)
        figures = [Figure.of(name, runs, value) for name, runs in in_turns(sides, bench.rounds if large else 3 * bench.rounds).items()]
        size = megabytes(os.path.getsize(path)) if large else f"{os.path.getsize(path) / 1e3:.1f} KB"
        return Row(f"C-CDA of {size} to FHIR, whole process", unit, figures[0], figures[1:] + missing)
    return row


def view_of(bench):
    path = bench.scratch("view.json")
    with open(path, "w", encoding="utf-8") as file:
        columns = [dict(zip(("name", "path", "type"), column)) for column in COLUMNS]
        json.dump({"resourceType": "ViewDefinition", "name": "observations", "resource": "Observation",
                   "select": [{"column": columns}]}, file)  # fmt: skip
    return path


def table(target, own_time):
    """Observations through a flat view on two cores; beside DuckDB's whole process or its time without Python's start."""
    def row(bench):
        if target == "parquet" and not os.path.exists(os.path.join(os.path.dirname(bench.lhcr), "lhcr_parquet.so")):
            raise Skipped("built without Parquet")
        records, view = bench.data.observations(), view_of(bench)
        able, missing = bench.able(peers.duckdb)
        words = ["convert", "-j2", "--to", target, "--view", view, "-o", bench.scratch(f"ours.{target}"), records]
        sides = {"lhcr": lambda: bench.ours(*words)}
        for name, python in able:
            sides[name] = lambda python=python: bench.clock(
                [python, "-c", DUCKDB, records, bench.scratch(f"theirs.{target}"), target])
        runs = in_turns(sides, bench.rounds)
        figures = [Figure.of(name, done, lambda run: run.wall) for name, done in runs.items()]
        if own_time and able:
            figures += [Figure.of(f"{able[0][0]}, its own time", runs[able[0][0]], lambda run: float(run.output))]
        work = f"{megabytes(os.path.getsize(records))} of Observations to {target}, two cores, whole process"
        return Row(work, WALL, figures[0], figures[1:] + missing)
    return row


def from_csv(bench):
    path = os.path.join(bench.data.synthea("-p", "55", "csv"), "observations.csv")
    words = ["convert", "--quiet", "-j1", "--to", "ndjson", "-o", bench.scratch("o.ndjson"), path]
    return alone(bench, path, "CSV of {} to FHIR, one core", words)


def layout(bench):
    folder = bench.data.tables()
    return alone(bench, folder, "tables of {} against a layout, one core", ["validate", "-q", "-j1", folder])


def alone(bench, path, work, words):
    """lhcr without a peer, on one core."""
    files = [entry.path for entry in os.scandir(path)] if os.path.isdir(path) else [path]
    size = sum(map(os.path.getsize, files))
    runs = [bench.ours(*words, before=ONE_CORE) for _ in range(bench.rounds)]
    return Row(work.format(megabytes(size)), RATE, Figure.of("lhcr", runs, lambda run: size / run.processor / 1e6), [])


ROWS = {
    "ccda": ccda(large=True),
    "ccda-small": ccda(large=False),
    "csv": table("csv", own_time=True),
    "parquet": table("parquet", own_time=False),
    "from-csv": from_csv,
    "layout": layout,
}
