#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Statements turned one way after another: turned.py LHCR SHARED [--seed N] [--whole] [--keep DIR] [DOCUMENT...].

Of each document (dialects.py writes them, and those that are named), every statement is turned: negated, planned, stopped, about a
relative, without information. The codes of what is turned get a mark as a translation, and wherever FHIR has the mark the resource must
not say a plain fact. Identifiers that identify nobody merge nobody. And the other way: a FHIR resource that says by a modifier that it is
no plain fact is no plain fact of CDA. A seeded sample; --whole takes all. Exit 77: no lxml."""
import argparse
import collections
import copy
import importlib.util
import json
import os
import random
import re
import subprocess
import sys
import tempfile

if importlib.util.find_spec("lxml") is None:
    print("skipped: no lxml\n0 passed, 0 failed, 1 skipped")
    sys.exit(77)
from lxml import etree  # noqa: E402

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import dialects  # noqa: E402

V3 = "{urn:hl7-org:v3}"
TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
STATEMENTS = {V3 + name for name in dialects.STATEMENTS}
MARKS = "1.2.752.4711"
MARK = re.compile(r"MARK(\d+)END")
BEHIND_SUBJECT = {V3 + n for n in "specimen consumable product performer author informant participant entryRelationship component reference precondition referenceRange".split()}
BEHIND_UNCERTAINTY = {V3 + n for n in "statusCode effectiveTime value".split()}
# What only tells who took part, or what something is made of, states nothing.
SILENT = {"Composition", "Provenance", "Practitioner", "PractitionerRole", "Organization", "Location", "Medication", "Device", "Specimen"}
DONE = {"Procedure": {"completed", "in-progress", "stopped", "unknown"}, "Observation": {"final", "preliminary", "unknown"}, "Encounter": {"finished", "in-progress", "unknown"},
        "Immunization": {"completed"}, "MedicationStatement": {"active", "completed"}, "MedicationDispense": {"completed", "in-progress"}, "DiagnosticReport": {"final", "partial"},
        "DeviceUseStatement": {"active", "completed"}, "FamilyMemberHistory": {"completed", "partial"}, "SupplyDelivery": {"completed", "in-progress"},
        "Coverage": {"active"}, "Consent": {"active"}, "CareTeam": {"active"}, "DocumentReference": {"current"}, "Basic": {None}, "Patient": {None}}
GOING = {"MedicationRequest": {"active", "completed"}, "ServiceRequest": {"active", "completed"}, "SupplyRequest": {"active", "completed"}, "Goal": {"active", "completed"},
         "CarePlan": {"active", "completed"}}
OF_PATIENT = set(DONE) - {"FamilyMemberHistory", "Provenance"} | set(GOING) | {"Condition", "AllergyIntolerance"}


# --- changes of CDA

def insert_before(statement, node, behind):
    places = [i for i, child in enumerate(statement) if child.tag in behind]
    statement.insert(places[0] if places else len(statement), node)
    return True


def relative(statement):
    subject = etree.Element(V3 + "subject")
    etree.SubElement(etree.SubElement(subject, V3 + "relatedSubject", classCode="PRS"), V3 + "code", code="MTH", codeSystem="2.16.840.1.113883.5.111")
    return subject


def about_relative(statement):
    return statement.find(V3 + "subject") is None and insert_before(statement, relative(statement), BEHIND_SUBJECT)


def uncertain(statement):
    return insert_before(statement, etree.Element(V3 + "uncertaintyCode", code="U", codeSystem="2.16.840.1.113883.5.1053"), BEHIND_UNCERTAINTY)


def set_to(name, value, around=False):
    def change(statement):
        node = statement.getparent() if around else statement
        if around and node.tag != V3 + "entryRelationship":
            return False
        if name == "negationInd" and statement.tag in (V3 + "organizer", V3 + "encounter", V3 + "supply"):
            return False
        node.set(name, value)
        return True
    return change


def with_status(code):
    def change(statement):
        status = statement.find(V3 + "statusCode")
        if status is None:
            return False
        status.attrib.clear()
        status.set("code", code)
        return True
    return change


def false_value(statement):
    value = statement.find(V3 + "value")
    if value is None or statement.tag != V3 + "observation":
        return False
    value[:] = []
    value.text = None
    value.attrib.clear()
    value.set(TYPE, "BL")
    value.set("value", "false")
    return True


# Name: what is done to a statement, and what FHIR must not say then.
CHANGES = {"negated": (set_to("negationInd", "true"), "fact"), "relationship denied": (set_to("negationInd", "true", around=True), "fact"),
           "value false": (false_value, "disease"), "relative": (about_relative, "patient"), "uncertain": (uncertain, "certain"),
           "no information": (set_to("nullFlavor", "NI"), "fact"), "no information around": (set_to("nullFlavor", "NI", around=True), "fact")}
CHANGES.update({"mood " + mood: (set_to("moodCode", mood), "done") for mood in "INT RQO PRMS PRP ARQ APT DEF SLOT EVN.CRT OPT PERM EXPEC".split()})
CHANGES.update({"status " + code: (with_status(code), "valid") for code in "aborted held suspended nullified cancelled obsolete canceled Cancelled inactive error deleted".split()})


def without_numbers(root, extension):
    """Nobody has a number, and everybody a name of his own."""
    for number, node in enumerate(root.iter(V3 + "assignedPerson", V3 + "associatedPerson", V3 + "relatedPerson")):
        for identifier in node.getparent().findall(V3 + "id"):
            identifier.attrib.pop("nullFlavor", None)
            identifier.set("root", "2.16.840.1.113883.4.6")
            identifier.attrib.pop("extension", None)
            if extension is not None:
                identifier.set("extension", extension)
        for name in node.findall(V3 + "name"):
            name[:] = []
            etree.SubElement(name, V3 + "given").text = "Given%da" % number
            etree.SubElement(name, V3 + "family").text = "Family%da" % number


def section_of_a_child(root):
    """All that a section says is about a child: marks in each of its statements."""
    for section in root.iter(V3 + "section"):
        entry = section.find(V3 + "entry")
        if entry is not None and section.find(V3 + "subject") is None:
            section.insert(list(section).index(entry), relative(section))
    return {i: "section" for i, st in enumerate(statements(root)) if mark(st, i)}


def statements(root):
    return [n for n in root.iter() if n.tag in STATEMENTS and any(up.tag == V3 + "entry" for up in n.iterancestors())]


def own_nodes(statement):
    """What a statement holds without the statements inside."""
    for child in statement:
        if child.tag in STATEMENTS or not isinstance(child.tag, str):
            continue
        yield child
        yield from own_nodes(child)


def is_concept(statement, node):
    holder, kind = node.getparent(), node.get(TYPE, "").split(":")[-1]
    if node.get("nullFlavor"):
        return False
    if node.tag == V3 + "value":
        return holder is statement and kind in ("CD", "CE")
    if node.tag != V3 + "code" or kind in ("CS", "CO"):
        return False
    return holder is statement or holder.tag == V3 + "manufacturedMaterial" or (
        holder.tag == V3 + "playingEntity" and holder.getparent().getparent().get("typeCode") == "CSM")


def mark(statement, number):
    found = [node for node in own_nodes(statement) if is_concept(statement, node)]
    for node in found:
        etree.SubElement(node, V3 + "translation", code="MARK%dEND" % number, codeSystem=MARKS)
    return bool(found)


def turn(root, change, take):
    """The statements that were turned and marked."""
    turned = {}
    for number, statement in enumerate(statements(root)):
        path = statement.getroottree().getpath(statement)
        if take(number) and change(statement) and mark(statement, number):
            turned[number] = path
    return turned


# --- what FHIR says

def marks_in(node, found):
    if isinstance(node, dict):
        for key, value in node.items():
            if key != "div" and not str(node.get("url", "")).startswith("urn:hl7-org:v3"):
                marks_in(value, found)
    elif isinstance(node, list):
        for value in node:
            marks_in(value, found)
    elif isinstance(node, str):
        found.update(int(number) for number in MARK.findall(node))


def verified(resource):
    return not re.search("refuted|entered-in-error", json.dumps(resource.get("verificationStatus")))


def is_fact(resource):
    kind, status = resource["resourceType"], resource.get("status")
    if kind in ("Condition", "AllergyIntolerance"):
        return verified(resource)
    if kind == "Observation":
        return status not in ("cancelled", "entered-in-error") and resource.get("valueBoolean") is not False and "dataAbsentReason" not in resource
    return not resource.get("doNotPerform") and status not in ("not-done", "not-taken", "entered-in-error", "cancelled")


def is_done(resource):
    if resource["resourceType"] in ("Condition", "AllergyIntolerance"):
        return verified(resource)
    return resource.get("status") in DONE.get(resource["resourceType"], ())


def is_valid(resource):
    kind = resource["resourceType"]
    if kind in ("Condition", "AllergyIntolerance"):
        # A concern that was given up is no problem any more.
        return verified(resource) and "inactive" not in json.dumps(resource.get("clinicalStatus"))
    return resource.get("status") in DONE.get(kind, set()) - {"stopped", "unknown", "preliminary", "partial"} | GOING.get(kind, set())


SAYS = {"fact": is_fact, "done": is_done, "valid": is_valid, "patient": lambda r: r["resourceType"] in OF_PATIENT,
        "disease": lambda r: r["resourceType"] in ("Condition", "AllergyIntolerance", "FamilyMemberHistory") and is_fact(r),
        "certain": lambda r: r["resourceType"] in DONE or (r["resourceType"] in ("Condition", "AllergyIntolerance") and "unconfirmed" not in json.dumps(r))}


def wrong(bundle, turned, rule):
    for entry in bundle.get("entry", []):
        resource, found = entry["resource"], set()
        if resource["resourceType"] in SILENT or resource.get("modifierExtension"):
            continue
        marks_in(resource, found)
        for number in sorted(found & set(turned)):
            if SAYS[rule](resource):
                yield "%s told as %s (%s)" % (turned[number], resource["resourceType"], resource.get("status"))


def merged(bundle):
    for entry in bundle.get("entry", []):
        names = {name["family"] for name in entry["resource"].get("name", []) if isinstance(name, dict) and "family" in name} if entry["resource"]["resourceType"] in (
            "Practitioner", "RelatedPerson") else set()
        if len(names) > 1:
            yield "one person has the names %s" % ", ".join(sorted(names))


# --- the other way

LOCAL = {"coding": [{"system": "urn:oid:" + MARKS, "code": "MARK1END"}]}
PATIENT = {"reference": "urn:uuid:00000000-0000-4000-8000-000000000001"}


def coded(system, code):
    return {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/" + system, "code": code}]}


RECORDS = {
    "AllergyIntolerance": {"clinicalStatus": coded("allergyintolerance-clinical", "active"), "code": LOCAL, "patient": PATIENT},
    "Condition": {"clinicalStatus": coded("condition-clinical", "active"), "code": LOCAL, "subject": PATIENT},
    "MedicationRequest": {"status": "active", "intent": "order", "medicationCodeableConcept": LOCAL, "subject": PATIENT},
    "MedicationStatement": {"status": "active", "medicationCodeableConcept": LOCAL, "subject": PATIENT},
    "MedicationDispense": {"status": "completed", "medicationCodeableConcept": LOCAL, "subject": PATIENT},
    "Immunization": {"status": "completed", "vaccineCode": LOCAL, "patient": PATIENT, "occurrenceDateTime": "2020-01-01"},
    "Procedure": {"status": "completed", "code": LOCAL, "subject": PATIENT},
    "Observation": {"status": "final", "code": LOCAL, "subject": PATIENT, "valueString": "seen"},
    "DiagnosticReport": {"status": "final", "code": LOCAL, "subject": PATIENT},
    "Encounter": {"status": "finished", "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"}, "type": [LOCAL], "subject": PATIENT},
    "FamilyMemberHistory": {"status": "completed", "patient": PATIENT, "relationship": coded("v3-RoleCode", "FTH"), "condition": [{"code": LOCAL}]},
    "ServiceRequest": {"status": "active", "intent": "order", "code": LOCAL, "subject": PATIENT},
    "SupplyRequest": {"status": "active", "itemCodeableConcept": LOCAL, "quantity": {"value": 1}},
    "CarePlan": {"status": "active", "intent": "plan", "category": [LOCAL], "subject": PATIENT},
    "Goal": {"lifecycleStatus": "active", "description": LOCAL, "subject": PATIENT},
    "Coverage": {"status": "active", "type": LOCAL, "beneficiary": PATIENT, "payor": [{"display": "Payer"}]},
    "Consent": {"status": "active", "scope": coded("consentscope", "adr"), "category": [LOCAL], "patient": PATIENT},
    "CareTeam": {"status": "active", "subject": PATIENT, "participant": [{"role": [LOCAL], "member": {"display": "Member"}}]},
}
NEVER = ["entered-in-error"]
TURNS = {
    "status": {"MedicationRequest": "on-hold cancelled stopped draft", "MedicationStatement": "intended stopped on-hold not-taken", "MedicationDispense": "cancelled on-hold stopped declined",
               "Immunization": "not-done", "Procedure": "not-done on-hold stopped", "Observation": "registered cancelled unknown", "DiagnosticReport": "registered cancelled",
               "Encounter": "planned cancelled unknown", "FamilyMemberHistory": "health-unknown", "ServiceRequest": "draft on-hold revoked unknown", "SupplyRequest": "draft cancelled suspended",
               "CarePlan": "draft on-hold revoked", "Coverage": "cancelled draft", "Consent": "draft proposed rejected inactive", "CareTeam": "proposed suspended"},
    "lifecycleStatus": {"Goal": "proposed planned on-hold cancelled rejected"},
}


def modified():
    """(what it says, record)"""
    for kind, content in RECORDS.items():
        record = dict(copy.deepcopy(content), resourceType=kind, id="it")
        for element, kinds in TURNS.items():
            for value in kinds.get(kind, "").split() + (NEVER if element in record else []):
                yield "%s.%s=%s" % (kind, element, value), dict(record, **{element: value})
        yield kind + ".modifierExtension", dict(record, modifierExtension=[{"url": "http://records.test/turns", "valueBoolean": True}])
    for kind, system in (("AllergyIntolerance", "allergyintolerance-verification"), ("Condition", "condition-ver-status")):
        for value in ["refuted"] + NEVER:
            yield "%s.verificationStatus=%s" % (kind, value), dict(RECORDS[kind], resourceType=kind, id="it", verificationStatus=coded(system, value))
    for kind in ("MedicationRequest", "ServiceRequest"):
        yield kind + ".doNotPerform", dict(RECORDS[kind], resourceType=kind, id="it", doNotPerform=True)
    risk = {"url": "http://hl7.org/fhir/StructureDefinition/allergyintolerance-substanceExposureRisk", "extension": [
        {"url": "substance", "valueCodeableConcept": LOCAL}, {"url": "exposureRisk", "valueCodeableConcept": coded("allerg-intol-substance-exp-risk", "no-known-reaction-risk")}]}
    allergy = {key: value for key, value in RECORDS["AllergyIntolerance"].items() if key != "code"}
    yield "AllergyIntolerance without a risk", dict(allergy, resourceType="AllergyIntolerance", id="it", extension=[risk])
    yield "Observation.focus", dict(RECORDS["Observation"], resourceType="Observation", id="it", focus=[{"reference": "urn:uuid:00000000-0000-4000-8000-000000000003"}])
    yield "Consent.provision.type=deny", dict(RECORDS["Consent"], resourceType="Consent", id="it", provision={"type": "deny", "code": [LOCAL]})


def bundle_of(record):
    resources = [{"resourceType": "Patient", "id": "p", "name": [{"family": "Sample"}]}, record,
                 {"resourceType": "RelatedPerson", "id": "r", "patient": PATIENT, "relationship": [coded("v3-RoleCode", "MTH")]}]
    return {"resourceType": "Bundle", "type": "collection", "entry": [
        {"fullUrl": "urn:uuid:00000000-0000-4000-8000-%012d" % (i + 1), "resource": resource} for i, resource in enumerate(resources)]}


def is_plain(statement):
    """Of CDA: neither it nor what is around says anything else than that it is so."""
    for node in [statement] + [up for up in statement.iterancestors() if up.tag in STATEMENTS]:
        status, value = node.find(V3 + "statusCode"), node.find(V3 + "value")
        code = "completed" if status is None else status.get("code")
        turned = node.get("negationInd") == "true" or code not in ("completed", "active") or (value is not None and value.get("value") == "false")
        if turned or node.get("moodCode") == "INT":
            return False
    return True


# --- the run

class Check:
    def __init__(self, lhcr):
        self.lhcr, self.asked, self.failures = lhcr, 0, collections.defaultdict(list)

    def convert(self, folder, to, into):
        os.makedirs(into)
        subprocess.run([self.lhcr, "convert", "-q", "--to", to, "-o", into + "/", folder], capture_output=True, check=False)

    def fail(self, name, what):
        self.failures[name].append(what)

    def cda(self, folder, documents, rng, whole):
        made, source = {}, os.path.join(folder, "cda")
        os.makedirs(source)
        for path in documents:
            base = os.path.basename(path)[:-4]
            for name, (root, turned, rule) in changed(path, rng, whole):
                file = "%s~%s" % (base, name.replace(" ", "_"))
                root.write(os.path.join(source, file + ".xml"), encoding="utf-8", xml_declaration=True)
                made[file] = (turned, rule)
        self.convert(source, "fhir-json", os.path.join(folder, "fhir"))
        for file, (turned, rule) in made.items():
            self.asked += 1
            path = os.path.join(folder, "fhir", file + ".json")
            if not os.path.exists(path):
                self.fail(file, "no FHIR")
                continue
            with open(path, encoding="utf-8") as text:
                bundle = json.load(text)
            for what in merged(bundle) if rule is None else wrong(bundle, turned, rule):
                self.fail(file, what)

    def fhir(self, folder):
        source, names = os.path.join(folder, "records"), {}
        os.makedirs(source)
        for number, (name, record) in enumerate(modified()):
            names["%03d" % number] = name
            with open(os.path.join(source, "%03d.json" % number), "w", encoding="utf-8") as file:
                json.dump(bundle_of(record), file)
        self.convert(source, "cda", os.path.join(folder, "back"))
        for number, name in names.items():
            self.asked += 1
            path = os.path.join(folder, "back", number + ".xml")
            if not os.path.exists(path):
                self.fail(name, "no CDA")
                continue
            for node in etree.parse(path).getroot().iter(V3 + "code", V3 + "value", V3 + "translation"):
                holder = next((up for up in node.iterancestors() if up.tag in STATEMENTS), None)
                if MARK.search(node.get("code", "")) and holder is not None and is_plain(holder):
                    self.fail(name, "a plain %s (%s)" % (etree.QName(holder).localname, holder.get("moodCode")))


def changed(path, rng, whole):
    """(name, (tree, what was turned, rule)) of each document made of one."""
    parts = 2
    for name, (change, rule) in CHANGES.items():
        for part in range(parts) if whole else [rng.randrange(parts)]:
            tree = etree.parse(path, etree.XMLParser(huge_tree=True))
            turned = turn(tree.getroot(), change, lambda number, part=part: (number * 7 + number // 3) % parts == part)
            yield "%s~%d" % (name, part), (tree, turned, rule)
    tree = etree.parse(path, etree.XMLParser(huge_tree=True))
    yield "section of a child", (tree, section_of_a_child(tree.getroot()), "patient")
    for extension in [None, "UNK", "0", "N/A", "None", "-", "0000000000"]:
        tree = etree.parse(path, etree.XMLParser(huge_tree=True))
        without_numbers(tree.getroot(), extension)
        yield "number %s" % re.sub(r"\W", "x", str(extension)), (tree, {}, None)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("lhcr", type=os.path.abspath)
    parser.add_argument("shared", type=os.path.abspath)
    parser.add_argument("documents", nargs="*", type=os.path.abspath)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--whole", action="store_true", help="every dialect, every statement, and the real documents")
    parser.add_argument("--keep", help="an empty folder for what is made")
    options = parser.parse_args()
    rng, check = random.Random(options.seed), Check(options.lhcr)
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or temporary
        written = os.path.join(folder, "dialects")
        dialects.write(written)
        documents = sorted(os.path.join(written, name) for name in os.listdir(written))
        documents = documents if options.whole else rng.sample(documents, 2)
        suite = os.path.join(options.shared, "suites/real-cda/visible")
        if options.whole and os.path.isdir(suite):
            documents += sorted(os.path.join(suite, name) for name in os.listdir(suite) if name.endswith(".xml") and os.path.getsize(os.path.join(suite, name)) < 300000)
        check.cda(folder, documents + options.documents, rng, options.whole)
        check.fhir(folder)
    for name, whats in sorted(check.failures.items()):
        print("FAIL %s\n     %s" % (name, "\n     ".join(whats[:5])))
    print("%d passed, %d failed, 0 skipped" % (check.asked - len(check.failures), len(check.failures)))
    sys.exit(1 if check.failures else 0)


if __name__ == "__main__":
    main()
