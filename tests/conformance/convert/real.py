#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Real CDA documents and an auditor that reads them itself: real.py LHCR SUITE SCHEMA-PACKAGES.

Exit 77: suite or lxml missing."""
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile

# What may not be more, by the auditor's names. Of those that are gone six are immunizations that say no more than ActCode IMMUNIZ, which
# are there; five are severities of allergy concerns, which the auditor takes for allergies of their own and which stay beside the reference.
MOST = {"meaning": 0, "people-merged": 0, "wrong types": 0, "gone": 11, "not well-formed": 0, "hidden %": 2.1, "unlinked %": 0.3,
        "silent values": 3, "documents with invalid FHIR": 2, "documents with invalid CDA": 13}
# Share of the statements that come back.
LEAST_BACK = 0.97


def figures(found):
    percent = found["visibility_percent"]
    return {
        "meaning": sum(found["meaning"].values()),
        "people-merged": found["identity"].get("people-merged", 0),
        "wrong types": found["type"].get("wrong", 0),
        "gone": found["type"].get("gone", 0),
        "not well-formed": found["back"]["not_well_formed"],
        "hidden %": percent.get("hidden", 0),
        "unlinked %": percent.get("unlinked", 0),
        "silent values": found["visibility"].get("silent", 0),
        "documents with invalid FHIR": found["documents_with"]["errors"],
        "documents with invalid CDA": found["back"]["documents_with_schema_errors"],
    }


def invalid_parts(lhcr, folder, schema, work):
    """Documents in an envelope, which is none of CDA's: without NHS's elements beside it CDA's part has to be valid."""
    import lxml.etree
    for name in sorted(os.listdir(folder)):
        there, back, part = (os.path.join(work, file) for file in ("there.json", "back.xml", "part.xml"))
        for kind, source, out in (("fhir-json", os.path.join(folder, name), there), ("cda", there, back)):
            subprocess.run([lhcr, "convert", "-q", "--to", kind, source, "-o", out], check=False)
        root = lxml.etree.parse(back, lxml.etree.XMLParser(huge_tree=True)).getroot()
        documents = list(root.iter("{urn:hl7-org:v3}ClinicalDocument"))
        if not documents or documents[0] is root:
            continue
        for document in documents:
            for node in list(document.iter("{NPFIT:HL7:Localisation}*")):
                node.getparent().remove(node)
            lxml.etree.ElementTree(document).write(part)
            found = subprocess.run(["xmllint", "--noout", "--huge", "--schema", schema, part], capture_output=True, check=False)
            yield name, found.returncode == 0


def main():
    lhcr, suite, shared = os.path.abspath(sys.argv[1]), sys.argv[2], sys.argv[3]
    if not os.path.exists(os.path.join(suite, "audit.py")) or importlib.util.find_spec("lxml") is None:
        print("skipped: no suite of real documents, or no lxml\n0 passed, 0 failed, 1 skipped")
        sys.exit(77)
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "audit.json")
        subprocess.run([sys.executable, os.path.join(suite, "audit.py"), "--lhcr", lhcr, "--dir", os.path.join(suite, "visible"), "--shared",
                        shared, "--json", out], check=True, stdout=subprocess.DEVNULL)
        with open(out, encoding="utf-8") as file:
            found = json.load(file)
        schema = os.path.join(shared, "packages", "cda-xsd", "infrastructure", "cda", "CDA_SDTC.xsd")
        parts = list(invalid_parts(lhcr, os.path.join(suite, "visible"), schema, folder)) if shutil.which("xmllint") else []
    found = found.get("summary", found)
    passed = failed = 0
    rows = [(value <= MOST[name], "%s: %s (at most %s)" % (name, value, MOST[name])) for name, value in figures(found).items()]
    back = found["back"]["statements_back"] / found["back"]["statements"]
    rows.append((back >= LEAST_BACK, "statements that come back: %.3f (at least %.2f)" % (back, LEAST_BACK)))
    wrong = [name for name, good in parts if not good]
    if shutil.which("xmllint"):
        rows.append((parts and not wrong, "documents in envelopes whose own part is invalid: %s of %d" % (wrong or 0, len(parts))))
    for good, text in rows:
        print(("ok   " if good else "FAIL ") + text)
        passed, failed = passed + good, failed + (not good)
    print("%d passed, %d failed, 0 skipped" % (passed, failed))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
