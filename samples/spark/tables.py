# SPDX-License-Identifier: Apache-2.0
"""Tables of NDJSON on a cluster: Spark hands out file names, each task runs `lhcr convert` on its files.

  python tables.py --view weights.view.json --out weights.parquet FILE.ndjson ...     (or spark-submit)

Lines never travel through Spark's `rdd.pipe`, which moves 31 to 66 MB/s even with `cat`; a task reads its files by name
from storage that every worker sees, and writes its own part. `--pipe` shows the one-line form all the same."""
import argparse
import csv
import io
import os
import subprocess


def rows_of(lhcr, view, path):
    """The rows of one file, as dictionaries."""
    run = subprocess.run([lhcr, "convert", "-j", "1", "--quiet", "--to", "csv", "--view", view, path],
                         capture_output=True, text=True, check=False)
    if run.returncode not in (0, 1):  # 1: some records have no rows; what they lack is on standard error
        raise RuntimeError(f"{path}: {run.stderr}")
    return list(csv.DictReader(io.StringIO(run.stdout)))


def columns_of(lhcr, view):
    listing = subprocess.run([lhcr, "views", "list", view], capture_output=True, text=True, check=True).stdout
    return [line.split("\t")[1] for line in listing.splitlines()]


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--view", required=True)
    options.add_argument("--out", required=True)
    options.add_argument("--lhcr", default="lhcr")
    options.add_argument("--master", default=None)
    options.add_argument("--partition-by", nargs="*", default=[])
    options.add_argument("--pipe", action="store_true", help="send lines through rdd.pipe")
    options.add_argument("files", nargs="+")
    args = options.parse_args()
    from pyspark.sql import SparkSession
    from pyspark.sql.types import StringType, StructField, StructType
    builder = SparkSession.builder.appName("lhcr").config("spark.ui.enabled", "false")
    spark = (builder.master(args.master) if args.master else builder).getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    lhcr, view = args.lhcr, os.path.abspath(args.view)
    names = columns_of(lhcr, view)
    files = [os.path.abspath(path) for path in args.files]
    if args.pipe:
        command = f"{lhcr} convert -j 1 --quiet --no-header --to csv --view {view}"
        lines = spark.sparkContext.textFile(",".join(files)).pipe(command)
        rows = lines.mapPartitions(lambda part: csv.reader(part)).map(lambda row: [cell or None for cell in row])
    else:
        named = spark.sparkContext.parallelize(files, len(files))
        rows = named.flatMap(lambda path: rows_of(lhcr, view, path)).map(
            lambda row: [row[name] or None for name in names])
    table = spark.createDataFrame(rows, StructType([StructField(name, StringType()) for name in names]))
    writer = table.write.mode("overwrite")
    (writer.partitionBy(*args.partition_by) if args.partition_by else writer).parquet(args.out)
    print(f"{spark.read.parquet(args.out).count()} rows")
    spark.stop()


if __name__ == "__main__":
    main()
