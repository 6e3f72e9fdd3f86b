# SPDX-License-Identifier: Apache-2.0
"""Loads the tables of view omop into a database made of cdm54.tsv and applies the rules of OHDSI's data quality
checks: load.py LHCR [FOLDER...]; without folders the five patients of tests/conformance/tables, the twenty of the
cache and the UK Core examples, where they are."""
import json, os, subprocess, sys, tempfile

import duckdb

LHCR = os.path.abspath(sys.argv[1])
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "tests"))
from counting import check, finish  # noqa: E402


def read_facts():
    tables = {}
    with open(f"{HERE}/cdm54.tsv", encoding="utf-8") as file:
        for line in file:
            if not line.startswith("#"):
                table, *column = line.rstrip("\n").split("\t")
                tables.setdefault(table, []).append(column)
    return tables


TABLES = read_facts()
KEYS = {table: next((c[0] for c in columns if c[3] == "key"), None) for table, columns in TABLES.items()}
# Starts and ends, by table; no date lies before a person was born.
SPANS = {
    "observation_period": ("observation_period_start_date", "observation_period_end_date"),
    "visit_occurrence": ("visit_start_date", "visit_end_date"),
    "visit_detail": ("visit_detail_start_date", "visit_detail_end_date"),
    "condition_occurrence": ("condition_start_date", "condition_end_date"),
    "drug_exposure": ("drug_exposure_start_date", "drug_exposure_end_date"),
    "procedure_occurrence": ("procedure_date", "procedure_end_date"),
    "device_exposure": ("device_exposure_start_date", "device_exposure_end_date"),
    "episode": ("episode_start_date", "episode_end_date"),
}


def sql_type(name, kind):
    # Ids have 63 bits; concept ids are the vocabularies' and have 32.
    is_id = kind == "INTEGER" and (name.startswith("fact_id") or (name.endswith("_id") and not name.endswith("concept_id")))
    return "BIGINT" if is_id else kind


def create(database):
    for table, columns in TABLES.items():
        lines = []
        for name, kind, required, _, _ in columns:
            limit = f" CHECK (length({name}) <= {kind[8:-1]})" if kind.startswith("VARCHAR(") else ""
            lines.append(f"{name} {sql_type(name, kind)}{' NOT NULL' if required == 'required' else ''}{limit}")
        database.execute(f"CREATE TABLE {table} ({', '.join(lines)})")


def load(database, folder, target):
    for table, columns in TABLES.items():
        path = f"{folder}/{table}.{target}"
        check(f"{table}: there is a file", os.path.exists(path))
        if target == "csv":
            with open(path, encoding="utf-8") as file:
                header = file.readline().rstrip("\n").split(",")
            check(f"{table}: columns in order", header == [c[0] for c in columns], header)
        # Said, not guessed: the first thousands of lines may have no quote.
        options = "FORMAT csv, HEADER, NULLSTR '', DELIM ',', QUOTE '\"', ESCAPE '\"'" if target == "csv" else "FORMAT parquet"
        try:
            database.execute(f"COPY {table} FROM '{path}' ({options})")
            check(f"{table}: loads", True)
        except duckdb.Error as error:
            check(f"{table}: loads", False, str(error)[:400])


def count(database, query):
    return database.execute(query).fetchone()[0]


def check_keys(database):
    for table, columns in TABLES.items():
        key = KEYS[table]
        if key:
            check(f"{table}: key", count(database, f"SELECT count(*) - count(DISTINCT {key}) FROM {table}") == 0)
        for name, _, _, _, target in columns:
            if target in ("-", "concept"):
                continue
            lost = count(database, f"SELECT count(*) FROM {table} WHERE {name} IS NOT NULL AND {name} NOT IN (SELECT {KEYS[target]} FROM {target})")
            check(f"{table}.{name}: foreign key", lost == 0, lost)
    for table, fact, domain in (("fact_relationship", fact, d) for fact in (1, 2) for d in ((21, "measurement"), (27, "observation"))):
        lost = count(database, f"SELECT count(*) FROM {table} WHERE domain_concept_id_{fact} = {domain[0]} AND "
                               f"fact_id_{fact} NOT IN (SELECT {domain[1]}_id FROM {domain[1]})")  # fmt: skip
        check(f"fact_relationship: facts of {domain[1]}", lost == 0, lost)


def check_dates(database):
    for table, (start, end) in SPANS.items():
        check(f"{table}: ends after it starts", count(database, f"SELECT count(*) FROM {table} WHERE {end} < {start}") == 0)
    for table, columns in TABLES.items():
        for name, kind, *_ in columns:
            if kind in ("DATE", "TIMESTAMP"):
                odd = count(database, f"SELECT count(*) FROM {table} WHERE {name} < DATE '1850-01-01' OR {name} > DATE '2100-01-01'")
                check(f"{table}.{name}: a date of our time", odd == 0, odd)
            moment = f"{name}time"
            if kind == "DATE" and any(c[0] == moment for c in columns):
                odd = count(database, f"SELECT count(*) FROM {table} WHERE {moment} IS NOT NULL AND {moment}::DATE <> {name}")
                check(f"{table}.{moment}: of its day", odd == 0, odd)
    periods = count(database, "SELECT count(*) - count(DISTINCT person_id) FROM observation_period")
    check("observation_period: one a person", periods == 0, periods)
    for table, start in (("condition_occurrence", "condition_start_date"), ("measurement", "measurement_date"),
                         ("drug_exposure", "drug_exposure_start_date"), ("procedure_occurrence", "procedure_date")):  # fmt: skip
        out = count(database, f"SELECT count(*) FROM {table} t LEFT JOIN observation_period p USING (person_id) WHERE p.person_id IS NULL OR "
                              f"t.{start} NOT BETWEEN observation_period_start_date AND observation_period_end_date")  # fmt: skip
        check(f"{table}: within the periods of observation", out == 0, out)


def judge(inputs, scratch, target):
    out = f"{scratch}/{target}/"
    done = subprocess.run([LHCR, "convert", "--to", target, "--view", "omop", "-o", out, *inputs], capture_output=True, text=True)
    check("lhcr convert", done.returncode in (0, 1), done.stderr[-400:])
    database = duckdb.connect()
    create(database)
    load(database, out, target)
    check_keys(database)
    check_dates(database)
    rows = {table: count(database, f"SELECT count(*) FROM {table}") for table in TABLES}
    print(f"  {target}:", ", ".join(f"{table} {number}" for table, number in rows.items()))
    return rows


def sets(scratch):
    with_sample = f"{scratch}/sample"
    os.mkdir(with_sample)
    subprocess.run(["tar", "-xJf", f"{ROOT}/tests/conformance/tables/patients.tar.xz", "-C", with_sample], check=True)
    yield "five patients", [f"{with_sample}/r4"]
    cache = os.environ.get("XDG_CACHE_HOME", os.path.expanduser("~/.cache")) + "/lhcr/synthea/3.3.0"
    # Those of tests/conformance/tables, and, where someone has run tests/synthea/generate -p 200 -s 21 ndjson r4, two hundred.
    for name, folder in (("twenty", "s20-p20-20240101"), ("two hundred", "s21-p200-20240101")):
        for form in ("r4", "ndjson"):
            if os.path.isdir(f"{cache}/{folder}/{form}"):
                found = sorted(os.listdir(f"{cache}/{folder}/{form}"))
                yield f"{name} patients, {form}", [f"{cache}/{folder}/{form}/{file}" for file in found if file != "all.ndjson"]
    for name in ("ukcore", "careconnect"):
        folder = os.path.join(os.path.dirname(ROOT), "shared", "suites", name)
        if os.path.isdir(folder):
            yield name, [folder]


def main():
    given = [(folder, [folder]) for folder in sys.argv[2:]]
    with tempfile.TemporaryDirectory() as scratch:
        for number, (name, inputs) in enumerate(given or sets(scratch)):
            print(f"# {name}")
            rows = judge(inputs, tempfile.mkdtemp(dir=scratch), "csv")
            if number == 0 and os.path.exists(os.path.join(os.path.dirname(LHCR), "lhcr_parquet.so")):
                typed = judge(inputs, tempfile.mkdtemp(dir=scratch), "parquet")
                check("as many rows in Parquet", typed == rows, json.dumps(typed))
            check("there are persons and facts", rows["person"] > 0 and sum(rows.values()) > rows["person"], json.dumps(rows))
    finish()


main()
