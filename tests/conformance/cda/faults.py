#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Single faults in good C-CDA documents: each must be found at its element, and nothing else may be reported anew.

faults.py LHCR FOLDER...: 60 seeded mutations of the documents in the folders. A fault counts as found where a new error-level
finding is about the element, what it stands in, or (an attribute, a part) what is in it; a new one elsewhere is one too many."""
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


def child_of_template(rng, root, names, children):
    owners = [e for e in templated(root, *names) if any(e.find(V3 + c) is not None for c in children)]
    owner = pick(rng, owners)
    if owner is None:
        return None
    name = rng.choice([c for c in children if owner.find(V3 + c) is not None])
    return owner, owner.find(V3 + name)


def drop_child(names, children):
    def run(rng, root):
        found = child_of_template(rng, root, names, children)
        if found is None or len(found[0].findall(found[1].tag)) > 1:
            return None
        found[0].remove(found[1])
        return found[0], "drop " + etree.QName(found[1]).localname
    return run


def wrong_system(rng, root):
    codes = [e.find(V3 + "code") for e in templated(root, "section", "act", "organizer") if e.find(V3 + "code") is not None]
    code = pick(rng, [c for c in codes if c.get("codeSystem") and c.get("code")])
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


def no_template_extension(rng, root):
    owners = templated(root, "section", "act", "observation", "organizer", "substanceAdministration")
    single = [e for e in owners if len(e.findall(V3 + "templateId")) == 1 and e.find(V3 + "templateId").get("extension")]
    found = pick(rng, single)
    if found is None:
        return None
    found.remove(found.find(V3 + "templateId"))
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


KINDS = [drop_child(["observation", "act"], ["statusCode", "code", "id"]), wrong_system, wrong_fixed, bad_time, wrong_order, bad_null,
         no_template_extension, broken_reference, unknown_element, bad_root,
         drop_child(["section"], ["title", "text", "code"]), drop_child(["organizer", "substanceAdministration"], ["statusCode", "id"])]


def reports(lhcr, paths):
    found = {}
    for start in range(0, len(paths), 50):
        run = subprocess.run([lhcr, "validate", "--quiet", "--format", "json"] + paths[start:start + 50], capture_output=True, text=True)
        for line in run.stdout.splitlines():
            report = json.loads(line)
            found[report["input"]] = [(f["id"], f["path"], f["text"]) for f in report["findings"] if f["severity"] in ("error", "fatal")]
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
        fresh = collections.Counter(f[:1] + (".".join(plain(f[1])), f[2]) for f in after.get(target, []))
        fresh -= collections.Counter(f[:1] + (".".join(plain(f[1])), f[2]) for f in before.get(source, []))
        at_place = [f for f in fresh if related(f[1], where)]
        elsewhere = [f for f in fresh if not related(f[1], where)]
        if not at_place or elsewhere:
            failed += 1
            print("FAILED: %s: %s at %s" % (os.path.basename(source), what, ".".join(where)))
            for f in sorted(fresh):
                print("   ", *f)
    print("conformance.cda_faults: %d passed, %d failed, 0 skipped" % (len(made) - failed, failed))
    return 1 if failed or len(made) < FAULTS else 0


sys.exit(main())
