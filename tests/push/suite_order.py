# SPDX-License-Identifier: Apache-2.0
"""Versions of one resource: whatever the endpoint's answers do, its last version is the last one of the input, and each change is
written once. Against a server of this process and, where it can be had, Medplum's, both behind a proxy that makes the faults."""
import collections
import concurrent.futures
import json
import random
import subprocess
import threading
import time
import urllib.error
import urllib.request

from harness import Endpoint, Skip, lines_of, settings
from suite_real import Medplum, get

RUNS = 8
PATIENTS, VERSIONS = 3, 6
STYLES = ("resource-put", "transaction")
LATE = 0.3  # seconds that a request is at work when its client has been told otherwise


def city(number, version):
    """Versions 0 and 2 say the same: A, B, A are three changes."""
    return f"City {number}-{0 if version == 2 else version}"


def records(shuffled):
    """Lines of NDJSON: the versions of each patient in order, those of different ones mixed."""
    turns = [number for number in range(PATIENTS) for _ in range(VERSIONS)]
    shuffled.shuffle(turns)
    seen = collections.Counter()
    for number in turns:
        yield {"resourceType": "Patient", "id": f"order-{number}", "address": [{"city": city(number, seen[number])}]}
        seen[number] += 1


class Memory:
    """A server that writes in the order of arrival, and keeps every version."""

    def __init__(self):
        self.history, self.lock = collections.defaultdict(list), threading.Lock()

    def put(self, name, resource):
        versions = self.history[name]
        versions.append(resource)
        return {"status": "201 Created" if len(versions) == 1 else "200 OK", "location": f"{name}/_history/{len(versions)}"}

    def serve(self, method, path, body):
        resource = json.loads(body)
        with self.lock:
            if method == "PUT":
                self.put(path.removeprefix("/fhir/"), resource)
                return 200, {}, json.dumps(resource)
            entries = [{"response": self.put(entry["request"]["url"], entry["resource"])} for entry in resource["entry"]]
            return 200, {}, json.dumps({"resourceType": "Bundle", "type": "transaction-response", "entry": entries})

    def cities(self, name):
        return [version["address"][0]["city"] for version in self.history[name]]

    def stop(self):
        pass


class Upstream:
    """A real server, seen through the proxy."""

    def __init__(self):
        self.server = Medplum()

    def serve(self, method, path, body):
        root = self.server.base.removesuffix("/fhir")
        call = urllib.request.Request(root + path, data=body, method=method, headers={"Content-Type": "application/fhir+json"})
        try:
            with urllib.request.urlopen(call) as answer:
                return answer.status, {}, answer.read()
        except urllib.error.HTTPError as refused:
            return refused.code, {}, refused.read()

    def cities(self, name):
        entries = get(f"{self.server.base}/{name}/_history?_count=1000").get("entry", [])
        return [entry["resource"]["address"][0]["city"] for entry in reversed(entries)]

    def stop(self):
        self.server.stop()


class Proxy:
    """Before a server: answers in no order, and with faults refuses, loses or delays what it is given."""

    def __init__(self, server, seed, faults):
        self.server, self.dice, self.faults, self.late = server, random.Random(seed), faults, []
        self.endpoint = Endpoint(self.answer)

    def answer(self, request):
        draw, pause = self.dice.random(), self.dice.random() * 0.02
        time.sleep(pause)
        work = (request.method, request.path, request.body)
        if not self.faults or draw > 0.4:
            answer = self.server.serve(*work)
            time.sleep(pause)
            return answer
        if draw < 0.15:
            return (503 if draw < 0.1 else 429), {"Retry-After": "0"}, ""
        if draw < 0.3:
            self.server.serve(*work)
            return 504, {"Content-Type": "text/html"}, "<html>504</html>"
        late = threading.Timer(LATE, self.server.serve, work)
        self.late.append(late)
        late.start()
        return 504, {"Content-Type": "text/html"}, "<html>504</html>"

    def stop(self):
        for late in self.late:
            late.join()
        self.endpoint.stop()


def one(bench, server, style, seed, faults):
    """One run: what is wrong with what the server has then."""
    name = f"{style}-{seed}-{'faults' if faults else 'calm'}"
    path = bench.folder / f"{name}.ndjson"
    lines = [json.dumps(each) for each in records(random.Random(name))]
    # Each run has patients of its own, so that one server serves all.
    path.write_text("\n".join(lines).replace("order-", f"{name}-") + "\n")
    proxy = Proxy(server, name, faults)
    try:
        run = bench.push(proxy.endpoint.base, path, "--style", style, "--timeout", "1", state=f"state-{name}",
                         *settings(limits__entries=2))
    finally:
        proxy.stop()
    wrong = [] if run.returncode == 0 and lines_of(run)[1].get("applied") == PATIENTS * VERSIONS else [run.stdout + run.stderr]
    for number in range(PATIENTS):
        told = [city(number, version) for version in range(VERSIONS)]
        has = server.cities(f"Patient/{name}-{number}")
        # A repetition of a write follows it at once; nothing else may come between.
        steps = [each for at, each in enumerate(has) if at == 0 or has[at - 1] != each]
        if steps != told:
            wrong.append(f"patient {number}: {has}")
    return wrong


def cases(bench, title, make):
    server = make()
    try:
        with concurrent.futures.ThreadPoolExecutor(RUNS) as pool:
            for style in STYLES:
                for faults in (False, True):
                    runs = list(pool.map(lambda seed: one(bench, server, style, seed, faults), range(RUNS)))
                    for seed, wrong in enumerate(runs):
                        bench.check(f"{title}, {style}{', faults' if faults else ''}, run {seed}: the last version is the last",
                                    not wrong, wrong)
    finally:
        server.stop()


def late_targets(bench):
    """A server that refuses what refers to something it does not have, and records in the wrong order."""
    there = set()

    def serve(request):
        wanted = request.json().get("partOf", {}).get("reference", "Organization/top")
        if wanted not in there | {"Organization/top"}:
            return 422, {}, ""
        there.add(request.path.removeprefix("/fhir/"))
        return 201, {}, ""
    endpoint = Endpoint(serve)
    lines = [json.dumps({"resourceType": "Organization", "id": name, "partOf": {"reference": f"Organization/{above}"}})
             for name, above in (("c", "b"), ("b", "a"), ("a", "top"))]
    path = bench.folder / "late.ndjson"
    path.write_text("\n".join(lines) + "\n")
    for how in ("file", "pipe"):
        there.clear()
        bench.fresh_state()
        command = bench.command(endpoint.base, path if how == "file" else "-", "--style", "resource-put")
        with open(path) as input_file:
            run = subprocess.run(command, stdin=input_file, capture_output=True, text=True, timeout=60, env=bench.environment())
        bench.check(f"what refers to what comes later is applied, {how}", run.returncode == 0 and len(there) == 3, run.stdout + run.stderr)
    endpoint.stop()


def run(bench):
    late_targets(bench)
    cases(bench, "memory", Memory)
    try:
        cases(bench, "medplum", Upstream)
    except Skip as why:
        bench.skipped += 1
        print(f"SKIP {why}", flush=True)
