# SPDX-License-Identifier: Apache-2.0
"""Rows about comparing and delivering: diff beside jsondiffpatch and jsonpatch, push beside curl."""
import sys

import peers
from measure import BUNDLES, PROCESSOR, ROOT, WALL, Figure, Row, Skipped, in_turns

sys.path.insert(0, str(ROOT / "tests" / "push"))


def start(bench):
    runs = [bench.ours("--version") for _ in range(20)]
    return Row("start of the program (lhcr --version)", WALL, Figure.of("lhcr", runs, lambda run: run.wall), [])


def operations(runs):
    text = runs[-1].output.strip()
    count = text.count('"op":') if text.startswith("[") else int(text)
    return f"{count} operations"


def diff(bench):
    pair = [bench.data.pair() / name for name in ("a.json", "b.json")]
    able, missing = bench.able(peers.jsondiffpatch, peers.jsonpatch)
    sides = {"lhcr": lambda: bench.ours("diff", "--format", "json-patch", *pair)}
    for name, command in able:
        sides[name] = lambda command=command: bench.clock([*command, *pair])
    figures = [Figure.of(name, runs, lambda run: run.processor, operations(runs))
               for name, runs in in_turns(sides, bench.rounds).items()]
    return Row("diff of two Bundles of 5 MB, 1 % changed, whole process", PROCESSOR, figures[0], figures[1:] + missing)


def diff_many(bench):
    pair = [bench.data.pair() / name for name in ("a.ndjson", "b.ndjson")]
    runs = [bench.ours("diff", "--stat", *pair) for _ in range(bench.rounds)]
    return Row("diff of two NDJSON files of 50 MB, 1 % changed", WALL, Figure.of("lhcr", runs, lambda run: run.wall), [])


def push(bench):
    """500 Bundles to a loopback sink, 8 connections, one `curl --parallel` over the same files."""
    import harness
    import suite_speed
    able, missing = bench.able(peers.curl)
    pushing = harness.Bench(bench.lhcr)
    sink = None
    try:
        sink = suite_speed.Sink(bench.lhcr)
        folder = pushing.data(500, 20) / "tx"
        files = sorted(folder.glob("*.json"))
        sides = {"lhcr": lambda: pushed(bench, pushing, [sink.base, folder, "--journal", "none"]),
                 "with journal": lambda: pushed(bench, pushing, [sink.base, folder])}
        for name, command in able:
            settings = str(suite_speed.curl_settings(pushing, files, sink.base))
            sides[name] = lambda command=command: bench.clock([*command, "-s", "--parallel", "--parallel-max", "8", "-K", settings])
        runs = in_turns(sides, 3 * bench.rounds)
    except harness.Skip as reason:
        raise Skipped(str(reason)) from reason
    finally:
        if sink:
            sink.stop()
        pushing.close()
    figures = {name: Figure.of(name, done, lambda run: len(files) / run.wall) for name, done in runs.items()}
    figures["lhcr"].detail = f"with journal {figures.pop('with journal').value:.0f}/s"
    return Row("push of 500 Bundles, 8 connections, Bundles a second", BUNDLES, figures.pop("lhcr"), list(figures.values()) + missing)


def pushed(bench, pushing, words):
    pushing.fresh_state()
    return bench.clock(pushing.command(*words), environment=pushing.environment())


ROWS = {"start": start, "diff": diff, "diff-many": diff_many, "push": push}
