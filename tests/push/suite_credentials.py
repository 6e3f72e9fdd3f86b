# SPDX-License-Identifier: Apache-2.0
"""Every way to authorise, as the receiver checks it: headers, tokens with their signatures, mutual TLS; and that no secret
shows in a report, the journal or the list of processes."""
import base64
import hashlib
import hmac
import json
import pathlib
import ssl
import subprocess
import threading
import time
import urllib.parse

from harness import Endpoint, bundle_answer, lines_of, openssl, settings

SECRET = "s3cret-Word+1"


def unpacked(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def claims_of(token):
    head, body, _ = token.split(".")
    return json.loads(unpacked(head)), json.loads(unpacked(body))


def der_integer(number):
    size = (number.bit_length() // 8) + 1
    return bytes([2, size]) + number.to_bytes(size, "big")


def signature_holds(token, public, folder):
    """Lets openssl judge a JWS."""
    signed, _, signature = token.rpartition(".")
    kind = claims_of(token)[0]["alg"]
    raw = unpacked(signature)
    if kind == "ES384":
        numbers = der_integer(int.from_bytes(raw[:48], "big")) + der_integer(int.from_bytes(raw[48:], "big"))
        raw = bytes([0x30, len(numbers)]) + numbers
    (folder / "signature").write_bytes(raw)
    (folder / "signed").write_bytes(signed.encode())
    run = subprocess.run(["openssl", "dgst", "-sha" + kind[2:], "-verify", public, "-signature", "signature", "signed"],
                         cwd=folder, capture_output=True)
    return run.returncode == 0


class Credentials:
    def __init__(self, bench):
        self.bench, self.check, self.folder = bench, bench.check, bench.folder
        self.endpoint = Endpoint(self.answer)
        self.data = bench.data(40, 5) / "tx"
        self.one = sorted(self.data.glob("*.json"))[:1]
        self.accept = lambda request: True
        self.life = 300
        self.tokens = []
        (self.folder / "secret").write_text(SECRET + "\n")

    def answer(self, request):
        if request.path.endswith("/.well-known/smart-configuration"):
            return 200, {"Content-Type": "application/json"}, json.dumps({"token_endpoint": self.endpoint.root + "/found"})
        if request.path in ("/token", "/found"):
            self.tokens.append(f"token-{len(self.tokens)}")
            return 200, {"Content-Type": "application/json"}, json.dumps(
                {"access_token": self.tokens[-1], "token_type": "Bearer", "expires_in": self.life})
        if not self.accept(request):
            return 401, {}, ""
        return 200, {}, bundle_answer(request.body)

    def push(self, *arguments, **more):
        self.bench.fresh_state()
        self.endpoint.take()
        self.tokens.clear()
        run = self.bench.push(self.endpoint.base, *arguments, **more)
        return run, self.endpoint.take()

    def forms(self, seen):
        return [dict(urllib.parse.parse_qsl(request.body.decode())) for request in seen if request.path in ("/token", "/found")]


def given(c):
    basic = "Basic " + base64.b64encode(f"ann:{SECRET}".encode()).decode()
    for title, header, expected, values in (
            ("API key", "apikey", SECRET, dict(auth__method="api-key")),
            ("API key in a header of another name", "X-Key", SECRET, dict(auth__method="api-key", auth__header="X-Key")),
            ("basic", "Authorization", basic, dict(auth__method="basic", auth__user="ann")),
            ("bearer", "Authorization", "Bearer " + SECRET, dict(auth__method="bearer"))):
        for way, value in (("file", c.folder / "secret"), ("env", "GIVEN"), ("command", f"cat {c.folder}/secret")):
            run, seen = c.push(*c.one, *settings(**values, **{f"auth__secret__{way}": value}), GIVEN=SECRET)
            c.check(f"{title} from {way}", run.returncode == 0 and [request.headers[header] for request in seen] == [expected],
                    f"{run.stderr} {[request.headers.items() for request in seen]}")
    run, seen = c.push(*c.one, *settings(auth__method="bearer", auth__secret__env="MISSING"))
    c.check("a variable that is not there", run.returncode == 2 and "MISSING" in run.stderr and not seen, run.stderr)
    run, seen = c.push(*c.one, *settings(auth__method="bearer", auth__secret__command="false"))
    c.check("a command that fails", run.returncode == 2 and not seen, run.stderr)


def tokens(c):
    values = dict(auth__method="client-secret", auth__client_id="us", auth__secret__file=c.folder / "secret",
                  auth__token_url=c.endpoint.root + "/token", auth__scope="a b")
    c.accept = lambda request: request.headers["Authorization"] == f"Bearer {c.tokens[-1]}"
    run, seen = c.push(*c.one, *settings(**values))
    form = c.forms(seen)[0]
    c.check("client secret by post", run.returncode == 0 and form == {"grant_type": "client_credentials", "scope": "a b", "client_id": "us",
            "client_secret": SECRET}, str(form))
    run, seen = c.push(*c.one, *settings(**values, auth__secret_by="basic"))
    sent = base64.b64decode(seen[0].headers["Authorization"].removeprefix("Basic ")).decode()
    c.check("client secret by basic", run.returncode == 0 and sent == "us:" + urllib.parse.quote(SECRET) and "client_secret" not in c.forms(seen)[0], sent)
    c.life, begin = 1, time.time()
    run, seen = c.push(c.data, "--rate", "20/s", *settings(**values))
    issued, most = len(c.tokens), 4 + (time.time() - begin)
    c.check("a token that ends on the way is renewed by one request for all", run.returncode == 0 and 2 <= issued <= most, f"{issued} {most}")
    c.life = 300
    revoked = {"token-0"}
    c.accept = lambda request: request.headers["Authorization"].removeprefix("Bearer ") not in revoked
    run, seen = c.push(c.data, *settings(**values))
    c.check("401 renews once", run.returncode == 0 and len(c.tokens) == 2, str(len(c.tokens)))
    c.accept = lambda request: False
    run, seen = c.push(c.data, "--give-up", "4", *settings(**values))
    c.check("401 for ever ends the run", run.returncode == 4 and "401" in run.stderr and len(c.tokens) < 20, f"{run.stderr} {len(c.tokens)}")
    c.accept = lambda request: True


def assertions(c):
    openssl("genrsa", "-out", "rsa.pem", "2048", cwd=c.folder)
    openssl("rsa", "-in", "rsa.pem", "-pubout", "-out", "rsa.pub", cwd=c.folder)
    openssl("ecparam", "-name", "secp384r1", "-genkey", "-noout", "-out", "ec.pem", cwd=c.folder)
    openssl("ec", "-in", "ec.pem", "-pubout", "-out", "ec.pub", cwd=c.folder)
    ids = set()
    for algorithm, key in (("RS384", "rsa"), ("RS512", "rsa"), ("ES384", "ec")):
        run, seen = c.push(*c.one, *settings(auth__method="private-key-jwt", auth__client_id="us", auth__key=c.folder / f"{key}.pem",
                                             auth__algorithm=algorithm, auth__key_id="k1", auth__lifetime=900))
        form = c.forms(seen)[0]
        head, claims = claims_of(form["client_assertion"])
        ids.add(claims["jti"])
        c.check(f"{algorithm}: signed, found by SMART discovery", run.returncode == 0 and signature_holds(form["client_assertion"], f"{key}.pub", c.folder)
                and form["client_assertion_type"].endswith("client-assertion-type:jwt-bearer") and form["grant_type"] == "client_credentials", str(form))
        c.check(f"{algorithm}: claims", head == {"alg": algorithm, "kid": "k1", "typ": "JWT"} and claims["iss"] == claims["sub"] == "us"
                and claims["aud"] == c.endpoint.root + "/found" and 0 < claims["exp"] - claims["iat"] <= 300
                and abs(claims["iat"] - time.time()) < 20, f"{head} {claims}")
    c.check("every assertion has its own id", len(ids) == 3)
    run, seen = c.push(*c.one, *settings(auth__method="jwt-bearer", auth__client_id="us", auth__key=c.folder / "rsa.pem", auth__algorithm="RS256",
                                         auth__audience="IAM", auth__scope="fhir.*", auth__token_url=c.endpoint.root + "/token",
                                         auth__secret__file=c.folder / "secret", auth__claims__ods="RX1", **{"auth.claims.usr.org": "Trust"}))
    form = c.forms(seen)[0] if seen else {}
    claims = claims_of(form["assertion"])[1] if form else {}
    c.check("jwt-bearer grant", run.returncode == 0 and form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
            and claims["aud"] == "IAM" and claims["scope"] == "fhir.*" and claims["ods"] == "RX1" and claims["usr"] == {"org": "Trust"}
            and form["client_id"] == "us" and signature_holds(form["assertion"], "rsa.pub", c.folder), f"{form} {run.stderr}")
    run, seen = c.push(*c.one, *settings(auth__method="spine-jwt", auth__audience="https://e.org/fhir", auth__claims__reason_for_request="directcare"))
    token = seen[0].headers["Authorization"].removeprefix("Bearer ") if seen else "e30.e30."
    head, claims = claims_of(token)
    c.check("unsigned Spine token", run.returncode == 0 and head == {"alg": "none", "typ": "JWT"} and token.endswith(".")
            and claims["reason_for_request"] == "directcare" and claims["exp"] - claims["iat"] <= 300, f"{claims} {run.stderr}")


def mesh(c):
    (c.folder / "shared").write_text("TestKey\n")
    c.endpoint.answer = lambda request: (202, {"Content-Type": "application/vnd.mesh.v2+json"}, '{"message_id":"M1"}')
    run, seen = c.push(*c.one, "--style", "mesh", *settings(
        auth__method="mesh", auth__secret__file=c.folder / "secret", auth__shared_key__file=c.folder / "shared", mesh__mailbox="X1",
        mesh__to="X2", mesh__workflow="W", mesh__chunk=4000))
    c.endpoint.answer = c.answer
    names = ("Mex-To", "Mex-WorkflowID", "Mex-Chunk-Range")
    good = run.returncode == 0 and seen and b"".join(request.body for request in seen) == c.one[0].read_bytes()
    for request in seen:
        mailbox, nonce, count, stamp, code = request.headers["Authorization"].removeprefix("NHSMESH ").split(":")
        text = f"{mailbox}:{nonce}:{count}:{SECRET}:{stamp}"
        good = good and mailbox == "X1" and code == hmac.new(b"TestKey", text.encode(), hashlib.sha256).hexdigest()
    c.check("MESH: HMAC of every chunk", good and [seen[0].headers[name] for name in names] == ["X2", "W", f"1:{len(seen)}"]
            and {request.path for request in seen[1:]} == {f"/fhir/messageexchange/X1/outbox/M1/{number}" for number in range(2, len(seen) + 1)},
            f"{run.stdout} {run.stderr} {[request.path for request in seen]}")


def make_certificates(folder):
    (folder / "names").write_text("subjectAltName=IP:127.0.0.1")
    for name in ("ca", "other-ca"):
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}", "-keyout", f"{name}.key",
                "-out", f"{name}.pem", cwd=folder)
    for name, authority, days in (("server", "ca", "2"), ("client", "ca", "2"), ("stranger", "other-ca", "2"), ("old", "ca", "-1")):
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.csr", cwd=folder)
        openssl("x509", "-req", "-in", f"{name}.csr", "-CA", f"{authority}.pem", "-CAkey", f"{authority}.key", "-CAcreateserial",
                "-days", days, "-extfile", "names", "-out", f"{name}.pem", cwd=folder)


def mutual_tls(c):
    folder = c.folder
    make_certificates(folder)

    def context(certificate):
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.load_cert_chain(folder / f"{certificate}.pem", folder / f"{certificate}.key")
        made.load_verify_locations(folder / "ca.pem")
        made.verify_mode = ssl.CERT_REQUIRED
        return made
    endpoint = Endpoint(c.answer, context("server"))

    def push(base, client, *more):
        c.bench.fresh_state()
        endpoint.take()
        ours = settings(endpoint__ca=folder / "ca.pem", **(dict(endpoint__certificate=folder / f"{client}.pem", endpoint__key=folder / f"{client}.key") if client else {}))
        return c.bench.push(base, *c.one, "--give-up", "3", *ours, *more), endpoint.take()
    run, seen = push(endpoint.base, "client")
    c.check("mutual TLS", run.returncode == 0 and seen[0].peer["subject"][0][0] == ("commonName", "client"), run.stdout + run.stderr)
    for client, title in ((None, "no client certificate"), ("stranger", "a client certificate of another authority"), ("old", "an expired client certificate")):
        run, seen = push(endpoint.base, client)
        c.check(f"mutual TLS: {title}", run.returncode == 4 and not seen and lines_of(run)[0], f"{run.returncode} {run.stdout} {run.stderr}")
    endpoint.stop()
    expired = Endpoint(c.answer, context("old"))
    run, seen = push(expired.base, "client")
    c.check("an expired server certificate", run.returncode == 4 and not expired.take() and "expired" in run.stderr, run.stderr)
    expired.stop()


def nowhere(c):
    """A secret is neither in the list of processes nor in the environment's report, journal or messages."""
    found = []
    stop = threading.Event()

    def watch():
        while not stop.is_set():
            for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    if SECRET.encode() in path.read_bytes():
                        found.append(path)
                except OSError:
                    pass
    watcher = threading.Thread(target=watch)
    watcher.start()
    c.accept = lambda request: (time.sleep(0.02), True)[1]
    run, seen = c.push(c.data, "-j", "2", *settings(auth__method="bearer", auth__secret__file=c.folder / "secret"))
    stop.set()
    watcher.join()
    stored = b"".join(path.read_bytes() for path in c.bench.folder.glob("state/**/*") if path.is_file())
    c.check("no secret in the list of processes", run.returncode == 0 and not found, str(found))
    c.check("no secret in the journal or report", stored and SECRET.encode() not in stored and SECRET not in run.stdout + run.stderr)
    c.accept = lambda request: True
    c.endpoint.answer = lambda request: (400, {}, json.dumps({"resourceType": "OperationOutcome", "issue": [
        {"severity": "error", "code": "invalid", "diagnostics": "you said " + request.headers["Authorization"]}]}))
    run, _ = c.push(*c.one, *settings(auth__method="bearer", auth__secret__file=c.folder / "secret"))
    stored = b"".join(path.read_bytes() for path in c.bench.folder.glob("state/**/*") if path.is_file())
    c.check("a secret that the server repeats is not shown", run.returncode == 1 and "you said" in run.stdout
            and SECRET not in run.stdout and SECRET.encode() not in stored, run.stdout)
    c.endpoint.answer = c.answer


def run(bench):
    c = Credentials(bench)
    try:
        for part in (given, tokens, assertions, mesh, mutual_tls, nowhere):
            part(c)
    finally:
        c.endpoint.stop()
