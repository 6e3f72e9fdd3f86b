#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""CDA documents changed at random, to FHIR and back: mutated.py LHCR SOURCE-TREE SHARED [--seed N] [--count N] [--keep DIR].

Whatever a document says, its FHIR has no error by `lhcr validate` that the FHIR of the unchanged document does not have; the CDA that
comes back is well-formed, and valid by the schema when that is there; and a statement that a change turned (negated, planned,
cancelled) is not told as a fact. The seed makes the same documents again. Exit 77: no lxml."""
import argparse
import collections
import importlib.util
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile

if importlib.util.find_spec("lxml") is None:
    print("skipped: no lxml\n0 passed, 0 failed, 1 skipped")
    sys.exit(77)
from lxml import etree  # noqa: E402

V3 = "{urn:hl7-org:v3}"
TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
STATEMENTS = {V3 + name for name in "observation act substanceAdministration procedure encounter supply organizer".split()}
OWN = ["samples/visit.xml", "samples/call.xml", "tests/golden/cases/convert/cda-sections/document.xml",
       "tests/golden/cases/convert/cda-guide-fields/document.xml", "tests/golden/cases/convert/cda-us-core/document.xml"]
FLAVOURS = "NI UNK OTH NA ASKU NASK MSK NAV".split()
MOODS = "INT RQO PRP PRMS".split()
STATUSES = "aborted cancelled held nullified suspended new active obsolete completed".split()
UNITS = ["in", "furlongs", "", "%", "10*3/uL", "{score}", "[iU]", "m", "lbs", "mg/dL ", "1", "cm[Hg]"]
NUMBERS = ["0", "-1", "007", ".5", "1,5", "1e3", "abc", "99999999999999999999", "1.50", " 7 "]
TIMES = ["2024", "202402", "20240230", "2024010112", "202401011230+1", "20240101123000.1234-0500", "00000000", "17991231", "99991231",
         "2024-01-01", "20240101123000+0100", "x"]
CODES = ["A B", "x", "", "195967001", "ASSERTION", "<&>"]
SYSTEMS = ["1.100", "2.16.840.1.113883.6.96", "1.2.3.4.5.6", "urn:x", ""]
# The profile of R4 asks for the value of a body mass index also where it is absent: saying a unit of nothing would be worse.
NO_INDEX = "/StructureDefinition/bmi|"
# Rules of a Bundle that is a document: its id and time, which a document has or not.
DOCUMENT_RULES = {"id", "effectiveTime"}


def elements(root, wanted):
    return [node for node in root.iter() if isinstance(node.tag, str) and wanted(node)]


def in_entry(node):
    return any(up.tag == V3 + "entry" for up in node.iterancestors())


def statements(root):
    return [node for node in elements(root, lambda node: node.tag in STATEMENTS) if in_entry(node)]


def pick(rng, found):
    return rng.choice(found) if found else None


def null_flavour(rng, root):
    node = pick(rng, [n for n in elements(root, in_entry) if n.tag[len(V3):] in ("code", "value", "effectiveTime", "id", "low", "high", "name")])
    if node is None:
        return None
    kept = {TYPE: node.get(TYPE)} if node.get(TYPE) else {}
    for child in list(node):
        node.remove(child)
    node.text = None
    node.attrib.clear()
    node.attrib.update(kept)
    node.set("nullFlavor", rng.choice(FLAVOURS))
    return node.getroottree().getpath(node)


def drop(rng, root):
    node = pick(rng, [child for st in statements(root) for child in st.iter() if child is not st and isinstance(child.tag, str)])
    return remove(node)


def drop_header(rng, root):
    top = [child for child in root if isinstance(child.tag, str) and child.tag != V3 + "component" and child.tag[len(V3):] not in DOCUMENT_RULES
           and child.tag[len(V3):] not in ("typeId", "templateId", "realmCode", "recordTarget")]
    return remove(pick(rng, top + [part for child in top for part in child.iter() if part is not child and isinstance(part.tag, str)]))


def remove(node):
    if node is None:
        return None
    where = node.getroottree().getpath(node)
    node.getparent().remove(node)
    return where


def attribute(choose, name, values):
    def change(rng, root):
        node = pick(rng, choose(root))
        if node is None:
            return None
        node.set(name, rng.choice(values))
        return "%s@%s=%r" % (node.getroottree().getpath(node), name, node.get(name))
    return change


def with_attribute(name, *tags):
    return lambda root: [n for n in elements(root, in_entry) if n.get(name) is not None and (not tags or n.tag[len(V3):] in tags)]


def turnable(root):
    return [st for st in statements(root) if st.tag not in (V3 + "organizer", V3 + "encounter", V3 + "supply")]


def observations(root):
    return [st for st in statements(root) if st.tag == V3 + "observation"]


def times(root):
    found = [n for n in elements(root, lambda n: n.get("value") is not None) if any("ime" in up.tag for up in [n, *n.iterancestors()][:3])]
    return [n for n in found if n.getparent() is not root]


def retype(rng, root):
    node = pick(rng, [n for n in elements(root, in_entry) if n.tag == V3 + "value"])
    if node is None:
        return None
    node.attrib.clear()
    for child in list(node):
        node.remove(child)
    node.text = None
    made = {"ST": {}, "INT": {"value": "3"}, "BL": {"value": "true"}, "TS": {"value": "20240101"}, "PQ": {"value": "3", "unit": "mg"},
            "REAL": {"value": "1.5"}, "ED": {}, "CD": {"code": "1", "codeSystem": "1.2.3.4.5"}, "IVL_PQ": {}, "RTO_PQ_PQ": {}, "IVL_TS": {}}
    kind = rng.choice(sorted(made))
    node.set(TYPE, kind)
    node.attrib.update(made[kind])
    parts = {"IVL_PQ": ("low", "high"), "RTO_PQ_PQ": ("numerator", "denominator")}.get(kind, ())
    for part in parts:
        attributes = {"value": "5", "unit": "mg"}
        if kind == "RTO_PQ_PQ":
            attributes[TYPE] = "PQ"
        etree.SubElement(node, V3 + part, attributes)
    if kind == "IVL_TS":
        etree.SubElement(node, V3 + "high", {"value": "2020"})
    if kind in ("ST", "ED"):
        node.text = "five or six"
    return "%s as %s" % (node.getroottree().getpath(node), kind)


def twice(rng, root):
    node = pick(rng, [n for n in elements(root, in_entry) if n.tag[len(V3):] in ("component", "entryRelationship", "participant", "performer", "author")])
    if node is None:
        return None
    node.addnext(etree.fromstring(etree.tostring(node)))
    return "twice " + node.getroottree().getpath(node)


def swap_ends(rng, root):
    node = pick(rng, [n for n in elements(root, lambda n: n.tag == V3 + "effectiveTime") if n.find(V3 + "low") is not None and n.find(V3 + "high") is not None])
    if node is None:
        return None
    low, high = node.find(V3 + "low"), node.find(V3 + "high")
    kept = dict(low.attrib)
    low.attrib.clear()
    low.attrib.update(high.attrib)
    high.attrib.clear()
    high.attrib.update(kept)
    return "ends of " + node.getroottree().getpath(node)


CHANGES = {
    "nullFlavor": null_flavour, "drop": drop, "drop of the header": drop_header, "type": retype, "twice": twice, "ends": swap_ends,
    "mood": attribute(statements, "moodCode", MOODS), "goal": attribute(observations, "moodCode", ["GOL"]), "negation": attribute(turnable, "negationInd", ["true"]),
    "status": attribute(with_attribute("code", "statusCode"), "code", STATUSES),
    "unit": attribute(with_attribute("unit"), "unit", UNITS), "number": attribute(with_attribute("unit"), "value", NUMBERS),
    "time": attribute(times, "value", TIMES), "code": attribute(with_attribute("code", "code", "value"), "code", CODES),
    "system": attribute(with_attribute("codeSystem"), "codeSystem", SYSTEMS), "root": attribute(with_attribute("root", "id"), "root", SYSTEMS),
}


def mutate(rng, tree):
    done = []
    for _ in range(rng.randint(1, 3)):
        kind = rng.choice(sorted(CHANGES))
        where = CHANGES[kind](rng, tree)
        if where is not None:
            done.append("%s: %s" % (kind, where))
    return done


def documents(source, shared):
    found = [os.path.join(source, name) for name in OWN if os.path.exists(os.path.join(source, name))]
    suite = os.path.join(shared, "suites/real-cda/visible")
    if os.path.isdir(suite):
        names = sorted(os.path.join(suite, name) for name in os.listdir(suite) if name.endswith(".xml"))
        found += [name for name in names if os.path.getsize(name) < 300000]
    return found


def findings(lhcr, folder):
    """Of each file the errors of `lhcr validate`: (id, what it says)."""
    run = subprocess.run([lhcr, "validate", "--format", "json", folder], capture_output=True, text=True, errors="replace", check=False)
    out = collections.defaultdict(list)
    for line in run.stdout.splitlines():
        record = json.loads(line)
        for finding in record.get("findings", []):
            if finding["severity"] in ("error", "fatal"):
                name = os.path.basename(record.get("input") or record.get("file") or "").rsplit(".", 1)[0]
                out[name].append((finding["id"], "%s %s" % (finding.get("path"), finding.get("text", ""))))
    return out


def auditor(shared):
    path = os.path.join(shared, "suites/real-cda/audit.py")
    if not os.path.exists(path):
        return None
    spec = importlib.util.spec_from_file_location("audit", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def plain_of(name):
    """The name of the document that another one was made of."""
    return name.rsplit("~", 1)[0] + "~"


class Check:
    def __init__(self, options):
        self.options, self.failures, self.asked = options, collections.defaultdict(list), 0
        self.audit = auditor(options.shared)
        schema = os.path.join(options.shared, "packages/cda-xsd/infrastructure/cda/CDA_SDTC.xsd")
        self.schema = etree.XMLSchema(etree.parse(schema)) if os.path.exists(schema) else None
        self.plain = {}

    def convert(self, folder, to, into):
        os.makedirs(into)
        run = subprocess.run([self.options.lhcr, "convert", "-q", "--to", to, "-o", into + "/", folder], capture_output=True, text=True,
                             errors="replace", check=False)
        if run.returncode < 0:
            self.fail("crash", "%s: signal %d %s" % (folder, -run.returncode, run.stderr[-500:]))

    def fail(self, name, what):
        self.failures[name].append(what)

    def same_errors(self, plain, changed):
        for name, found in changed.items():
            allowed = collections.Counter(i for i, _ in plain.get(plain_of(name), []))
            for identity, text in found:
                if allowed[identity] == 0 and not (identity == "slice-missing" and NO_INDEX in text):
                    self.fail(name, "FHIR: %s %s" % (identity, text))

    def meaning(self, name, source, bundle):
        if self.audit is None:
            return
        src, res = self.audit.Source(source), self.audit.Result(json.load(open(bundle, encoding="utf-8"), parse_float=str))
        self.audit.match(src, res)
        for violation in self.audit.check_meaning(src, res):
            # Who shares an identifier, or has none, cannot be told from another one.
            if not isinstance(violation[1], str) and not violation[1].unique:
                continue
            # An allergy that is denied has no code: the guide says what is no risk in an extension.
            if "no-known-reaction-risk" in json.dumps(violation[2]) or self.is_told_twice(violation[1]):
                continue
            where = violation[1] if isinstance(violation[1], str) else violation[1].path
            self.fail(name, "meaning: %s %s %s" % (violation[0], where, violation[2].get("resourceType")))

    @staticmethod
    def is_told_twice(statement):
        """The header may say of an encounter that it was, and the body that it will be."""
        return not isinstance(statement, str) and any(r.get("status") == "planned" for r in statement.resources)

    def back(self, name, path):
        try:
            tree = etree.parse(path, etree.XMLParser(huge_tree=True))
        except etree.XMLSyntaxError as error:
            self.fail(name, "CDA: not well-formed: %s" % error)
            return
        allowed = self.schema_errors(os.path.join(os.path.dirname(path), plain_of(name) + ".xml"))
        for error in sorted(self.schema_errors(path, tree) - allowed):
            self.fail(name, "CDA: %s" % error)

    def schema_errors(self, path, tree=None):
        """What the schema finds wrong, wherever it stands."""
        if path in self.plain:
            return self.plain[path]
        tree = tree if tree is not None else etree.parse(path, etree.XMLParser(huge_tree=True))
        bad = self.schema is not None and tree.getroot().tag == V3 + "ClinicalDocument" and not self.schema.validate(tree)
        self.plain[path] = {error.message for error in self.schema.error_log} if bad else set()
        return self.plain[path]


def make(options, folder):
    made, changes = [], {}
    sources = documents(options.source, options.shared)
    for number, source in enumerate(sources):
        plain = "%02d~" % number
        shutil.copy(source, os.path.join(folder, plain + ".xml"))
        for turn in range(options.count):
            rng = random.Random("%d %s %d" % (options.seed, os.path.basename(source), turn))
            root = etree.parse(source, etree.XMLParser(huge_tree=True))
            document = next(root.getroot().iter(V3 + "ClinicalDocument"), None)
            done = mutate(rng, document) if document is not None else []
            if done:
                name = plain + str(turn)
                root.write(os.path.join(folder, name + ".xml"), encoding="utf-8", xml_declaration=True)
                made.append(name)
                changes[name] = "%s seed %d turn %d: %s" % (os.path.basename(source), options.seed, turn, "; ".join(done))
    return made, changes


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("lhcr", type=os.path.abspath)
    parser.add_argument("source", type=os.path.abspath)
    parser.add_argument("shared", type=os.path.abspath)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=3, help="changed documents of each")
    parser.add_argument("--keep", help="an empty folder for what is made")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or temporary
        cda, fhir, back = (os.path.join(folder, name) for name in ("cda", "fhir", "back"))
        os.makedirs(cda)
        made, changes = make(options, cda)
        check = Check(options)
        check.convert(cda, "fhir-json", fhir)
        errors = findings(check.options.lhcr, fhir)
        check.same_errors({k: v for k, v in errors.items() if k.endswith("~")}, {k: v for k, v in errors.items() if not k.endswith("~")})
        check.convert(fhir, "cda", back)
        for name in made:
            bundle = os.path.join(fhir, name + ".json")
            if not os.path.exists(bundle):
                check.fail(name, "no FHIR")
                continue
            check.meaning(name, os.path.join(cda, name + ".xml"), bundle)
            result = os.path.join(back, name + ".xml")
            if os.path.exists(result):
                check.back(name, result)
            else:
                check.fail(name, "no CDA")
    for name, found in sorted(check.failures.items()):
        print("FAIL %s" % changes.get(name, name))
        for text in found[:5]:
            print("     " + text[:300])
    print("%d passed, %d failed, 0 skipped" % (len(made) - len(check.failures), len(check.failures)))
    sys.exit(1 if check.failures or not made else 0)


if __name__ == "__main__":
    main()
