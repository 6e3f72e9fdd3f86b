#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the converter may write by its table of CDA classes (lib/definition/cda_classes.def) is what the validator accepts by its
own (lib/definition/cda/*.cda): the same elements in the same order, and none repeats that must not. tables.py SOURCE-DIR"""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
from counting import check, finish  # noqa: E402

LIB = pathlib.Path(sys.argv[1]) / "lib"


def written():
    """class: [(element, whether it repeats, whether it is one of several of which one stands)]"""
    text = (LIB / "definition" / "cda_classes.def").read_text()
    classes = {}
    for name, rows in re.findall(r'^LHCR_CDA_CLASS\((\w+),\s*((?:"[^"]*"\s*)+)\)', text, re.M):
        words = "".join(re.findall(r'"([^"]*)"', rows)).split()
        elements = [re.match(r"((?:sdtc:)?\w+)([*!|^]*)", word).groups() for word in words if not word.startswith("@")]
        classes[name] = [(element, "*" in marks, "|" in marks) for element, marks in elements]
    return classes


def accepted():
    """class: {element: whether it repeats}, in order, what it inherits among them"""
    classes, own = {}, None
    for file in sorted((LIB / "definition" / "cda").glob("*.cda")):
        for line in file.read_text().splitlines():
            if begins := re.match(r"type (\w+) : (\S+)", line):
                own = classes[begins[1]] = dict(classes.get(begins[2], {}))
            elif element := re.match(r"  \.(\S+) \d+\.\.(\S+)", line):
                own[element[1].split("=")[-1]] = element[2] == "*"
    return classes


validator = accepted()
for name, elements in written().items():
    if name not in validator:  # an inner class, or one of the envelope around a document
        continue
    known = validator[name]
    check(f"{name}: elements", all(element in known for element, _, _ in elements),
          [element for element, _, _ in elements if element not in known])
    order = [element for element, _, choice in elements if element in known and not choice]
    check(f"{name}: order", order == [element for element in known if element in order], order)
    check(f"{name}: repetition", all(known.get(element) for element, repeats, _ in elements if repeats),
          [element for element, repeats, _ in elements if repeats and not known.get(element)])
finish()
