#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Records with every element of their type, between STU3 and R4 and back: every.py LHCR CACHE [-v].

CACHE holds the definition packages (hl7.fhir.r3.examples, hl7.fhir.r4.examples and their expansions), from which the records are
made: six of each type, so that each type of a choice and several codes of a binding occur. Exit 77: no packages."""
import collections
import json
import os
import subprocess
import sys
import tarfile
import tempfile

LEAST = 0.998
NAMES = {"3.0.2": ("r3", "stu3"), "4.0.1": ("r4", "r4")}
TYPES = """Account AllergyIntolerance Appointment AppointmentResponse Basic CarePlan CareTeam ClinicalImpression Communication
Composition Condition Consent Coverage DetectedIssue Device DeviceRequest DiagnosticReport DocumentReference Encounter EpisodeOfCare
FamilyMemberHistory Flag Goal Group HealthcareService ImagingStudy Immunization List Location Medication MedicationAdministration
MedicationDispense MedicationRequest MedicationStatement MessageHeader NutritionOrder Observation OperationOutcome Organization
Patient Practitioner PractitionerRole Procedure Provenance Questionnaire QuestionnaireResponse RelatedPerson RiskAssessment Schedule
Slot Specimen Substance Task""".split()
ALONE = {"3.0.2": ["ProcedureRequest", "ReferralRequest"], "4.0.1": ["ServiceRequest"]}
# Leaves that change their form, which SPEC-NOTES.md says: ends of paths.
CHANGED = ("Uri", "coding.display", "valueCanonical")
# Records that say what their version does not allow (both a test and an answer; money in units).
WRONG = ("enableWhen.answerBoolean", "balance.system")
SAMPLE = {
    "boolean": True, "integer": 3, "positiveInt": 2, "unsignedInt": 4, "decimal": 1.5, "string": "words", "code": "code",
    "uri": "http://records.test/uri", "url": "http://records.test/url", "canonical": "http://records.test/canonical", "id": "id1",
    "oid": "urn:oid:1.2.3", "uuid": "urn:uuid:00000000-0000-4000-8000-000000000001", "base64Binary": "aGVsbG8=",
    "instant": "2020-01-02T03:04:05Z", "date": "2020-01-02", "dateTime": "2020-01-02T03:04:05Z", "time": "03:04:05",
    "markdown": "marked",
}
UNITS = {"Duration": "min", "Age": "a"}
QUANTITIES = {"Quantity", "Age", "Duration", "SimpleQuantity", "Distance", "Count"}
LEFT_OUT = {"extension", "modifierExtension", "contained", "implicitRules", "text", "meta", "language", "resourceType"}


def read_package(path, prefix, keep):
    with tarfile.open(path) as archive:
        for member in archive.getmembers():
            name = os.path.basename(member.name)
            if name.startswith(prefix) and name.endswith(".json"):
                keep(json.load(archive.extractfile(member)))


class Maker:
    """Makes records of one FHIR version."""

    def __init__(self, cache, version):
        self.version, self.types, self.codes = version, {}, {}
        short = NAMES[version][0]
        read_package("%s/hl7.fhir.%s.examples-%s.tgz" % (cache, short, version), "StructureDefinition-", self.keep_type)
        read_package("%s/hl7.fhir.%s.expansions-%s.tgz" % (cache, short, version), "ValueSet-", self.keep_codes)

    def keep_type(self, definition):
        if definition.get("derivation") != "constraint" and "snapshot" in definition:
            self.types[definition.get("type") or definition["name"]] = definition["snapshot"]["element"]

    def keep_codes(self, values):
        found = []

        def collect(entries):
            for entry in entries:
                if entry.get("code") and not entry.get("abstract"):
                    found.append({key: entry[key] for key in ("system", "code", "display") if key in entry})
                collect(entry.get("contains", []))
        collect(values.get("expansion", {}).get("contains", []))
        if found:
            self.codes[values["url"]] = found

    def record(self, name, turn):
        made = {"resourceType": name, "id": "%s-%d" % (name, turn)}
        made.update({key: value for key, value in self.children(name, name, turn, 0).items() if key != "id"})
        return made

    def children(self, name, path, turn, depth):
        made = {}
        for element in self.types[name]:
            own = element["path"][len(path) + 1:]
            if not element["path"].startswith(path + ".") or "." in own or own in LEFT_OUT or element.get("max") == "0":
                continue
            if own == "id" and "." in path:
                continue
            key, value = self.child(name, element, own, turn, depth)
            if value not in (None, {}, []):
                made[key] = value if element.get("max") in ("1", None) else [value]
        return made

    def child(self, name, element, own, turn, depth):
        if element.get("contentReference"):
            path = element["contentReference"][1:]
            return own, self.children(name, path, turn, depth + 3) if depth <= 6 else None
        kinds = []
        for kind in element.get("type", []):
            if kind["code"] not in kinds:
                kinds.append(kind["code"])
        if not kinds:
            return own, None
        kind = kinds[turn % len(kinds)]
        if own.endswith("[x]"):
            own = own[:-3] + kind[0].upper() + kind[1:]
        return own, self.value(name, kind, element, turn, depth)

    def bound(self, element, turn):
        binding = element.get("binding") or {}
        url = binding.get("valueSet") or (binding.get("valueSetReference") or {}).get("reference") or binding.get("valueSetUri") or ""
        known = self.codes.get(url.split("|")[0])
        return dict(known[turn % len(known)]) if known else None

    def value(self, name, kind, element, turn, depth):
        if kind.startswith("http://hl7.org/fhirpath"):
            kind = "string"
        if kind == "code":
            return (self.bound(element, turn) or {"code": "code"})["code"]
        if kind in SAMPLE:
            return SAMPLE[kind]
        if kind in ("BackboneElement", "Element"):
            return self.children(name, element["path"], turn, depth + 1) if depth < 7 else None
        if kind == "Reference":
            return {"reference": self.target(element, turn) + "/x", "display": "shown"}
        if kind in ("CodeableConcept", "Coding"):
            coding = self.bound(element, turn) or {"system": "http://snomed.info/sct", "code": "123", "display": "thing"}
            return coding if kind == "Coding" else {"coding": [coding], "text": "said"}
        if kind in QUANTITIES or (kind == "Money" and self.version == "3.0.2"):
            unit = UNITS.get(kind, "mg")
            return {"value": 5, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit}
        if depth > 5 or kind not in self.types or kind in ("Resource", "Narrative", "Extension"):
            return None
        return self.children(kind, kind, turn, depth + 2)

    @staticmethod
    def target(element, turn):
        targets = []
        for kind in element["type"]:
            profiles = kind.get("targetProfile") or []
            targets += profiles if isinstance(profiles, list) else [profiles]
        found = targets[turn % len(targets)].rsplit("/", 1)[-1] if targets else "Patient"
        return "Patient" if found in ("Resource", "Any") else found


def leaves(value, path):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, path + "." + key)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, path)
    else:
        yield path, json.dumps(value)


def without_unsaid(value, version):
    """Without the data types that a modifier code of R4 turns and STU3 has no word for, which SPEC-NOTES.md says."""
    if isinstance(value, dict):
        turned = version == "4.0.1" and "assigner" in value and value.get("use") == "old"
        return {} if turned else {key: without_unsaid(inner, version) for key, inner in value.items()}
    return [without_unsaid(inner, version) for inner in value] if isinstance(value, list) else value


def change(lhcr, source, out, version, target):
    subprocess.run([lhcr, "convert", "--quiet", "--from", NAMES[version][1], "--fhir", target, "--to", "ndjson", source, "-o", out], check=True)


def there_and_back(lhcr, cache, version, other, folder):
    maker = Maker(cache, version)
    records = [maker.record(name, turn) for name in TYPES + ALONE[version] if name in maker.types for turn in range(6)]
    paths = [os.path.join(folder, name + version + ".ndjson") for name in ("source", "middle", "back")]
    with open(paths[0], "w", encoding="utf-8") as file:
        file.writelines(json.dumps(record) + "\n" for record in records)
    change(lhcr, paths[0], paths[1], version, other)
    change(lhcr, paths[1], paths[2], other, version)
    with open(paths[2], encoding="utf-8") as file:
        back = [json.loads(line) for line in file]
    count, lost = 0, collections.Counter()
    for record, same in zip(records, back):
        had = collections.Counter(leaves(without_unsaid(record, version), record["resourceType"]))
        count += sum(had.values())
        for (path, _), number in (had - collections.Counter(leaves(same, same["resourceType"]))).items():
            lost[path] += number
    return records, back, count, lost


def main():
    lhcr, cache = os.path.abspath(sys.argv[1]), sys.argv[2]
    if not os.path.exists(os.path.join(cache, "hl7.fhir.r3.expansions-3.0.2.tgz")):
        print("skipped: no packages in %s\n0 passed, 0 failed, 1 skipped" % cache)
        sys.exit(77)
    passed = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for version, other in (("3.0.2", "4.0.1"), ("4.0.1", "3.0.2")):
            records, back, count, lost = there_and_back(lhcr, cache, version, other, folder)
            kept = 1 - sum(lost.values()) / count
            new = {path: number for path, number in lost.items() if not path.endswith(CHANGED + WRONG)}
            for good, text in ((len(records) == len(back), "every record comes back"),
                               (kept >= LEAST, "%.4f of %d leaves in %d records kept (at least %.3f)" % (kept, count, len(records), LEAST)),
                               (not new, "what is lost is known %s" % (new or ""))):
                print("%s %s to %s and back: %s" % ("ok  " if good else "FAIL", version, other, text))
                passed, failed = passed + good, failed + (not good)
            if "-v" in sys.argv:
                print("".join("     %4d %s\n" % (number, path) for path, number in sorted(lost.items())))
    print("%d passed, %d failed, 0 skipped" % (passed, failed))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
