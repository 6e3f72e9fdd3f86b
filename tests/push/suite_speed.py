# SPDX-License-Identifier: Apache-2.0
"""Speed and memory against push_sink, which stands beside the binary. Memory is always checked; the speed, which needs a
quiet machine, only with LHCR_TEST_SPEED=1: then lhcr and one `curl --parallel` take turns over the same files."""
import os
import pathlib
import shutil
import statistics
import subprocess
import time

from harness import Skip

ROUNDS = 9
MOST_RESIDENT = 40 << 20
LEAST_WITH_JOURNAL = 1500


class Sink:
    def __init__(self, binary):
        program = pathlib.Path(binary).parent / "push_sink"
        if not program.exists():
            raise Skip("push_sink is not built")
        self.process = subprocess.Popen([program], stdout=subprocess.PIPE, text=True)
        self.base = f"http://127.0.0.1:{self.process.stdout.readline().strip()}/fhir"

    def stop(self):
        self.process.kill()
        self.process.wait()


def peak_of(pid):
    """Peak resident bytes of a process that runs; 0 when it is gone. What wait4() says counts the parent before exec()."""
    try:
        status = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return 0
    return sum(int(line.split()[1]) << 10 for line in status.splitlines() if line.startswith("VmHWM:"))


def measured(command, env):
    """Seconds, processor seconds and peak resident bytes of a run that has to succeed."""
    begin = time.perf_counter()
    process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak = 0
    while True:
        ended, status, usage = os.wait4(process.pid, os.WNOHANG)
        if ended:
            break
        peak = max(peak, peak_of(process.pid))
        time.sleep(0.002)
    process.returncode = os.waitstatus_to_exitcode(status)
    return time.perf_counter() - begin, usage.ru_utime + usage.ru_stime, peak, process.returncode


def large_input(bench, data, megabytes=210):
    """One NDJSON file of transactions, each with ids of its own."""
    path = bench.folder / "large.ndjson"
    text = (data / "tx" / "0000.json").read_text()
    with path.open("w") as out:
        for number in range(megabytes * 1_000_000 // len(text)):
            out.write(text.replace("00000", f"{number:05d}") + "\n")
    return path


def memory(bench, sink):
    path = large_input(bench, bench.data(100, 20))
    for title, more in (("without journal", ["--journal", "none"]), ("with journal", [])):
        bench.fresh_state()
        _, _, resident, code = measured(bench.command(sink.base, path, *more), bench.environment())
        bench.check(f"resident memory {title}, {path.stat().st_size >> 20} MiB of input",
                    code == 0 and resident <= MOST_RESIDENT, f"exit {code}, {resident / 2**20:.1f} MiB")
    path.unlink()


def curl_settings(bench, files, base):
    path = bench.folder / "curl"
    blocks = [f'url = "{base}"\ndata-binary = "@{name}"\nheader = "Content-Type: application/fhir+json"\noutput = "/dev/null"\n'
              for name in files]
    path.write_text("next\n".join(blocks))
    return path


def speed(bench, sink):
    folder = bench.data(500, 20) / "tx"
    files = sorted(folder.glob("*.json"))
    curl = ["curl", "-s", "--parallel", "--parallel-max", "8", "-K", str(curl_settings(bench, files, sink.base))]
    commands = {"curl": curl, "none": bench.command(sink.base, folder, "--journal", "none"),
                "journal": bench.command(sink.base, folder)}
    rates = {name: [] for name in commands}
    processor = {name: [] for name in commands}
    for _ in range(ROUNDS):
        for name, command in commands.items():
            bench.fresh_state()
            seconds, used, _, code = measured(command, bench.environment())
            if code:
                raise Skip(f"speed: {command[0]} exits with {code}")
            rates[name].append(len(files) / seconds)
            processor[name].append(used)
    middle = {name: statistics.median(values) for name, values in rates.items()}
    for name in commands:
        print(f"  {name}: {middle[name]:.0f} bundles/s, {statistics.median(processor[name]):.3f} s of processor")
    ratios = [ours / theirs for ours, theirs in zip(rates["none"], rates["curl"])]
    print(f"  without journal / curl: {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})")
    bench.check("without journal as fast as curl", statistics.median(ratios) >= 1, str(middle))
    bench.check("with journal", middle["journal"] >= LEAST_WITH_JOURNAL, str(middle))


def run(bench):
    sink = Sink(bench.binary)
    try:
        memory(bench, sink)
        if os.environ.get("LHCR_TEST_SPEED") != "1":
            raise Skip("speed: LHCR_TEST_SPEED=1 asks for it")
        if not shutil.which("curl"):
            raise Skip("speed: curl is absent")
        speed(bench, sink)
    finally:
        sink.stop()
