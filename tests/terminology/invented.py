# SPDX-License-Identifier: Apache-2.0
"""A release of SNOMED CT made at random, and constraints over it with the answers that sets in Python give."""
import collections
import os
import uuid

CORE, ISA, INFERRED = "900000000000207008", "116680003", "900000000000011006"
TYPES = ["363698007", "116676008", "246075003"]
ROOT = "138875005"
PRIMITIVE, SYNONYM, CASE, SOME = "900000000000074008", "900000000000013009", "900000000000448009", "900000000000451002"
META = [CORE, INFERRED, PRIMITIVE, SYNONYM, CASE, SOME, "900000000000534007", "900000000000012004"]


TURN = "0123456789123406789523401789563401289567401239567859876043216598710432765982104387659321049876543210"
SHIFT = [list(range(10)), [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]]
while len(SHIFT) < 8:
    SHIFT.append([SHIFT[-1][digit] for digit in SHIFT[1]])


def sctid(item, partition):
    """An identifier of the short format, with Verhoeff's check digit."""
    text, check = f"{item}{partition}", 0
    for at, digit in enumerate(reversed(text), 1):
        check = int(TURN[check * 10 + SHIFT[at % 8][int(digit)]])
    return f"{text}{[0, 4, 3, 2, 1, 5, 6, 7, 8, 9][check]}"


class Release:
    """Concepts below earlier ones, with several parents, attributes in groups, members of sets; a part of them inactive."""

    def __init__(self, dice, folder, concepts, groups="0112"):
        self.dice = dice
        self.all = [ROOT, ISA, *TYPES, *META] + [sctid(10000 + at, "00") for at in range(concepts)]
        self.active = [code for at, code in enumerate(self.all) if at < 20 or dice.random() < 0.8]
        self.parents, self.children = collections.defaultdict(set), collections.defaultdict(set)
        self.attributes, self.members = collections.defaultdict(list), collections.defaultdict(set)
        self.former = {}
        for at, code in enumerate(self.active[1:], 1):
            for _ in range(dice.choice([1, 1, 1, 2, 3])):
                parent = self.active[int(at * dice.random() ** 1.5)]
                self.parents[code].add(parent)
                self.children[parent].add(code)
            for _ in range(dice.choice([0, 0, 1, 2, 4])):
                self.attributes[code].append((dice.choice(groups), dice.choice(TYPES), dice.choice(self.active)))
            self.attributes[code] = sorted(set(self.attributes[code]))
        self.sets = self.active[16:20]
        for name in self.sets:
            self.members[name] = set(dice.sample(self.all, dice.randrange(1, len(self.all) // 3)))
            self.former[name] = set(dice.sample(self.all, 9)) - self.members[name]
        self.write(folder)

    def write(self, folder):
        os.makedirs(folder)
        on = set(self.active)
        relationships = [(c, p, "0", ISA) for c in self.active for p in self.parents[c]]
        relationships += [(c, v, g, t) for c in self.active for g, t, v in self.attributes[c]]
        self.dice.shuffle(relationships)
        tables = {
            "sct2_Concept": ("definitionStatusId", [(c, str(int(c in on)), PRIMITIVE) for c in self.all]),
            "sct2_Description": ("conceptId\tlanguageCode\ttypeId\tterm\tcaseSignificanceId",
                                 [(sctid(20000 + at, "01"), "1", c, "en", SYNONYM, f"Term {c}", CASE) for at, c in enumerate(self.all)]),
            "sct2_Relationship": ("sourceId\tdestinationId\trelationshipGroup\ttypeId\tcharacteristicTypeId\tmodifierId",
                                  [(sctid(30000 + at, "02"), "1", *row, INFERRED, SOME) for at, row in enumerate(relationships)]),
            "der2_Refset_Simple": ("refsetId\treferencedComponentId",
                                   [(str(uuid.UUID(int=at, version=4)), str(int(code in self.members[name])), name, code) for at, (name, code) in
                                    enumerate((name, code) for name in self.sets for code in sorted(self.members[name] | self.former[name]))]),
        }
        for name, (columns, rows) in tables.items():
            with open(os.path.join(folder, f"{name}_Snapshot_INT_20260101.txt"), "w", encoding="utf-8", newline="") as file:
                file.write("id\teffectiveTime\tactive\tmoduleId\t" + columns + "\r\n")
                file.writelines("\t".join([row[0], "20260101", row[1], CORE, *row[2:]]) + "\r\n" for row in rows)

    @staticmethod
    def closure(code, steps):
        found, left = set(), [code]
        while left:
            for other in steps[left.pop()] - found:
                found.add(other)
                left.append(other)
        return found


class Constraints:
    def __init__(self, release):
        self.release, self.dice = release, release.dice

    def simple(self):
        one = self.release
        code = self.dice.choice(one.active)
        for _ in range(self.dice.randrange(4)):
            code = min(one.parents[code], default=code)
        name = self.dice.choice(one.sets)
        return self.dice.choice([
            lambda: (f"<< {code}", one.closure(code, one.children) | {code}), lambda: (f"< {code}", one.closure(code, one.children)),
            lambda: (f"<! {code}", set(one.children[code])), lambda: (f">! {code}", set(one.parents[code])),
            lambda: (f"> {code}", one.closure(code, one.parents)), lambda: (f">> {code}", one.closure(code, one.parents) | {code}),
            lambda: (f"^ {name}", set(one.members[name])), lambda: ("*", set(one.active)), lambda: (code, {code})])()

    def value(self):
        if self.dice.random() < 0.2:
            return "*", None
        text, codes = self.simple()
        return ("<< " + ROOT, None) if text == "*" else (text, codes)

    def count(self, code, kind, codes, group=None, negated=False):
        def right(value):
            return (codes is None or value in codes) != negated
        return sum(1 for at, (g, t, v) in enumerate(self.release.attributes[code])
                   if t == kind and right(v) and (group is None or (g if g != "0" else at) == group))

    def groups(self, code):
        return {g if g != "0" else at for at, (g, _, _) in enumerate(self.release.attributes[code])}

    def both_from(self, sources, kind, second):
        """Values of both attributes in one group of one source."""
        found = set()
        for code in sources:
            for group in self.groups(code):
                first, then = ({v for at, (g, t, v) in enumerate(self.release.attributes[code]) if t == wanted and (g if g != "0" else at) == group}
                               for wanted in (kind, second))
                found |= first & then
        return found

    def any(self):
        text, codes = self.simple()
        other, others = self.simple()
        kind, second = self.dice.choice(TYPES), self.dice.choice(TYPES)
        value, values = self.value()
        more, mores = self.value()
        least, most = self.dice.choice([(0, 0), (1, 1), (2, 3), (0, 1)])
        attributes = self.release.attributes
        return self.dice.choice([
            lambda: (text, codes), lambda: (f"{text} AND {other}", codes & others), lambda: (f"{text} OR {other}", codes | others),
            lambda: (f"{text} MINUS {other}", codes - others),
            lambda: (f"{text} : {kind} = {value}", {c for c in codes if self.count(c, kind, values)}),
            lambda: (f"{text} : {kind} != {other}", {c for c in codes if self.count(c, kind, others, negated=True)} if other != "*" else set()),
            lambda: (f"{text} : [{least}..{most}] {kind} = {value}", {c for c in codes if least <= self.count(c, kind, values) <= most}),
            lambda: (f"{text} : {{ {kind} = {value}, {second} = {more} }}",
                     {c for c in codes if any(self.count(c, kind, values, g) and self.count(c, second, mores, g) for g in self.groups(c))}),
            lambda: (f"{text} : [{least}..{most}] {{ {kind} = {value} }}",
                     {c for c in codes if least <= sum(1 for g in self.groups(c) if self.count(c, kind, values, g)) <= most}),
            lambda: (f"{text} : {kind} = {value} OR {second} = {more}",
                     {c for c in codes if self.count(c, kind, values) or self.count(c, second, mores)}),
            lambda: (f"{text} . {kind}", {v for c in codes for _, t, v in attributes[c] if t == kind}),
            lambda: (f"{text} : R {kind} = {other}", codes & {v for c in others for _, t, v in attributes[c] if t == kind}),
            lambda: (f"{text} : {{ R {kind} = {other} }}", codes & {v for c in others for _, t, v in attributes[c] if t == kind}),
            lambda: (f"{text} : {{ R {kind} = {other}, R {second} = {other} }}", codes & self.both_from(others, kind, second)),
            lambda: (f"^ {self.release.sets[0]} {{{{ M active = 0 }}}}", set(self.release.former[self.release.sets[0]])),
            lambda: (f"<< ({text})", codes.union(*(self.release.closure(c, self.release.children) for c in codes))),
            lambda: (f"< ({text})", set().union(*(self.release.closure(c, self.release.children) for c in codes))),
            lambda: (f"!!> ({text})", codes - set().union(*(self.release.closure(c, self.release.children) for c in codes))),
        ])()
