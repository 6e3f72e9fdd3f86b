# SPDX-License-Identifier: Apache-2.0
"""Real servers: Medplum's FHIR router, the MESH sandbox, nginx for mutual TLS. Each is fetched once into the cache
and skipped by name when it cannot be had."""
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

from harness import CACHE, Server, Skip, lines_of, openssl, settings

HERE = pathlib.Path(__file__).parent


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_for_port(port, process, seconds=30):
    end = time.time() + seconds
    while time.time() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
            return
        except OSError:
            time.sleep(0.05)
    raise Skip("the server does not start")


def get(url, headers=None):
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers or {})) as answer:
        return json.load(answer)


def total(base, kind):
    return len(get(f"{base}/{kind}?_count=1000").get("entry", []))


class Medplum:
    """Medplum's router on a free port."""

    def __init__(self):
        if not shutil.which("npm"):
            raise Skip("medplum: npm is absent")
        folder = CACHE / "push-medplum-4.5.2"
        if not (folder / "node_modules").exists():
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copy(HERE / "medplum" / "package.json", folder)
            install = subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--silent"], cwd=folder, capture_output=True)
            if install.returncode:
                raise Skip("medplum: npm cannot install it")
        shutil.copy(HERE / "medplum" / "server.cjs", folder)
        self.process = subprocess.Popen(["node", str(folder / "server.cjs")], stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline().strip()
        if not line:
            self.stop()
            raise Skip("medplum: the server does not start")
        self.base = f"http://127.0.0.1:{line}/fhir"

    def stop(self):
        self.process.kill()
        self.process.wait()


def medplum(bench):
    server = Medplum()
    try:
        medplum_cases(bench, server.base)
    finally:
        server.stop()


def medplum_cases(bench, base):
    data = bench.data(3, 4)
    for style in ("transaction", "batch", "conditional"):
        run = bench.push(base, data / "post", "--style", style)
        issues, summary = lines_of(run)
        bench.check(f"medplum {style}", run.returncode == 0 and summary.get("applied") == 12,
                    f"{run.returncode} {summary} {issues[:1]} {run.stderr[-300:]}")
    patients, observations = total(base, "Patient"), total(base, "Observation")
    bench.check("medplum has each once", (patients, observations) == (3, 9), f"{patients} {observations}")
    known = {entry["resource"]["id"] for entry in get(f"{base}/Patient?_count=1000")["entry"]}
    wrong = [entry["resource"]["subject"]["reference"] for entry in get(f"{base}/Observation?_count=1000")["entry"]
             if entry["resource"]["subject"]["reference"].removeprefix("Patient/") not in known]
    bench.check("medplum references resolve", not wrong, str(wrong[:2]))
    run = bench.push(base, data / "post", "--style", "transaction")
    bench.check("medplum second run sends nothing", lines_of(run)[1].get("requests") == 0, run.stdout[-200:])


def mesh(bench):
    folder = CACHE / "push-mesh-sandbox-1.0.137"
    python = folder / "bin" / "python"
    if not (folder / "ready").exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, capture_output=True)
        install = subprocess.run([str(python), "-m", "pip", "install", "-q", "mesh-sandbox==1.0.137"], capture_output=True)
        if install.returncode:
            raise Skip("mesh: pip cannot install mesh-sandbox")
        (folder / "ready").write_text("")
    port = free_port()
    env = dict(os.environ, AUTH_MODE="full", SHARED_KEY="TestKey", STORE_MODE="memory", ENV="local")
    process = subprocess.Popen([str(python), "-m", "uvicorn", "mesh_sandbox.api:app", "--port", str(port)],
                               env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for_port(port, process)
        mesh_cases(bench, f"http://127.0.0.1:{port}")
    finally:
        process.kill()
        process.wait()


def mesh_settings(bench, **more):
    (bench.folder / "password").write_text("password")
    (bench.folder / "shared").write_text("TestKey")
    return settings(auth__method="mesh", auth__secret__file=bench.folder / "password",
                    auth__shared_key__file=bench.folder / "shared", mesh__mailbox="X26ABC1", mesh__to="X26ABC2",
                    mesh__workflow="TEST_WORKFLOW", **more)


def mesh_cases(bench, base):
    (bench.folder / "mesh").mkdir(exist_ok=True)
    text = (bench.data(10, 8) / "tx" / "0000.json").read_bytes()
    (bench.folder / "mesh" / "one.json").write_bytes(text)
    run = bench.push(base, bench.folder / "mesh", "--style", "mesh", *mesh_settings(bench))
    bench.check("mesh one chunk", run.returncode == 0, run.stdout[-400:] + run.stderr)
    (bench.folder / "mesh" / "one.json").write_bytes(text.replace(b"Leeds", b"Derby"))
    run = bench.push(base, bench.folder / "mesh", "--style", "mesh", *mesh_settings(bench, mesh__chunk=1000))
    bench.check("mesh several chunks", run.returncode == 0 and lines_of(run)[1].get("requests", 0) > 3,
                run.stdout[-400:] + run.stderr)
    (bench.folder / "mesh" / "one.json").write_bytes(text.replace(b"Leeds", b"York!"))
    bad = mesh_settings(bench)
    (bench.folder / "password").write_text("wrong-password")
    run = bench.push(base, bench.folder / "mesh", "--style", "mesh", *bad)
    bench.check("mesh wrong password", run.returncode != 0, run.stdout[-400:])


def nginx(bench):
    if not shutil.which("nginx"):
        raise Skip("mutual TLS: nginx is absent")
    folder = bench.folder / "nginx"
    folder.mkdir()
    for name in ("ca", "other"):
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}", "-keyout",
                f"{name}.key", "-out", f"{name}.pem", cwd=folder)
    (folder / "names").write_text("subjectAltName=IP:127.0.0.1")
    for name in ("server", "client"):
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out",
                f"{name}.csr", cwd=folder)
        openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days",
                "2", "-extfile", "names", "-out", f"{name}.pem", cwd=folder)
    behind = Server()
    port = free_port()
    (folder / "conf").write_text(f"""daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}}
http {{ access_log off; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
server {{ listen 127.0.0.1:{port} ssl http2; ssl_certificate {folder}/server.pem; ssl_certificate_key {folder}/server.key;
ssl_client_certificate {folder}/ca.pem; ssl_verify_client on; location / {{ proxy_pass http://127.0.0.1:{behind.port}; }} }} }}
""")
    process = subprocess.Popen(["nginx", "-c", str(folder / "conf")], stderr=subprocess.DEVNULL)
    try:
        wait_for_port(port, process)
        data = bench.data(10, 8) / "tx"
        base = f"https://127.0.0.1:{port}/fhir"
        ours = settings(endpoint__ca=folder / "ca.pem", endpoint__certificate=folder / "client.pem",
                        endpoint__key=folder / "client.key")
        run = bench.push(base, data, *ours)
        bench.check("mutual TLS over HTTP/2", run.returncode == 0 and behind.score()["keys_applied"] == 80,
                    run.stdout[-300:] + run.stderr)
        bench.fresh_state()
        run = bench.push(base, data, "--give-up", "4", *settings(endpoint__ca=folder / "ca.pem"))
        bench.check("no client certificate", run.returncode != 0 and "400" in run.stdout + run.stderr,
                    run.stdout[-300:] + run.stderr)
    finally:
        process.terminate()
        process.wait()
        behind.stop()


def run(bench):
    for part in (medplum, mesh, nginx):
        bench.fresh_state()
        try:
            part(bench)
        except Skip as why:
            bench.skipped += 1
            print(f"SKIP {why}", flush=True)
