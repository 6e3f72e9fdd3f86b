#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes tables from many files of records with Spark: Spark distributes the names of the files, and each task runs
`lhcr convert` on its share and writes its own part file, so that no record goes through Spark.

  tables.py [--master M] [--lhcr PROGRAM] [--to csv|parquet|ndjson] [--tasks N] --view VIEW... INPUT OUTPUT

INPUT is a folder that every worker can read, with *.ndjson, *.json or *.xml files in it or below it, also as .gz. Folders
named KEY=VALUE in it become partitions: INPUT/region=north/*.ndjson becomes OUTPUT/TABLE/region=north/part-00000.parquet,
which Spark, DuckDB and others read as one table with a column `region`. A view is a file, or the name of a built-in view
(lhcr views list).

Where the records are already lines in Spark, this short form works too (slower, since lines pass through Spark twice):

  lines.pipe("lhcr convert --quiet -j 1 --to csv --no-header --view VIEW -")
"""
import argparse
import collections
import json
import os
import shutil
import subprocess
import sys

SUFFIXES = (".ndjson", ".json", ".xml", ".ndjson.gz", ".json.gz", ".xml.gz")


def partition_of(folder):
    """The KEY=VALUE folders of a path: "region=north/year=2024"."""
    return "/".join(part for part in folder.split(os.sep) if "=" in part)


def find_inputs(root):
    """Files by partition, with their sizes."""
    found = collections.defaultdict(list)
    for folder, _, names in os.walk(root):
        for name in names:
            if name.endswith(SUFFIXES):
                path = os.path.join(folder, name)
                found[partition_of(os.path.relpath(folder, root))].append((os.path.getsize(path), path))
    return found


def share(files, tasks):
    """Lists of files of about the same size, the largest files first; the same every time."""
    lists = [[0, []] for _ in range(max(1, min(tasks, len(files))))]
    for size, path in sorted(files, key=lambda file: (-file[0], file[1])):
        least = min(lists, key=lambda part: part[0])
        least[0] += size
        least[1].append(path)
    return [sorted(paths) for _, paths in lists]


def make_jobs(inputs, tasks):
    total = sum(size for files in inputs.values() for size, _ in files) or 1
    jobs = []
    for partition, files in sorted(inputs.items()):
        part = sum(size for size, _ in files) / total
        jobs += [(partition, number, paths) for number, paths in enumerate(share(files, max(1, round(tasks * part))))]
    return jobs


def run_job(job, lhcr, target, tables, output):
    """Runs in a task: one process for each table, so that each part file has its own name. A file appears only when it is
    complete (lhcr renames it), and a task that Spark repeats writes the same files."""
    partition, number, paths = job
    for table, view in tables:
        folder = os.path.join(output, table, partition)
        os.makedirs(folder, exist_ok=True)
        part = os.path.join(folder, f"part-{number:05d}.{target}")
        done = subprocess.run([lhcr, "convert", "--quiet", "-j", "1", "--to", target, "--view", view, "-o", part, *paths],
                              stderr=subprocess.PIPE, text=True, check=False)  # fmt: skip
        # 1: some records break a rule of the view and have no rows; the message says which.
        if done.returncode not in (0, 1):
            raise RuntimeError(f"lhcr convert ended with {done.returncode} on {paths[0]}...: {done.stderr[-2000:]}")
        if done.stderr:
            print(done.stderr, file=sys.stderr)
    return len(paths)


def require_parts(folder):
    """Refuses a folder that is not a table, because the folder of a table is replaced as a whole."""
    for below, _, names in os.walk(folder):
        others = [name for name in names if not name.startswith("part-") and name != "_SUCCESS"]
        if others:
            sys.exit(f"tables.py: {os.path.join(below, others[0])} is not part of a table, and the folder would be replaced")


def put_in_place(staged, folder):
    """Replaces the old parts with the new ones in one step: leftover part files of a run with more tasks or other
    partitions would duplicate rows, and a run that fails changes nothing."""
    os.makedirs(staged, exist_ok=True)
    open(os.path.join(staged, "_SUCCESS"), "w", encoding="utf-8").close()
    before = staged + "-before"
    if os.path.isdir(folder):
        os.rename(folder, before)
    os.rename(staged, folder)
    shutil.rmtree(before, ignore_errors=True)


def name_tables(lhcr, views):
    """(name of the table, view) for each view, and for each view of a set such as `omop`."""
    tables = []
    built_in = [line.split("\t")[0] for line in subprocess.check_output([lhcr, "views", "list"], text=True).splitlines()]
    for view in views:
        if os.path.isfile(view):
            with open(view, encoding="utf-8") as file:
                name = json.load(file).get("name") or os.path.basename(view).split(".")[0]
            tables.append((name, os.path.abspath(view)))
        else:
            tables += [(name.split(".")[1], name) for name in built_in if view in (name, name.split(".")[0])]
    if not tables:
        sys.exit("tables.py: none of these is a view: " + " ".join(views))
    return tables


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("input")
    options.add_argument("output")
    options.add_argument("--view", action="append", required=True)
    options.add_argument("--to", choices=("csv", "ndjson", "parquet"), default="parquet")
    options.add_argument("--master", help="as for spark-submit; default: where the sample is submitted, otherwise local[*]")
    options.add_argument("--lhcr", default="lhcr", help="the program, at the same path on every worker")
    options.add_argument("--tasks", type=int, default=0, help="default: two for each core")
    args = options.parse_args()

    from pyspark.sql import SparkSession  # after --help

    builder = SparkSession.builder.appName("lhcr tables")
    spark = (builder.master(args.master) if args.master else builder).getOrCreate()
    context = spark.sparkContext
    lhcr, target, output = args.lhcr, args.to, os.path.abspath(args.output)
    tables = name_tables(lhcr, args.view)
    jobs = make_jobs(find_inputs(os.path.abspath(args.input)), args.tasks or 2 * context.defaultParallelism)
    for table, _ in tables:
        require_parts(os.path.join(output, table))
    # Readers skip names that begin with a dot.
    staging = os.path.join(output, ".tables")
    shutil.rmtree(staging, ignore_errors=True)
    files = context.parallelize(jobs, max(1, len(jobs))).map(lambda job: run_job(job, lhcr, target, tables, staging)).sum()
    for table, _ in tables:
        put_in_place(os.path.join(staging, table), os.path.join(output, table))
    shutil.rmtree(staging, ignore_errors=True)
    print(f"{files} files, {len(jobs)} tasks, {len(tables)} tables in {output}")
    spark.stop()


if __name__ == "__main__":
    main()
