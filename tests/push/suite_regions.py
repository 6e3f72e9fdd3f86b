# SPDX-License-Identifier: Apache-2.0
"""`lhcr regions check` against endpoints of this machine: settings, authorisation, TLS, endpoint, CapabilityStatement, style."""
import json
import ssl
import subprocess

from harness import Endpoint, openssl, settings

SYSTEM = [{"code": "transaction"}, {"code": "batch"}]


def statement(version="4.0.1", system=SYSTEM, patient=("create", "update")):
    return json.dumps({"resourceType": "CapabilityStatement", "fhirVersion": version, "rest": [{
        "mode": "server", "interaction": list(system),
        "resource": [{"type": "Patient", "interaction": [{"code": code} for code in patient]}]}]}, indent=1)


def xml_statement():
    return ('<?xml version="1.0"?><CapabilityStatement xmlns="http://hl7.org/fhir"><fhirVersion value="4.0.1"/><rest>'
            '<mode value="server"/><interaction><code value="transaction"/></interaction></rest></CapabilityStatement>')


class Check:
    def __init__(self, bench, context=None):
        self.bench, self.reply = bench, lambda request: (200, {}, statement())
        self.endpoint = Endpoint(lambda request: self.reply(request), context)

    def run(self, *arguments, region="generic-r4", url=None, **values):
        self.endpoint.take()
        command = [self.bench.binary, "regions", "check", region, *arguments, *settings(**values)]
        if url != "":
            command += ["--url", url or self.endpoint.base]
        self.last = subprocess.run(list(map(str, command)), env=self.bench.environment(), capture_output=True, text=True, timeout=60)
        return self.last

    def says(self, title, code, *lines):
        out = self.last.stdout
        good = self.last.returncode == code and all(line in out for line in lines) and ("FAIL" in out) == (code != 0)
        self.bench.check(title, good, f"exit {self.last.returncode} {out} {self.last.stderr}")


def statements(c):
    c.run()
    c.says("a good endpoint", 0, "ok   settings", "ok   authorisation", "ok   endpoint", "ok   FHIR version: 4.0.1",
           "ok   style transaction: the endpoint offers transaction")
    seen = c.endpoint.take()
    c.bench.check("only /metadata is asked", [(each.method, each.path) for each in seen] == [("GET", "/fhir/metadata")], str(seen))
    c.run("--style", "resource-put")
    c.says("an interaction of a type", 0, "offers update")
    c.reply = lambda request: (200, {}, statement(system=[{"code": "batch"}]))
    c.run()
    c.says("no transactions", 4, "FAIL style transaction: the endpoint does not say that it offers transaction")
    c.reply = lambda request: (200, {}, statement(version="3.0.1"))
    c.run()
    c.says("another FHIR version", 4, "FAIL FHIR version: 3.0.1, the region says 4.0.1")
    c.run(region="generic-stu3")
    c.says("which is right for another region", 0, "ok   FHIR version: 3.0.1")
    c.reply = lambda request: (200, {"Content-Type": "application/fhir+xml"}, xml_statement())
    c.run(endpoint__format="xml")
    c.says("a statement in XML", 0, "ok   FHIR version", "offers transaction")
    for title, status, kind, body in (("a page", 200, "text/html", "<html/>"), ("half a statement", 200, "application/json", statement()[:80]),
                                      ("another resource", 200, "application/fhir+json", '{"resourceType":"Patient"}'),
                                      ("not found", 404, "application/fhir+json", "")):
        c.reply = lambda request: (status, {"Content-Type": kind}, body)
        c.run()
        c.says(f"{title} is no statement", 4, f"FAIL CapabilityStatement: /metadata answers {status}")
        c.run("--style", "pointer")
        c.says(f"{title}: a style that needs none", 0, "the style pointer needs none")


def paths(c):
    """APIs without a CapabilityStatement, and headers of the check's own."""
    (c.bench.folder / "regions.token").write_text("x")
    token = dict(auth__secret__file=c.bench.folder / "regions.token", values__ods="A1",
                 **{"headers__NHSD-eRS-Business-Function": "REFERRING_CLINICIAN"})
    c.reply = lambda request: (200 if request.path == "/fhir/CodeSystem/SPECIALTY" else 404, {}, "")
    c.run(region="ers", **token)
    c.says("what another API has is asked for", 0, "ok   /CodeSystem/SPECIALTY: status 200")
    c.run(region="pds", auth__secret__file=c.bench.folder / "regions.token")
    c.says("and what it has not is told", 4, "FAIL /_ping: status 404")
    seen = []
    c.reply = lambda request: (seen.append(request.headers), (200, {}, statement()))[1]
    c.run("--style", "resource-put", **{"headers__X-Kind": "write", "headers__X-Id": "${uuid}", "headers__X-Who": "fhirpath:id", "check__X-Kind": "read"})
    c.says("a check of its own headers", 0, "offers update")
    got = seen[-1] if seen else {}
    c.bench.check("they stand in place of those of records", got.get_all("X-Kind") == ["read"] and "$" not in got["X-Id"] and got["X-Who"] is None,
                  str(got))


def authorisation(c):
    c.reply = lambda request: (401, {}, "")
    c.run()
    c.says("401", 4, "FAIL authorisation: the endpoint answers 401")
    (c.bench.folder / "secret").write_text("s3cret-Word+1\n")

    def reply(request):
        if request.path == "/token":
            good = b"s3cret-Word" in request.body
            return (200 if good else 401), {"Content-Type": "application/json"}, json.dumps(
                {"access_token": "the-token", "token_type": "Bearer", "expires_in": 300} if good else {"error": "invalid_client"})
        return (200, {}, statement()) if request.headers.get("Authorization") == "Bearer the-token" else (401, {}, "")
    c.reply = reply
    secret = dict(auth__method="client-secret", auth__client_id="lhcr", auth__token_url=c.endpoint.root + "/token")
    c.run(**secret, auth__secret__file=c.bench.folder / "secret")
    c.says("a token is fetched and used", 0, "ok   authorisation: client-secret: a credential was made or fetched")
    c.bench.check("the secret is not printed", "s3cret" not in c.last.stdout + c.last.stderr, c.last.stdout)
    (c.bench.folder / "wrong").write_text("other\n")
    c.run(**secret, auth__secret__file=c.bench.folder / "wrong")
    c.says("a token is refused", 4, "FAIL authorisation", "invalid_client")
    c.bench.check("then the endpoint is left alone", [each.path for each in c.endpoint.take()] == ["/token"])
    c.run(**secret, auth__secret__file=c.bench.folder / "absent")
    c.says("no secret", 4, "FAIL ", "absent")


def names(c):
    for wrong, meant in (("manchster", "greater-manchester"), ("Yorkshire", "interweave"), ("nlr", "nrl"), ("london", "onelondon"),
                         ("generic-r5", "generic-r4"), ("xyzzy", None)):
        run = subprocess.run([c.bench.binary, "regions", "show", wrong], env=c.bench.environment(), capture_output=True, text=True)
        said = f"did you mean '{meant}'?" in run.stderr if meant else "did you mean" not in run.stderr
        c.bench.check(f"a region called {wrong}", run.returncode == 2 and said, run.stderr)


def unreachable(c):
    closed = Endpoint(lambda request: (200, {}, ""))
    closed.stop()
    c.run(url=closed.base)
    c.says("nobody listens", 4, "FAIL endpoint")
    c.run(region="nrl", url="")
    c.says("what a region needs", 4, "FAIL settings", "endpoint.url")
    c.run("--style", "drop", drop__folder=c.bench.folder)
    c.says("a folder", 0, "ok   folder")
    c.run("--style", "drop", drop__folder=c.bench.folder / "none")
    c.says("no folder", 4, "FAIL folder")


def transport_security(bench):
    folder = bench.folder
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "good.pem", "-days", "2", "-subj", "/CN=127.0.0.1",
            "-addext", "subjectAltName=IP:127.0.0.1", cwd=folder)
    openssl("req", "-x509", "-key", "key.pem", "-out", "other.pem", "-days", "2", "-subj", "/CN=other.test",
            "-addext", "subjectAltName=DNS:other.test", cwd=folder)
    for name, title, trusted, code, line in (("good.pem", "a certificate that is trusted", True, 0, "ok   endpoint"),
                                             ("good.pem", "an unknown CA", False, 4, "FAIL TLS"),
                                             ("other.pem", "another host's certificate", True, 4, "FAIL TLS")):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / name, folder / "key.pem")
        c = Check(bench, context)
        try:
            c.run(**({"endpoint__ca": folder / name} if trusted else {}))
            c.says(title, code, line)
        finally:
            c.endpoint.stop()


def run(bench):
    c = Check(bench)
    try:
        statements(c)
        paths(c)
        authorisation(c)
        unreachable(c)
        names(c)
        transport_security(bench)
    finally:
        c.endpoint.stop()
