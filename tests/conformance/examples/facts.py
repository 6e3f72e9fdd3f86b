#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Proves the rows of reasons.txt and reasons-r5.txt from the published resources, without the validator.

  facts.py CACHE [--write]

Each kind of row has a rule below: what the clause demands, looked for in the resource as the package has it. A row whose fact is
not there fails, and so does one whose text says another clause or fact than the rule finds. --write puts the texts right.
Exit code 77: skipped, no package is there."""
import base64
import collections
import hashlib
import json
import os
import re
import sys
import tarfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", ".."))
import counting  # noqa: E402

PACKAGES = {"3.0.2": ("STU3", "hl7.fhir.r3.examples-3.0.2.tgz"), "4.0.1": ("R4", "hl7.fhir.r4.examples-4.0.1.tgz"),
            "4.3.0": ("R4B", "hl7.fhir.r4b.examples-4.3.0.tgz"), "5.0.0": ("R5", "hl7.fhir.r5.examples-5.0.0.tgz")}
NAME_OF_EXTENSION = "http://hl7.org/fhir/StructureDefinition/"
RULES = []
CODE_SYSTEMS = set()  # their addresses


def rule(identity, pattern=".*"):
    """Registers what proves a finding in files of a name: a function that yields (clause, fact), the clause without the version."""
    def register(function):
        RULES.append((identity, re.compile(pattern + r"\Z"), function))
        return function
    return register


def objects(node, path=""):
    """Every object below a node, with its path."""
    if isinstance(node, dict):
        yield path, node
        for name, child in node.items():
            yield from objects(child, f"{path}.{name}" if path else name)
    elif isinstance(node, list):
        for number, child in enumerate(node):
            yield from objects(child, f"{path}[{number}]")


def resources(record, kind):
    return [(path, node) for path, node in objects(record) if node.get("resourceType") == kind]


def values(record, name):
    """Every text that an element of this name has, with its path."""
    for path, node in objects(record):
        for item in node.get(name, []) if isinstance(node.get(name), list) else [node.get(name)]:
            if isinstance(item, str):
                yield f"{path}.{name}".lstrip("."), item


def absent(kind, *names):
    def prove(record):
        for path, node in resources(record, kind):
            missing = [name for name in names if name not in node]
            if missing:
                yield f"{kind}.{missing[0]}", f"{path or 'the resource'} has no {' and no '.join(missing)}, min 1"
    return prove


rule("element-missing", "SearchParameter-.*")(absent("SearchParameter", "base"))
rule("element-missing", "(ig-r4|ImplementationGuide-fhir).json")(absent("ImplementationGuide", "name", "status"))
rule("element-missing", "StructureDefinition-.*")(absent("StructureDefinition", "type"))
rule("element-missing", "(Bundle-valuesets|CodeSystem-catalogType).json")(absent("CodeSystem", "status"))
rule("element-missing", "ValueSet-catalogType.json")(absent("ValueSet", "status"))


@rule("element-missing", "Questionnaire-qs1.json")
def link_id(record):
    items = [path for path, node in objects(record) if re.search(r"item\[\d+\]\Z", path) and "linkId" not in node]
    if items:
        yield "Questionnaire.item.linkId", f"{items[0]} has none, min 1"


@rule("profile-element-missing", "(CodeSystem-|ValueSet-|Bundle-valuesets).*")
def shareable(record):
    for path, node in [*resources(record, "CodeSystem"), *resources(record, "ValueSet")]:
        profile = "shareable" + node["resourceType"].lower()
        names = [name for name in ("name", "status", "experimental", "publisher", "description") if name not in node]
        if names and any(claim.endswith(profile) for claim in node.get("meta", {}).get("profile", [])):
            where = f" of {path}" if path else ""
            yield f"StructureDefinition/{profile}", f"meta.profile{where} names it; with min 1, {' and '.join(names)} not there"
            return


@rule("profile-element-missing", "Observation-f202.json")
def vital_sign(record):
    codes = [coding["code"] for coding in record["code"]["coding"] if coding.get("system") == "http://loinc.org"]
    if codes and not any(name.startswith("effective") for name in record):
        yield "observation-vitalsigns.html", f"LOINC {codes[0]} makes it a vital sign, whose effective[x] has min 1; there is none"


def twice(names):
    return [f"{name!r} {count} times" for name, count in collections.Counter(names).items() if count > 1]


@rule("invariant", "Questionnaire-.*")
def link_ids(record):
    again = twice(text for path, text in values(record, "linkId"))
    if again:
        yield "Questionnaire que-2", f"linkId {again[0]}"


@rule("invariant", "(CodeSystem|Bundle-valuesets).*")
def concepts(record):
    for path, system in resources(record, "CodeSystem"):
        again = twice(node["code"] for at, node in objects(system) if re.search(r"concept\[\d+\]\Z", at))
        if again:
            yield "CodeSystem csd-1", f"{system['id']} has the code {again[0]}"
            return


@rule("invariant", "(CodeSystem|Bundle-valuesets).*")
def hierarchy(record):
    for path, system in resources(record, "CodeSystem"):
        nested = [at for at, node in objects(system) if re.search(r"concept\[\d+\]\.concept\[\d+\]\Z", at)]
        if nested and "hierarchyMeaning" not in system and "shareable" in str(system.get("meta", {}).get("profile")):
            yield "StructureDefinition/shareablecodesystem scs-1", f"{system['id']} {nested[0]} is nested, and hierarchyMeaning is not there"


@rule("invariant", "(ActivityDefinition|EventDefinition|Questionnaire)-.*")
def empty_narrative(record):
    for path, node in objects(record):
        text = node.get("div", "")
        if text and not re.sub(r"<(?!img)[^>]*>|\s", "", text):
            yield "narrative.html txt-2", f"{path or 'text'} has the div {text}, which holds neither text nor picture"


@rule("invariant", "StructureDefinition-.*")
def base_definition(record):
    if not record["abstract"] and "baseDefinition" not in record:
        yield "StructureDefinition sdf-4", "abstract is false and there is no baseDefinition"
    if "baseDefinition" in record and "derivation" not in record:
        yield "StructureDefinition sdf-27", "there is a baseDefinition and no derivation"


@rule("invariant", "DataElement-.*")
def data_element(record):
    if "base" in record["element"][0]:
        yield "DataElement dae-1", f"element.base is there ({record['element'][0]['base']['path']})"
    if "slicing" in record["element"][0]:
        yield "DataElement dae-2", "element.slicing is there"


@rule("invariant", ".*[Cc]oncept-?[Mm]ap.*")
def comment(record):
    for path, node in objects(record):
        if node.get("equivalence") in ("narrower", "inexact") and "comment" not in node:
            yield "ConceptMap cmd-1", f"{path} is {node['equivalence']} and has no comment"
            return


@rule("invariant", "Medication-med0301.json")
def only_an_id(record):
    for path, node in objects(record):
        if list(node) == ["id"]:
            yield "element.html ele-1", f"{path} has an id and nothing else"


@rule("invariant", "Patient-null.json")
def contained_narrative(record):
    for number, inner in enumerate(record["contained"]):
        if "text" in inner:
            yield "DomainResource dom-1", f"contained[{number}] ({inner['resourceType']}) has text"


def type_lists(record, wanted):
    for path, node in objects(record):
        code = node.get("valueCode", "")
        if node.get("url") == NAME_OF_EXTENSION + "questionnaire-referenceResource" and (not re.fullmatch("[A-Z][A-Za-z]+", code) or
                                                                                         code in ("Resource", "CanonicalResource")):
            yield "valueset-resource-types.html", wanted % (path + ".valueCode", code)
            return


@rule("code-not-in-value-set", "Questionnaire-qgen.*")
def no_type(record):
    yield from type_lists(record, "%s is %r, which is not the name of one type")


@rule("code-without-system", "Questionnaire-qgen.*")
def no_type_no_system(record):
    yield from type_lists(record, "%s is %r: no system of the set has it")


MEDIA_TYPE = re.compile(r"""[\w.+!#$&^-]+/[\w.+!#$&^-]+( *; *[\w-]+=("[^"]*"|[^\s()<>@,;:\\"/\[\]?=]+))*\Z""")


@rule("code-not-in-value-set", "Bundle-b.*")
@rule("code-without-system", "Bundle-b.*")
def media_type(record):
    for name in ("payloadMimeType", "mimeType"):
        for path, text in values(record, name):
            if not MEDIA_TYPE.match(text):
                yield "valueset-mimetypes.html", f"{path} is {text!r}: RFC 2045 section 5.1 wants quotes around such a parameter"
                return


def foreign(path_ends, system, clause):
    def prove(record):
        for path, node in objects(record):
            if re.search(path_ends, path) and node.get("system") != system and "code" in node:
                yield clause, f"{path}.system is {node.get('system')}, the codes of the set are of {system}"
                return
    return prove


rule("code-not-in-value-set", "Claim-960151.json")(foreign(r"\Atype\.coding", None, "valueset-claim-type.html"))
rule("code-not-in-value-set", "Practitioner-.*")(foreign(r"communication.*coding", "urn:ietf:bcp:47", "valueset-languages.html"))
rule("code-not-in-value-set", "(Medicinal|Substance).*")(foreign(r"anguage.*coding", "urn:ietf:bcp:47", "valueset-all-languages.html"))


DOSE_FORMS = set()


@rule("code-unknown", "Medication.*")
def dose_form(record):
    for path, node in objects(record):
        if re.search("v3[-/]orderableDrugForm", node.get("system", "")) and node.get("code") not in DOSE_FORMS:
            yield "v3/orderableDrugForm/cs.html", f"{path}.code is {node['code']!r}; the code system is complete and has no such code"
            return


@rule("full-url-contradicts", "Bundle-.*")
def full_url(record):
    for path, node in objects(record):
        url, inner = node.get("fullUrl", ""), node.get("resource", {})
        if url.startswith("http") and "resourceType" in inner and not url.endswith(f"/{inner['resourceType']}/{inner.get('id')}"):
            yield "bundle.html#bundle-unique", f"{path}.fullUrl is {url}, the resource {inner['resourceType']}/{inner.get('id', '')}"
            return


@rule("identifier-value-not-uri")
def identifier_value(record):
    for path, node in objects(record):
        if node.get("system") == "urn:ietf:rfc:3986" and "value" in node and not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:\S+\Z", node["value"]):
            yield "datatypes.html#Identifier", f"{path}.value is {node['value']!r}: with the system urn:ietf:rfc:3986 it must be a URI"
            return


def code_system_binding(record):
    for path, node in objects(record):
        bound = node.get("valueSet")
        if path.endswith("binding") and isinstance(bound, str) and re.search(r"/CodeSystem/|/codesystem-", bound):
            yield "ElementDefinition.binding.valueSet", f"{path}.valueSet is {bound}, the address of a code system"
            return
        if path.endswith("binding") and isinstance(bound, str) and bound in CODE_SYSTEMS:
            yield "ElementDefinition.binding.valueSet", f"{path}.valueSet is {bound}, the address of a code system"
            return


rule("canonical-wrong-type", "(Bundle|StructureDefinition).*")(code_system_binding)


@rule("include-system-version")
def include_version(record):
    for path, text in values(record, "system"):
        if re.search(r"compose\.include\[\d+\]\.system\Z", path) and "|" in text:
            yield "ValueSet.compose.include.version", f"{path} is {text}: the version has an element of its own"
            return


@rule("include-system-relative")
def include_relative(record):
    for path, text in values(record, "system"):
        if re.search(r"compose\.include\[\d+\]\.system\Z", path) and ":" not in text:
            yield "valueset.html#compositions", f"{path} is {text!r}, which is not an absolute URI"
            return


@rule("xhtml-link-unresolved")
def links(record):
    for path, text in values(record, "div"):
        names = set(re.findall(r"""\b(?:id|name)\s*=\s*["']([^"']*)["']""", text))
        loose = [link for link in re.findall(r"""\bhref\s*=\s*["']#([^"']+)["']""", text) if link not in names]
        if loose:
            yield "narrative.html#id", f"{path} has a link to #{loose[0]} and nothing with this id or name"
            return
        contained = {inner.get("id") for inner in record.get("contained", [])}
        pictures = [link for link in re.findall(r"""<img[^>]*\bsrc\s*=\s*["']#([^"']+)["']""", text) if link not in contained]
        if pictures:
            yield "narrative.html#img", f"{path} has a picture #{pictures[0]}; what is contained has no such id"


@rule("property-repeated")
def properties(record):
    for path, system in resources(record, "CodeSystem"):
        again = twice(item["uri"] for item in system.get("property", []) if "uri" in item)
        if again:
            yield "CodeSystem.property.uri", f"{system['id']} has {again[0]}, and it identifies the property"
            return


@rule("uuid-invalid")
def uuid(record):
    for path, text in values(record, "url"):
        if text.startswith("urn:uuid:") and text != text.lower():
            yield "datatypes.html#uuid", f"{path} is {text}: the expression takes small letters only"
            return


@rule("oid-invalid")
def oid(record):
    for path, node in objects(record):
        for name, text in node.items():
            if isinstance(text, str) and text.startswith("urn:oid:") and not re.fullmatch(r"urn:oid:[0-2](\.(0|[1-9][0-9]*))+", text):
                yield "datatypes.html#oid", f"{path}.{name} is {text}"
                return


@rule("fragment-unresolved")
def fragment(record):
    contained = {inner.get("id") for inner in record.get("contained", [])}
    for path, node in objects(record):
        for name in ("reference", "definitionCanonical", "definition"):
            text = node.get(name)
            if isinstance(text, str) and re.match(r"#\S", text) and text[1:] not in contained:
                yield "references.html#contained", f"{path}.{name} is {text}; what is contained has no such id"
                return


@rule("resource-id-too-long")
def long_id(record):
    if len(record["id"]) > 64:
        yield "datatypes.html#id", f"id has {len(record['id'])} characters of at most 64"


@rule("code-space")
def code_space(record):
    for path, system in resources(record, "CodeSystem"):
        for at, node in objects(system):
            if node.get("code", "").endswith("\u00a0"):
                yield "datatypes.html#code", f"{system['id']} {at}.code ends in U+00A0"
                return


@rule("attachment-hash-wrong")
def digest(record):
    for path, node in objects(record):
        if "hash" in node and re.fullmatch("[0-9a-f]{40}", node["hash"]):
            right = base64.b64encode(hashlib.sha1(base64.b64decode(node["data"])).digest()).decode()
            if right != node["hash"]:
                yield "datatypes.html#Attachment", f"{path}.hash is {node['hash']}; the SHA-1 of data is {right}"


@rule("extension-part-unknown", "Bundle-hla-1.json")
def extension_part(record):
    for path, node in objects(record):
        if node.get("url", "").endswith("hla-genotyping-results-glstring"):
            for part in node["extension"]:
                if part["url"] not in ("text", "url"):
                    yield "StructureDefinition/hla-genotyping-results-glstring", f"{path} has the part {part['url']!r}; it has text and url"
                    return


# Extensions that stand in a place which their definition does not name: part of the path, name, where the definition allows it.
MISPLACED = (("", "structuredefinition-normative-version", "StructureDefinition"),
             ("concept", "valueset-concept-comments", "ValueSet.compose.include.concept"),
             ("concept", "valueset-comments", "ValueSet.compose.include.concept"),
             ("parameter", "elementdefinition-bindingName", "ElementDefinition.binding"),
             ("document", "cqf-strengthOfRecommendation", "PlanDefinition.action"),
             ("document", "cqf-qualityOfEvidence", "PlanDefinition.action"))


@rule("extension-context")
def context(record):
    for path, node in objects(record):
        for extension in node.get("extension", []):
            for part, name, allowed in MISPLACED:
                if (extension.get("url") == NAME_OF_EXTENSION + name and part in path and
                        (part or node.get("resourceType") in ("ValueSet", "CodeSystem"))):
                    place = path or node["resourceType"]
                    yield f"StructureDefinition/{name} context", f"it extends {allowed} and stands on {place}"
                    return


def read(version, cache):
    path = os.path.join(cache, PACKAGES[version][1])
    if not os.path.exists(path):
        return None
    with tarfile.open(path) as archive:
        return {os.path.basename(member.name): archive.extractfile(member).read() for member in archive.getmembers()
                if member.name.endswith(".json") and member.isfile()}


def code_systems(package):
    for name, text in package.items():
        if name.startswith("CodeSystem-"):
            system = json.loads(text)
            CODE_SYSTEMS.add(system.get("url"))
            if name == "CodeSystem-v3-orderableDrugForm.json":
                DOSE_FORMS.update(node["code"] for path, node in objects(system.get("concept", [])) if "code" in node)


def reason(version, name, identity, package):
    """The clauses and facts that the rules find, or None where there is no rule for the row."""
    rules = [function for kind, pattern, function in RULES if kind == identity and pattern.match(name)]
    if not rules:
        return None
    record = json.loads(package[name])
    proofs = {(clause, " ".join(fact.split())): 0 for function in rules for clause, fact in function(record)}
    return "; ".join(f"{PACKAGES[version][0]} {clause}: {fact}" for clause, fact in proofs)


def prove(path, packages, write):
    proved, lines = 0, []
    with open(path, encoding="utf-8") as file:
        for line in file:
            fields = line.rstrip("\n").split(" | ", 2)
            version = line.split(" ")[0]
            if version in packages and packages[version] is not None and len(fields) == 3:
                name = fields[0].split(" ", 1)[1]
                found = reason(version, name, fields[1], packages[version])
                if found is not None:
                    proved += 1
                    counting.check(f"{fields[0]} {fields[1]}", found and (write or found == fields[2]), found or "the fact is not there")
                    line = f"{fields[0]} | {fields[1]} | {found}\n"
            lines.append(line)
    if write:
        with open(path, "w", encoding="utf-8") as file:
            file.writelines(lines)
    return proved


def main():
    cache, write = sys.argv[1], "--write" in sys.argv
    packages = {version: read(version, cache) for version in PACKAGES}
    if not any(packages.values()):
        print("skipped conformance.examples.facts: no package in the cache")
        sys.exit(77)
    for package in packages.values():
        code_systems(package or {})
    for name in ("reasons.txt", "reasons-r5.txt"):
        print(f"{name}: {prove(os.path.join(HERE, name), packages, write)} rows proved from the package")
    counting.finish()


if __name__ == "__main__":
    main()
