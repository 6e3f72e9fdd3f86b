# SPDX-License-Identifier: Apache-2.0
"""The styles that the fault server does not speak, under faults drawn at random: nothing is doubled, what is called applied is there
once, and what is not there is not called applied."""
import base64
import json
import random
import re
import threading
import urllib.parse

from harness import Endpoint, bundle_answer, lines_of, settings
from suite_styles import MHD, OUTCOME, PATIENT, REGISTRY, XDS, bundle, document, message

RECORDS = 12
SEEDS = (1, 2, 3)


def marks_in(body):
    """The numbers of the records that a body holds, in documents that are coded as well."""
    coded = re.findall(rb'"data":"([A-Za-z0-9+/=]+)"', body)
    return {int(found) for part in (body, *map(base64.b64decode, coded)) for found in re.findall(rb"marker-(\d+)\.", part)}


def good(style, request):
    if style == "xds":
        return 200, {"Content-Type": "application/soap+xml"}, REGISTRY.format("Success")
    if style == "mesh":
        return 202, {"Content-Type": "application/vnd.mesh.v2+json"}, '{"message_id":"M1"}'
    if style == "mhd":
        return 200, {}, bundle_answer(request.body).replace("/s", f"/srv-{min(marks_in(request.body))}-")
    if style in ("message", "operation"):
        return 200, {}, OUTCOME
    kind = request.path.split("?")[0].split("/")[-1]
    return 201, {"Location": f"{kind}/srv-{min(marks_in(request.body))}/_history/1"}, ""


class Receiver:
    """Keeps what it takes; some requests it puts off, loses, or takes and does not answer as it should."""

    def __init__(self, style, seed):
        self.style, self.dice, self.stored, self.resources = style, random.Random(seed), {}, []
        self.lock = threading.Lock()
        self.endpoint = Endpoint(self.answer)

    def answer(self, request):
        with self.lock:
            return self.answer_one(request)

    def answer_one(self, request):
        if request.method == "GET":
            return self.search(request)
        draw = self.dice.random()
        if draw < 0.15:
            return (503 if draw < 0.1 else 429), {"Retry-After": "0"}, ""
        if draw < 0.25:
            return 504, {}, ""
        if draw < 0.3:
            return 200, {"Content-Type": "text/html"}, "<html>log in</html>"
        for mark in marks_in(request.body):
            # A registry knows a document by its uniqueId.
            self.stored[mark] = 1 if self.style == "xds" else self.stored.get(mark, 0) + 1
        self.keep(request)
        return (504, {}, "") if draw < 0.45 else good(self.style, request)

    def keep(self, request):
        if self.style in ("pointer", "pix", "document"):
            self.resources.append({"id": f"srv-{min(marks_in(request.body))}"} | request.json())
        elif self.style == "mhd":
            mark = min(marks_in(request.body))
            self.resources += [entry["resource"] | {"id": f"srv-{mark}-{at}"} for at, entry in enumerate(request.json()["entry"])]

    def search(self, request):
        if self.dice.random() < 0.2:
            return 503, {"Retry-After": "0"}, ""
        path, _, query = request.path.partition("?")
        if not query:
            found = [each for each in self.resources if each.get("id") == path.split("/")[-1]]
            return (200, {}, json.dumps(found[0])) if found else (404, {}, OUTCOME)
        wanted = json.dumps(urllib.parse.unquote(query).split("|")[-1])
        found = [{"resource": each} for each in self.resources if each["resourceType"] == path.split("/")[-1]
                 and wanted in json.dumps([each.get("identifier"), each.get("masterIdentifier")])]
        return 200, {}, json.dumps({"resourceType": "Bundle", "type": "searchset", "entry": found})


def record(style, number):
    mark = f"marker-{number}."
    patient = PATIENT | {"id": f"p{number}", "identifier": [*([] if style == "pix" else PATIENT["identifier"]),
                                                            {"system": "urn:m", "value": mark}]}
    if style == "pix":
        return patient
    if style == "pointer":
        return {"resourceType": "DocumentReference", "id": f"ODS-{number}", "status": "current", "description": mark,
                "subject": {"display": "x"}, "content": [{"attachment": {"url": "https://e.org/d"}}]}
    if style == "operation":
        return {"resourceType": "Parameters", "parameter": [{"name": "mark", "valueString": mark}]}
    whole = message() if style == "message" else document()
    return bundle(whole["type"], *[entry["resource"] for entry in whole["entry"][:1]], patient,
                  identifier={"system": "urn:m", "value": mark}, timestamp="2024-05-01T00:00:00Z")


def arguments(bench, style, receiver):
    if style == "mesh":
        for name in ("mixed.secret", "mixed.shared"):
            (bench.folder / name).write_text("x")
        return settings(auth__method="mesh", auth__secret__file=bench.folder / "mixed.secret",
                        auth__shared_key__file=bench.folder / "mixed.shared", mesh__mailbox="A", mesh__to="B", mesh__workflow="W")
    if style == "pix":
        return settings(pix__patient=receiver.endpoint.root + "/pix/Patient", pix__linkage=receiver.endpoint.root + "/pix/Linkage")
    return {"mhd": settings(**MHD), "xds": settings(**XDS), "message": settings(style__search="false"),
            "operation": settings(operation__path="Task/$do", style__search="false")}.get(style, [])


def mixed(bench, style, seed):
    receiver = Receiver(style, f"{style}-{seed}")
    folder = bench.folder / f"mixed-{style}-{seed}"
    folder.mkdir()
    for number in range(RECORDS):
        (folder / f"{number}.json").write_text(json.dumps(record(style, number)))
    bench.fresh_state()
    try:
        run = bench.push(receiver.endpoint.base, folder, "--style", style, "--timeout", "1", *arguments(bench, style, receiver))
        issues, summary = lines_of(run)
        each = 3 if style == "mhd" else 1  # List, DocumentReference and Binary
        told = {int(re.search(r"(\d+)\.json", issue["source"]).group(1)) for issue in issues}
        applied = set(range(RECORDS)) - told
        doubled = {mark for mark, count in receiver.stored.items() if count > 1}
        missing = applied - set(receiver.stored)
        bench.check(f"{style}, faults {seed}: nothing doubled, nothing said that is not so",
                    summary.get("applied") == each * len(applied) and not doubled and not missing,
                    f"doubled {doubled} missing {missing} {summary} {run.stdout} {run.stderr}")
        again = bench.push(receiver.endpoint.base, folder, "--style", style, "--timeout", "1", *arguments(bench, style, receiver))
        bench.check(f"{style}, faults {seed}: another run sends nothing again",
                    lines_of(again)[1].get("requests") == 0 and not [mark for mark, count in receiver.stored.items() if count > 1], again.stdout)
    finally:
        receiver.endpoint.stop()


def run(bench):
    for style in ("message", "operation", "document", "pointer", "mhd", "xds", "pix", "mesh"):
        for seed in SEEDS:
            mixed(bench, style, seed)
