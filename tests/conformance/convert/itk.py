#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""UK ITK CDA to FHIR STU3 and there and back: itk.py LHCR SUITE [-v].

The expected files of tier H are one adaptor's output. itk-judgement.md says by which general rules a leaf of theirs is judged not
to be asked for; the rules are the functions below, by the same names. Exit 77: suite or lxml missing."""
import collections
import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile

LEAST = 0.80
LEAST_KEPT = 0.95
OUT = object()

# Rule "payload": what the adaptor reads out of an attachment in a format of its own, which is carried whole.
PAYLOAD = {"Questionnaire", "QuestionnaireResponse"}
# Rule "no order": the document reports; the adaptor makes requests, a plan and findings of it that it does not state.
NO_ORDER = {"CarePlan", "Condition", "HealthcareService", "Observation", "ProcedureRequest", "ReferralRequest"}
# Rule "own": what the adaptor says of itself or of its own bundle.
OWN = {"Device", "List"}
# Rule "another's": facts of the document, the patient, the encounter or the custodian that the adaptor gives to something else.
ANOTHERS = {"Consent": {"identifier", "period", "consentingParty", "organization", "data"}, "Encounter.location": {"status"}}
# Rule "translated": codes that are the document's values in FHIR's words.
TRANSLATED = {
    "gender": {"male": "1", "female": "2", "unknown": "0", "other": "9"}, "use": {"home": "H", "work": "WP", "mobile": "MC", "temp": "TMP"},
    "type": {"physical": "PHYS"}, "system": {"phone": "tel:", "email": "mailto:", "http://snomed.info/sct": "2.16.840.1.113883.2.1.3.2.4.15",
                                              "https://fhir.nhs.uk/Id/nhs-number": "2.16.840.1.113883.2.1.3.2.4.18.23"},
    "status": {"final": "", "finished": "", "active": "completed"}, "code": {"02": "2.16.840.1.113883.2.1.3.2.4.18.23", "ATND": "RESP"},
}


def words(text):
    return re.sub(r"\s+", " ", text).strip().casefold()


class Source:
    """What a document says: attributes, texts, and moments."""

    def __init__(self, root):
        self.values, self.moments = set(), set()
        for node in root.iter():
            if not isinstance(node.tag, str):
                continue
            for value in node.attrib.values():
                self.values.add(words(value))
                moment = re.match(r"^(\d{4})(\d\d)(\d\d)", value)
                if moment:
                    self.moments.add("-".join(moment.groups()))
            self.values.add(words("".join(node.itertext())))
        self.text = words(" ".join(root.itertext()))

    def says(self, key, value):
        if isinstance(value, bool):
            return False
        text = words(str(value))
        if re.match(r"^\d{4}-\d\d-\d\d", text):
            return text[:10] in self.moments
        if key in TRANSLATED and str(value) in TRANSLATED[key]:
            known = TRANSLATED[key][str(value)].casefold()
            return known == "" or any(seen.startswith(known) for seen in self.values)
        return text in self.values or (len(text) >= 20 and text in self.text)


def judged(value, key, source, dropped, kind, at=""):
    """The part of an expected value that is asked for; OUT when nothing of it is."""
    if isinstance(value, dict):
        made = {}
        for name, inner in value.items():
            if at == "" and name in ("resourceType", "id", "meta", "text", "language"):
                made[name] = inner
                continue
            if name in ANOTHERS.get((kind + "." + at).rstrip("."), ()):
                dropped["another's"] += 1
                continue
            kept = judged(inner, name, source, dropped, kind, (at + "." + name).lstrip("."))
            if kept is not OUT:
                made[name] = kept
        return made if made else OUT
    if isinstance(value, list):
        made = [kept for kept in (judged(inner, key, source, dropped, kind, at) for inner in value) if kept is not OUT]
        return made if made else OUT
    rule = judge(value, key, source, dropped)
    if rule:
        dropped[rule] += 1
        return OUT
    return value[4:] if key == "value" and isinstance(value, str) and value.startswith("tel:") else value


def judge(value, key, source, dropped):
    """The rule by which a leaf is not asked for, or nothing."""
    if key == "reference":
        return "own" if dropped["references", value] else None
    if key == "system" and re.match(r"^[0-9.]+$", str(value)):
        return "bare OID"
    if key == "system" and "/StructureDefinition/" in str(value) or "/ValueSet/" in str(value):
        return "not a code system"
    if key == "div":
        return "escaped narrative"
    if not source.says(key, value):
        return "not in the document"
    return None


def prune(resource, source, dropped):
    kept = judged(resource, "", source, dropped, resource["resourceType"])
    return None if kept is OUT else kept


def mentions(resources):
    """Rule "again": of resources of one type and name or identifier the fullest; rule "nobody, nowhere": none without both."""
    out, again = [], 0
    for resource in sorted(resources, key=lambda r: -len(json.dumps(r, default=str))):
        kind = resource["resourceType"]
        names = {words(json.dumps(resource[key], default=str)) for key in ("name", "identifier", "address") if key in resource}
        if kind in ("Organization", "Location", "RelatedPerson") and (
                not names or any(other["resourceType"] == kind and words(json.dumps(other.get("name"), default=str)) in names for other in out)):
            again += 1
            continue
        out.append(resource)
    return out, again


def pruned(score, expected, document, dropped):
    """The expected Bundle without what is judged not to be asked for."""
    source = Source(document)
    bundle = score.loadj(expected)
    out = {"resourceType": "Bundle", "entry": []}
    gone = PAYLOAD | NO_ORDER | OWN
    for entry in bundle["entry"]:
        if entry["resource"]["resourceType"] in gone:
            dropped["references", entry["fullUrl"]] = 1
    for entry in bundle["entry"]:
        kind = entry["resource"]["resourceType"]
        if kind in gone:
            dropped["payload" if kind in PAYLOAD else "no order" if kind in NO_ORDER else "own"] += score.leaves("", entry["resource"], True)
            continue
        kept = prune(entry["resource"], source, dropped)
        if kept is not None:
            kept["@"] = entry["fullUrl"]
            out["entry"].append(kept)
    kept, dropped["again, or nobody"] = mentions(out["entry"])
    out["entry"] = [{"fullUrl": resource.pop("@"), "resource": resource} for resource in kept]
    return out


def main():
    lhcr, suite = sys.argv[1], os.path.abspath(sys.argv[2])
    verbose = "-v" in sys.argv[3:]
    try:
        from lxml import etree
    except ImportError:
        etree = None
    if not os.path.isdir(suite) or etree is None:
        print("skipped: no %s, or lxml is not installed\n0 passed, 0 failed, 1 skipped" % sys.argv[2])
        sys.exit(77)
    spec = importlib.util.spec_from_file_location("score", os.path.join(suite, "score.py"))
    score = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(score)
    with open(os.path.join(suite, "pairs.json"), encoding="utf-8") as file:
        pairs = [pair for pair in json.load(file) if pair["tier"].startswith("H")]
    passed = failed = 0
    recalls, kepts, rules = [], [], collections.Counter()
    with tempfile.TemporaryDirectory() as folder:
        for pair in pairs:
            given = os.path.join(suite, pair["input"])
            made, back = os.path.join(folder, "made.json"), os.path.join(folder, "back.xml")
            subprocess.run([lhcr, "convert", "--to", "fhir-json", "--fhir", "3.0.2", "--quiet", given, "-o", made], check=True)
            document = score.loadx(given)
            if sum(1 for _ in document.iter("{%s}ClinicalDocument" % score.V3)) > 1:
                print("    %-50s a set of documents, of which the expected file is another one" % pair["name"])
                continue
            dropped = collections.Counter()
            asked = pruned(score, os.path.join(suite, pair["expected"]), document, dropped)
            result = score.score_fhir(asked, score.loadj(made))
            recalls.append(result["recall"])
            rules.update({rule: n for rule, n in dropped.items() if isinstance(rule, str)})
            subprocess.run([lhcr, "convert", "--to", "cda", "--quiet", "--from", "stu3", made, "-o", back], check=True)
            kept = score.score_cda(*(next(root.iter("{%s}ClinicalDocument" % score.V3)) for root in (document, score.loadx(back))))
            kepts.append(kept["recall"])
            print("    %-50s %.3f of %d leaves asked for; back %.3f of %d" % (pair["name"], result["recall"], result["total"],
                                                                             kept["recall"], kept["total"]))
            if verbose:
                print("      ", {kind: got for kind, got in result["per_type"].items() if got[2] != got[3]})
    for name, values, least in (("ITK to STU3, leaves judged right", recalls, LEAST), ("ITK to STU3 and back", kepts, LEAST_KEPT)):
        got = sum(values) / len(values)
        good = got >= least
        passed, failed = passed + good, failed + (not good)
        print("%s %s: %.3f (at least %.2f)" % ("ok  " if good else "FAIL", name, got, least))
    print("    not asked for, by rule: " + ", ".join("%s %d" % rule for rule in sorted(rules.items())))
    print("%d passed, %d failed, 0 skipped" % (passed, failed))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
