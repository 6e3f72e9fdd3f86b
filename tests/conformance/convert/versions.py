#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""There and back between STU3 and R4 over the official examples and CareConnect: versions.py LHCR CACHE SUITES [-v].

CACHE holds the definition packages (hl7.fhir.r3.examples, hl7.fhir.r4.examples), SUITES the shared suites, where there are any.
What is kept is counted in leaves, a leaf being a path without indexes and a value. Exit 77: no packages."""
import collections
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile

EACH = 40  # examples of one type
WAYS = [("3.0.2", "4.0.1", "hl7.fhir.r3.examples-3.0.2.tgz"), ("4.0.1", "3.0.2", "hl7.fhir.r4.examples-4.0.1.tgz")]
KINDS = {"3.0.2": "stu3", "4.0.1": "r4"}
LEAST = {"examples": 0.99, "CareConnect": 0.989}  # of leaves; some CareConnect files have elements of DSTU2, which are told as lost
# Error findings that the source did not have: mostly what one version demands or forbids of a record and the other does not.
MOST_NEW = {"examples 3.0.2": 82, "examples 4.0.1": 47, "CareConnect 3.0.2": 62}
# Types of one version that the other has no counterpart of.
ALONE = {
    "3.0.2": {"BodySite", "DataElement", "DeviceComponent", "EligibilityRequest", "EligibilityResponse", "ExpansionProfile",
              "ImagingManifest", "ProcessRequest", "ProcessResponse", "ServiceDefinition"},
    "4.0.1": {"BiologicallyDerivedProduct", "BodyStructure", "CatalogEntry", "ChargeItemDefinition", "CoverageEligibilityRequest",
              "CoverageEligibilityResponse", "DeviceDefinition", "EffectEvidenceSynthesis", "EventDefinition", "Evidence",
              "EvidenceVariable", "ExampleScenario", "ImmunizationEvaluation", "InsurancePlan", "Invoice", "MedicationKnowledge",
              "MedicinalProduct", "MedicinalProductAuthorization", "MedicinalProductContraindication",
              "MedicinalProductIndication", "MedicinalProductIngredient", "MedicinalProductInteraction",
              "MedicinalProductManufactured", "MedicinalProductPackaged", "MedicinalProductPharmaceutical",
              "MedicinalProductUndesirableEffect", "ObservationDefinition", "OrganizationAffiliation",
              "ResearchDefinition", "ResearchElementDefinition", "RiskEvidenceSynthesis", "SpecimenDefinition",
              "SubstanceSpecification", "TerminologyCapabilities", "VerificationResult"},
}
# Types that define rather than record: kept, but not asked to be valid, as what they define is bound to its version.
DEFINE = {"CapabilityStatement", "CodeSystem", "CompartmentDefinition", "ConceptMap", "GraphDefinition", "ImplementationGuide",
          "MessageDefinition", "NamingSystem", "OperationDefinition", "SearchParameter", "StructureDefinition", "StructureMap",
          "TestReport", "TestScript", "ValueSet"}


def is_record(text):
    """Whether nothing in it defines anything."""
    def types(value):
        if isinstance(value, dict):
            if isinstance(value.get("resourceType"), str):
                yield value["resourceType"]
            for inner in value.values():
                yield from types(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from types(inner)
    seen = set(types(json.loads(text)))
    return not seen & (DEFINE | ALONE["3.0.2"] | ALONE["4.0.1"])


def examples(package, version):
    """One line of JSON an example, at most EACH of a type."""
    seen = collections.Counter()
    out = []
    with tarfile.open(package) as archive:
        for member in archive:
            name = os.path.basename(member.name)
            kind = name.split("-")[0]
            if not member.isfile() or not re.match(r"[A-Z].*\.json$", name) or kind in ALONE[version] or seen[kind] >= EACH:
                continue
            seen[kind] += 1
            out.append((name, archive.extractfile(member).read().decode("utf-8-sig")))
    return [(name, " ".join(text.splitlines())) for name, text in out]


def careconnect(suites, lhcr):
    """STU3 records of the shared suites."""
    folder = os.path.join(suites, "careconnect")
    out = []
    for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
        if name.endswith((".json", ".xml")):
            ran = subprocess.run([lhcr, "convert", "--to", "ndjson", "--quiet", os.path.join(folder, name)],
                                 capture_output=True, check=False)
            if ran.returncode == 0:
                out.append((name, ran.stdout.decode().strip()))
    return out


def leaves(value, path, out):
    if isinstance(value, dict):
        for key, inner in value.items():
            leaves(inner, path + "." + key if path else key, out)
    elif isinstance(value, list):
        for inner in value:
            leaves(inner, path, out)
    elif value is not None:
        out[path, json.dumps(value)] += 1
    return out


def convert(lhcr, source, version, lines, folder):
    """Every line to `version`; exits when a line is missing."""
    given = os.path.join(folder, "in.ndjson")
    with open(given, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    ran = subprocess.run([lhcr, "convert", "--to", "ndjson", "--quiet", "--from", KINDS[source], "--fhir", version, given],
                         capture_output=True, check=False)
    made = ran.stdout.decode().splitlines()
    if len(made) != len(lines):
        sys.exit("FAIL %s to %s: %d of %d records\n%s" % (source, version, len(made), len(lines), ran.stderr.decode()[-2000:]))
    return made


def errors(lhcr, version, lines, folder):
    """Error findings of each line."""
    given = os.path.join(folder, "check.ndjson")
    with open(given, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    ran = subprocess.run([lhcr, "validate", "--fhir", version, "--format", "json", given], capture_output=True, check=False)
    out = collections.defaultdict(list)
    for line in ran.stdout.decode().splitlines():
        for finding in json.loads(line).get("findings", []):
            if finding["severity"] == "error":
                out[finding["line"]].append(finding)
    return out


def about(line):
    """Path without indexes and the resource's type."""
    return re.sub(r"\[\d+\]", "", line.get("path", "") or "")


def measure(lhcr, records, source, target, folder, verbose):
    lines = [text for _, text in records]
    there = convert(lhcr, source, target, lines, folder)
    back = convert(lhcr, target, source, there, folder)
    kept = total = 0
    lost = collections.Counter()
    for (_, before), after in zip(records, back):
        left, right = (leaves(json.loads(x), "", collections.Counter()) for x in (before, after))
        kind = json.loads(before).get("resourceType")
        total += sum(left.values())
        kept += sum((left & right).values())
        for (path, _), n in (left - right).items():
            lost[kind + "." + path] += n
    new = 0
    checked = {number for number, line in enumerate(lines, 1) if is_record(line)}
    for version, made, against in ((target, there, (source, lines)), (source, back, (source, lines))):
        had = errors(lhcr, against[0], against[1], folder)
        for line, findings in errors(lhcr, version, made, folder).items():
            known = collections.Counter(finding["id"] for finding in had.get(line, []))
            if line not in checked:
                continue
            for finding in findings:
                if known[finding["id"]] > 0:
                    known[finding["id"]] -= 1
                    continue
                new += 1
                if verbose:
                    print("    new in %s: %s %s %s %s" % (version, records[line - 1][0], about(finding), finding["id"],
                                                      finding["text"][:140]))
    if verbose:
        for path, n in lost.most_common(60):
            print("    lost %4d %s" % (n, path))
    return kept, total, new


def main():
    lhcr, cache, suites = sys.argv[1:4]
    verbose = "-v" in sys.argv[4:]
    if not all(os.path.isfile(os.path.join(cache, package)) for _, _, package in WAYS):
        print("skipped: no packages in " + cache + "\n0 passed, 0 failed, 1 skipped")
        sys.exit(77)
    passed = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        cases = [("examples", source, target, examples(os.path.join(cache, package), source))
                 for source, target, package in WAYS]
        cases.append(("CareConnect", "3.0.2", "4.0.1", careconnect(suites, lhcr)))
        for name, source, target, records in cases:
            if not records:
                continue
            kept, total, new = measure(lhcr, records, source, target, folder, verbose)
            good = kept >= LEAST[name] * total
            print("%s %s %s to %s and back: %.4f of %d leaves in %d records kept (at least %.2f)"
                  % ("ok  " if good else "FAIL", name, source, target, kept / total, total, len(records), LEAST[name]))
            most = MOST_NEW[name + " " + source]
            few = new <= most
            print("%s   new error findings: %d (at most %d)" % ("ok  " if few else "FAIL", new, most))
            passed, failed = passed + good + few, failed + (not good) + (not few)
    print("%d passed, %d failed, 0 skipped" % (passed, failed))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
