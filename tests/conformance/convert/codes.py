#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Codes of required bindings that the other FHIR version does not have: codes.py LHCR PACKAGE-CACHE.

Each is converted in a record of its own. None may be left as it is in an element: it is mapped, or beside it in an extension.
Exit 77: the packages are missing."""
import glob
import json
import os
import subprocess
import sys
import tarfile
import tempfile

# Resource types that have another name in R4.
RENAMED = {"ProcedureRequest": "ServiceRequest", "ReferralRequest": "ServiceRequest", "Sequence": "MolecularSequence",
           "EligibilityRequest": "CoverageEligibilityRequest", "EligibilityResponse": "CoverageEligibilityResponse",
           "BodySite": "BodyStructure"}
MIME = "urn:ietf:bcp:13"
BACK = {r4: stu3 for stu3, r4 in RENAMED.items()}


def packages(cache, pattern):
    """StructureDefinitions and ValueSets by type and canonical; one with its expansion counts."""
    found = {}
    for path in sorted(glob.glob(os.path.join(cache, pattern))):
        with tarfile.open(path) as archive:
            for member in archive.getmembers():
                kind = os.path.basename(member.name).split("-")[0]
                if kind in ("StructureDefinition", "ValueSet") and member.name.endswith(".json"):
                    resource = json.load(archive.extractfile(member))
                    key = (resource["resourceType"], resource.get("url"))
                    if key not in found or "expansion" not in found[key]:
                        found[key] = resource
    return found


def codes(definitions, binding):
    """Of a binding's ValueSet, or None when nobody can list them; of MIME types only their system."""
    canonical = binding.get("valueSet") or binding.get("valueSetUri") or binding.get("valueSetReference", {}).get("reference", "")
    value_set = definitions.get(("ValueSet", canonical.split("|")[0]), {})
    expansion = value_set.get("expansion")
    if any(include.get("system") == MIME for include in value_set.get("compose", {}).get("include", [])):
        return {MIME}
    found = set()

    def add(items):
        for item in items:
            found.add(item.get("code"))
            add(item.get("contains", []))

    if expansion is not None:
        add(expansion.get("contains", []))
    return found or None


def bindings(definitions):
    """Elements of type code with a required binding, by path: the binding and the elements of the resource."""
    for (kind, _), definition in definitions.items():
        if kind != "StructureDefinition" or definition.get("kind") != "resource" or definition.get("derivation") == "constraint":
            continue
        elements = {element["path"]: element for element in definition["snapshot"]["element"]}
        for path, element in elements.items():
            binding = element.get("binding", {})
            if binding.get("strength") == "required" and any(t.get("code") == "code" for t in element.get("type", [])):
                yield path, (binding, elements)


def cases(source, target, renamed):
    there = dict(bindings(target))
    for path, (binding, elements) in bindings(source):
        type_name = path.split(".")[0]
        other = renamed.get(type_name, type_name) + path[len(type_name):]
        here, known = codes(source, binding), other in there and codes(target, there[other][0])
        for code in sorted(here - known) if here and known else []:
            if code != MIME and not (known == {MIME} and "/" in code):
                yield path, code, elements


def record(path, code, elements):
    names = path.split(".")
    made = {"resourceType": names[0]}
    holder = made
    for i, name in enumerate(names[1:], 2):
        value = code if i == len(names) else {}
        many = elements[".".join(names[:i])]["max"] != "1"
        holder[name.replace("[x]", "Code")] = [value] if many else value
        holder = value
    return made


def leaves(node):
    """Values, but for those of extensions."""
    for key, value in node.items() if isinstance(node, dict) else enumerate(node):
        if isinstance(value, (dict, list)):
            if key not in ("extension", "modifierExtension"):
                yield from leaves(value)
        elif key != "resourceType":
            yield value


def left(lhcr, folder, source, target, renamed, arguments):
    known = list(cases(source, target, renamed))
    path, out = os.path.join(folder, "in.ndjson"), os.path.join(folder, "out.ndjson")
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(json.dumps(record(*case)) + "\n" for case in known)
    subprocess.run([lhcr, "convert", "--quiet", "--to", "ndjson", "-o", out] + arguments + [path], check=True)
    with open(out, encoding="utf-8") as file:
        results = [json.loads(line) for line in file]
    assert len(results) == len(known) > 100, (len(results), len(known))
    return len(known), [case[:2] for case, result in zip(known, results) if case[1] in leaves(result)]


def main():
    stu3, r4 = packages(sys.argv[2], "hl7.fhir.r3.*.tgz"), packages(sys.argv[2], "hl7.fhir.r4.*.tgz")
    if not stu3 or not r4:
        sys.exit(77)
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        for name, way in (("STU3 to R4", (stu3, r4, RENAMED, ["--from", "stu3", "--fhir", "4.0.1"])),
                          ("R4 to STU3", (r4, stu3, BACK, ["--from", "r4", "--fhir", "3.0.2"]))):
            count, wrong = left(os.path.abspath(sys.argv[1]), folder, *way)
            failed = failed or bool(wrong)
            print("%s: of %d codes that the other version lacks %d are left %s" % (name, count, len(wrong), wrong or ""))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
