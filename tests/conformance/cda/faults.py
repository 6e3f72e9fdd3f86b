#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Single faults in good C-CDA documents: each must be found at its element, and nothing else may be reported anew.

faults.py LHCR FOLDER...: 60 seeded mutations of the documents in the folders. A fault counts as found where a new error, or
what a later version of the template demands (a warning), is about the element, what it stands in, or (an attribute, a part) what is in
it; a new error elsewhere is one too many."""
import collections
import glob
import json
import os
import random
import subprocess
import sys
import tempfile

from lxml import etree

V3 = "{urn:hl7-org:v3}"
FAULTS = 60
LEVELS = ("fatal", "error", "warning")


# Templates (2.16.840.1.113883.10.20.22.N) and what they SHALL contain; those whose code is fixed, and those that their section or act
# SHALL contain.
ROOT = "2.16.840.1.113883.10.20.22."
SHALL = {"4.30": ["id", "code", "statusCode", "effectiveTime"], "4.3": ["id", "code", "statusCode", "effectiveTime"],
         "4.4": ["id", "code", "statusCode", "effectiveTime", "value"], "4.7": ["id", "code", "statusCode", "effectiveTime", "value"],
         "4.16": ["id", "statusCode", "consumable"], "4.1": ["id", "code", "statusCode"], "4.2": ["id", "code", "statusCode", "effectiveTime"],
         "4.26": ["id", "code", "statusCode", "effectiveTime"], "4.27": ["id", "code", "statusCode", "effectiveTime", "value"]}
SECTIONS = ["2.1.1", "2.3.1", "2.4.1", "2.5.1", "2.6.1", "2.17"]
FIXED_CODES = ["4.30", "4.3", "4.7"] + SECTIONS
CONTAINED = ["4.30", "4.3"]


def follows(element, numbers):
    """The versioned template of an element, if it is one of these."""
    for item in element.findall(V3 + "templateId"):
        root = item.get("root") or ""
        if root.startswith(ROOT) and root[len(ROOT):] in numbers and item.get("extension"):
            return root[len(ROOT):]
    return None


def path_of(element):
    """As a report names it, without indexes."""
    steps = []
    while element is not None:
        steps.append(etree.QName(element).localname)
        element = element.getparent()
    return steps[::-1]


def plain(path):
    return [step.split("[")[0] for step in path.split(".")]


def templated(root, *names):
    return [e for e in root.iter(*[V3 + name for name in names]) if e.find(V3 + "templateId") is not None]


def pick(rng, items):
    return rng.choice(items) if items else None


def having(root, numbers):
    return [e for e in root.iter() if isinstance(e.tag, str) and follows(e, numbers)]


def drop_child(numbers):
    def run(rng, root):
        owner = pick(rng, having(root, numbers))
        if owner is None:
            return None
        wanted = SHALL.get(follows(owner, numbers), ["code", "title", "text"])
        child = pick(rng, [owner.find(V3 + name) for name in wanted if len(owner.findall(V3 + name)) == 1])
        if child is None:
            return None
        owner.remove(child)
        return owner, "drop " + etree.QName(child).localname
    return run


def wrong_system(rng, root):
    code = pick(rng, [c for c in (e.find(V3 + "code") for e in having(root, FIXED_CODES)) if c is not None and c.get("codeSystem")])
    if code is None:
        return None
    code.set("codeSystem", "2.16.840.1.113883.6.999")
    return code, "code system"


def wrong_fixed(rng, root):
    found = pick(rng, [e for e in templated(root, "act", "observation", "procedure") if e.get("moodCode") == "EVN"])
    if found is None:
        return None
    found.set("moodCode", "XYZ")
    return found, "mood"


def bad_time(rng, root):
    found = pick(rng, [e for e in root.iter(V3 + "effectiveTime", V3 + "time", V3 + "low", V3 + "high") if e.get("value")])
    if found is None:
        return None
    found.set("value", rng.choice(["20121399", "soon", "2012-08-06"]))
    return found, "time"


def wrong_order(rng, root):
    owner = pick(rng, [e for e in root.iter(V3 + "observation", V3 + "act", V3 + "section")
                       if e.find(V3 + "id") is not None and e.find(V3 + "code") is not None])
    if owner is None:
        return None
    code = owner.find(V3 + "code")
    owner.remove(code)
    owner.insert(list(owner).index(owner.find(V3 + "id")), code)
    return owner, "order"


def bad_null(rng, root):
    found = pick(rng, [e for e in root.iter(V3 + "effectiveTime", V3 + "code", V3 + "telecom", V3 + "id") if e.get("nullFlavor")])
    if found is None:
        return None
    found.set("nullFlavor", "NOPE")
    return found, "nullFlavor"


def no_template(rng, root):
    found = pick(rng, [e for e in having(root, CONTAINED)
                       if len([s for s in e.getparent().getparent().findall(V3 + "entry/" + e.tag)]) == 1])
    if found is None:
        return None
    for item in found.findall(V3 + "templateId"):
        found.remove(item)
    return found, "templateId"


def broken_reference(rng, root):
    found = pick(rng, [e for e in root.iter(V3 + "reference") if (e.get("value") or "").startswith("#")])
    if found is None:
        return None
    found.set("value", "#nowhere")
    return found, "reference"


def unknown_element(rng, root):
    found = pick(rng, templated(root, "section", "act", "observation"))
    if found is None:
        return None
    etree.SubElement(found, V3 + "remark").text = "x"
    return found, "unknown element"


def bad_root(rng, root):
    found = pick(rng, [e for e in root.iter(V3 + "id") if e.get("root")])
    if found is None:
        return None
    found.set("root", "1.2..3")
    return found, "id root"


KINDS = [drop_child(list(SHALL)), wrong_system, wrong_fixed, bad_time, wrong_order, bad_null, no_template, broken_reference,
         unknown_element, bad_root, drop_child(SECTIONS), drop_child(list(SHALL))]


def reports(lhcr, paths):
    found = {}
    for start in range(0, len(paths), 50):
        run = subprocess.run([lhcr, "validate", "--quiet", "--format", "json"] + paths[start:start + 50], capture_output=True, text=True)
        for line in run.stdout.splitlines():
            report = json.loads(line)
            found[report["input"]] = [(f["id"], f["path"], f["text"], f["severity"]) for f in report["findings"] if f["severity"] in LEVELS]
    return found


def related(path, target):
    path = plain(path)
    size = min(len(path), len(target))
    return path[:size] == target[:size] and len(path) >= len(target) - 3


def main():
    lhcr, folders = sys.argv[1], sys.argv[2:]
    sources = sorted(p for folder in folders for p in glob.glob(os.path.join(folder, "*.xml")))
    rng, made, tries = random.Random(58), {}, 0
    with tempfile.TemporaryDirectory() as folder:
        before = {}
        while len(made) < FAULTS and tries < 4000:
            tries += 1
            source = rng.choice(sources)
            root = etree.parse(source, etree.XMLParser(huge_tree=True)).getroot()
            if root.tag != V3 + "ClinicalDocument":
                continue
            done = KINDS[len(made) % len(KINDS)](rng, root)
            if done is None:
                continue
            target = os.path.join(folder, "f%02d.xml" % len(made))
            etree.ElementTree(root).write(target, encoding="utf-8", xml_declaration=True)
            made[target] = (source, path_of(done[0]), done[1])
        before = reports(lhcr, sorted({source for source, _, _ in made.values()}))
        after = reports(lhcr, list(made))
    failed = 0
    for target, (source, where, what) in made.items():
        fresh = collections.Counter(f[:1] + (".".join(plain(f[1])),) + f[2:] for f in after.get(target, []))
        fresh -= collections.Counter(f[:1] + (".".join(plain(f[1])),) + f[2:] for f in before.get(source, []))
        at_place = [f for f in fresh if related(f[1], where)]
        elsewhere = [f for f in fresh if f[3] != "warning" and not related(f[1], where)]
        if not at_place or elsewhere:
            failed += 1
            print("FAILED: %s: %s at %s" % (os.path.basename(source), what, ".".join(where)))
            for f in sorted(fresh):
                print("   ", *f)
    print("conformance.cda_faults: %d passed, %d failed, 0 skipped" % (len(made) - failed, failed))
    return 1 if failed or len(made) < FAULTS else 0


sys.exit(main())
