#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The built-in maps: lint finds nothing, what is exported parses. maps.py LHCR.

The FML parser below follows the grammar of the R4 mapping language (http://hl7.org/fhir/R4/mapping-language.html#grammar); conditions
in where() are taken as balanced parentheses of FHIRPath tokens."""
import json
import re
import subprocess
import sys

TOKEN = re.compile(r"""\s+|//[^\n]*|(?P<word>[A-Za-z_][A-Za-z0-9_]*)|(?P<quote>`[^`]*`)|(?P<text>'(?:\\.|[^'\\])*')
                       |(?P<string>"(?:\\.|[^"\\])*")|(?P<mark>->|!=|<<|>>|[(){},;:=.*])""", re.X)
TRANSFORMS = {"create", "copy", "truncate", "escape", "cast", "append", "translate", "reference", "dateOp", "uuid", "pointer",
              "evaluate", "cc", "c", "qty", "id", "cp"}


class Parser:
    def __init__(self, text):
        self.tokens, self.at, position = [], 0, 0
        self.groups, self.calls = {}, []
        while position < len(text):
            found = TOKEN.match(text, position)
            if not found:
                raise SyntaxError("line %d: %r" % (text.count("\n", 0, position) + 1, text[position:position + 40]))
            if found.lastgroup:
                self.tokens.append((found.lastgroup, found.group(), text.count("\n", 0, position) + 1))
            position = found.end()

    def peek(self, offset=0):
        return self.tokens[self.at + offset][1] if self.at + offset < len(self.tokens) else ""

    def take(self, *wanted, kind=None):
        if self.at >= len(self.tokens):
            raise SyntaxError("unexpected end")
        what, text, line = self.tokens[self.at]
        if (wanted and text not in wanted) or (kind and what not in kind):
            raise SyntaxError("line %d: %s where %s was expected" % (line, text, " or ".join(wanted or kind)))
        self.at += 1
        return text

    def accept(self, text):
        if self.peek() == text:
            self.at += 1
            return True
        return False

    def identifier(self):
        return self.take(kind=("word", "quote"))

    def structure_map(self):
        self.take("map")
        self.take(kind=("string",))
        self.take("=")
        self.take(kind=("string",))
        while self.accept("imports"):
            self.take(kind=("string",))
        while self.at < len(self.tokens):
            self.group()
        return self

    def group(self):
        self.take("group")
        name = self.identifier()
        if name in self.groups:
            raise SyntaxError("group %s twice" % name)
        self.take("(")
        count = 0
        while True:
            self.take("source", "target")
            self.identifier()
            count += 1
            if self.accept(":"):
                self.identifier()
            if not self.accept(","):
                break
        self.take(")")
        self.groups[name] = count
        self.rules()

    def rules(self):
        self.take("{")
        while not self.accept("}"):
            self.rule()

    def rule(self):
        self.source()
        while self.accept(","):
            self.source()
        if self.accept("->"):
            self.target()
            while self.accept(","):
                self.target()
        if self.accept("then"):
            if self.peek() != "{":
                self.invocation()
                while self.accept(","):
                    self.invocation()
            if self.peek() == "{":
                self.rules()
        if self.peek().startswith('"'):
            self.take(kind=("string",))
        self.take(";")

    def source(self):
        self.identifier()
        while self.accept("."):
            self.identifier()
        if self.accept(":"):
            self.identifier()
        if self.peek() in ("first", "last", "not_first", "not_last", "only_one"):
            self.take()
        if self.accept("as"):
            self.identifier()
        if self.accept("where"):
            self.condition()

    def condition(self):
        self.take("(")
        while not self.accept(")"):
            if self.peek() == "(":
                self.condition()
            else:
                self.take(kind=("word", "quote", "text", "mark"))

    def target(self):
        self.identifier()
        while self.accept("."):
            self.identifier()
        if self.accept("="):
            if self.tokens[self.at][0] == "text":
                self.take()
            elif self.peek(1) == "(":
                if self.peek() not in TRANSFORMS:
                    raise SyntaxError("no transform " + self.peek())
                self.arguments(self.identifier())
            else:
                self.identifier()
        if self.accept("as"):
            self.identifier()

    def invocation(self):
        name = self.identifier()
        self.calls.append((name, self.arguments(name)))

    def arguments(self, _name):
        self.take("(")
        count = 0
        while not self.accept(")"):
            self.take(kind=("word", "quote", "text"))
            count += 1
            if not self.accept(","):
                self.take(")")
                break
        return count


def run(lhcr, *arguments):
    return subprocess.run([lhcr, "map", *arguments], capture_output=True, text=True, check=False)


def check_fml(lhcr, name, back):
    made = run(lhcr, "export", name, *(["--backward"] if back else []))
    parsed = Parser(made.stdout).structure_map()
    if made.returncode or not parsed.groups or not parsed.calls:
        raise SyntaxError("exit %d, %d groups" % (made.returncode, len(parsed.groups)))
    for called, count in parsed.calls:
        if count != parsed.groups.get(called, 2):
            raise SyntaxError("%s called with %d arguments" % (called, count))


def check_codes(lhcr):
    bundle = json.loads(run(lhcr, "export", "codes").stdout)
    if len(bundle["entry"]) < 20 or any(not entry["resource"]["group"][0]["element"] for entry in bundle["entry"]):
        raise ValueError("%d ConceptMaps" % len(bundle["entry"]))


def check_lint(lhcr):
    made = run(lhcr, "lint")
    if made.returncode or made.stdout:
        raise ValueError(made.stdout[:2000])


def check_list(lhcr):
    rows = [json.loads(line) for line in run(lhcr, "list", "--format", "json").stdout.splitlines()]
    if len(rows) < 1000 or {row["map"] for row in rows} != {"ccda", "csv", "itk", "stu3"}:
        raise ValueError("%d rows" % len(rows))


def can_fail():
    """Texts that the parser must refuse."""
    good = 'map "a" = "b"\ngroup G(source src, target tgt) {\n  src.a as s1 -> tgt.b as t1 then H(s1, t1) "r";\n}\n'
    Parser(good).structure_map()
    for bad in (good.replace(";", ""), good.replace("tgt.b", "tgt.*"), good.replace("(s1", "s1"), good.replace("{", "", 1),
                good.replace("as t1", "= nothing(s1)")):
        try:
            Parser(bad).structure_map()
        except SyntaxError:
            continue
        raise ValueError("the parser takes: " + bad)


def main():
    lhcr = sys.argv[1]
    checks = [("lint", lambda: check_lint(lhcr)), ("list", lambda: check_list(lhcr)), ("codes", lambda: check_codes(lhcr)),
              ("the parser refuses", can_fail)]
    for name in ("ccda", "itk", "stu3"):
        for back in (False, True):
            checks.append(("FML of " + name + (" backward" if back else ""), lambda name=name, back=back: check_fml(lhcr, name, back)))
    passed = failed = 0
    for name, check in checks:
        try:
            check()
            passed += 1
        except (SyntaxError, ValueError, KeyError) as error:
            failed += 1
            print("FAIL %s: %s" % (name, error))
    print("%d passed, %d failed, 0 skipped" % (passed, failed))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
