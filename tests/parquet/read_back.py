# SPDX-License-Identifier: Apache-2.0
"""Writes tables as CSV and as Parquet and reads the Parquet with pyarrow and DuckDB: read_back.py LHCR"""
import csv, datetime, hashlib, json, os, random, shutil, subprocess, sys, tempfile

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

LHCR = os.path.abspath(sys.argv[1])
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests"))
from counting import check, finish  # noqa: E402

PATIENTS = 30_000
RESIDENT_KB = 50_000
KINDS = {
    "resourceType": "ViewDefinition", "name": "kinds", "resource": "Patient",
    "select": [
        {"column": [
            {"name": "id", "path": "id", "type": "id"},
            {"name": "active", "path": "active", "type": "boolean"},
            {"name": "born", "path": "birthDate", "type": "date"},
            {"name": "nth", "path": "multipleBirth.ofType(integer)", "type": "integer"},
            {"name": "untyped", "path": "multipleBirth.ofType(integer)"},
            {"name": "weight", "path": "extension('http://example.org/weight').value.ofType(decimal)", "type": "decimal"},
            {"name": "given", "path": "name.given", "type": "string", "collection": True},
            {"name": "ranks", "path": "telecom.rank", "type": "positiveInt", "collection": True},
            {"name": "flags", "path": "telecom.rank.select($this > 1)", "type": "boolean", "collection": True},
            {"name": "weights", "path": "extension('http://example.org/weight').value.ofType(decimal)", "type": "decimal", "collection": True},
        ]},
        {"forEachOrNull": "name", "column": [
            {"name": "number", "path": "%rowIndex", "type": "integer"},
            {"name": "family", "path": "family", "type": "string"}]},
    ],
}  # fmt: skip
TYPES = {
    "id": pa.string(), "active": pa.bool_(), "born": pa.string(), "nth": pa.int64(), "untyped": pa.string(),
    "weight": pa.float64(), "given": pa.list_(pa.string()), "ranks": pa.list_(pa.int64()), "flags": pa.list_(pa.bool_()),
    "weights": pa.list_(pa.float64()), "number": pa.int64(), "family": pa.string(),
}  # fmt: skip


def run(*words, program=LHCR, **more):
    return subprocess.run([program, *words], capture_output=True, **more)


def convert(target, views, inputs, out):
    done = run("convert", "--quiet", "--to", target, *[w for v in views for w in ("--view", v)], "-o", out, *inputs)
    check(f"convert --to {target} -o {os.path.basename(out)}", done.returncode == 0, done.stderr[:300])


def words(maker, least, most):
    return [maker.choice(["Åse", "O'Neill", "李", "a,b", 'q"q', "line\nbreak", "", "x" * 300]) or "-"
            for _ in range(maker.randint(least, most))]  # fmt: skip


def patient(maker, number):
    made = {"resourceType": "Patient", "id": f"p{number}-{maker.getrandbits(200):x}"}
    if maker.random() < 0.8:
        made["active"] = maker.random() < 0.5
    if maker.random() < 0.8:
        made["birthDate"] = maker.choice(["1948", "1948-03", "1948-03-14"])
    if maker.random() < 0.5:
        made["multipleBirthInteger"] = maker.choice([0, 1, -3, 2147483647])
    if maker.random() < 0.5:
        value = maker.choice([0, 1.5, -0.1, 1e-7, 98765432.125, 37.199999999999996])
        made["extension"] = [{"url": "http://example.org/weight", "valueDecimal": value}]
    names = [{"family": maker.choice(["Lane", f"{maker.getrandbits(240):x}"]), "given": words(maker, 1, 3)} for _ in range(maker.randint(0, 2))]
    if names:
        made["name"] = names
    ranks = [{"system": "phone", "value": "1", "rank": maker.randint(1, 9)} for _ in range(maker.randint(0, 3))]
    if ranks:
        made["telecom"] = ranks
    return made




def same(text, value):
    if value is None or value == []:
        return text == ""
    if isinstance(value, list):
        return json.loads(text) == value
    if isinstance(value, bool):
        return text == ("true" if value else "false")
    if isinstance(value, int) and text.lstrip("-").isdigit():  # as they are: a float has no room for 63 bits
        return int(text) == value
    if isinstance(value, (int, float)):
        return float(text) == value and (isinstance(value, float) or int(float(text)) == value)
    if isinstance(value, datetime.date):  # a time as well; one without its hour is midnight
        return type(value).fromisoformat(text) == value
    return text == value


def compare(csv_path, parquet_path):
    name = os.path.basename(parquet_path)
    with open(csv_path, encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        header = next(rows)
        truth = list(rows)
    by_arrow = pq.read_table(parquet_path)
    check(f"{name}: columns", by_arrow.column_names == header, by_arrow.column_names)
    cells = [by_arrow.column(i).to_pylist() for i in range(len(header))]
    by_duck = duckdb.execute("SELECT * FROM read_parquet(?)", [parquet_path]).fetchall()
    for reader, found in (("pyarrow", list(zip(*cells))), ("duckdb", by_duck)):
        check(f"{name}: rows by {reader}", len(found) == len(truth), f"{len(found)} for {len(truth)}")
        wrong = [(header[i], text, row[i]) for line, row in zip(truth, found)
                 for i, text in enumerate(line) if not same(text, row[i])]  # fmt: skip
        check(f"{name}: cells by {reader}", not wrong, wrong[:3])
    return len(truth)


def test_memory(command):
    if b"__asan_init" in open(LHCR, "rb").read():
        return
    # A small process asks: what a child needs is counted from its fork on.
    small = ("import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True); "
             "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)")  # fmt: skip
    peak = int(subprocess.check_output([sys.executable, "-c", small, *command]))
    print(f"resident at most {peak // 1024} MB, {PATIENTS} patients")
    check("resident", peak <= RESIDENT_KB, f"{peak} kB")


def groups(scratch, view, data):
    """A row group ends by rows or by bytes, as it is asked for."""
    for said, good in (("10000", lambda group, last: last or group.num_rows == 10000), ("1MB", lambda group, last: last or group.total_byte_size > 1 << 20)):
        done = run("convert", "-q", "--to", "parquet", "--row-group", said, "--view", view, "-o", f"{scratch}/groups.parquet", data, text=True)
        check(f"--row-group {said}", done.returncode == 0, done.stderr)
        metadata = pq.ParquetFile(f"{scratch}/groups.parquet").metadata
        found = [metadata.row_group(i) for i in range(metadata.num_row_groups)]
        check(f"--row-group {said}: groups", len(found) > 1 and all(good(group, group is found[-1]) for group in found), [g.num_rows for g in found])
        check(f"--row-group {said}: rows", pq.read_table(f"{scratch}/groups.parquet").equals(pq.read_table(f"{scratch}/kinds.parquet")))
    done = run("convert", "--to", "parquet", "--row-group", "64 MB", "--view", view, data, text=True)
    check("--row-group that is none", done.returncode == 2 and "100000, 128MB" in done.stderr, done.stderr)


def typed_view(scratch):
    def column(name, path, sql, **more):
        return {"name": name, "path": path, "tag": [{"name": "ansi/type", "value": sql}], **more}

    effective = "effective.ofType(dateTime)"
    view = {"resourceType": "ViewDefinition", "name": "typed", "resource": "Observation", "select": [{"column": [
        {"name": "id", "path": "id", "type": "id"},
        column("day", effective, "DATE", type="dateTime"), column("clock", effective, "TIMESTAMP"),
        column("instant", effective, "TIMESTAMP WITH TIME ZONE", type="dateTime"),
        column("small", "value.ofType(Quantity).value", "DECIMAL(10,2)", type="decimal"),
        column("large", "value.ofType(Quantity).value", "NUMERIC(38, 3)", type="decimal"),
        column("days", "effective.ofType(Timing).event", "DATE", collection=True),
        column("kind", "code.text", "VARCHAR(20)")]}]}  # fmt: skip
    with open(f"{scratch}/typed.json", "w", encoding="utf-8") as file:
        json.dump(view, file)
    return f"{scratch}/typed.json"


def test_types(scratch):
    """DATE, TIMESTAMP and DECIMAL of the tag ansi/type; what is none of them is null, counted, and exit code 1."""
    def observation(number, value, **effective):
        return {"resourceType": "Observation", "id": f"o{number}", "status": "final", "code": {"text": "a" if number % 2 else "b/c"},
                "valueQuantity": {"value": value}, **effective}  # fmt: skip

    records = [observation(1, 1.5, effectiveDateTime="2024-03-10T12:30:00.25+01:00"), observation(2, -0.005, effectiveDateTime="1948-03-10"),
               observation(3, 7, effectiveTiming={"event": ["2024-01-01", "1969-12-31"]})]
    odd = [observation(4, 12345678901.5, effectiveDateTime="2024-03")]
    view = typed_view(scratch)
    for name, lines in (("good", records), ("odd", odd)):
        with open(f"{scratch}/{name}.ndjson", "w", encoding="utf-8") as file:
            file.writelines(json.dumps(line) + "\n" for line in lines)
    done = run("convert", "--to", "parquet", "--view", view, "-o", f"{scratch}/typed.parquet", f"{scratch}/good.ndjson", text=True)
    check("types: exit", done.returncode == 1, (done.returncode, done.stderr))
    check("types: times with a zone are told", "column clock: 1 times have a zone" in done.stderr, done.stderr)
    check("types: a date is no instant", "column instant: 1 values are null, because they do not fit TIMESTAMP WITH TIME ZONE" in done.stderr, done.stderr)
    check("types: digits are told", "column small: 1 numbers have more digits than DECIMAL(10,2)" in done.stderr, done.stderr)
    table = pq.read_table(f"{scratch}/typed.parquet")
    types = {"day": pa.date32(), "clock": pa.timestamp("us"), "instant": pa.timestamp("us", "UTC"), "small": pa.decimal128(10, 2),
             "large": pa.decimal128(38, 3), "days": pa.list_(pa.date32()), "kind": pa.string()}  # fmt: skip
    for name, kind in types.items():
        check(f"types: {name}", table.schema.field(name).type == kind, table.schema.field(name).type)
    rows = duckdb.execute("SELECT day::VARCHAR, clock::VARCHAR, epoch_us(instant), small::VARCHAR, large::VARCHAR, days::VARCHAR FROM read_parquet(?)",
                          [f"{scratch}/typed.parquet"]).fetchall()  # fmt: skip
    check("types: values", rows == [
        ("2024-03-10", "2024-03-10 12:30:00.25", 1710070200250000, "1.50", "1.500", "[]"),
        ("1948-03-10", "1948-03-10 00:00:00", None, "-0.01", "-0.005", "[]"),
        (None, None, None, "7.00", "7.000", "[2024-01-01, 1969-12-31]")], rows)  # fmt: skip
    done = run("convert", "--to", "parquet", "--view", view, "-o", f"{scratch}/odd.parquet", f"{scratch}/odd.ndjson", text=True)
    check("types: what they do not hold", done.returncode == 1 and "column day: 1 values are null" in done.stderr
          and "column small: 1 values are null" in done.stderr, done.stderr)
    test_folders(scratch, view)


def test_folders(scratch, view):
    """Hive's folders as DuckDB and pyarrow read them."""
    out = f"{scratch}/folders/"
    for _ in range(2):
        done = run("convert", "-q", "--to", "parquet", "--view", view, "--partition-by", "kind", "--manifest", f"{out}m.json", "-o", out, f"{scratch}/good.ndjson", text=True)
        check("folders: exit", done.returncode == 1, (done.returncode, done.stderr))
    found = sorted(os.listdir(f"{out}typed"))
    check("folders: names", found == ["kind=a", "kind=b%2Fc"], found)
    rows = duckdb.execute(f"SELECT kind, count(*), sum(large)::VARCHAR FROM read_parquet('{out}typed/*/*.parquet', hive_partitioning = true) GROUP BY 1 ORDER BY 1").fetchall()
    check("folders: DuckDB", rows == [("a", 2, "8.500"), ("b/c", 1, "-0.005")], rows)
    kinds = sorted(pq.read_table(f"{out}typed", partitioning="hive").column("kind").to_pylist())
    check("folders: pyarrow", kinds == ["a", "a", "b/c"], kinds)
    with open(f"{out}m.json", encoding="utf-8") as file:
        manifest = json.load(file)
    files = manifest["tables"][0]["files"]
    check("folders: manifest", [file["rows"] for file in files] == [2, 1] and manifest["tables"][0]["rows"] == 3, files)
    for file in files:
        with open(out + file["path"], "rb") as part:
            content = part.read()
        check(f"folders: hash of {file['path']}", (hashlib.sha256(content).hexdigest(), len(content)) == (file["sha256"], file["bytes"]), file)


def test_kinds(scratch):
    maker = random.Random(20)
    with open(f"{scratch}/patients.ndjson", "w", encoding="utf-8") as file:
        for number in range(PATIENTS):
            file.write(json.dumps(patient(maker, number), ensure_ascii=False) + "\n")
    with open(f"{scratch}/kinds.json", "w", encoding="utf-8") as file:
        json.dump(KINDS, file)
    view, data = f"{scratch}/kinds.json", f"{scratch}/patients.ndjson"
    for target in ("csv", "parquet"):
        convert(target, [view], [data], f"{scratch}/kinds.{target}")
    test_memory([LHCR, "convert", "--to", "parquet", "--row-group", "2MB", "--view", view, "-o", f"{scratch}/again.parquet", data])
    compare(f"{scratch}/kinds.csv", f"{scratch}/kinds.parquet")
    file = pq.ParquetFile(f"{scratch}/kinds.parquet")
    for field in file.schema_arrow:
        check(f"type of {field.name}", field.type == TYPES[field.name], field.type)
    check("one row group below 64 MB", file.metadata.num_row_groups == 1, file.metadata.num_row_groups)
    groups(scratch, view, data)
    piped = run("convert", "--to", "parquet", "--view", view, data).stdout
    check("standard output", piped == open(f"{scratch}/kinds.parquet", "rb").read(), len(piped))
    one = run("convert", "-j", "1", "--to", "parquet", "--view", view, data).stdout
    check("one job, the same rows", pq.read_table(pa.BufferReader(one)).equals(file.read()))


def test_built_in(scratch):
    with open(f"{ROOT}/tests/bench/records.ndjson", encoding="utf-8") as file:
        good = [line for line in file if '"heavy"' not in line]
    with open(f"{scratch}/records.ndjson", "w", encoding="utf-8") as file:
        file.writelines(good)
    views = sorted({line.split(".")[0] for line in run("views", "list", text=True).stdout.splitlines()})
    for view in views:
        for target in ("csv", "parquet"):
            convert(target, [view], [f"{scratch}/records.ndjson"], f"{scratch}/{view}-{target}/")
        tables = sorted(name[:-4] for name in os.listdir(f"{scratch}/{view}-csv"))
        check(f"{view}: tables", tables, tables)
        rows = sum(compare(f"{scratch}/{view}-csv/{table}.csv", f"{scratch}/{view}-parquet/{table}.parquet") for table in tables)
        check(f"{view}: there are rows", rows > 0)


def test_edges(scratch):
    view = f"{scratch}/kinds.json"
    out = f"{scratch}/edge.parquet"
    weight = '{"resourceType":"Patient","id":"a","extension":[{"url":"http://example.org/weight","valueDecimal":%s}]}\n'

    def of(text, path=out):
        with open(f"{scratch}/edge.ndjson", "w", encoding="utf-8") as file:
            file.write(text)
        if os.path.exists(out):
            os.remove(out)
        return run("convert", "--to", "parquet", "--view", view, "-o", path, f"{scratch}/edge.ndjson", text=True)

    of('{"resourceType":"Observation","id":"o"}\n')
    check("no rows", pq.read_table(out).num_rows == 0)
    done = of(weight % "1.000000000000000000001")
    check("a rounded number is told", "column weight: 1 numbers have more digits than a DOUBLE" in done.stderr, done.stderr)
    done = of(weight % "0.10000000000000000")
    check("zeros at the end are no loss", done.stderr == "", done.stderr)
    done = of('{"resourceType":"Patient","id":\n')
    check("a faulty record: no file", done.returncode == 3 and not os.path.exists(out), done.stderr)
    done = of(weight % "1.5", "/dev/full")
    check("a full disk", done.returncode == 3 and "/dev/full" in done.stderr, (done.returncode, done.stderr))
    done = of(weight % "1.5", f"{scratch}/absent/x.parquet")
    check("no such folder", done.returncode == 3, (done.returncode, done.stderr))
    os.mkdir(f"{scratch}/alone")
    shutil.copy(LHCR, f"{scratch}/alone/lhcr")
    done = run("convert", "--to", "parquet", "--view", view, f"{scratch}/edge.ndjson", program=f"{scratch}/alone/lhcr", text=True)
    check("without the module", done.returncode == 2 and "this build cannot write Parquet" in done.stderr, done.stderr)
    with open(f"{scratch}/alone/lhcr_parquet.so", "w", encoding="utf-8") as file:
        file.write("no library")
    done = run("convert", "--to", "parquet", "--view", view, f"{scratch}/edge.ndjson", program=f"{scratch}/alone/lhcr", text=True)
    check("a module that does not load", done.returncode == 3 and "lhcr_parquet.so" in done.stderr, done.stderr)


with tempfile.TemporaryDirectory() as folder:
    test_kinds(folder)
    test_built_in(folder)
    test_edges(folder)
    test_types(folder)
finish()
