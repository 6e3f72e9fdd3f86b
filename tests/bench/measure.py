# SPDX-License-Identifier: Apache-2.0
"""What the rows of the bench share: timing, figures, the table."""
import dataclasses
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import typing

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "lhcr"
SHARED = ROOT.parent / "shared"
ONE_CORE = ["taskset", "-c", str(max(os.sched_getaffinity(0)))]
SLOW = 20  # seconds: a run that takes longer is not repeated


class Skipped(Exception):
    """A row or a peer that cannot be had here; its text says why."""


def note(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


def must(command, **options):
    """Runs a step of the set-up and gives what it prints; its failure skips what needs it."""
    if not shutil.which(str(command[0])):
        raise Skipped(f"no {command[0]}")
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **options)
    if done.returncode:
        last = done.stdout.strip().splitlines()[-1:] or [""]
        raise Skipped(f"{os.path.basename(command[0])} failed: {last[0][:120]}")
    return done.stdout


class Run(typing.NamedTuple):
    """A whole process: seconds, seconds of the processor, bytes, standard output."""

    wall: float
    processor: float
    peak: int
    output: str


class Clock:
    """Times whole processes with bench_timed."""

    def __init__(self, program):
        self.program = program

    def __call__(self, command, folder=None, environment=None, codes="0"):
        with tempfile.NamedTemporaryFile("r") as result:
            done = subprocess.run([self.program, result.name, *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                  cwd=folder, env=environment, check=False)
            words = result.read().split()
        if len(words) != 4 or words[3] not in codes:
            raise Skipped(f"{os.path.basename(command[0])} ended with {words[3:]}: {done.stderr.decode()[-200:].strip()}")
        return Run(float(words[0]), float(words[1]), int(words[2]), done.stdout.decode())


def in_turns(sides, rounds):
    """Runs of each side (name -> function that gives a Run), one after the other in every round; a slow one once."""
    runs = {name: [] for name in sides}
    for _ in range(rounds):
        for name, side in sides.items():
            if not runs[name] or runs[name][0].wall < SLOW:
                runs[name].append(side())
    return runs


@dataclasses.dataclass
class Unit:
    """How a figure is shown, and whether more of it is better."""

    name: str
    show: typing.Callable
    more: bool

    def ratio(self, ours, theirs):
        """How many times better ours is."""
        return ours / theirs if self.more else theirs / ours


def show_seconds(seconds):
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1e3:.3g} ms"


WALL = Unit("seconds", show_seconds, False)
PROCESSOR = Unit("seconds of the processor", lambda value: show_seconds(value) + " CPU", False)
RATE = Unit("MB for each second of one core", lambda value: f"{value:.3g} MB/s", True)
BUNDLES = Unit("Bundles a second", lambda value: f"{value:.0f}/s", True)
FOUND = Unit("found", lambda value: f"{value:.0f}", True)


@dataclasses.dataclass
class Figure:
    """What one side reached; or, without a value, why it is missing."""

    name: str
    value: float = None
    peak: int = None
    detail: str = ""

    @staticmethod
    def of(name, runs, value, detail=""):
        return Figure(name, statistics.median(map(value, runs)), max(run.peak for run in runs), detail)


@dataclasses.dataclass
class Row:
    work: str
    unit: Unit
    ours: Figure
    peers: list

    def as_json(self):
        peers = [dict(vars(peer), ratio=self.ratio(peer)) for peer in self.peers]
        return {"work": self.work, "unit": self.unit.name, "lhcr": vars(self.ours), "peers": peers}

    def ratio(self, peer):
        return self.unit.ratio(self.ours.value, peer.value) if peer.value else None

    def lines(self):
        """Cells of the table, a line for each peer."""
        for peer in self.peers or [None]:
            yield [self.work, self.cell(self.ours), *self.beside(peer)]

    def cell(self, figure):
        return self.unit.show(figure.value) + (f", {figure.detail}" if figure.detail else "")

    def beside(self, peer):
        own = megabytes(self.ours.peak)
        if peer is None:
            return ["", "", "", own, ""]
        if peer.value is None:
            return [peer.name, f"skipped: {peer.detail}", "", own, ""]
        ratio = self.ratio(peer)
        return [peer.name, self.cell(peer), f"{ratio:.0f}" if ratio >= 10 else f"{ratio:.2f}", own, megabytes(peer.peak)]


def megabytes(amount):
    return f"{amount / 1e6:.0f} MB" if amount else ""


HEAD = ["work", "lhcr", "peer", "its figure", "ratio", "lhcr's peak", "its peak"]


def show_table(rows, skipped):
    """The table as Markdown."""
    lines = [HEAD] + [line for row in rows for line in row.lines()]
    lines += [[work, f"skipped: {reason}", "", "", "", "", ""] for work, reason in skipped]
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEAD))]
    lines.insert(1, ["-" * width for width in widths])
    for line in lines:
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths)) + " |")


def show_json(rows, skipped):
    json.dump({"rows": [row.as_json() for row in rows], "skipped": dict(skipped)}, sys.stdout, indent=1)
    print()
