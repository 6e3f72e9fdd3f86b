# SPDX-License-Identifier: Apache-2.0
"""What the push suites share: the fault server, data, runs of lhcr, counting."""
import gzip
import http.server
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOLS = ROOT.parent / "shared" / "tools"
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "lhcr"


class Skip(Exception):
    """A suite that cannot run here; its text says why."""


class Server:
    """faultserver.py on a free port."""

    def __init__(self, *arguments, secure=False):
        if not (TOOLS / "faultserver.py").exists():
            raise Skip("../shared/tools/faultserver.py is absent")
        self.folder = tempfile.mkdtemp(prefix="lhcr-push-")
        port_file = os.path.join(self.folder, "port")
        self.process = subprocess.Popen(
            [sys.executable, str(TOOLS / "faultserver.py"), "--port", "0", "--portfile", port_file, *arguments],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.port = int(wait_for_text(port_file))
        self.root = f"{'https' if secure else 'http'}://127.0.0.1:{self.port}"
        self.base = self.root + "/fhir"
        self.context = None
        if secure:
            import ssl
            self.context = ssl._create_unverified_context()

    def call(self, path, data=None):
        request = urllib.request.Request(self.root + path, data=data)
        with urllib.request.urlopen(request, context=self.context) as answer:
            return json.load(answer)

    def begin(self, faults, files):
        """Forgets everything, sets the faults and says what is expected."""
        self.call("/__reset", b"")
        self.call("/__fault", json.dumps(faults).encode())
        text = "\n".join(pathlib.Path(name).read_text().strip() for name in files)
        self.call("/__expect", text.encode())

    def score(self):
        return self.call("/__score")

    def stop(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def wait_for_text(path, seconds=20):
    end = time.time() + seconds
    while time.time() < end:
        if os.path.exists(path) and pathlib.Path(path).read_text():
            return pathlib.Path(path).read_text()
        time.sleep(0.02)
    raise Skip(f"{path} does not appear")


class Request:
    """What a request was, for an Endpoint to answer and a suite to look at."""

    def __init__(self, handler, body):
        self.method, self.path, self.headers, self.raw = handler.command, handler.path, handler.headers, body
        self.peer = handler.connection.getpeercert() if hasattr(handler.connection, "getpeercert") else None
        self.time = time.time()
        self.body = gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body

    def json(self):
        return json.loads(self.body)

    def kind(self):
        return (self.headers.get("Content-Type") or "").split(";")[0]


class Endpoint:
    """An HTTP server of this process: keeps every request, and lets a function answer it with
    (status, headers, body)."""

    def __init__(self, answer, context=None):
        self.answer, self.seen, self.lock = answer, [], threading.Lock()
        endpoint = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def serve(self):
                request = Request(self, self.rfile.read(int(self.headers.get("Content-Length") or 0)))
                with endpoint.lock:
                    endpoint.seen.append(request)
                status, headers, body = endpoint.answer(request)
                body = body if isinstance(body, bytes) else body.encode()
                self.send_response(status)
                for name, value in {"Content-Type": "application/fhir+json", **headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_PUT = do_PATCH = serve

            def log_message(self, *_):
                pass

        class Quiet(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128  # of a busy machine

            def handle_error(self, *_):
                pass

        self.server = Quiet(("127.0.0.1", 0), Handler)
        if context:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        self.root = f"{'https' if context else 'http'}://127.0.0.1:{self.port}"
        self.base = self.root + "/fhir"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def take(self):
        """The requests so far, which are forgotten."""
        with self.lock:
            seen, self.seen = self.seen, []
        return seen

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def bundle_answer(body, kind="transaction-response", status="201 Created"):
    """The answer to a Bundle in JSON: an entry for each request."""
    def place(at, request):
        path = request["url"].split("?")[0]
        return path if request.get("method") != "POST" and "/" in path else f"{path.split('/')[0]}/s{at}"

    entries = [{"response": {"status": status, "location": place(at, entry["request"]) + "/_history/1"}}
               for at, entry in enumerate(json.loads(body)["entry"])]
    return json.dumps({"resourceType": "Bundle", "type": kind, "entry": entries})


class Bench:
    """A scratch folder with data, and runs of the binary under test in it."""

    def __init__(self, binary):
        self.binary = binary
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="lhcr-push-"))
        self.passed = self.failed = self.skipped = 0
        self.last = None

    def data(self, bundles=100, entries=20):
        out = self.folder / f"data-{bundles}-{entries}"
        if not out.exists():
            if not (TOOLS / "gen_push.py").exists():
                raise Skip("../shared/tools/gen_push.py is absent")
            subprocess.run([sys.executable, str(TOOLS / "gen_push.py"), str(out), str(bundles), str(entries)],
                           check=True)
        return out

    def command(self, base, *arguments):
        told = [] if {"--format", "--report"} & set(arguments) else ["--format", "json"]
        lanes = [] if "-j" in arguments else ["-j", "8"]
        return [self.binary, "push", "--url", base, *lanes, *told, *map(str, arguments)]

    def environment(self, state="state", **more):
        env = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "LC_ALL": "C",
               "XDG_STATE_HOME": str(self.folder / state), "XDG_CONFIG_HOME": str(self.folder / "config")}
        env.update({name: str(value) for name, value in more.items()})
        return env

    def push(self, base, *arguments, state="state", timeout=170, **more):
        run = subprocess.run(self.command(base, *arguments), capture_output=True, text=True, timeout=timeout,
                             env=self.environment(state, **more))
        self.last = run
        return run

    def fresh_state(self, state="state"):
        shutil.rmtree(self.folder / state, ignore_errors=True)

    def check(self, name, condition, detail=""):
        if condition:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAIL {name}: {detail}", flush=True)
        return condition

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)


def lines_of(run):
    """The JSON report: the issues and the summary."""
    rows = [json.loads(line) for line in run.stdout.splitlines() if line.startswith("{")]
    issues = [row for row in rows if "outcome" in row]
    summary = next((row["summary"] for row in rows if "summary" in row), {})
    return issues, summary


def settings(**values):
    """--set for keys of a region; two underscores stand for a dot."""
    out = []
    for name, value in values.items():
        out += ["--set", f"{name.replace('__', '.')}={value}"]
    return out


def openssl(*arguments, cwd):
    subprocess.run(["openssl", *arguments], cwd=cwd, check=True, capture_output=True)


def named(issues):
    return {label for issue in issues for label in issue["resources"]}
