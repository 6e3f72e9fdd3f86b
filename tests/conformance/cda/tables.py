#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The classes of CDA (lib/definition/cda/*.cda) are those of its schema with the sdtc extensions: the same elements in the same
order, as many of each, and what must be there. tables.py SOURCE-DIR SHARED-DIR"""
import pathlib
import re
import sys
import xml.etree.ElementTree

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
from counting import check, finish  # noqa: E402

SOURCE, SHARED = map(pathlib.Path, sys.argv[1:3])
SCHEMA = SHARED / "packages" / "cda-xsd" / "infrastructure" / "cda" / "POCD_MT000040_SDTC.xsd"
XS, CLASS = "{http://www.w3.org/2001/XMLSchema}", "POCD_MT000040."
# The schema's names of classes that are called otherwise there, or belong to the element that holds them.
CALLED = {"Informant12": "Informant", "Component1": "ComponentOf", "Component2": "Component", "Component4": "OrganizerComponent",
          "Component3": "StructuredBody.component", "Component5": "Section.component", "Consumable": "SubstanceAdministration.consumable",
          "Location": "EncompassingEncounter.location", "Product": "Supply.product", "ReferenceRange": "Observation.referenceRange",
          "ResponsibleParty": "EncompassingEncounter.responsibleParty"}
# Every document gets its fixed one from the map.
MAPPED = {("ClinicalDocument", "typeId")}
# Data types of one element.
APART = {"InfrastructureRoot.typeId", "RegionOfInterest.value"}


def tables():
    """class: {element: (demanded, whether it repeats, whether it is one of several)}, what it inherits among them, in order"""
    classes, inside = {}, None
    for file in sorted((SOURCE / "lib" / "definition" / "cda").glob("2*.cda")):
        for line in file.read_text().splitlines():
            if begins := re.match(r"type (\w+) : (\S+)", line):
                name = begins[1]
                classes[name] = dict(classes.get(begins[2], {}))
            elif element := re.match(r"( +)\.(\S+) (\d+)\.\.(\S+) (\S+)(.*)", line):
                indent, named, least, most, base, more = element.groups()
                if len(indent) == 2:
                    own, inside = classes[name], f"{name}.{named.split('=')[0]}"
                else:
                    own = classes.setdefault(inside, dict(classes["InfrastructureRoot"]))
                own[named.split("=")[-1]] = (least != "0" or "needed" in more.split(), most == "*" and "once" not in more.split(), "alternative" in more.split())
    return classes


def schema():
    for kind in xml.etree.ElementTree.parse(SCHEMA).iter(XS + "complexType"):
        elements = {}
        choices = {element for choice in kind.iter(XS + "choice") for element in choice.iter(XS + "element")}
        for element in kind.iter(XS + "element"):
            name = element.get("name") or element.get("ref")
            repeats = element.get("maxOccurs", "1") != "1"
            elements[name] = (element.get("minOccurs", "1") != "0" and element not in choices, repeats, element in choices)
        yield kind.get("name").removeprefix(CLASS), elements


if not SCHEMA.exists():
    print(f"skipped: no {SCHEMA}")
    finish(1)
known = tables()
for name, elements in schema():
    if name in APART:
        continue
    own = known.get(CALLED.get(name, name), {})
    check(f"{name}: elements", all(element in own for element in elements), [each for each in elements if each not in own])
    plain = [element for element in elements if not elements[element][2]]
    check(f"{name}: order", plain == [element for element in own if element in plain], plain)
    check(f"{name}: repetition", all(own.get(each, ("", "", ""))[1] == facts[1] for each, facts in elements.items()),
          [each for each, facts in elements.items() if own.get(each, ("", "", ""))[1] != facts[1]])
    missing = [each for each, facts in elements.items() if facts[0] and each in own and not own[each][0] and (name, each) not in MAPPED]
    check(f"{name}: what must be there", not missing, missing)
    # Of several elements one is demanded where the schema has a choice of them and nothing else may be.
    marked = {each for each, facts in own.items() if facts[2]}
    check(f"{name}: choice", marked <= {each for each, facts in elements.items() if facts[2]}, marked)
finish()
