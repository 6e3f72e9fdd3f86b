# SPDX-License-Identifier: Apache-2.0
"""Every fault of the fault server alone and in a mix: nothing lost, doubled or leaked, nothing sent too early."""
import glob
import json
import queue
import threading

from harness import Server, lines_of, named

ALONE = ["503", "503date", "429", "503bare", "429bare", "500", "502", "reset_in", "slow:s=0.3", "redir",
         "redir308", "redir302", "redir_other", "401", "html", "reset_after", "half", "504", "drip:s=0.2",
         "txbatch429"]
MIX = [name + ":p=0.04" for name in ALONE]
NEVER = ["poison:n=97", "entry422:n=50"]


def keys_of(files):
    keys = set()
    for name in files:
        for entry in json.load(open(name))["entry"]:
            request = entry["request"]
            if request["method"] == "PUT":
                keys.add(request["url"])
            else:
                identifier = entry["resource"]["identifier"][0]
                keys.add(f"{request['url']}?{identifier['system']}|{identifier['value']}")
    return keys


def plain_posts(bench, source):
    """The bundles with their ifNoneExist taken away: a blind repeat doubles."""
    out = bench.folder / "blind"
    out.mkdir(exist_ok=True)
    for name in sorted(source.glob("*.json")):
        bundle = json.loads(name.read_text())
        for entry in bundle["entry"]:
            entry["request"].pop("ifNoneExist", None)
        (out / name.name).write_text(json.dumps(bundle, separators=(",", ":")))
    return out


def one(bench, server, state, title, faults, folder, arguments):
    files = sorted(glob.glob(f"{folder}/*.json"))
    bench.fresh_state(state)
    server.begin(faults, files)
    run = bench.push(server.base, folder, *arguments, state=state)
    score = server.score()
    issues, summary = lines_of(run)
    missing = keys_of(files) - named(issues)
    applied = score["keys_applied"]
    detail = (f"exit {run.returncode} lost {score['lost']} doubled {score['doubled']} early {score['early_retries']}"
              f" leaks {len(score['leaks'])} named {len(named(issues))} fired {score['faults_fired']} {run.stderr[-200:]}"
              f" {issues[:2]}")
    good = score["doubled"] == 0 and score["early_retries"] == 0 and not score["leaks"]
    # What was not applied is named, and only then is the exit code other than 0.
    good = good and (run.returncode != 0) == (len(issues) > 0)
    good = good and score["lost"] <= len(named(issues)) and applied >= len(missing)
    if not any(name in fault for fault in faults for name in ("poison", "entry422")):
        good = good and score["lost"] == 0 and run.returncode == 0
    else:
        good = good and set(score["lost_sample"]) <= named(issues) and score["lost"] == len(named(issues))
    bench.check(title, good, detail)


def cases(bench):
    """(title, faults, folder, arguments) of every case."""
    data = bench.data(100, 20)
    tx, post, blind = data / "tx", data / "post", plain_posts(bench, data / "post")
    for fault in ALONE:
        yield f"{fault} put", [fault], tx
    for fault in ["reset_after", "half", "504", "500", "reset_in", "redir302", "html", "slow:s=0.3"]:
        yield f"{fault} ifNoneExist", [fault], post
        yield f"{fault} blind post", [fault], blind
    for fault in ["entry429:n=5", "entry500:n=5"]:
        yield f"{fault} batch", [fault], tx, "--style", "batch"
    for fault in NEVER:
        style = "batch" if fault.startswith("entry") else "transaction"
        yield f"{fault} {style}", [fault], tx, "--style", style
    for folder in (tx, post, blind):
        yield f"mix {folder.name}", MIX, folder
        yield f"split {folder.name}", ["maxentries:n=7"], folder
    # The fault server takes the query of its own redirects for a conditional update, so PUTs go without those.
    calm = [fault.replace("0.04", "0.02") for fault in MIX if not fault.startswith("redir")]
    for style, folder in (("batch", tx), ("resource-put", tx), ("conditional", post)):
        yield f"mix {style}", calm, folder, "--style", style


def run(bench):
    # Most of the time goes into waiting, so a few cases run side by side, each with a server of its own.
    work = queue.SimpleQueue()
    for case in cases(bench):
        work.put(case)

    def worker(number):
        server = Server("--seed", str(7 + number))
        try:
            while not work.empty():
                title, faults, folder, *arguments = work.get_nowait()
                one(bench, server, f"state-{number}", title, faults, folder, arguments)
        except queue.Empty:
            pass
        finally:
            server.stop()

    Server("--seed", "1").stop()  # says in this thread when there is no fault server
    threads = [threading.Thread(target=worker, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
