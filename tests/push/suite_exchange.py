# SPDX-License-Identifier: Apache-2.0
"""How requests are made and what becomes of those that are accepted: results that are asked for later, ids of requests, headers of a
region, versions that a PUT changes, dry runs, and streams that an HTTP/2 server refuses."""
import base64
import json
import socket
import ssl
import struct
import threading
import time

from harness import Endpoint, bundle_answer, lines_of, openssl, settings

PATIENT = {"resourceType": "Patient", "id": "p1", "meta": {"versionId": "7"}, "active": True,
           "identifier": [{"system": "urn:n", "value": "1"}]}


class Case:
    def __init__(self, bench):
        self.bench, self.reply = bench, lambda request: (201, {}, "")
        self.endpoint = Endpoint(lambda request: self.reply(request))
        self.file = bench.folder / "patient.json"
        self.file.write_text(json.dumps(PATIENT))

    def push(self, *arguments, timeout=60, **values):
        self.endpoint.take()
        self.bench.fresh_state()
        run = self.bench.push(self.endpoint.base, self.file, *arguments, *settings(**values), timeout=timeout)
        self.run, (self.issues, self.summary) = run, lines_of(run)
        return self.endpoint.take()

    def check(self, title, condition):
        self.bench.check(title, condition, f"exit {self.run.returncode} {self.run.stdout} {self.run.stderr}")


def polled(c, answers, place="/fhir/status/1"):
    """A server that accepts and answers later, as a list says."""
    left = list(answers)

    def reply(request):
        if request.path.startswith("/fhir/status"):
            return left.pop(0) if len(left) > 1 else left[0]
        return 202, {"Content-Location": c.endpoint.root + place, "Retry-After": "0"}, ""
    c.reply = reply


def result(status, **more):
    return json.dumps({"resourceType": "Bundle", "type": "batch-response", "entry": [{"response": {"status": status, **more}}]})


def polling(c):
    waits = (202, {"Retry-After": "0"}, "")
    polled(c, [waits, waits, (200, {}, result("201 Created", location="Patient/p1"))])
    seen = c.push("--style", "resource-put")
    c.check("an accepted record is applied when its result says so", c.run.returncode == 0 and c.summary["applied"] == 1
            and [each.method for each in seen] == ["PUT", "GET", "GET", "GET"])
    polled(c, [waits, (200, {}, result("422", outcome={"resourceType": "OperationOutcome", "issue": [
        {"severity": "error", "code": "invalid", "diagnostics": "no good"}]}))])
    c.push("--style", "resource-put")
    c.check("and refused when it says so", c.run.returncode == 1 and c.summary["refused"] == 1 and "no good" in c.run.stdout)
    polled(c, [waits])
    seen = c.push("--style", "resource-put", "--give-up", "1")
    c.check("a result that does not come is unknown", c.run.returncode == 1 and c.summary["unknown"] == 1 and c.summary["applied"] == 0)
    c.check("and is not asked for without a break, whatever Retry-After says", len(seen) <= 10)
    sent = json.dumps({"entry": [{"request": {"url": "Patient/p1"}}]})
    polled(c, [(200, {}, json.dumps({"resourceType": "Bundle", "type": "batch-response", "entry": [
        {"response": {"status": "200"}, "resource": json.loads(bundle_answer(sent))}]}))])
    c.push("--style", "transaction")
    c.check("the result of a transaction is in the result", c.run.returncode == 0 and c.summary["applied"] == 1)
    c.reply = lambda request: (202, {}, "")
    c.push("--style", "resource-put")
    c.check("202 and nothing else is unknown", c.run.returncode == 1 and c.summary["unknown"] == 1)
    stranger = Endpoint(lambda request: (200, {}, result("201")))
    c.reply = lambda request: (202, {"Content-Location": stranger.base + "/status/1"}, "")
    c.push("--style", "resource-put")
    c.check("a result on another host is not asked for", not stranger.take() and c.summary["unknown"] == 1)
    stranger.stop()


def ids(c):
    def reply(request, tries=[]):
        tries.append(1)
        return (503, {"Retry-After": "0"}, "") if len(tries) % 3 else (201, {}, "")
    c.reply = reply
    headers = {"headers__X-Request-ID": "${item}", "headers__X-Correlation-ID": "${uuid}"}
    first = c.push("--style", "resource-put", **headers)
    again = c.push("--style", "resource-put", **headers)
    items = {each.headers["X-Request-ID"] for each in first + again}
    fresh = {each.headers["X-Correlation-ID"] for each in first + again}
    c.check("the id of an item stays, that of a request does not", len(first) == len(again) == 3 and len(items) == 1 and len(fresh) == 6)


def own_headers(c):
    c.reply = lambda request: (201, {}, "")
    organisation = '{"identifier":[{"value":"${ods}"}]}'
    seen = c.push("--style", "resource-put", headers__Accept="application/fhir+json; version=${v}", values__v="1.2", values__ods="A1",
                  **{"headers__NHSD-End-User-Organisation": "base64:" + organisation})
    got = seen[0].headers
    c.check("a region's header stands in place of the program's", got.get_all("Accept") == ["application/fhir+json; version=1.2"])
    c.check("JSON in a header is coded", base64.b64decode(got["NHSD-End-User-Organisation"]) == b'{"identifier":[{"value":"A1"}]}')


def versions(c):
    c.reply = lambda request: (200, {}, "")
    for name, value in (("If-Match", 'W/"7"'), ("E-Tag", "7")):
        seen = c.push("--style", "resource-put", style__version_header=name)
        c.check(f"a PUT says in {name} what it changes", seen[0].headers[name] == value)
    stored = {**PATIENT, "meta": {"versionId": "8"}}

    def reply(request):
        return (500, {}, "") if request.method == "PUT" else (200, {}, json.dumps(stored))
    c.reply = reply
    seen = c.push("--style", "resource-put", style__version_header="If-Match")
    c.check("what became of it is read, not tried again", c.run.returncode == 0 and [each.method for each in seen] == ["PUT", "GET"])
    c.file.write_text(json.dumps({**PATIENT, "meta": {}}))
    seen = c.push("--style", "resource-put", style__version_header="If-Match")
    c.check("without a version it is not sent", c.run.returncode == 1 and not seen and c.summary["refused"] == 1)
    c.file.write_text(json.dumps(PATIENT))


def dry_run(c):
    seen = c.push("--dry-run", "--style", "resource-put", **{"headers__X-Api-Key": "s3cret"})
    requests = [row["request"] for row in map(json.loads, c.run.stdout.splitlines()) if "request" in row]
    c.check("a dry run lists what it would send", not seen and [(each["method"], each["url"], each["bytes"]) for each in requests]
            == [("PUT", c.endpoint.base + "/Patient/p1", len(json.dumps(PATIENT)))] and "body" not in requests[0])
    c.check("without secrets", "s3cret" not in c.run.stdout and any(line.startswith("X-Api-Key:") for line in requests[0]["headers"]))
    c.push("--dry-run=full", "--style", "resource-put")
    c.check("in full with bodies", json.loads(json.loads(c.run.stdout.splitlines()[0])["request"]["body"]) == PATIENT)


def values(c):
    for key, value, words in (("endpoint.timeout", "-5", "not a number from"), ("endpoint.timeout", "nan", "not a number from"),
                              ("endpoint.gzip", "atuo", "did you mean 'auto'?"), ("endpoint.redirects", "always", "not one of"),
                              ("limits.entries", "-1", "not a number from"), ("auth.method", "bearr", "did you mean 'bearer'?")):
        seen = c.push("--set", f"{key}={value}")
        c.check(f"{key}={value}", c.run.returncode == 2 and not seen and words in c.run.stderr)
    own = c.bench.folder / "own.toml"
    own.write_text('title = "own"\n[endpoint]\nconnections = -3\n')
    seen = c.push("--region", own)
    c.check("a wrong value in a file is said with its place", c.run.returncode == 3 and f"{own}:3:15: endpoint.connections" in c.run.stderr)


class RefusingServer:
    """Speaks as much HTTP/2 as is needed to refuse streams, or to say goodbye to them, and to answer the next with 200."""

    def __init__(self, folder, refusals, goaway):
        self.left, self.goaway, self.streams = refusals, goaway, 0
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "h2.pem", folder / "h2.key")
        context.set_alpn_protocols(["h2"])
        self.socket = context.wrap_socket(socket.create_server(("127.0.0.1", 0)), server_side=True)
        self.base = f"https://127.0.0.1:{self.socket.getsockname()[1]}/fhir"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except ssl.SSLError:
                continue
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    @staticmethod
    def frame(kind, flags, stream, body=b""):
        return struct.pack(">I", len(body))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + body

    def serve(self, connection):
        try:
            self.talk(connection, connection.makefile("rb"))
        except OSError:
            pass

    def talk(self, connection, stream):
        refused = set()
        stream.read(24)
        connection.sendall(self.frame(4, 0, 0))
        while head := stream.read(9):
            kind, flags, number = head[3], head[4], struct.unpack(">I", head[5:])[0]
            stream.read(int.from_bytes(head[:3], "big"))
            if kind == 4 and not flags & 1:
                connection.sendall(self.frame(4, 1, 0))
            if kind == 1:
                self.streams += 1
                if self.left > 0:
                    self.left -= 1
                    refuse = self.frame(7, 0, 0, struct.pack(">II", 0, 0)) if self.goaway else self.frame(3, 0, number, struct.pack(">I", 7))
                    connection.sendall(refuse)
                    if self.goaway:
                        time.sleep(0.2)
                        return connection.close()
                    refused.add(number)
            if kind in (0, 1) and flags & 1 and number not in refused:
                connection.sendall(self.frame(1, 5, number, b"\x88"))


def other_version(c):
    """What is plainly of another release is not sent as it is."""
    c.reply = lambda request: (201, {}, "")
    c.file.write_text(json.dumps({
        "resourceType": "MedicationRequest", "id": "m", "status": "active", "intent": "order", "subject": {"reference": "Patient/1"},
        "medicationReference": {"reference": "Medication/1"}, "requester": {"agent": {"reference": "Practitioner/1"}}}))
    seen = c.push("--style", "resource-put")
    c.check("STU3 does not go to an endpoint of R4", c.run.returncode == 1 and not seen and "it is FHIR STU3" in c.run.stdout)
    seen = c.push("--style", "resource-put", fhir="3.0.2")
    c.check("but to one of STU3", c.run.returncode == 0 and len(seen) == 1)
    seen = c.push("--style", "resource-put", "--fhir", "4.0.1")
    c.check("or when the user says that it is none", c.run.returncode == 0 and len(seen) == 1)
    c.file.write_text(json.dumps(PATIENT))


def refused_streams(c):
    folder = c.bench.folder
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "h2.key", "-out", "h2.pem", "-days", "2", "-subj", "/CN=127.0.0.1",
            "-addext", "subjectAltName=IP:127.0.0.1", cwd=folder)
    for title, goaway in (("a stream that is refused", False), ("a stream that a GOAWAY leaves out", True)):
        server = RefusingServer(folder, 2, goaway)
        c.bench.fresh_state()
        c.run = c.bench.push(server.base, c.file, "--style", "resource-post", *settings(endpoint__ca=folder / "h2.pem", style__search="false"))
        c.issues, c.summary = lines_of(c.run)
        c.check(f"{title} is sent again", c.run.returncode == 0 and c.summary.get("applied") == 1 and server.streams >= 3)
        server.socket.close()


def run(bench):
    c = Case(bench)
    try:
        for part in (polling, ids, own_headers, versions, dry_run, values, other_version, refused_streams):
            part(c)
    finally:
        c.endpoint.stop()
