# SPDX-License-Identifier: Apache-2.0
"""A job as its user sees it: dry run, report, Ctrl-C, --retry-failed, pacing, time-outs, compression, bad answers."""
import email.utils
import json
import signal
import subprocess
import time

from harness import Endpoint, bundle_answer, lines_of, named, settings

REFUSAL = json.dumps({"resourceType": "OperationOutcome",
                      "issue": [{"severity": "error", "code": "invalid", "diagnostics": "the server's own words"}]})


def taken(request):
    return 200, {}, bundle_answer(request.body)


class Job:
    def __init__(self, bench):
        self.bench = bench
        self.reply = taken
        self.endpoint = Endpoint(lambda request: self.reply(request))
        self.data = bench.data(40, 5) / "tx"

    def push(self, *arguments, reply=taken, fresh=True, **more):
        if fresh:
            self.bench.fresh_state()
        self.reply = reply
        self.endpoint.take()
        run = self.bench.push(self.endpoint.base, *arguments, **more)
        return run, self.endpoint.take()


def first_answers(*answers):
    """These answers first, then that everything is taken."""
    left = list(answers)
    return lambda request: left.pop(0) if left else taken(request)


def dry_run(job, check):
    run, seen = job.push(job.data, "--dry-run")
    _, summary = lines_of(run)
    check("dry run sends nothing", run.returncode == 0 and not seen and summary["toSend"] == 200 and summary["requests"] == 40, run.stdout)
    check("dry run leaves no journal", not list(job.bench.folder.glob("state/**/*.journal*")))


def reports(job, check):
    one = sorted(job.data.glob("*.json"))[:1]
    run, _ = job.push(*one, reply=lambda request: (422, {}, REFUSAL))
    issues, summary = lines_of(run)
    check("a refusal: words, file and resources", run.returncode == 1 and issues[0]["message"].endswith("the server's own words")
          and issues[0]["source"] == str(one[0]) and issues[0]["status"] == 422 and len(named(issues)) == 5
          and summary["refused"] == 5, run.stdout)
    run, _ = job.push(*one, "--format", "text", reply=lambda request: (422, {}, REFUSAL))
    check("the same as text", "record 1: refused (422): the server's own words: Patient/p00000" in run.stdout
          and "5 refused" in run.stdout, run.stdout)
    report = job.bench.folder / "report"
    run, _ = job.push(*one, "--report", "json", "-o", report)
    check("report in a file", run.returncode == 0 and not run.stdout and '"applied":5' in report.read_text(), run.stdout)


def retry(job, check):
    bad = {"on": True}

    def reply(request):
        refused = bad["on"] and b"p00003" in request.body
        return (422, {}, REFUSAL) if refused else taken(request)
    run, _ = job.push(job.data, reply=reply)
    check("one is refused", run.returncode == 1 and lines_of(run)[1]["refused"] == 5, run.stdout)
    bad["on"] = False
    run, seen = job.push(job.data, reply=reply, fresh=False)
    issues, summary = lines_of(run)
    check("a second run sends nothing and says what is open", not seen and run.returncode == 1 and summary["already"] == 195
          and len(named(issues)) == 5 and "own words" in issues[0]["message"], run.stdout)
    run, seen = job.push(job.data, "--retry-failed", reply=reply, fresh=False)
    check("--retry-failed sends the refused again", run.returncode == 0 and len(seen) == 1 and lines_of(run)[1]["applied"] == 5, run.stdout)
    run, seen = job.push(job.data, "--retry-failed", reply=reply, fresh=False)
    check("and then nothing is left", run.returncode == 0 and not seen, run.stdout)


def wait_for_request(job, process):
    while not job.endpoint.seen and process.poll() is None:
        time.sleep(0.01)


def interrupt(job, check):
    for with_journal in (True, False):
        job.bench.fresh_state()
        job.endpoint.take()
        job.reply = lambda request: (time.sleep(0.1), taken(request))[1]
        more = [] if with_journal else ["--journal", "none"]
        process = subprocess.Popen(job.bench.command(job.endpoint.base, job.data, "-j", "2", *more),
                                   env=job.bench.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        wait_for_request(job, process)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
        first = len(job.endpoint.take())
        words = "the same command continues" if with_journal else "the next run starts from the beginning"
        check(f"Ctrl-C, journal {with_journal}", process.returncode == 130 and words in err and 0 < first < 40, f"{process.returncode} {first} {err}")
    job.bench.fresh_state()
    process = subprocess.Popen(job.bench.command(job.endpoint.base, job.data), env=job.bench.environment(),
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    wait_for_request(job, process)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    first = {request.body for request in job.endpoint.take()}
    run, seen = job.push(job.data, fresh=False)
    second = {request.body for request in seen}
    check("what follows a Ctrl-C sends the rest, nothing twice", run.returncode == 0 and not first & second and len(first | second) == 40,
          f"{len(first)} {len(second)} {run.stdout}")


def idle_pipe(job, check):
    """Ctrl-C while the input, a pipe, gives nothing."""
    for with_journal in (True, False):
        job.bench.fresh_state()
        job.endpoint.take()
        job.reply = taken
        more = [] if with_journal else ["--journal", "none"]
        process = subprocess.Popen(job.bench.command(job.endpoint.base, "-", *more), env=job.bench.environment(),
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        lines = [path.read_text().strip() + "\n" for path in sorted(job.data.glob("*.json"))]
        process.stdin.writelines(lines[:10])
        process.stdin.flush()
        while len(job.endpoint.seen) < 10 and process.poll() is None:
            time.sleep(0.01)
        begin = time.time()
        process.send_signal(signal.SIGINT)
        code = process.wait(timeout=30)
        took = time.time() - begin
        check(f"Ctrl-C while a pipe is idle, journal {with_journal}", code == 130 and took < 1, f"{code} {took:.1f} s")
        process.communicate()
        if not with_journal:
            continue
        run = subprocess.run(job.bench.command(job.endpoint.base, "-"), input="".join(lines), env=job.bench.environment(),
                             capture_output=True, text=True, timeout=60)
        check("and the next run sends the rest only", run.returncode == 0 and lines_of(run)[1]["already"] == 50
              and len(job.endpoint.take()) == 40, run.stdout)
    job.bench.fresh_state()
    job.endpoint.take()
    run = subprocess.run(["bash", "-c", 'exec "$0" "$@" <(awk 1 "$DATA"/*.json)', *job.bench.command(job.endpoint.base)],
                         env=job.bench.environment(DATA=job.data), capture_output=True, text=True, timeout=60)
    check("a pipe given by its name is read once", run.returncode == 0 and len(job.endpoint.take()) == 40, run.stdout + run.stderr)


def pacing(job, check):
    one = sorted(job.data.glob("*.json"))[:1]
    later = email.utils.formatdate(time.time() + 3, usegmt=True)
    for title, answer, least in (("seconds", (429, {"Retry-After": "1"}, ""), 1.0), ("a date", (503, {"Retry-After": later}, ""), 1.9)):
        run, seen = job.push(*one, reply=first_answers(answer))
        gap = seen[1].time - seen[0].time if len(seen) == 2 else 0
        check(f"Retry-After with {title}", run.returncode == 0 and gap >= least, f"{gap} {run.stdout}")
    begin = time.time()
    run, seen = job.push(job.data, "--rate", "40/s")
    check("--rate", run.returncode == 0 and time.time() - begin >= 39 / 40 and len(seen) == 40, str(time.time() - begin))
    run, seen = job.push(*one, "--timeout", "0.4", reply=lambda request: (time.sleep(1.2), taken(request))[1] if len(job.endpoint.seen) < 2 else taken(request))
    check("a time-out is tried again", run.returncode == 0 and len(seen) == 2, run.stdout)
    begin = time.time()
    run, seen = job.push(*one, "--give-up", "1", reply=lambda request: (503, {}, ""))
    took = time.time() - begin
    check("--give-up counts from the first failure", run.returncode == 4 and 1 <= took < 2.5 and "for 1 s" in run.stderr
          and len(named(lines_of(run)[0])) == 5, f"{run.returncode} {took:.1f} s {run.stderr}")
    begin = time.time()
    run, seen = job.push(job.data, "--give-up", "6", reply=lambda request: (503, {}, ""))
    issues, _ = lines_of(run)
    check("a dead endpoint: circuit opens, every record is named", run.returncode == 4 and len(named(issues)) == 200
          and len(seen) < 200 and time.time() - begin < 20, f"{run.returncode} {len(named(issues))} {len(seen)} {run.stderr}")


def still_at_work(job, check):
    """A server that loses its client, and takes what it was sent a while later: not before two searches have found nothing."""
    lines = [{"resourceType": "Observation", "status": "final", "code": {"text": "x"}, "identifier": [{"system": "urn:o", "value": str(at)}]}
             for at in range(3)]
    path = job.bench.folder / "creates.ndjson"
    path.write_text("\n".join(map(json.dumps, lines)))
    there = []  # (when, value)

    def reply(request):
        if request.method == "GET":
            value = request.path.rsplit("%7C", 1)[1]
            found = [{"resource": {"resourceType": "Observation", "id": value}} for when, each in there if each == value and when <= time.time()]
            return 200, {}, json.dumps({"resourceType": "Bundle", "type": "searchset", "total": len(found), "entry": found})
        value = request.json()["identifier"][0]["value"]
        lost = value == "0" and not any(each == "0" for _, each in there)
        there.append((time.time() + (3 if lost else 0), value))
        if lost:
            raise ConnectionAbortedError
        time.sleep(1)
        return 201, {"Location": f"Observation/{value}"}, ""
    run, seen = job.push(path, "--style", "resource-post", reply=reply)
    searches = [request for request in seen if request.method == "GET"]
    check("what may still be at work is not sent again", run.returncode == 0 and sorted(value for _, value in there) == ["0", "1", "2"]
          and len(searches) >= 3, f"{there} {len(searches)} {run.stdout}")
    check("searches ask for fresh results", searches and all(request.headers["Cache-Control"] == "no-cache" for request in searches))


def compression(job, check):
    def reply(request):
        status, headers, body = taken(request)
        return status, {"Accept-Encoding": "gzip"}, body
    run, seen = job.push(job.data, reply=reply)
    packed = [request for request in seen if request.headers.get("Content-Encoding") == "gzip"]
    check("gzip when the server says that it takes it", run.returncode == 0 and 20 < len(packed) < 40
          and all(len(request.raw) < len(request.body) for request in packed), str(len(packed)))
    run, seen = job.push(job.data)
    check("no gzip otherwise", not any(request.headers.get("Content-Encoding") for request in seen))
    run, seen = job.push(job.data, *settings(endpoint__gzip="on"))
    check("gzip when the region says so", run.returncode == 0 and all(request.headers.get("Content-Encoding") for request in seen))


def bad_answers(job, check):
    one = sorted(job.data.glob("*.json"))[:1]
    half = json.loads(bundle_answer(one[0].read_bytes()))
    half["entry"].pop()
    run, seen = job.push(*one, reply=first_answers((200, {}, json.dumps(half))))
    check("200 with too few entries is no success, and not asked for again", run.returncode == 1 and len(seen) == 1
          and lines_of(run)[1]["unknown"] > 0, f"{len(seen)} {run.stdout}")
    for title, body, kind in (("no JSON", "{", "application/fhir+json"), ("nothing", "", "application/fhir+json"),
                              ("a page", "<html>in</html>", "text/html")):
        run, seen = job.push(*one, reply=first_answers((200, {"Content-Type": kind}, body)))
        check(f"200 with {title} is no success", run.returncode == 0 and len(seen) == 2, f"{len(seen)} {run.stdout}")
    deep = "[" * 100000
    run, seen = job.push(*one, reply=first_answers((200, {}, deep)))
    check("a 200 that nests without end", run.returncode == 0 and len(seen) == 2, run.stdout[-300:] + run.stderr)


def run(bench):
    job = Job(bench)
    try:
        for part in (dry_run, reports, retry, interrupt, idle_pipe, pacing, still_at_work, compression, bad_answers):
            part(job, bench.check)
    finally:
        job.endpoint.stop()
