# SPDX-License-Identifier: Apache-2.0
"""Sets up the peers of the bench from their registries, each once, in ${XDG_CACHE_HOME:-~/.cache}/lhcr/bench: those of
Java from Maven Central, of Node.js from npm, of Python from PyPI. One that cannot be had raises Skipped."""
import functools
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

from measure import CACHE, HERE, ONE_CORE, Skipped, must, note

STORE = CACHE / "bench"
HAPI = "8.4.0"
PYTHON = {"duckdb": "2.0.0", "jsonpatch": "1.33", "ccda-to-fhir": "0.3", "fhirkit-rs": "0.1.0"}


def once(make):
    """Like functools.cache, for failures too."""
    @functools.cache
    def outcome():
        try:
            return make(), None
        except (Skipped, OSError) as reason:
            return None, Skipped(str(reason))

    @functools.wraps(make)
    def again():
        made, reason = outcome()
        if reason:
            raise reason
        return made
    return again


class Worker:
    """A process that answers jobs, one line each, on one core, and can validate one file from a cold start."""

    def __init__(self, name, command, cold=None, folder=None):
        self.name, self.command, self.cold, self.folder = name, list(map(str, command)), cold, folder
        self.process = None

    def job(self, *fields):
        if not self.process:
            self.process = subprocess.Popen(ONE_CORE + self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                            stderr=subprocess.DEVNULL, text=True, cwd=self.folder)
        self.process.stdin.write("\t".join(map(str, fields)) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        if not answer:
            raise Skipped(f"{self.name} gave no answer to {fields[0]}")
        return answer

    def rate(self, *fields):
        """MB for each second of the processor, so that a busy machine does not count."""
        amount, seconds = self.job(*fields).split()
        return int(amount) / float(seconds) / 1e6

    def peak(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            return int(re.search(r"VmHWM:\s+(\d+)", status.read())[1]) * 1024

    def stop(self):
        if self.process:
            self.process.stdin.close()
            self.process.wait()
            self.process = None


@once
def hapi():
    folder = STORE / "hapi" / HAPI
    lib, classes = folder / "lib", folder / "classes"
    if not (folder / ".complete").exists():
        note("fetching HAPI with Maven")
        must(["mvn", "-q", "-B", "-f", HERE / "hapi" / "pom.xml", "dependency:copy-dependencies",
              "-DincludeScope=runtime", f"-DoutputDirectory={lib}"])
        (folder / ".complete").touch()
    must(["javac", "-d", classes, "-cp", f"{lib}/*", HERE / "hapi" / "Peer.java"])
    java = ["java", "-Xmx4g", "-cp", f"{classes}:{lib}/*", "Peer"]
    return Worker(f"HAPI {HAPI}", java, java + ["cold"])


def npm(name):
    """The folder of a peer of Node.js, and the version of what it is named for."""
    with open(HERE / name / "package.json", encoding="utf-8") as file:
        version = next(iter(json.load(file)["dependencies"].values()))
    folder = STORE / f"{name}-{version}"
    if not (folder / ".complete").exists():
        note(f"fetching {name} with npm")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        shutil.copy(HERE / name / "package.json", folder)
        must(["npm", "install", "--no-audit", "--no-fund", "--silent"], cwd=folder)
        (folder / ".complete").touch()
    # A module finds its packages beside itself.
    for script in (HERE / name).glob("peer.*"):
        shutil.copy(script, folder)
    return folder, version


@once
def medplum():
    folder, version = npm("medplum")
    if not (folder / "definitions.json").exists():
        npm_cache = os.environ.get("LHCR_PACKAGE_CACHE") or CACHE / "npm"
        package = os.path.join(npm_cache, "hl7.fhir.r4.examples-4.0.1.tgz")
        if not os.path.exists(package):
            raise Skipped("no hl7.fhir.r4.examples in the package cache: build first")
        with tempfile.TemporaryDirectory() as scratch:
            must(["tar", "xzf", package, "-C", scratch])
            must(["node", "peer.cjs", "prepare", os.path.join(scratch, "package")], cwd=folder)
    return Worker(f"Medplum {version}", ["node", "peer.cjs"], ["node", "peer.cjs", "cold"], folder)


@once
def medplum_ccda():
    folder, version = npm("medplum-ccda")
    return f"@medplum/ccda {version}", ["node", folder / "peer.cjs"]


@once
def jsondiffpatch():
    folder, version = npm("jsondiffpatch")
    return f"jsondiffpatch {version}", ["node", folder / "peer.mjs"]


def python_of(name):
    """The name of a peer of Python with its version, and the interpreter that has it."""
    version = PYTHON[name]
    folder = STORE / f"{name}-{version}"
    python = folder / "bin" / "python3"
    if not (folder / ".complete").exists():
        note(f"fetching {name} with pip")
        shutil.rmtree(folder, ignore_errors=True)
        must([sys.executable, "-m", "venv", folder])
        must([python, "-m", "pip", "install", "--quiet", f"{name}=={version}"])
        (folder / ".complete").touch()
    return f"{name} {version}", python


@once
def fhirkit():
    name, python = python_of("fhirkit-rs")
    command = [python, HERE / "fhirkit" / "peer.py"]
    return Worker(name, command, list(map(str, command)) + ["cold"])


@once
def jsonpatch():
    name, python = python_of("jsonpatch")
    count = ("import json,sys,jsonpatch;a,b=(json.load(open(f)) for f in sys.argv[1:]);"
             "print(len(list(jsonpatch.make_patch(a,b))))")
    return name, [python, "-c", count]


@once
def ccda_to_fhir():
    name, python = python_of("ccda-to-fhir")
    convert = ("import json,logging,sys,ccda_to_fhir;logging.disable(logging.CRITICAL);"
               "text=open(sys.argv[1],encoding='utf-8').read();"
               "print(len(json.dumps(ccda_to_fhir.convert_document(text),default=str)))")
    return name, [python, "-c", convert]


@once
def duckdb():
    """The interpreter to run SQL with."""
    return python_of("duckdb")


@once
def curl():
    first = must(["curl", "--version"]).split()
    return f"curl {first[1]}", ["curl"]
