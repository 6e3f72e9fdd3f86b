#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The verdict of `lhcr validate` on order and types of CDA documents against that of xmllint with the CDA schema.

schema.py LHCR SUITES SCHEMA [-v]: every CDA document below SUITES but those of the NHS (their schema is another one), and 200
seeded mutations of those that are valid. What the schema does not say (invariants, value sets, templates) does not count."""
import copy
import glob
import json
import os
import random
import subprocess
import sys
import tempfile

from lxml import etree

V3 = "{urn:hl7-org:v3}"
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
# Findings about what the schema checks too.
SHAPE = {"unknown-element", "element-missing", "element-too-many", "cda-attribute-unknown", "cda-attribute-missing", "cda-text",
         "cda-type-missing", "cda-type-wrong", "cda-order", "cda-value", "fixed-value", "cda-narrative-element",
         "cda-narrative-attribute", "duplicate-element-id", "xml-syntax", "cda-enumeration"}
MUTATIONS = 200


def documents(suites):
    found = []
    for path in sorted(glob.glob(os.path.join(suites, "convert", "*", "*.xml"))):
        with open(path, "rb") as file:
            text = file.read()
        if b"ClinicalDocument" in text[:4000] and b"NPFIT:HL7:Localisation" not in text:
            found.append(path)
    return found


def schema_verdicts(paths, schema):
    """path -> None when valid, else the first message."""
    verdicts = {path: "not judged" for path in paths}
    for start in range(0, len(paths), 100):
        run = subprocess.run(["xmllint", "--nonet", "--huge", "--noout", "--schema", schema] + paths[start:start + 100],
                             capture_output=True, text=True)
        first = {}
        for line in run.stderr.splitlines():
            if line.endswith(" validates"):
                verdicts[line[:-10]] = None
            elif " error : " in line:
                first.setdefault(line.split(":")[0], line.split(" error : ")[-1][:200])
            elif line.endswith(" fails to validate"):
                verdicts[line[:-18]] = first.get(line[:-18], "invalid")
    return verdicts


def our_verdicts(lhcr, paths):
    verdicts = {}
    for start in range(0, len(paths), 100):
        run = subprocess.run([lhcr, "validate", "--quiet", "--rules", "none", "--format", "json"] + paths[start:start + 100],
                             capture_output=True, text=True)
        for line in run.stdout.splitlines():
            report = json.loads(line)
            wrong = [f for f in report["findings"] if f["severity"] in ("error", "fatal") and shape(f)]
            verdicts[report["input"]] = "%s %s: %s" % (wrong[0]["id"], wrong[0]["path"], wrong[0]["text"]) if wrong else None
    return verdicts


def shape(finding):
    # A code that an attribute may not have is a matter of the schema, one of a coded element is not.
    if finding["id"] == "code-not-in-value-set":
        last = finding["path"].rsplit(".", 1)[-1]
        return last in ("classCode", "moodCode", "typeCode", "determinerCode", "contextControlCode", "nullFlavor")
    if finding["id"] == "fixed-value":
        return "CDA R2" in finding["text"]
    return finding["id"] in SHAPE


def elements(root):
    return [e for e in root.iter() if isinstance(e.tag, str) and e.getparent() is not None]


def swap(rng, root):
    for element in rng.sample(elements(root), min(40, len(elements(root)))):
        other = element.getnext()
        if isinstance(getattr(other, "tag", None), str) and other.tag != element.tag:
            parent = element.getparent()
            parent.remove(element)
            parent.insert(parent.index(other) + 1, element)
            return "swap " + element.tag + " " + other.tag
    return None


def drop(rng, root):
    element = rng.choice(elements(root))
    element.getparent().remove(element)
    return "drop " + element.tag


def repeat(rng, root):
    element = rng.choice(elements(root))
    element.addnext(copy.deepcopy(element))
    return "repeat " + element.tag


def rename(rng, root):
    element = rng.choice([e for e in elements(root) if e.tag.startswith(V3)])
    element.tag = element.tag[:-1] + "x"
    return "rename " + element.tag


def add_attribute(rng, root):
    element = rng.choice(elements(root))
    element.set("unheardOf", "1")
    return "attribute on " + element.tag


def drop_attribute(rng, root):
    element = rng.choice([e for e in elements(root) if e.attrib])
    name = rng.choice(sorted(element.attrib))
    del element.attrib[name]
    return "drop " + element.tag + "@" + name


def bad_time(rng, root):
    times = [e for e in root.iter(V3 + "effectiveTime", V3 + "time", V3 + "low", V3 + "birthTime") if (e.get("value") or "x")[:1].isdigit()]
    if not times:
        return None
    element = rng.choice(times)
    element.set("value", rng.choice(["yesterday", "2012-08-06", "201208T06"]))
    return "time " + element.tag


def bad_type(rng, root):
    typed = [e for e in root.iter() if isinstance(e.tag, str) and e.get(XSI_TYPE)]
    if not typed:
        return None
    element = rng.choice(typed)
    element.set(XSI_TYPE, rng.choice(["Quantity", "XX", "Observation"]))
    return "type of " + element.tag


def bad_code(rng, root):
    coded = [(e, a) for e in elements(root) for a in ("classCode", "moodCode", "typeCode", "nullFlavor") if e.get(a)]
    if not coded:
        return None
    element, name = rng.choice(coded)
    element.set(name, "WRONG")
    return "code of " + element.tag + "@" + name


def add_text(rng, root):
    element = rng.choice(list(root.iter(V3 + "patientRole", V3 + "act", V3 + "section", V3 + "assignedAuthor", V3 + "entry")))
    element.text = "loose"
    return "text in " + element.tag


KINDS = [swap, drop, repeat, rename, add_attribute, drop_attribute, bad_time, bad_type, bad_code, add_text]


def mutations(good, folder):
    rng = random.Random(20120806)
    made = {}
    while len(made) < MUTATIONS:
        path = rng.choice(good)
        root = etree.parse(path, etree.XMLParser(huge_tree=True)).getroot()
        what = KINDS[len(made) % len(KINDS)](rng, root)
        if what is None:
            continue
        target = os.path.join(folder, "m%03d.xml" % len(made))
        etree.ElementTree(root).write(target, encoding="utf-8", xml_declaration=True)
        made[target] = os.path.basename(path) + ": " + what
    return made


def compare(names, theirs, ours):
    wrong = []
    for path, name in names.items():
        if (theirs[path] is None) != (ours.get(path, "no report") is None):
            wrong.append("%s\n  xmllint: %s\n  lhcr: %s" % (name, theirs[path], ours.get(path, "no report")))
    return wrong


def main():
    lhcr, suites, schema = sys.argv[1:4]
    paths = documents(suites)
    theirs, ours = schema_verdicts(paths, schema), our_verdicts(lhcr, paths)
    excluded = set()
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "schema-differences.txt"), encoding="utf-8") as file:
        excluded = {line.split("\t")[0] for line in file if line.strip() and not line.startswith("#")}
    wrong = compare({path: os.path.relpath(path, suites) for path in paths}, theirs, ours)
    with tempfile.TemporaryDirectory() as folder:
        made = mutations([path for path in paths if theirs[path] is None and ours.get(path) is None], folder)
        names = list(made)
        wrong += compare(made, schema_verdicts(names, schema), our_verdicts(lhcr, names))
    listed = [text for text in wrong if text.split("\n")[0] in excluded]
    wrong = [text for text in wrong if text.split("\n")[0] not in excluded]
    for text in wrong:
        print("FAILED:", text)
    print("conformance.cda_schema: %d passed, %d failed, %d skipped" %
          (len(paths) + MUTATIONS - len(wrong) - len(listed), len(wrong), len(listed)))
    return 1 if wrong else 0


sys.exit(main())
