#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Patches through the binary, of records in every form: forms.py LHCR SOURCE-FOLDER EDITS [FOLDER-OR-PACKAGE]...

Random edits (seeded) of R4 and STU3 records in JSON and XML, of what was CDA, and of records that are not valid. Each patch that
`lhcr diff` writes must be taken by its own --apply, the result must be what was compared with, and only a FHIRPath Patch may say that it
cannot do it, of what is not valid."""
import concurrent.futures
import json
import pathlib
import random
import re
import subprocess
import sys
import tarfile
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
from counting import check, finish  # noqa: E402

LHCR, SOURCE, EDITS = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3])
LONGEST = 30_000
KINDS = ("json-patch", "fhirpath-patch")
STU3 = re.compile(r"stu3|hl7\.fhir\.r3\.|careconnect", re.I)  # in the name of what a record is in
REFUSAL = "no such patch can say this"
# What no record may hold, each with what it is put in place of.
WRONG = (None, "", {}, [], [None], 7, True, "text", {"unknown": "x"}, [{"unknown": 1}], ["a", None], {"value": None}, [[1]])


def run(*words):
    done = subprocess.run([LHCR, *map(str, words)], capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout, done.stderr


class Editor:
    """Random edits of a JSON value in place."""

    def __init__(self, seed, wrong):
        self.dice, self.wrong = random.Random(seed), wrong

    def edit(self, root):
        """Makes one edit; False when none could be made."""
        places = list(self.places(root))
        return bool(places) and any(self.change(*self.dice.choice(places)) for _ in range(20))

    def places(self, value):
        for name in list(value) if isinstance(value, dict) else range(len(value)):
            if name in ("resourceType", "div") or self.belongs(value, name):
                continue
            yield value, name
            if isinstance(value[name], (dict, list)):
                yield from self.places(value[name])

    @staticmethod
    def belongs(value, name):
        """A primitive and its parts are edited by making them wrong only."""
        return isinstance(name, str) and (name.startswith("_") or "_" + name in value)

    def change(self, parent, name):
        if self.wrong and self.dice.random() < 0.6:
            return self.spoil(parent, name)
        return self.dice.choice((self.remove, self.insert, self.swap, self.replace))(parent, name)

    def spoil(self, parent, name):
        draw = self.dice.random()
        value = json.loads(json.dumps(self.dice.choice(WRONG)))
        if draw < 0.3 and isinstance(parent, dict):
            parent[self.dice.choice(("unknown", "_" + name, name + "x", "extension", "id", "value"))] = value
        elif draw < 0.5:
            parent[name] = [parent[name]]
        elif draw < 0.6 and isinstance(parent[name], list):
            parent[name].insert(self.dice.randint(0, len(parent[name])), value)
        else:
            parent[name] = value
        return True

    def remove(self, parent, name):
        if len(parent) < 3:
            return False
        del parent[name]
        return True

    def insert(self, parent, name):
        items = parent[name]
        if not isinstance(items, list) or not items:
            return False
        made = json.loads(json.dumps(self.dice.choice(items)))
        if isinstance(made, (dict, list)):
            self.vary(made)
        else:
            made = self.other(made)
        items.insert(self.dice.randint(0, len(items)), made)
        return True

    def vary(self, value):
        values = [(parent, name) for parent, name in self.places(value) if not isinstance(parent[name], (dict, list))]
        if values:
            parent, name = self.dice.choice(values)
            parent[name] = self.other(parent[name])

    def swap(self, parent, name):
        items = parent[name]
        if not isinstance(items, list) or len(items) < 2:
            return False
        one, other = self.dice.sample(range(len(items)), 2)
        items[one], items[other] = items[other], items[one]
        return True

    def replace(self, parent, name):
        if isinstance(parent[name], (dict, list)):
            return False
        parent[name] = self.other(parent[name])
        return True

    def other(self, value):
        if isinstance(value, bool):
            return not value
        if isinstance(value, (int, float)):
            return self.dice.randint(1, 10**6)
        return f"x{self.dice.randint(0, 10**9)}"


class Text:
    """Random edits of XML text: what is inside quotes or between tags, elements left out, doubled or strange."""

    def __init__(self, seed, wrong):
        self.dice, self.wrong = random.Random(seed), wrong

    def edit(self, text):
        body = text.index(">", text.index("xmlns=")) + 1
        moves = [self.value] + ([self.strange, self.bare, self.double, self.drop] if self.wrong else [self.drop])
        for _ in range(20):
            made = self.dice.choice(moves)(text, body)
            if made is not None:
                return made
        return None

    def spot(self, pattern, text, body):
        found = list(re.compile(pattern).finditer(text, body))
        return self.dice.choice(found) if found else None

    def value(self, text, body):
        spot = self.spot(r'\b(?:value|displayName|extension)="([^"]*)"', text, body)
        return spot and text[:spot.start(1)] + f"{self.dice.randint(0, 10**6)}" + text[spot.end(1):]

    def drop(self, text, body):
        spot = self.spot(r"<(\w+)(?: [^<>]*)?/>", text, body)
        return spot and text[:spot.start()] + text[spot.end():]

    def double(self, text, body):
        spot = self.spot(r"<(\w+)(?: [^<>]*)?/>", text, body)
        return spot and text[:spot.end()] + spot[0] + text[spot.end():]

    def strange(self, text, body):
        spot = self.spot(r"<(\w+)(?: [^<>]*)?/>", text, body)
        more = self.dice.choice(('<strange value="1"/>', "<strange/>", '<extension url="u"/>', "<id/>"))
        return spot and text[:spot.end()] + more + text[spot.end():]

    def bare(self, text, body):
        spot = self.spot(r' value="[^"]*"', text, body)
        return spot and text[:spot.start()] + self.dice.choice(("", ' value=""', ' id="x"')) + text[spot.end():]


class Pair:
    """A record before and after, as files, and what must hold for patches between them."""

    def __init__(self, folder, before, after, valid, words=()):
        self.folder, self.words = folder, words
        self.may_refuse = () if valid else ("fhirpath-patch",)
        self.before, self.after = self.patched, self.wanted = folder / "before", folder / "after"
        self.before.write_text(before, encoding="utf-8")
        self.after.write_text(after, encoding="utf-8")

    def convert_first(self):
        """A patch of what is CDA is one for what it becomes; False when it becomes nothing."""
        self.patched, self.wanted = self.folder / "before.json", self.folder / "after.json"
        pairs = ((self.before, self.patched), (self.after, self.wanted))
        return all(run("convert", "-q", "--to", "fhir-json", "-o", made, given)[0] == 0 for given, made in pairs)

    def problems(self):
        """What is wrong with the patches of both kinds; a pair that cannot be compared has none."""
        found = []
        for kind in KINDS:
            for strict in ([], ["--strict"]):
                wrong = self.problem(kind, strict)
                if wrong:
                    found.append(f"{kind}{' --strict' if strict else ''}: {wrong}")
        return found

    def problem(self, kind, strict):
        patch, result = self.folder / "patch", self.folder / "result"
        code, out, err = run("diff", "-q", *self.words, *strict, "-f", kind, self.before, self.after)
        if "cannot be compared" in err:
            return None
        if code not in (0, 1):
            return None if REFUSAL in err and kind in self.may_refuse else f"not made: exit {code}: {err}"
        patch.write_text(out, encoding="utf-8")
        code, made, err = run("diff", "-q", *self.words, "--apply", patch, self.patched)
        if code != 0:
            return f"not applied: exit {code}: {err} {out}"
        result.write_text(made, encoding="utf-8")
        code, told, err = run("diff", *self.words, *strict, "--paths", result, self.wanted)
        if code != 0:
            return f"leaves a difference: exit {code}: {told} {err} {out}"
        return None


def as_xml(folder, text, words):
    """A record in JSON as XML; None when it cannot be."""
    path = folder / "json"
    path.write_text(text, encoding="utf-8")
    code, out, _ = run("convert", "-q", *words, "--to", "fhir-xml", path)
    return out if code == 0 else None


class Form:
    """One kind of pairs: which records, how they are edited."""

    def __init__(self, name, records, make):
        self.name, self.records, self.make = name, records, make

    def trial(self, seed):
        """Name of the case and what is wrong with it; None when no pair came of the seed."""
        record = self.records[seed % len(self.records)]
        with tempfile.TemporaryDirectory() as folder:
            pair = self.make(pathlib.Path(folder), record[1], seed)
            return pair and (f"{self.name} {record[0]} seed {seed}", pair.problems())


def edited(text, seed, wrong):
    value = json.loads(text)
    editor = Editor(seed, wrong)
    done = [editor.edit(value) for _ in range(1 + seed % 3)]
    return json.dumps(value, ensure_ascii=False) if any(done) else None


def in_json(wrong, *words):
    def make(folder, text, seed):
        after = edited(text, seed, wrong)
        return after and Pair(folder, text, after, not wrong, words)
    return make


def in_xml(*words):
    """Before in XML, after in XML or JSON, or the other way round."""
    def make(folder, text, seed):
        after = edited(text, seed, False)
        sides = [text, after]
        for at in (0, 1):
            if after and seed % 3 != at + 1:
                sides[at] = as_xml(folder, sides[at], words)
        return Pair(folder, *sides, True, words) if all(sides) else None
    return make


def wrong_xml(*words):
    def make(folder, text, seed):
        before = as_xml(folder, text, words)
        after = before and Text(seed, True).edit(before)
        sides = [before, after] if seed % 2 else [after, before]
        if not after:
            return None
        pair = Pair(folder, *sides, False, words)
        pair.may_refuse = KINDS  # what is no XML of FHIR need not have a form in JSON
        return pair
    return make


def from_cda(folder, text, seed):
    after = Text(seed, False).edit(text)
    pair = after and Pair(folder, text, after, True)
    return pair if pair and pair.convert_first() else None


def sources(paths):
    """Names and texts of what is in folders and packages."""
    for path in paths:
        if path.is_dir():
            for file in sorted(each for each in path.rglob("*") if each.suffix in (".json", ".xml")):
                yield f"{path.name}/{file.relative_to(path)}", file.read_text(encoding="utf-8", errors="replace")
        elif path.exists():
            with tarfile.open(path) as package:
                for at, member in enumerate(package):
                    if member.name.endswith(".json") and at % 13 == 0:
                        yield f"{path.name}/{member.name.split('/')[-1]}", package.extractfile(member).read().decode("utf-8", "replace")


def is_record(text):
    if len(text) > LONGEST or '"resourceType"' not in text:
        return False
    try:
        value = json.loads(text)
    except ValueError:
        return False
    return isinstance(value, dict) and value.get("resourceType") not in (None, "StructureDefinition", "ViewDefinition")


def forms(paths):
    found = [each for each in sources(paths) if len(each[1]) <= LONGEST]
    records = [each for each in found if is_record(each[1])]
    stu3 = [each for each in records if STU3.search(each[0])]
    r4 = [each for each in records if each not in stu3 and "/faulty/" not in each[0]]
    cda = [each for each in found if "<ClinicalDocument" in each[1]]
    third = ("--fhir", "3.0")
    return [form for form in (
        Form("R4 JSON", r4, in_json(False)), Form("R4 XML", r4, in_xml()),
        Form("STU3 JSON", stu3, in_json(False, *third)), Form("STU3 XML", stu3, in_xml(*third)),
        Form("CDA", cda, from_cda),
        Form("wrong JSON", r4, in_json(True)), Form("wrong STU3", stu3, in_json(True, *third)), Form("wrong XML", r4, wrong_xml()),
    ) if form.records]


def main():
    paths = [SOURCE / "samples", *map(pathlib.Path, sys.argv[4:])]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for form in forms(paths):
            done = [each for each in pool.map(form.trial, range(EDITS)) if each]
            check(f"{form.name}: there are edits", done)
            for name, wrong in done:
                check(name, not wrong, "; ".join(wrong))
            print(f"{form.name}: {len(done)} edits of {len(form.records)} records")
    finish()


main()
