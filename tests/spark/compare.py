# SPDX-License-Identifier: Apache-2.0
"""Runs samples/spark/tables.py with local[2] and local-cluster and compares what Spark reads of its output with what one
process writes; then measures what rdd.pipe costs: compare.py LHCR"""
import csv, json, os, shutil, subprocess, sys, tarfile, tempfile, time

LHCR = os.path.abspath(sys.argv[1])
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests"))
from counting import check, finish  # noqa: E402

SAMPLE = os.path.join(ROOT, "samples", "spark", "tables.py")
PARQUET = os.path.exists(os.path.join(os.path.dirname(LHCR), "lhcr_parquet.so"))
# With Parquet both ways of writing are seen, without it CSV twice.
RUNS = [("local[2]", "csv"), ("local-cluster[2,1,1024]", "parquet" if PARQUET else "csv")]
TABLES = ["observations", "conditions", "patients"]
VIEWS = [word for table in TABLES for word in ("--view", f"synthea.{table}")]
PIPE_BYTES = 60_000_000


def make_input(folder):
    """The five patients of the tables test as NDJSON in folders of two regions, a file each."""
    with tarfile.open(os.path.join(ROOT, "tests", "conformance", "tables", "patients.tar.xz")) as tar:
        members = [m for m in tar.getmembers() if m.name.startswith("r4/") and "Information" not in m.name]
        tar.extractall(folder, members)
    for number, member in enumerate(sorted(m.name for m in members)):
        region = os.path.join(folder, "in", f"region={'north' if number % 2 else 'south'}")
        os.makedirs(region, exist_ok=True)
        with open(os.path.join(region, f"{number}.ndjson"), "wb") as out:
            subprocess.run([LHCR, "convert", "--quiet", "--to", "ndjson", os.path.join(folder, member)], stdout=out, check=True)
    return os.path.join(folder, "in")


def read_csv(path):
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    return rows[0], rows[1:]


def as_text(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)


def as_number(text):
    """Cells of a DOUBLE column may be written in another form."""
    try:
        return f"{float(text):g}"
    except ValueError:
        return text


def sorted_rows(rows):
    return sorted(tuple(as_number(cell) for cell in row) for row in rows)


def compare(spark, output, target, single, name):
    for table in TABLES:
        header, truth = read_csv(os.path.join(single, f"{table}.csv"))
        reader = spark.read.option("header", True).option("multiLine", True).option("escape", '"')
        frame = reader.csv(f"{output}/{table}") if target == "csv" else spark.read.parquet(f"{output}/{table}")
        check(f"{name} {table}: partitions", sorted(r[0] for r in frame.select("region").distinct().collect()) == ["north", "south"])
        check(f"{name} {table}: count", frame.count() == len(truth), f"{frame.count()} for {len(truth)}")
        found = [[as_text(cell) for cell in row] for row in frame.select(*[f"`{column}`" for column in header]).collect()]
        check(f"{name} {table}: cells", sorted_rows(found) == sorted_rows(truth))


def submit(master, target, source, output, tasks=4):
    start = time.perf_counter()
    environment = dict(os.environ, PYSPARK_PYTHON=sys.executable, PYSPARK_DRIVER_PYTHON=sys.executable)
    done = subprocess.run([sys.executable, SAMPLE, "--master", master, "--lhcr", LHCR, "--to", target, "--tasks", str(tasks), *VIEWS, source, output],
                          capture_output=True, text=True, env=environment)  # fmt: skip
    check(f"{master} {target}", done.returncode == 0, done.stderr[-1500:])
    print(f"{master} to {target}: {done.stdout.strip().splitlines()[-1:]} in {time.perf_counter() - start:.1f} s with the start of Spark")
    return done.returncode == 0


def parts(output):
    return sorted(os.path.relpath(os.path.join(folder, name), output)
                  for folder, _, names in os.walk(output) for name in names if name.startswith("part-"))  # fmt: skip


def rerun(master, target, source, output):
    """A run with fewer tasks, and one with a region less, leave no part of the run before: its rows would be there twice."""
    before = parts(output)
    if not submit(master, target, source, output, tasks=2):
        return
    fewer = parts(output)
    check(f"{master} {target}: fewer tasks, fewer parts", set(fewer) < set(before), (before, fewer))
    north = os.path.join(output, "of-north")
    if submit(master, target, source, north) and submit(master, target, os.path.join(source, "region=north"), north):
        check(f"{master} {target}: a region less", parts(north) and not any("region=south" in path for path in parts(north)), parts(north))
    shutil.rmtree(north)
    check(f"{master} {target}: nothing is left aside", not [name for name in os.listdir(output) if name.startswith(".")], os.listdir(output))


def timed(step):
    start = time.perf_counter()
    result = step()
    return time.perf_counter() - start, result


def measure_pipe(spark, folder, source):
    """The same lines by one process, by `lhcr` in rdd.pipe, and by `cat` in rdd.pipe."""
    lines = b""
    for region in sorted(os.listdir(source)):
        for name in sorted(os.listdir(os.path.join(source, region))):
            path = os.path.join(source, region, name)
            with open(path, encoding="utf-8") as file:
                bundles = [json.loads(line) for line in file]
            resources = [entry["resource"] for bundle in bundles for entry in bundle["entry"]]
            lines += b"".join(json.dumps(r).encode() + b"\n" for r in resources if r["resourceType"] == "Observation")
    data = os.path.join(folder, "lines.ndjson")
    with open(data, "wb") as file:
        for _ in range(PIPE_BYTES // len(lines)):
            file.write(lines)
    size = os.path.getsize(data) / 1e6
    command = f"{LHCR} convert --quiet -j 1 --to csv --no-header --view synthea.observations -"
    alone, one = timed(lambda: subprocess.check_output([*command.replace("-j 1", "-j 2").split()[:-1], data]))
    records = spark.sparkContext.textFile(data, 2)
    piped, count = timed(lambda: records.pipe(command).count())
    cat, _ = timed(lambda: records.pipe("cat").count())
    expected = one.count(b"\n")
    check("rdd.pipe: count", count == expected, f"{count} for {expected}")
    print(f"rdd.pipe, {size:.0f} MB: {size / piped:.0f} MB/s; cat {size / cat:.0f} MB/s; one process alone {size / alone:.0f} MB/s: "
          f"pipe costs {piped / alone:.1f} times the time")  # fmt: skip


def main():
    from pyspark.sql import SparkSession

    with tempfile.TemporaryDirectory() as folder:
        source = make_input(folder)
        single = os.path.join(folder, "single")
        subprocess.run([LHCR, "convert", "--quiet", "--to", "csv", *VIEWS, "-o", f"{single}/", source], check=True)
        outputs = []
        for master, target in RUNS:
            output = os.path.join(folder, master.split("[")[0])
            if submit(master, target, source, output):
                outputs.append((master, target, output))
        if outputs:
            rerun(*outputs[0][:2], source, outputs[0][2])
        spark = SparkSession.builder.master("local[2]").config("spark.ui.showConsoleProgress", False).getOrCreate()
        spark.sparkContext.setLogLevel("ERROR")
        for master, target, output in outputs:
            compare(spark, output, target, single, f"{master} {target}")
        measure_pipe(spark, folder, source)
        spark.stop()
    finish()


main()
