#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The official patch suites through the binary: suite.py LHCR SUITES-FOLDER

RFC 6902: json-patch-tests.json. FHIRPath Patch: fhir-patch-tests.xml, each case forwards (--apply gives the output) and,
where its mode is "both", by comparing input and output: the patch that comes out must make one of the other. Every case
also runs in the other formats."""
import html
import json
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET

LHCR, SUITES = sys.argv[1], sys.argv[2]
FHIR = "{http://hl7.org/fhir}"
results = {"passed": 0, "failed": 0}


def check(name, good, detail=""):
    results["passed" if good else "failed"] += 1
    if not good:
        print(f"FAILED: {name}: {detail}")


def run(*arguments):
    done = subprocess.run([LHCR, *arguments], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout, done.stderr


def write(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def json_suite(folder):
    with open(os.path.join(SUITES, "json-patch-tests.json"), encoding="utf-8") as file:
        cases = json.load(file)
    for case in cases:
        document = write(folder, "document.json", json.dumps(case["doc"]))
        patch = write(folder, "patch.json", json.dumps(case["patch"]))
        code, out, err = run("diff", "--apply", patch, document)
        if "error" in case:
            check(case["comment"], code == 1 and not out and "operation" in err, f"exit {code}, {err}")
        else:
            same = code == 0 and json.loads(out) == case["expected"]
            check(case["comment"], same, f"exit {code}: {out} {err}")


def canonical(element):
    """An element without white space and comments, narrative in one form."""
    children = [canonical(child) for child in element if isinstance(child.tag, str)]
    text = "" if element.tag.startswith(FHIR) else " ".join((element.text or "").split())
    return (element.tag, sorted(element.attrib.items()), text, children)


def parts(text, name):
    """The text inside each element `name`, in order."""
    return re.findall(rf"<{name}>(.*?)</{name}>|<{name}/>", text, re.S)


def cases(path):
    """Name, mode and texts of each case; as text, so that name space prefixes stay as they are."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    for found in re.finditer(r'<case name="([^"]*)" mode="([^"]*)">(.*?)</case>', text, re.S):
        name, mode, body = found.groups()
        inside = {part: (parts(body, part) or [None])[0] for part in ("input", "diff", "output")}
        error = re.search(r'<error msg="([^"]*)"', body)
        yield name, mode, inside, error and html.unescape(error[1])


def is_xml_of(text, expected):
    try:
        return canonical(ET.fromstring(text)) == canonical(expected)
    except ET.ParseError:
        return False


def fhir_case(folder, name, mode, inside, error):
    source_file = write(folder, "input.xml", inside["input"].strip())
    patch_file = write(folder, "patch.xml", inside["diff"].strip())
    code, out, err = run("diff", "--apply", patch_file, source_file)
    if error is not None:
        check(name, code == 1 and not out and error in err, f"exit {code}: {err}")
        return
    expected = ET.fromstring(inside["output"].strip())
    check(name, code == 0 and is_xml_of(out, expected), f"exit {code}: {out} {err}")
    source_json = os.path.join(folder, "input.json")
    patch_json = os.path.join(folder, "patch.json")
    run("convert", "--to", "fhir-json", "-o", source_json, source_file)
    run("convert", "--to", "fhir-json", "-o", patch_json, patch_file)
    expected_file = write(folder, "output.xml", inside["output"].strip())
    code, out, err = run("diff", "--apply", patch_json, source_json)
    result = write(folder, "result.json", out)
    compared = run("diff", result, expected_file)
    check(name + " in JSON", code == 0 and compared[0] == 0, f"exit {code}: {err} {compared}")
    if mode == "both":
        backwards(folder, name, source_file, expected_file, expected)


def backwards(folder, name, source_file, expected_file, expected):
    for form in ("fhirpath-patch", "json-patch"):
        made = os.path.join(folder, "made")
        code, _, err = run("diff", "--strict", "--format", form, "-o", made, source_file, expected_file)
        check(f"{name}: {form} made", code in (0, 1), err)
        code, out, err = run("diff", "--apply", made, source_file)
        check(f"{name}: {form} applied", code == 0 and is_xml_of(out, expected), f"exit {code}: {out} {err}")


def main():
    if not os.path.isdir(SUITES):
        print("0 passed, 0 failed, 1 skipped (no patch suites beside the project)")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        json_suite(folder)
        for case in cases(os.path.join(SUITES, "fhir-patch-tests.xml")):
            fhir_case(folder, *case)
    print(f"{results['passed']} passed, {results['failed']} failed, 0 skipped")
    return 1 if results["failed"] else 0


sys.exit(main())
