# SPDX-License-Identifier: Apache-2.0
"""HAPI's JPA server for R4 and STU3, made of Maven's artifacts by hapi/Server.java. Takes minutes and 1.5 GB of memory, so it is
only run with LHCR_TEST_HAPI=1. What is fetched stays in the cache."""
import collections
import json
import os
import pathlib
import random
import shutil
import subprocess
import time

from harness import CACHE, Skip, lines_of
from suite_faults import plain_posts
from suite_kill import killed_run
from suite_real import get

HERE = pathlib.Path(__file__).parent / "hapi"
BUNDLES, ENTRIES = 100, 20
MOST_PROCESSOR = 0.05
VERSIONS = (("r4", "generic-r4"), ("dstu3", "generic-stu3"))


def folder():
    """The libraries, and the server compiled."""
    version = (HERE / "pom.xml").read_text().split("<hapi.version>")[1].split("<")[0]
    made = CACHE / f"push-hapi-{version}"
    if not (made / "ready").exists():
        print("  fetching HAPI with Maven", flush=True)
        fetch = subprocess.run(["mvn", "-q", "-B", "-f", HERE / "pom.xml", "dependency:copy-dependencies", "-DincludeScope=runtime",
                                f"-DoutputDirectory={made / 'lib'}"], capture_output=True, text=True)
        if fetch.returncode:
            raise Skip(f"Maven cannot fetch it: {fetch.stdout[-300:]}")
        (made / "ready").write_text("")
    subprocess.run(["javac", "-proc:none", "-nowarn", "-d", made / "classes", "-cp", f"{made}/lib/*", HERE / "Server.java"], check=True)
    return made


class Hapi:
    def __init__(self, made, version):
        self.log = made / f"{version}.log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                ["java", "-Xmx1g", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                 "-cp", f"{made}/classes:{made}/lib/*", "Server", version], stdout=subprocess.PIPE, stderr=log, text=True)
        port = self.process.stdout.readline().strip()
        if not port:
            raise Skip(f"the server does not start, see {self.log}")
        self.base = f"http://127.0.0.1:{port}/fhir"

    def identifiers(self, *kinds):
        """How often each identifier is there."""
        found = collections.Counter()
        for kind in kinds:
            url = f"{self.base}/{kind}?_count=500&_elements=identifier"
            while url:
                page = get(url, {"Cache-Control": "no-cache"})
                for entry in page.get("entry", []):
                    found.update(each["value"] for each in entry["resource"].get("identifier", []))
                url = next((link["url"] for link in page["link"] if link["relation"] == "next"), None)
        return found

    def stop(self):
        self.process.kill()
        self.process.wait()


def renamed(bench, source, name):
    """The same Bundles with identifiers and ids of their own."""
    out = bench.folder / name
    out.mkdir()
    for path in sorted(source.glob("*.json")):
        text = path.read_text().replace("urn:test:", f"urn:{name}:").replace('"value":"', f'"value":"{name}-')
        for letter in "po":
            text = text.replace(f'/{letter}0', f'/{name}{letter}0').replace(f'"id":"{letter}0', f'"id":"{name}{letter}0')
        (out / path.name).write_text(text.replace("|", f"|{name}-"))
    return out


def sent_identifiers(folder):
    return collections.Counter(entry["resource"]["identifier"][0]["value"]
                               for path in folder.glob("*.json") for entry in json.loads(path.read_text())["entry"])


class Version:
    def __init__(self, bench, server, region):
        self.bench, self.server, self.region = bench, server, region

    def push(self, *arguments):
        return self.bench.push(self.server.base, "--region", self.region, "-j", "4", *arguments, timeout=600)

    def check(self, title, good, detail=""):
        self.bench.check(f"hapi {self.region}: {title}", good, detail)

    def there(self, title, *folders):
        """Everything of these folders is on the server, each once."""
        wanted = sum((sent_identifiers(folder) for folder in folders), collections.Counter())
        found = {name: count for name, count in self.server.identifiers("Patient", "Observation").items() if name in wanted}
        self.check(title, found == wanted, f"{len(found)} of {len(wanted)}, more than once: "
                   f"{[name for name, count in found.items() if count > 1][:5]}")


def measured(v, name, folder):
    """Pushes a folder, checks the client's share of the processor, and that a second run has nothing to send."""
    v.bench.fresh_state()
    before, begin = os.times(), time.perf_counter()
    run = v.push(folder)
    took, after = time.perf_counter() - begin, os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    _, summary = lines_of(run)
    print(f"  {v.region} {name}: {BUNDLES / took:.1f} bundles/s, client {100 * used / took:.1f} % of a processor", flush=True)
    v.check(f"{name} is applied", run.returncode == 0 and summary.get("applied") == BUNDLES * ENTRIES, run.stdout[-300:] + run.stderr[-300:])
    v.check(f"{name}: client's processor", used / took <= MOST_PROCESSOR, f"{used:.3f} s of {took:.1f} s")
    again = v.push(folder)
    v.check(f"{name}: a second run sends nothing", again.returncode == 0 and lines_of(again)[1].get("requests") == 0, again.stdout[-300:])


def killed(v, folder):
    """Creates that must not be sent blindly, killed on their way: what became of them is searched."""
    v.bench.fresh_state()
    randomly = random.Random(11)
    moments = [randomly.uniform(0.3, 1.5) for _ in range(3)]
    run = killed_run(v.bench, v.server, folder, moments, ["--region", v.region])
    v.check("killed three times: the last run ends well", run.returncode == 0, run.stdout[-300:] + run.stderr[-300:])
    v.there("killed three times: each there once", folder)


def other_styles(v):
    data = v.bench.data(3, 4)
    for style, source in (("batch", "post"), ("resource-post", "post"), ("conditional", "post"), ("resource-put", "tx")):
        folder = renamed(v.bench, data / source, style.replace("-", ""))
        v.bench.fresh_state()
        run = v.push(folder, "--style", style)
        v.check(f"style {style}", run.returncode == 0 and lines_of(run)[1].get("applied") == 12, run.stdout[-300:] + run.stderr[-300:])
        v.there(f"style {style}: each there once", folder)
        shutil.rmtree(folder)


def refused(v):
    path = v.bench.folder / "refused.json"
    path.write_text('{"resourceType":"Patient","identifier":[{"system":"urn:x","value":"1"}],"birthDate":"19700230"}')
    v.bench.fresh_state()
    run = v.push(path)
    issues, _ = lines_of(run)
    v.check("what it refuses: exit 1, its words, the file", run.returncode == 1 and issues and issues[0]["source"] == str(path)
            and "19700230" in issues[0]["message"], run.stdout[-500:] + run.stderr)


def cases(v):
    check = subprocess.run([v.bench.binary, "regions", "check", v.region, "--url", v.server.base], capture_output=True, text=True,
                           env=v.bench.environment())
    v.check("regions check", check.returncode == 0 and "FAIL" not in check.stdout, check.stdout + check.stderr)
    data = v.bench.data(BUNDLES, ENTRIES)
    updates, creates = renamed(v.bench, data / "tx", "u"), renamed(v.bench, data / "post", "c")
    measured(v, "updates", updates)
    measured(v, "conditional creates", creates)
    v.there("each there once", updates, creates)
    v.bench.fresh_state()
    run = v.push(creates)
    v.check("conditional creates without the journal's memory", run.returncode == 0, run.stdout[-300:] + run.stderr)
    v.there("still each there once", creates)
    killed(v, plain_posts(v.bench, renamed(v.bench, data / "post", "k")))
    other_styles(v)
    refused(v)


def run(bench):
    if os.environ.get("LHCR_TEST_HAPI") != "1":
        raise Skip("LHCR_TEST_HAPI=1 asks for it")
    for program in ("java", "javac", "mvn"):
        if not shutil.which(program):
            raise Skip(f"{program} is absent")
    made = folder()
    for version, region in VERSIONS:
        server = Hapi(made, version)
        try:
            cases(Version(bench, server, region))
        finally:
            server.stop()
        for name in ("u", "c", "k", "blind"):
            shutil.rmtree(bench.folder / name, ignore_errors=True)
