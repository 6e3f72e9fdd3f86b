# SPDX-License-Identifier: Apache-2.0
"""Tokens, keys and certificates: what works, and a clear message, exit 4 and nothing sent where it does not."""
import json
import os
import subprocess
import time

from harness import Server, lines_of, openssl, settings


def make_keys(folder):
    openssl("genrsa", "-out", "rsa.pem", "2048", cwd=folder)
    openssl("rsa", "-in", "rsa.pem", "-pubout", "-out", "rsa.pub", cwd=folder)
    openssl("genrsa", "-out", "other.pem", "2048", cwd=folder)
    openssl("ecparam", "-name", "secp384r1", "-genkey", "-noout", "-out", "ec.pem", cwd=folder)


class Case:
    def __init__(self, bench, server, folder):
        self.bench, self.server, self.folder = bench, server, folder

    def push(self, *arguments, faults=(), **more):
        self.bench.fresh_state()
        self.server.begin(list(faults), sorted(map(str, self.folder.glob("*.json"))))
        return self.bench.push(self.server.base, self.folder, *arguments, **more)

    def applied(self, title, *arguments, **more):
        run = self.push(*arguments, **more)
        score = self.server.score()
        self.bench.check(title, run.returncode == 0 and score["lost"] == 0 and score["doubled"] == 0,
                         f"exit {run.returncode} {run.stderr} {score['auth_errors']} lost {score['lost']}")
        return score

    def refused(self, title, words, *arguments, **more):
        """Exit 4, the words on standard error, and no record applied."""
        run = self.push(*arguments, **more)
        score = self.server.score()
        good = run.returncode == 4 and words in run.stderr and score["keys_applied"] == 0
        self.bench.check(title, good, f"exit {run.returncode} applied {score['keys_applied']} {run.stderr}")
        return run


def tokens(bench, data):
    keys = bench.folder
    make_keys(keys)
    (keys / "secret").write_text("s3cret\n")
    secret = dict(auth__client_id="lhcr", auth__secret__file=keys / "secret", auth__token_url="{root}/token")
    server = Server("--auth", "--token-ttl", "2", "--client-id", "lhcr", "--pubkey", str(keys / "rsa.pub"),
                    "--latency", "0.02")
    case = Case(bench, server, data)
    root = {name: str(value).replace("{root}", server.root) for name, value in secret.items()}
    try:
        for by in ("post", "basic"):
            case.applied(f"client secret by {by}",
                         *settings(auth__method="client-secret", auth__secret_by=by, **root))
        score = case.applied("one renewal for all connections", *settings(auth__method="client-secret", **root),
                             faults=["401:first=1"])
        bench.check("few tokens", score["tokens_issued"] <= 4, str(score["tokens_issued"]))
        score = case.applied("token expires on the way", "--rate", "20/s",
                             *settings(auth__method="client-secret", **root))
        bench.check("token was renewed", score["tokens_issued"] >= 2, str(score["tokens_issued"]))
        for algorithm in ("RS384", "RS512"):
            signed = settings(auth__method="private-key-jwt", auth__client_id="lhcr", auth__algorithm=algorithm,
                              auth__key=keys / "rsa.pem", auth__scope="system/*.*")
            case.applied(f"{algorithm} assertion, SMART discovery", *signed)
        run = case.refused("revoked key", "signature",
                           *settings(auth__method="private-key-jwt", auth__client_id="lhcr",
                                     auth__key=keys / "other.pem"))
        bench.check("nothing but tokens was asked for", server.score()["requests"] == 0, run.stderr)
        if os.path.exists("/usr/bin/faketime"):
            case.refused("wrong clock", "clock", *settings(auth__method="private-key-jwt", auth__client_id="lhcr",
                                                           auth__key=keys / "rsa.pem"), LD_PRELOAD=fake_time(),
                         FAKETIME="-1h")
        case.refused("wrong secret", "invalid_client",
                     *settings(auth__method="client-secret", **dict(root, auth__client_id="nobody")))
        case.refused("static token", "401", *settings(auth__method="bearer", auth__secret__env="TOKEN"), TOKEN="wrong-token-1")
        leaks(bench, case, keys)
    finally:
        server.stop()
    clear(bench, data, keys)
    jwks(bench, keys)


def fake_time():
    return subprocess.run(["find", "/usr/lib", "-name", "libfaketime.so.1"], capture_output=True, text=True).stdout.strip()


def leaks(bench, case, keys):
    """Secrets stay out of reports, journals and other origins."""
    run = case.push(*settings(auth__method="bearer", auth__secret__env="TOKEN"), "--give-up", "4",
                    faults=["redir_other:p=1"], TOKEN="very-secret-token")
    score = case.server.score()
    bench.check("no credential on another origin", not score["leaks"] and run.returncode != 0, str(score["leaks"]))
    bench.check("no secret in the report", "very-secret-token" not in run.stdout + run.stderr)
    stored = b"".join(path.read_bytes() for path in bench.folder.glob("state/**/*") if path.is_file())
    bench.check("no secret in the journal", stored and b"very-secret-token" not in stored)


def clear(bench, data, keys):
    run = bench.push("http://fhir.example.org/r4", data, *settings(auth__method="bearer", auth__secret__file=keys / "secret"))
    bench.check("no credential in clear", run.returncode == 2 and "not sent in clear" in run.stderr, run.stderr)


def jwks(bench, keys):
    for key, algorithm, kind in (("rsa.pem", "RS384", "RSA"), ("ec.pem", "ES384", "EC")):
        run = bench.push("https://fhir.example.org", "--print-jwks",
                         *settings(auth__method="private-key-jwt", auth__key=keys / key, auth__algorithm=algorithm))
        key_set = json.loads(run.stdout)["keys"] if run.returncode == 0 else [{}]
        bench.check(f"jwks {kind}", key_set[0].get("kty") == kind and "d" not in key_set[0] and key_set[0].get("kid"),
                    run.stdout + run.stderr)


def certificates(bench, data):
    folder = bench.folder / "tls"
    server = Server("--tls", str(folder), secure=True)
    case = Case(bench, server, data)
    try:
        case.applied("own authority", *settings(endpoint__ca=folder / "ca.pem"))
        case.refused("unknown authority", "certificate", "--give-up", "3")
        base, server.base = server.base, server.base.replace("127.0.0.1", "other.localhost")
        case.refused("wrong host name", "other.localhost", "--give-up", "3", *settings(endpoint__ca=folder / "ca.pem"))
        server.base = base
    finally:
        server.stop()


def run(bench):
    data = bench.data(40, 5) / "tx"
    tokens(bench, data)
    certificates(bench, data)
    begin = time.time()
    gone = bench.push("http://127.0.0.1:9/fhir", data, "--give-up", "5")
    issues, _ = lines_of(gone)
    bench.check("nobody listens", gone.returncode == 4 and len(issues) == 40 and time.time() - begin < 30,
                f"{gone.returncode} {gone.stderr} {len(issues)}")
