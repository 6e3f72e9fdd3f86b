# SPDX-License-Identifier: Apache-2.0
"""kill -9 at random moments, then the same command again: nothing lost, nothing doubled. LHCR_TEST_KILLS sets how many (20)."""
import glob
import os
import random
import signal
import subprocess
import time

from harness import Server, lines_of
from suite_faults import plain_posts


def killed_run(bench, server, folder, moments, arguments):
    """Starts, kills at each moment, and lets the last run end."""
    for moment in moments:
        process = subprocess.Popen(bench.command(server.base, folder, *arguments), stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL, env=bench.environment())
        time.sleep(moment)
        process.send_signal(signal.SIGKILL)
        process.wait()
    return bench.push(server.base, folder, *arguments)


def run(bench):
    kills = int(os.environ.get("LHCR_TEST_KILLS", "20"))
    randomly = random.Random(5)
    data = bench.data(100, 20)
    folders = [data / "tx", data / "post", plain_posts(bench, data / "post")]
    server = Server("--seed", "3", "--latency", "0.004")
    done = 0
    try:
        while done < kills:
            folder = folders[done % 3]
            count = randomly.choice([1, 1, 2, 3])
            moments = [randomly.uniform(0.01, 0.16) for _ in range(count)]
            faults = [[], ["reset_after:p=0.03", "503bare:p=0.03"]][done % 2]
            bench.fresh_state()
            files = sorted(glob.glob(f"{folder}/*.json"))
            server.begin(faults, files)
            result = killed_run(bench, server, folder, moments, [])
            score = server.score()
            good = score["lost"] == 0 and score["doubled"] == 0 and result.returncode == 0
            bench.check(f"kill {folder.name} at {moments}", good,
                        f"exit {result.returncode} lost {score['lost']} doubled {score['doubled']} {result.stdout[-600:]}")
            done += count
        before = server.score()["requests"]
        again = bench.push(server.base, folder)
        bench.check("a finished job sends nothing", server.score()["requests"] == before and again.returncode == 0,
                    again.stdout[-300:])
        issues, summary = lines_of(again)
        bench.check("a finished job says so", summary.get("already") == 2000 and not issues, str(summary))
        locked(bench, server, data / "tx")
    finally:
        server.stop()


def locked(bench, server, folder):
    """The second process on one journal is told."""
    bench.fresh_state()
    server.begin(["slow:p=1:s=0.4"], [])
    first = subprocess.Popen(bench.command(server.base, folder), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                             env=bench.environment())
    time.sleep(0.5)
    second = bench.push(server.base, folder)
    bench.check("second process is told", second.returncode == 2 and "Another lhcr push" in second.stderr,
                f"{second.returncode} {second.stderr}")
    first.kill()
    first.wait()
