# SPDX-License-Identifier: Apache-2.0
"""The style drop: NDJSON, CSV, Parquet and files as they are, in a folder with a manifest."""
import csv
import hashlib
import io
import json
import pathlib
import random
import subprocess
import time

from harness import CACHE, lines_of, settings
from suite_styles import CDA, PATIENT, Styles, bundle, taken


def manifest_of(folder):
    manifest = json.loads((folder / "manifest.json").read_text())
    for row in manifest["files"]:
        content = (folder / row["file"]).read_bytes()
        assert row["bytes"] == len(content) and row["sha256"] == hashlib.sha256(content).hexdigest(), row
    return {row["file"]: row for row in manifest["files"]}


def lines_in(folder):
    return sorted(line for path in folder.glob("*.ndjson") for line in path.read_text().splitlines())


def drop_style(s):
    observation = {"resourceType": "Observation", "status": "final", "code": {"text": "x"},
                   "subject": {"reference": "urn:uuid:22222222-2222-4222-8222-222222222222"}}
    both = bundle("transaction", {key: value for key, value in PATIENT.items() if key != "id"}, observation)
    both["entry"][0]["fullUrl"] = "urn:uuid:22222222-2222-4222-8222-222222222222"
    both["entry"][1]["fullUrl"] = "urn:uuid:33333333-3333-4333-8333-333333333333"
    paths = [s.file("both.json", both), s.file("rows.ndjson", "\n".join(json.dumps(PATIENT | {"id": f"r{n}"}) for n in range(25)))]
    target = s.bench.folder / "lake"
    drop = ["--style", "drop", *settings(drop__folder=target, drop__records=10)]
    run, _ = s.push(*paths, *drop, reply=taken)
    rows = manifest_of(target) if run.returncode == 0 else {}
    lines = [json.loads(line) for line in lines_in(target)]
    s.check("drop: NDJSON with a manifest", run.returncode == 0 and sum(row["records"] for row in rows.values()) == 27 == len(lines)
            and {row["type"] for row in rows.values()} == {"Patient", "Observation"}
            and max(row["records"] for row in rows.values()) <= 10, f"{rows} {run.stdout} {run.stderr}")
    found = [line for line in lines if line["resourceType"] == "Observation"]
    s.check("drop: uuids become ids", found[0]["id"] == "33333333-3333-4333-8333-333333333333"
            and found[0]["subject"]["reference"] == "Patient/22222222-2222-4222-8222-222222222222", str(found))
    run = s.bench.push(s.endpoint.base, *paths, *drop)
    s.check("drop: a second run writes nothing", lines_of(run)[1].get("already") == 27 and len(lines_in(target)) == 27, run.stdout)
    for kind, words in (("csv", "drop.view"), ("parquet", "drop.view"), ("nonsense", "nonsense")):
        run, _ = s.push(paths[0], *drop, *settings(drop__format=kind), reply=taken)
        s.check(f"drop: {kind} without a view is refused", run.returncode == 2 and words in run.stderr, run.stderr)
    run, _ = s.push(paths[0], *drop, *settings(drop__format="csv", drop__view="synthea.patient"), reply=taken)
    s.check("drop: a view that is not there", run.returncode == 2 and "synthea.patients" in run.stderr, run.stderr)
    cda = s.file("summary.xml", CDA)
    run, _ = s.push(cda, *drop, reply=taken)
    s.check("drop: CDA is no line", run.returncode == 1 and "--convert" in run.stdout, run.stdout)
    files = s.bench.folder / "files"
    run, _ = s.push(cda, paths[0], "--style", "drop", *settings(drop__folder=files, drop__format="files"), reply=taken)
    contents = {path.read_bytes() for path in files.iterdir() if path.name != "manifest.json"}
    s.check("drop: files as they are", run.returncode == 0 and contents == {cda.read_bytes(), paths[0].read_bytes()} and manifest_of(files), run.stdout)


def as_they_are(s):
    """Any kind of file, whole; the manifest counts lines and rows."""
    source, target = s.bench.folder / "tables", s.bench.folder / "raw"
    source.mkdir()
    contents = {"t.csv": b'a,b\n1,"x\ny ""z"""\r\n2,z', "p.parquet": b"PAR1\x00\n{\n\xff\x00PAR1",
                "r.ndjson": "\n".join(json.dumps(PATIENT | {"id": f"r{n}"}) for n in range(3)).encode(), "big.bin": random.Random(1).randbytes(3 << 20)}
    for name, content in contents.items():
        (source / name).write_bytes(content)
    arguments = ["--style", "drop", *settings(drop__folder=target, drop__format="files")]
    run, _ = s.push(source, *arguments, reply=taken)
    rows = {name.rsplit("-", 1)[0] + pathlib.Path(name).suffix: row for name, row in manifest_of(target).items()}
    s.check("drop: files of any kind as they are", run.returncode == 0 and set(rows) == set(contents)
            and all((target / rows[name]["file"]).read_bytes() == content and rows[name]["bytes"] == len(content)
                    and rows[name]["sha256"] == hashlib.sha256(content).hexdigest() for name, content in contents.items()), f"{rows} {run.stdout} {run.stderr}")
    s.check("drop: lines and rows are counted", (rows["t.csv"].get("rows"), rows["r.ndjson"].get("records")) == (2, 3), str(rows))
    run = s.bench.push(s.endpoint.base, source, *arguments)
    s.check("drop: files go once", lines_of(run)[1].get("already") == 4 and lines_of(run)[1].get("requests") == 0, run.stdout)
    run = s.bench.push(s.endpoint.base, source, *arguments, *settings(drop__folder=s.bench.folder / "raw2"))
    s.check("drop: another folder gets them too", lines_of(run)[1].get("applied") == 4, run.stdout)
    before = manifest_of(target)
    (source / "t.csv").write_bytes(b"a\n3\n")
    run = s.bench.push(s.endpoint.base, source, *arguments)
    after = manifest_of(target)
    s.check("drop: what comes later is added to the manifest", lines_of(run)[1].get("applied") == 1 and len(after) == 5
            and all(after[name] == row for name, row in before.items()), f"{after} {run.stdout}")
    run, _ = s.push(source / "t.csv", *arguments, "--validate", reply=taken)
    s.check("drop: --validate looks into files", run.returncode == 2 and "--convert" in run.stderr, run.stderr)


VIEWS = dict(drop__view="synthea.patients,synthea.observations")


def rows_in(folder, table):
    return [row for path in sorted(folder.glob(f"{table}-*.csv")) for row in csv.DictReader(io.StringIO(path.read_text()))]


def tables(s):
    """Tables by views, out of single records and out of Bundles."""
    data = s.bench.data(40, 5) / "tx"
    target = s.bench.folder / "csv"
    arguments = ["--style", "drop", *settings(drop__folder=target, drop__format="csv", drop__records=30, **VIEWS)]
    run, _ = s.push(data, *arguments, reply=taken)
    patients, observations = rows_in(target, "patients"), rows_in(target, "observations")
    manifest = manifest_of(target)
    s.check("drop: CSV by views", run.returncode == 0 and lines_of(run)[1].get("applied") == 200
            and sorted(row["Id"] for row in patients) == [f"p{n:05d}" for n in range(40)] and len(observations) == 160
            and {row["PATIENT"] for row in observations} == {row["Id"] for row in patients}, f"{len(patients)} {len(observations)} {run.stdout} {run.stderr}")
    s.check("drop: tables and rows in the manifest", sum(row["rows"] for row in manifest.values() if row["table"] == "patients") == 40
            and sum(row["rows"] for row in manifest.values()) == 200 and len(manifest) > 6, str(manifest))
    run = s.bench.push(s.endpoint.base, data, *arguments)
    s.check("drop: tables are written once", lines_of(run)[1].get("requests") == 0 and manifest_of(target) == manifest, run.stdout)
    stu3 = s.file("allergies.ndjson", "\n".join(json.dumps(record) for record in (
        {"resourceType": "AllergyIntolerance", "id": "old", "clinicalStatus": "active", "verificationStatus": "confirmed", "patient": {"reference": "Patient/1"},
         "assertedDate": "2017-02-03"},
        {"resourceType": "AllergyIntolerance", "id": "new", "patient": {"reference": "Patient/1"}, "recordedDate": "2020-02-03"})))
    versions = s.bench.folder / "csv-versions"
    run, _ = s.push(stu3, "--style", "drop", *settings(drop__folder=versions, drop__format="csv", drop__view="plain.AllergyIntolerance"), reply=taken)
    rows = {row["id"]: row for row in rows_in(versions, "AllergyIntolerance")}
    s.check("drop: records of another version than the view's become rows of it", run.returncode == 0 and set(rows) == {"old", "new"}
            and "2017-02-03" in rows["old"].values() and "active" in rows["old"].values(), f"{rows} {run.stdout} {run.stderr}")
    cda = s.file("summary.xml", CDA)
    converted = s.bench.folder / "csv-cda"
    run, _ = s.push(cda, "--convert", "--style", "drop", *settings(drop__folder=converted, drop__format="csv", drop__view="plain.Patient"), reply=taken)
    s.check("drop: rows of a CDA document", run.returncode == 0 and len(rows_in(converted, "Patient")) == 1, run.stdout + run.stderr)
    parquet = s.bench.folder / "parquet"
    run, _ = s.push(data, "--style", "drop", *settings(drop__folder=parquet, drop__format="parquet", **VIEWS), reply=taken)
    if "cannot write Parquet" in run.stderr:
        s.bench.skipped += 1
        print("SKIP drop: Parquet: this build writes none", flush=True)
        return
    found = sorted((row["table"], row["rows"]) for row in manifest_of(parquet).values())
    s.check("drop: Parquet by views", run.returncode == 0 and found == [("observations", 160), ("patients", 40)], f"{found} {run.stderr}")
    if not (CACHE / "python").exists():
        return
    count = subprocess.run([CACHE / "python" / "bin" / "python3", "-c", "import sys, duckdb; print(duckdb.sql(f\"select count(distinct Id) from '{sys.argv[1]}/patients-*.parquet'\").fetchall()[0][0])",
                            parquet], capture_output=True, text=True)
    s.check("drop: Parquet as DuckDB reads it", count.stdout.strip() == "40", count.stdout + count.stderr)


def killed(s):
    """kill -9 while files are written, then the same command: every line and row once."""
    randomly = random.Random(12)
    path = s.file("many.ndjson", "\n".join(json.dumps(PATIENT | {"id": f"m{n}"}) for n in range(2000)))
    for number in range(6):
        kind = ("csv", "ndjson")[number % 2]
        target = s.bench.folder / f"killed-{number}"
        command = s.bench.command("http://127.0.0.1:9", path, "--style", "drop",
                                  *settings(drop__folder=target, drop__format=kind, drop__view="synthea.patients", drop__records=50))
        s.bench.fresh_state()
        for _ in range(3):
            process = subprocess.Popen(command, env=s.bench.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(randomly.uniform(0.02, 0.2))
            process.kill()
            process.wait()
        run = subprocess.run(command[:-1] + ["drop.records=70"], env=s.bench.environment(), capture_output=True, text=True)
        found = [row["Id"] for row in rows_in(target, "patients")] if kind == "csv" else lines_in(target)
        listed = {path.name for path in target.iterdir() if path.name != "manifest.json"}
        s.check(f"drop: {kind}, killed and run again", run.returncode == 0 and len(found) == 2000 == len(set(found)) and listed == set(manifest_of(target)),
                f"{len(found)} {len(set(found))} {run.stderr}")


def run(bench):
    s = Styles(bench)
    try:
        for part in (drop_style, as_they_are, tables, killed):
            part(s)
    finally:
        s.endpoint.stop()
