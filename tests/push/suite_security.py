# SPDX-License-Identifier: Apache-2.0
"""What SECURITY.md says, a check for each line that needs an endpoint; and that order and look-ups cannot be talked into a lie.
The names of the checks stand in SECURITY.md."""
import json
import os
import re
import stat
import threading

from harness import ROOT, Endpoint, lines_of, settings

LEFT_ALONE = {"resourceType": "Patient", "id": "good"}


def outcome(text):
    return json.dumps({"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "processing",
                                                                     "diagnostics": text}]})


class Security:
    def __init__(self, bench):
        self.bench, self.check = bench, bench.check
        self.folder = bench.folder / "security"
        self.folder.mkdir(exist_ok=True)
        self.number = 500
        self.lock = threading.Lock()
        self.endpoint = Endpoint(self.answer)
        self.respond = self.created

    def answer(self, request):
        return self.respond(request)

    def created(self, request):
        with self.lock:
            self.number += 1
            number = self.number
        if request.method == "GET":
            return 200, {}, json.dumps({"resourceType": "Bundle", "type": "searchset", "entry": []})
        body = request.json()
        if body["resourceType"] == "Bundle" and body["type"] == "transaction":
            rows = [{"response": {"status": "201 Created", "location": f"{each['request']['url']}/{number}"}}
                    for each in body["entry"]]
            return 200, {}, json.dumps({"resourceType": "Bundle", "type": "transaction-response", "entry": rows})
        name = body["id"] if request.method == "PUT" else number
        return 201, {"Location": f"{self.endpoint.base}/{body['resourceType']}/{name}/_history/1"}, request.raw

    def file(self, name, *records):
        path = self.folder / name
        path.write_text("\n".join(json.dumps(record) for record in records) + "\n")
        return path

    def push(self, *arguments, base=None, **more):
        self.endpoint.take()
        run = self.bench.push(base or self.endpoint.base, "--journal", "none", *arguments, **more)
        self.requests = self.endpoint.take()
        return run

    # --- what a record may reach ---

    def places(self):
        bad = self.file("types.ndjson", {"resourceType": "http://127.0.0.2:9/steal", "id": "x"}, LEFT_ALONE)
        self.push("--style", "resource-post", bad)
        self.check("type that is a URL", [r.path for r in self.requests] == ["/fhir/Patient"], self.requests)
        ids = ["p1#x", "p1\0x", "p1/../p2", "../../admin/$reset", "p1?_format=xml", "..", "a b"]
        bad = self.file("ids.ndjson", *[{"resourceType": "Patient", "id": each} for each in ids], LEFT_ALONE)
        for style in ("resource-put", "transaction"):
            run = self.push("--style", style, bad)
            sent = {r.path for r in self.requests} | {
                entry["request"]["url"] for r in self.requests if style == "transaction" for entry in r.json()["entry"]}
            issues, summary = lines_of(run)
            self.check(f"ids that lead elsewhere, {style}",
                       sent <= {"/fhir/Patient/good", "/fhir", "Patient/good"} and summary["applied"] == 1
                       and summary["refused"] == len(ids) and len(issues) == len(ids) and run.returncode == 1,
                       (sent, summary))
        request = {"method": "POST", "url": "Patient", "ifNoneExist": "identifier=urn:a|1\r\nX-Injected: yes"}
        bad = self.file("header.json", {"resourceType": "Bundle", "type": "transaction", "entry": [
            {"resource": {"resourceType": "Patient"}, "request": request}]})
        run = self.push("--style", "resource-post", bad)
        self.check("line breaks in headers", not self.requests and run.returncode == 1, self.requests)
        out = self.folder / "sub" / "drop"
        out.mkdir(parents=True)
        bad = self.file("drop.json", {"resourceType": "../../ESCAPED", "id": "x"})
        run = self.push("--style", "drop", *settings(drop__folder=out), bad)
        self.check("drop stays in its folder", run.returncode == 1 and not list(self.folder.rglob("*ESCAPED*")),
                   run.stdout)

    # --- secrets ---

    def secrets(self):
        record = self.file("one.json", LEFT_ALONE)
        port = self.endpoint.port
        journal = self.folder / "journal"
        run = self.bench.push(f"http://user:pa55word@127.0.0.1:{port}/fhir", "--journal", journal, "-v", "--style",
                              "resource-put", record)
        request = self.endpoint.take()[0]
        kept = b"".join(path.read_bytes() for path in self.folder.glob("journal*"))
        self.check("password of a URL", b"pa55word" not in kept and "pa55word" not in run.stdout + run.stderr
                   and request.headers["Authorization"].startswith("Basic "), run.stderr)
        self.check("journal is private", not any(os.stat(path).st_mode & 0o077 for path in self.folder.glob("journal*"))
                   and stat.S_ISREG(os.stat(journal).st_mode))
        for name, base, more in (
                ("password in clear", "http://user:pa55word@127.0.0.2.example/fhir", ()),
                ("header in clear", "http://127.0.0.2.example/fhir", settings(headers__Authorization="Bearer abcdef")),
                ("proxy in clear", self.endpoint.base, settings(headers__Authorization="Bearer abcdef",
                                                                endpoint__proxy="http://127.0.0.1:9"))):
            run = self.push("--style", "resource-put", *more, record, base=base)
            self.check(name, run.returncode == 2 and "in clear" in run.stderr and "abcdef" not in run.stderr
                       and "pa55word" not in run.stderr, run.stderr)
        run = self.push("--style", "resource-put", record, http_proxy="http://127.0.0.1:9")
        self.check("a proxy of the environment is not for loopback", run.returncode == 0, run.stdout)

    # --- terminal ---

    def terminal(self):
        self.respond = lambda request: (422, {}, outcome("bad \x1b]0;t\x07\x1b[2J \u009b31m\n::error::x"))
        bad = self.file("escapes.json", {"resourceType": "Patient", "identifier": [{"system": "urn:a", "value": "x\x1b[31m"}]})
        run = self.push("--style", "resource-post", "--format", "text", bad)
        text = run.stdout + run.stderr
        self.check("control characters in the report", not re.search("[\x00-\x09\x0b-\x1f\x7f\u0080-\u009f]", text)
                   and "\n::error" not in text, repr(text))
        self.respond = self.created

    # --- applied means applied ---

    def verdicts(self):
        message = self.file("message.json", {"resourceType": "Bundle", "type": "message", "entry": [
            {"resource": {"resourceType": "MessageHeader", "id": "m"}}]})
        answer = {"resourceType": "Bundle", "type": "message", "entry": [
            {"resource": {"resourceType": "MessageHeader", "response": {"identifier": "m", "code": "fatal-error"}}}]}
        self.respond = lambda request: (200, {}, json.dumps(answer))
        _, summary = lines_of(self.push("--style", "message", message))
        self.check("a message that is refused in the answer", summary["refused"] == 1, summary)
        self.respond = lambda request: (202, {}, b"")
        _, summary = lines_of(self.push("--style", "message", message))
        self.check("accepted is not applied", summary["applied"] == 0 and summary["unknown"] == 1
                   and len(self.requests) == 1, summary)
        pointer = self.file("pointer.json", {"resourceType": "DocumentReference", "id": "d", "status": "current"})
        self.respond = lambda request: (200, {"Content-Type": "text/html"}, b"<html/>")
        run = self.push("--style", "pointer", "--give-up", "2", pointer)
        self.check("a portal's page", run.returncode == 4 and lines_of(run)[1]["applied"] == 0, run.stdout)
        self.lost()
        for status in (501, 505, 511):
            self.respond = lambda request: (status, {}, outcome("no"))
            _, summary = lines_of(self.push("--style", "resource-put", self.file("one.json", LEFT_ALONE)))
            self.check(f"{status} is final", summary["refused"] == 1 and summary["requests"] == 1, summary)
        self.respond = self.created

    def lost(self):
        """Two results of one accession number; the answer to the second is lost before it is stored."""
        stored = []

        def answer(request):
            if request.method == "GET":
                return 200, {}, json.dumps({"resourceType": "Bundle", "type": "searchset",
                                            "entry": [{"resource": each} for each in stored]})
            record = request.json()
            if record["code"]["text"] == "potassium" and not any(r.get("tried") for r in stored):
                stored.append({"resourceType": "Basic", "tried": True})
                return 504, {}, b""
            stored.append({**record, "id": f"o{len(stored)}"})
            return 201, {"Location": f"{self.endpoint.base}/Observation/o{len(stored) - 1}"}, request.raw

        self.respond = answer
        both = [{"resourceType": "Observation", "status": "final", "identifier": [{"system": "urn:lab", "value": "A"}],
                 "code": {"text": text}} for text in ("sodium", "potassium")]
        run = self.push("--style", "resource-post", "-j", "1", "--timeout", "1", self.file("two.ndjson", *both))
        have = [each["code"]["text"] for each in stored if "code" in each]
        summary = lines_of(run)[1]
        self.check("a look-up is not another resource", summary["applied"] == len(have) and len(set(have)) == len(have),
                   (summary, have))

    # --- order and identity ---

    def order(self):
        order = []

        def versions(request):
            body = request.json()
            for each in [body] if body["resourceType"] != "Bundle" else [e["resource"] for e in body["entry"]]:
                order.append(each["name"][0]["family"])
            return self.created(request) if body["resourceType"] == "Bundle" else (200, {}, request.raw)

        self.respond = versions
        records = [{"resourceType": "Patient", "id": "same", "name": [{"family": f"V{n}"}]} for n in range(1, 7)]
        for style in ("resource-put", "transaction"):
            order.clear()
            self.push("--style", style, self.file("versions.ndjson", *records))
            self.check(f"versions go in order, {style}", order == [f"V{n}" for n in range(1, 7)], order)
        order.clear()
        path = self.folder / "revert.json"
        for family in "ABA":
            path.write_text(json.dumps({"resourceType": "Patient", "id": "p", "name": [{"family": family}]}))
            self.bench.push(self.endpoint.base, "--style", "resource-put", path, state="revert")
        self.bench.push(self.endpoint.base, "--style", "resource-put", path, state="revert")
        self.check("what comes back is sent again, once", order == ["A", "B", "A"], order)
        order.clear()
        path.write_text("\n".join(json.dumps({"resourceType": "Patient", "id": "p", "name": [{"family": family}]})
                                  for family in "ABA"))
        for _ in range(2):
            self.bench.push(self.endpoint.base, "--style", "resource-put", path, state="revert-in-one")
        self.check("three writes of one input, once", order == ["A", "B", "A"], order)
        self.respond = self.created
        lines = [{"resourceType": "Observation", "id": "o2", "status": "final", "code": {"text": "y"},
                  "hasMember": [{"reference": "Observation/o1"}], "subject": {"reference": "Patient/101"}},
                 {"resourceType": "Observation", "id": "o1", "status": "final", "code": {"text": "x"},
                  "subject": {"reference": "Patient/101"}}, {"resourceType": "Patient", "id": "101"}]
        self.push("--style", "resource-post", self.pipe(lines))
        sent = [r.json() for r in self.requests]
        self.check("a record waits for what it refers to",
                   [r["resourceType"] for r in sent] == ["Patient", "Observation", "Observation"]
                   and all(r["subject"]["reference"] != "Patient/101" for r in sent[1:])
                   and sent[2]["hasMember"][0]["reference"] != "Observation/o1", sent)
        circle = [{"resourceType": "Observation", "id": f"o{n}", "status": "final", "code": {"text": "x"},
                   "hasMember": [{"reference": f"Observation/o{3 - n}"}]} for n in (1, 2)]
        run = self.push("--style", "resource-post", self.file("circle.ndjson", *circle))
        self.check("a circle is refused", run.returncode == 1 and not self.requests, run.stdout)
        self.race()

    def pipe(self, records):
        path = self.folder / "pipe"
        if not path.exists():
            os.mkfifo(path)
        text = "\n".join(map(json.dumps, records)) + "\n"
        threading.Thread(target=lambda: path.write_text(text), daemon=True).start()
        return path

    def race(self):
        together = []
        now = [0]

        def conditional(request):
            with self.lock:
                now[0] += 1
                together.append(now[0])
            answer = self.created(request)
            with self.lock:
                now[0] -= 1
            return answer

        self.respond = conditional
        many = self.folder / "many"
        many.mkdir()
        for n in range(12):
            request = {"method": "POST", "url": "Organization", "ifNoneExist": "identifier=urn:ods|RX1"}
            (many / f"{n:02}.json").write_text(json.dumps({"resourceType": "Bundle", "type": "transaction", "entry": [
                {"fullUrl": f"urn:uuid:{n}", "resource": {"resourceType": "Organization", "name": f"n{n}"},
                 "request": request}]}))
        run = self.push("--style", "transaction", many)
        first = together[:1]
        self.check("one condition is created once at a time", run.returncode == 0 and first == [1] and together[1:2] == [1],
                   together)
        self.respond = self.created

    def waits(self):
        first = []

        def later(request):
            if not first:
                first.append(1)
                return 503, {"Retry-After": "1000000000"}, outcome("later")
            return 200, {}, request.raw

        self.respond = later
        records = [{"resourceType": "Patient", "id": f"p{n}"} for n in range(5)]
        run = self.push("--style", "resource-put", "--give-up", "3", self.file("five.ndjson", *records), timeout=60)
        summary = lines_of(run)[1]
        self.check("an absurd Retry-After", summary["applied"] == 4 and summary["failed"] == 1, summary)
        self.respond = self.created

    def document(self):
        """Each line of SECURITY.md names a test that is there."""
        text = (ROOT / "SECURITY.md").read_text()
        rows = re.findall(r"^\|.*\| `([^`]+)`: (.*?) \|$", text, re.M)
        for path, name in rows:
            there = (ROOT / path).exists() and name in (ROOT / path).read_text().replace('"\n                         "', "")
            self.check(f"SECURITY.md: {path}: {name}", there)
        self.check("SECURITY.md has lines", len(rows) > 10, len(rows))


def run(bench):
    suite = Security(bench)
    suite.document()
    suite.places()
    suite.secrets()
    suite.terminal()
    suite.verdicts()
    suite.order()
    suite.waits()
    suite.endpoint.stop()
