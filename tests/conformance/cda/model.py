#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The CDA model in the program against the published StructureDefinitions: every class, element, order, cardinality and type.

model.py CDA_DUMP PACKAGE.tgz. The groups of the publication ("item": parts of addresses and names, in any order) have no place of
their own here; their members stand where they do and may come as often as the group does."""
import io
import json
import subprocess
import sys
import tarfile

CORE = "http://hl7.org/cda/stds/core/StructureDefinition/"
PREFIXES = {"urn:hl7-org:sdtc": "sdtc", "urn:ihe:pharm": "pharm", "urn:hl7-at:v3": "at",
            "urn:oid:1.3.6.1.4.1.19376.1.3.2": "lab"}

# Elements of the schema with the sdtc extensions (POCD_MT000040_SDTC.xsd) that the publication does not have.
SCHEMA_ONLY = {"AD.addressKey", "AD.desc", "AssignedAuthor.sdtcSpecialty", "AssignedEntity.sdtcSpecialty",
               "AssociatedEntity.sdtcSpecialty", "ParticipantRole.sdtcSpecialty", "Material.sdtcExpirationTime",
               "SubjectPerson.sdtcRaceCode", "SubjectPerson.sdtcEthnicGroupCode"}
# Types that the schema allows where it says ANY, and the publication does not list.
SCHEMA_TYPES = {"IVL_REAL"}

# Names of the schema (SDTC.xsd, whose elements are all qualified) that the publication puts into another namespace.
SCHEMA_NAMES = {"AlternateIdentification.id": "sdtc:id"}
# Where the publication has elements in another order than the schema, which decides for documents: those that come before.
SCHEMA_ORDER = {"SubstanceAdministration.consumable": ("SubstanceAdministration.subject", "SubstanceAdministration.specimen"),
                "Supply.product": ("Supply.subject", "Supply.specimen")}


def in_schema_order(rows):
    for late, early in SCHEMA_ORDER.items():
        moved = [row for row in rows if row[0] == late]
        if moved:
            rows = [row for row in rows if row[0] != late]
            last = max(at for at, row in enumerate(rows) if row[0] in early)
            rows[last + 1:last + 1] = moved
    return rows


def without_schema_types(row):
    return row[:6] + ("|".join(name for name in row[6].split("|") if name not in SCHEMA_TYPES),) + row[7:]


def extension(element, name):
    for item in element.get("extension", []):
        if item["url"].endswith("/" + name):
            return next(value for key, value in item.items() if key != "url")
    return None


def type_name(url, structures):
    name = url.split("/")[-1]
    known = structures.get(url)
    if known is None or known["kind"] == "primitive-type":
        return name
    return known["type"].split("/")[-1]


def type_list(element, structures):
    names = []
    for item in element.get("type", []):
        primitive = item["code"][0].islower() and item.get("profile")
        names += [type_name(url, structures) for url in (item["profile"] if primitive else [item["code"]])]
    return "|".join(names)


def row(element, structures):
    path, name = element["path"], element["path"].split(".")[-1]
    grouped = ".item." in path
    forms = element.get("representation", [])
    space = extension(element, "xml-namespace")
    written = extension(element, "xml-name") or name
    if space and space != "urn:hl7-org:v3":
        written = PREFIXES[space] + ":" + written
    written = SCHEMA_NAMES.get(path, written)
    inside = path.split(".item.")[-1].count(".") == 0 and grouped
    maximum = "*" if inside and element["max"] != "0" else element["max"]
    mark = "@" if "xmlAttr" in forms else "$" if "xmlText" in forms else "."
    fixed = next((value for key, value in element.items() if key.startswith("fixed")), "")
    fixed = json.dumps(str(fixed).lower() if isinstance(fixed, bool) else fixed) if fixed != "" else ""
    return (path.replace(".item", ""), written, mark, name, str(element["min"]), maximum, type_list(element, structures), fixed)


def published(package):
    structures = {}
    with tarfile.open(package) as tar:
        for member in tar:
            if member.name.startswith("package/StructureDefinition-") and member.name.endswith(".json"):
                found = json.load(io.TextIOWrapper(tar.extractfile(member), encoding="utf-8"))
                structures[found["url"]] = found
    classes, children = {}, {}
    for found in structures.values():
        if found["kind"] == "primitive-type":
            continue
        name = type_name(found["url"], structures)
        base = found["baseDefinition"]
        classes[name] = (type_name(base, structures) if base in structures else "-", "abstract" if found.get("abstract") else "")
        for element in found["snapshot"]["element"][1:]:
            if not element["path"].endswith(".item"):
                children.setdefault(element["path"].rsplit(".", 1)[0].replace(".item", ""), []).append(row(element, structures))
    return classes, children


def ours(dump):
    classes, children = {}, {}
    for line in subprocess.run([dump], check=True, capture_output=True, text=True).stdout.splitlines():
        fields = line.split("\t")
        if fields[0] == "type":
            classes[fields[1]] = (fields[2], fields[3])
        else:
            children.setdefault(fields[0].rsplit(".", 1)[0], []).append(tuple(fields))
    return classes, children


def main():
    classes, children = published(sys.argv[2])
    own_classes, own_children = ours(sys.argv[1])
    passed, failures = 0, []
    for name, facts in sorted(classes.items()):
        if own_classes.get(name) != facts:
            failures.append(f"class {name}: {own_classes.get(name)}, published {facts}")
        passed += 1
    for owner, rows in sorted(children.items()):
        known = {row[0] for row in rows}
        own = [without_schema_types(row) for row in own_children.get(owner, []) if row[0] in known or row[0] not in SCHEMA_ONLY]
        failures += [f"{row[0]} is published, and listed as of the schema only" for row in rows if row[0] in SCHEMA_ONLY]
        passed += len(rows)
        rows = in_schema_order(rows)
        for at in range(max(len(rows), len(own))):
            left, right = (own[at] if at < len(own) else None), (rows[at] if at < len(rows) else None)
            if left != right:
                failures.append(f"{owner} #{at + 1}: {left}, published {right}")
    for text in failures[:40]:
        print("FAILED:", text)
    print(f"conformance.cda_model: {max(passed - len(failures), 0)} passed, {len(failures)} failed, 0 skipped")
    return 1 if failures or passed < 2000 else 0


sys.exit(main())
