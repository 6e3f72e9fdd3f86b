#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Synthetic CDA documents in many dialects: dialects.py FOLDER.

One record, every kind of statement, written as different families of systems write it: with the templates of C-CDA, of HITSP C32,
of IHE PCC, of a national family nobody knows, or with none; and in the quirks of each. The persons are invented."""
import os
import sys

from lxml import etree

HEAD = ('<?xml version="1.0" encoding="UTF-8"?>\n<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:sdtc="urn:hl7-org:sdtc" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">')
SCT, LOINC, RX, CVX, ICD, LOCAL = ("2.16.840.1.113883.6.96", "2.16.840.1.113883.6.1", "2.16.840.1.113883.6.88", "2.16.840.1.113883.12.292",
                                   "2.16.840.1.113883.6.90", "1.2.752.99.1")
CC = "2.16.840.1.113883.10.20.22.4."
ROOT = "1.2.276.0.76.3.1.81"
# What a statement is: its templates in C-CDA, C32/CCD and IHE.
TEMPLATES = {
    "concern-allergy": (CC + "30", "2.16.840.1.113883.3.88.11.83.6", "1.3.6.1.4.1.19376.1.5.3.1.4.5.3"),
    "allergy": (CC + "7", "2.16.840.1.113883.10.20.1.18", "1.3.6.1.4.1.19376.1.5.3.1.4.6"),
    "reaction": (CC + "9", "2.16.840.1.113883.10.20.1.54", "1.3.6.1.4.1.19376.1.5.3.1.4.5"),
    "severity": (CC + "8", "2.16.840.1.113883.10.20.1.55", "1.3.6.1.4.1.19376.1.5.3.1.4.1"),
    "criticality": (CC + "145", "", ""),
    "status": (CC + "6", "2.16.840.1.113883.10.20.1.50", "1.3.6.1.4.1.19376.1.5.3.1.4.1.1"),
    "concern": (CC + "3", "2.16.840.1.113883.3.88.11.83.7", "1.3.6.1.4.1.19376.1.5.3.1.4.5.2"),
    "problem": (CC + "4", "2.16.840.1.113883.10.20.1.28", "1.3.6.1.4.1.19376.1.5.3.1.4.5"),
    "age": (CC + "31", "2.16.840.1.113883.10.20.1.38", ""),
    "medication": (CC + "16", "2.16.840.1.113883.3.88.11.83.8", "1.3.6.1.4.1.19376.1.5.3.1.4.7"),
    "product": (CC + "23", "2.16.840.1.113883.10.20.1.53", "1.3.6.1.4.1.19376.1.5.3.1.4.7.2"),
    "indication": (CC + "19", "", ""), "instruction": (CC + "20", "", "1.3.6.1.4.1.19376.1.5.3.1.4.3"),
    "supply": (CC + "17", "", ""), "dispense": (CC + "18", "2.16.840.1.113883.10.20.1.34", "1.3.6.1.4.1.19376.1.5.3.1.4.7.3"),
    "immunization": (CC + "52", "2.16.840.1.113883.3.88.11.83.13", "1.3.6.1.4.1.19376.1.5.3.1.4.12"),
    "vaccine": (CC + "54", "2.16.840.1.113883.10.20.1.53", "1.3.6.1.4.1.19376.1.5.3.1.4.7.2"),
    "refusal": (CC + "53", "", ""),
    "procedure": (CC + "14", "2.16.840.1.113883.10.20.1.29", "1.3.6.1.4.1.19376.1.5.3.1.4.19"),
    "procedure-act": (CC + "12", "2.16.840.1.113883.10.20.1.29", ""), "procedure-observation": (CC + "13", "2.16.840.1.113883.10.20.1.29", ""),
    "device": (CC + "37", "2.16.840.1.113883.10.20.1.52", ""), "location": (CC + "32", "2.16.840.1.113883.10.20.1.45", ""),
    "panel": (CC + "1", "2.16.840.1.113883.10.20.1.32", ""), "result": (CC + "2", "2.16.840.1.113883.3.88.11.83.15.1", "1.3.6.1.4.1.19376.1.5.3.1.4.13"),
    "vitals": (CC + "26", "2.16.840.1.113883.10.20.1.35", "1.3.6.1.4.1.19376.1.5.3.1.4.13.1"),
    "vital": (CC + "27", "2.16.840.1.113883.3.88.11.83.14", "1.3.6.1.4.1.19376.1.5.3.1.4.13.2"),
    "encounter": (CC + "49", "2.16.840.1.113883.3.88.11.83.16", "1.3.6.1.4.1.19376.1.5.3.1.4.14"), "diagnosis": (CC + "80", "", ""),
    "smoking": (CC + "78", "", ""), "social": (CC + "38", "2.16.840.1.113883.3.88.11.83.19", "1.3.6.1.4.1.19376.1.5.3.1.4.13.4"),
    "family": (CC + "45", "2.16.840.1.113883.10.20.1.23", "1.3.6.1.4.1.19376.1.5.3.1.4.15"),
    "relative": (CC + "46", "2.16.840.1.113883.10.20.1.22", "1.3.6.1.4.1.19376.1.5.3.1.4.13.3"), "death": (CC + "47", "2.16.840.1.113883.10.20.1.42", ""),
    "plan-observation": (CC + "44", "2.16.840.1.113883.10.20.1.25", ""), "plan-procedure": (CC + "41", "2.16.840.1.113883.10.20.1.25", ""),
    "plan-act": (CC + "39", "2.16.840.1.113883.10.20.1.25", ""), "plan-encounter": (CC + "40", "2.16.840.1.113883.10.20.1.25", ""),
    "plan-medication": (CC + "42", "", ""), "plan-supply": (CC + "43", "", ""), "goal": (CC + "121", "", ""),
    "health-concern": (CC + "132", "", ""), "note": (CC + "202", "", ""), "coverage": (CC + "60", "2.16.840.1.113883.10.20.1.20", "1.3.6.1.4.1.19376.1.5.3.1.4.17"),
    "policy": (CC + "61", "2.16.840.1.113883.10.20.1.26", "1.3.6.1.4.1.19376.1.5.3.1.4.18"), "directive": (CC + "48", "2.16.840.1.113883.10.20.1.17", ""),
    "equipment": (CC + "50", "", ""), "functional": (CC + "67", "", ""), "scale": (CC + "69", "", ""), "team": (CC + "500", "", ""),
    "member": (CC + "500.1", "", ""), "comment": (CC + "64", "2.16.840.1.113883.10.20.1.40", "1.3.6.1.4.1.19376.1.5.3.1.4.2"), "prn": (CC + "25", "", ""),
}
# The order that the schema has of what statements hold.
ORDER = """realmCode typeId templateId id code derivationExpr text statusCode effectiveTime priorityCode repeatNumber routeCode approachSiteCode doseQuantity
rateQuantity maxDoseQuantity languageCode value interpretationCode methodCode targetSiteCode quantity expectedUseTime subject specimen consumable product
performer author informant participant entryRelationship component reference precondition referenceRange""".split()
STATEMENTS = "observation act substanceAdministration procedure encounter supply organizer".split()
DIALECTS = ["ccda", "ccda11", "c32", "ihe", "strange", "bare", "mixed"]


class Writer:
    def __init__(self, dialect):
        self.dialect, self.count = dialect, 0

    # --- leaves
    def next(self):
        self.count += 1
        return self.count

    def ids(self):
        number = self.next()
        if self.dialect == "c32" and number % 7 == 0:
            return '<id nullFlavor="UNK"/>'
        if self.dialect == "ihe":
            return '<id root="%08x-1111-4222-8333-%012x"/>' % (number, number)
        return '<id root="%s.%d" extension="S-%d"/>' % (ROOT, len(self.dialect), number)

    def template(self, name):
        roots = TEMPLATES[name]
        column = {"ccda": [0], "ccda11": [0], "c32": [1], "ihe": [2], "strange": [], "bare": [], "mixed": [0, 1]}[self.dialect]
        found = [roots[i] for i in column if roots[i]]
        if self.dialect == "strange":
            found = ["1.2.40.0.34.6.0.11.3." + str(1 + sorted(TEMPLATES).index(name))]
        return "".join('<templateId root="%s"%s/>' % (root, ' extension="2015-08-01"' if self.dialect == "ccda" and not root.endswith(".145") else "") for root in found)

    def code(self, tag, code, system, display="", inner="", kind=""):
        return '<%s%s code="%s" codeSystem="%s"%s>%s</%s>' % (tag, ' xsi:type="%s"' % kind if kind else "", code, system,
                                                               ' displayName="%s"' % display if display else "", inner, tag)

    def time(self, low=None, high=None, value=None):
        zone = "+0100" if self.dialect in ("strange", "ihe") else "-0500" if self.dialect == "ccda" else ""

        def form(text):
            return text + zone if len(text) > 8 else text
        if value:
            return '<effectiveTime value="%s"/>' % form(value)
        kind = "" if self.dialect == "bare" else ' xsi:type="IVL_TS"'
        ends = '<low value="%s"/>' % form(low) if low else '<low nullFlavor="UNK"/>'
        return "<effectiveTime%s>%s%s</effectiveTime>" % (kind, ends, '<high value="%s"/>' % form(high) if high else "")

    def person(self, given, family, ident="", org=""):
        filler = {"c32": '<id root="2.16.840.1.113883.4.6" nullFlavor="UNK"/>', "strange": '<id root="1.2.40.0.34.99.4613.3.3" extension="0"/>',
                  "bare": '<id nullFlavor="NI"/>', "mixed": '<id root="2.16.840.1.113883.4.6" extension="UNKNOWN"/>'}.get(self.dialect)
        number = filler if filler and not ident.startswith("!") else '<id root="2.16.840.1.113883.4.6" extension="%s"/>' % ident.strip("!")
        return number, '<assignedPerson><name><given>%s</given><family>%s</family></name></assignedPerson>%s' % (
            given, family, "<representedOrganization><name>%s</name></representedOrganization>" % org if org else "")

    def author(self, given, family, ident="9990001", when="20240301101500"):
        number, rest = self.person(given, family, ident)
        return '<author><time value="%s"/><assignedAuthor>%s%s</assignedAuthor></author>' % (when, number, rest)

    def performer(self, given, family, ident="9990002", org=""):
        number, rest = self.person(given, family, ident, org)
        return '<performer typeCode="PRF"><assignedEntity>%s%s</assignedEntity></performer>' % (number, rest)

    # --- statements
    def st(self, tag, template, inner, cls=None, mood="EVN", status="completed", negated=None, ident=True):
        cls = cls or {"observation": "OBS", "act": "ACT", "procedure": "PROC", "substanceAdministration": "SBADM", "supply": "SPLY", "encounter": "ENC"}[tag]
        flag = ' negationInd="%s"' % negated if negated else ' negationInd="false"' if self.dialect == "mixed" and tag != "encounter" and tag != "supply" else ""
        head, body = inner if isinstance(inner, tuple) else ("", inner)
        state = '<statusCode code="%s"/>' % status if status else ""
        return '<%s classCode="%s" moodCode="%s"%s>%s%s%s%s%s</%s>' % (tag, cls, mood, flag, self.template(template), self.ids() if ident else "", head, state, body, tag)

    def rel(self, kind, inner, inverted=False):
        return '<entryRelationship typeCode="%s"%s>%s</entryRelationship>' % (kind, ' inversionInd="true"' if inverted else "", inner)

    def section(self, code, title, *entries):
        return ('<component><section>%s<code code="%s" codeSystem="%s"/><title>%s</title><text><list><item ID="t%s">%s</item></list></text>%s</section></component>' % (
            '<templateId root="1.2.40.0.34.6.0.11.2.%s"/>' % code.split("-")[0] if self.dialect == "strange" else "", code, LOINC, title, code, title,
            "".join('<entry%s>%s</entry>' % (' typeCode="DRIV"' if self.dialect != "bare" else "", e) for e in entries)))

    def problem(self, code, display, negated=None, extra="", template="problem", low="20190412", high=None, mood="EVN"):
        return self.st("observation", template, (self.code("code", "64572001", SCT, "Condition", self.code("translation", "75323-6", LOINC)),
                                                 self.time(low, high) + self.code("value", code, SCT, display, kind="CD") + extra), negated=negated, mood=mood)

    def concern(self, *observations, status="active", template="concern"):
        return self.st("act", template, (self.code("code", "CONC", "2.16.840.1.113883.5.6"), self.time("20190412") + "".join(self.rel("SUBJ", o) for o in observations)
                                         + self.author("Conny", "Cern", "9990021")), status=status)

    def comment(self, text):
        return self.rel("SUBJ", self.st("act", "comment", (self.code("code", "48767-8", LOINC), "<text>%s</text>" % text), ident=False), True)

    def allergies(self):
        def allergy(value, entity, negated=None, extra="", display="Allergy to drug"):
            part = ('<participant typeCode="CSM"><participantRole classCode="MANU"><playingEntity classCode="MMAT">%s</playingEntity></participantRole></participant>' % entity) if entity else ""
            code = self.code("code", "ASSERTION", "2.16.840.1.113883.5.4") if self.dialect in ("ccda", "mixed", "ccda11") else self.code("code", "DALG", "2.16.840.1.113883.5.4")
            return self.st("observation", "allergy", (code, self.time("20120504") + self.code("value", value, SCT, display, kind="CD") + self.author("Alma", "Ergin", "9990022") + part + extra), negated=negated)
        reaction = self.rel("MFST", self.st("observation", "reaction", (self.code("code", "ASSERTION", "2.16.840.1.113883.5.4"), self.time("20120504")
                            + self.code("value", "247472004", SCT, "Hives", kind="CD") + self.severity("24484000", "Severe"))), True)
        crit = self.rel("SUBJ", self.st("observation", "criticality", (self.code("code", "82606-5", LOINC), self.code("value", "CRITH", "2.16.840.1.113883.5.1063", kind="CD"))), True)
        state = self.rel("REFR", self.st("observation", "status", (self.code("code", "33999-4", LOINC), self.code("value", "55561003", SCT, "Active", kind="CD"))))
        return self.section(
            "48765-2", "Allergies",
            self.concern(allergy("416098002", self.code("code", "7980", RX, "Penicillin G") + "<name>Penicillin G</name>", extra=reaction + crit + state + self.severity("6736007", "Moderate") + self.comment("Told by her mother")), template="concern-allergy"),
            self.concern(allergy("414285001", '<code nullFlavor="OTH"><translation code="PEANUT-9" codeSystem="%s" displayName="Peanut"/></code><name>Peanut</name>' % LOCAL), template="concern-allergy", status="completed"),
            self.concern(allergy("419199007", '<code nullFlavor="UNK"><originalText><reference value="#t48765-2"/></originalText></code>'), template="concern-allergy", status="suspended"),
            self.concern(allergy("419199007", "", negated="true"), template="concern-allergy"),
            self.concern(allergy("716186003", "", display="No known allergy"), template="concern-allergy"),
            self.concern(allergy("416098002", self.code("code", "1191", RX, "Aspirin"), negated="true"), template="concern-allergy"),
            allergy("418471000", self.code("code", "102259006", SCT, "Citrus fruit")))

    def severity(self, code, display):
        return self.rel("SUBJ", self.st("observation", "severity", (self.code("code", "SEV", "2.16.840.1.113883.5.4"), self.code("value", code, SCT, display, kind="CD"))), True)

    def problems(self):
        age = self.rel("SUBJ", self.st("observation", "age", (self.code("code", "445518008", SCT), '<value xsi:type="PQ" value="43" unit="a"/>')), True)
        state = self.rel("REFR", self.st("observation", "status", (self.code("code", "33999-4", LOINC), self.code("value", "413322009", SCT, "Resolved", kind="CD"))))
        support = self.rel("SPRT", self.st("observation", "result", (self.code("code", "4548-4", LOINC, "HbA1c"), self.time(value="20190410") + '<value xsi:type="PQ" value="8.1" unit="%"/>')))
        return self.section(
            "11450-4", "Problems", self.concern(self.problem("44054006", "Type 2 diabetes", extra=age + support), self.problem("38341003", "Hypertension")),
            self.concern(self.problem("195967001", "Asthma", high="20200101", extra=state), status="completed"),
            self.concern(self.problem("22298006", "Myocardial infarction", negated="true")),
            self.concern(self.problem("160245001", "No current problems")), self.problem("233604007", "Pneumonia", low="20230101"),
            self.concern(self.st("observation", "problem", (self.code("code", "404684003", SCT), self.time("2020") + '<value xsi:type="CD" nullFlavor="OTH"><originalText>Sore elbow</originalText><translation code="M25.529" codeSystem="%s" displayName="Pain in elbow"/></value>' % ICD))),
            self.concern(self.st("observation", "problem", (self.code("code", "55607006", SCT), self.time("2021") + '<value xsi:type="ST">Bad back</value>'))),
            self.st("act", "concern", (self.code("code", "CONC", "2.16.840.1.113883.5.6"), self.time("20180101")), status="active"),
        ) + self.section("11348-0", "Past illness", self.concern(self.problem("36989005", "Mumps", high="1991"), status="completed"))

    def product(self, code, display, template="product", system=RX, extra=""):
        return ('<consumable><manufacturedProduct classCode="MANU">%s<manufacturedMaterial>%s%s</manufacturedMaterial></manufacturedProduct></consumable>' % (
            self.template(template), self.code("code", code, system, display), extra))

    def drug(self, code, display, times="", mood="EVN", status="active", negated=None, extra="", dose='<doseQuantity value="1"/>', template="medication", head=""):
        return self.st("substanceAdministration", template, (head, times + '<routeCode code="C38288" codeSystem="2.16.840.1.113883.3.26.1.1" displayName="ORAL"/>' + dose + self.product(code, display) + extra), mood=mood, status=status, negated=negated)

    def medications(self):
        ivl = '<effectiveTime xsi:type="IVL_TS"><low value="20230110"/><high value="20240110"/></effectiveTime>'
        pivl = '<effectiveTime xsi:type="PIVL_TS" operator="A"><period value="12" unit="h"/></effectiveTime>'
        eivl = '<effectiveTime xsi:type="EIVL_TS" operator="A"><event code="ACM"/></effectiveTime>'
        reason = self.rel("RSON", self.st("observation", "indication", (self.code("code", "404684003", SCT), self.time("2019") + self.code("value", "38341003", SCT, "Hypertension", kind="CD"))))
        order = self.rel("REFR", self.st("supply", "supply", self.time("20230110", "20240110") + '<repeatNumber value="3"/><quantity value="90"/>', mood="INT"))
        given = self.rel("REFR", self.st("supply", "dispense", self.time(value="20230111") + '<quantity value="30"/>' + self.performer("Phil", "Armacist", "9990031"), mood="EVN"))
        told = self.rel("SUBJ", self.st("act", "instruction", (self.code("code", "311401005", SCT, "Patient education"), "<text>Take with water</text>"), mood="INT"), True)
        prn = '<precondition typeCode="PRCN"><criterion>%s<code code="ASSERTION" codeSystem="2.16.840.1.113883.5.4"/><value xsi:type="CD" code="56018004" codeSystem="%s" displayName="Wheezing"/></criterion></precondition>' % (self.template("prn"), SCT)
        return self.section(
            "10160-0", "Medications",
            self.drug("314076", "lisinopril 10 MG", ivl + pivl, extra=self.performer("Pera", "Former", "9990032") + self.author("Aron", "Thorsen", "9990033") + reason + order + given + told),
            self.drug("745679", "albuterol", ivl, extra=prn, dose='<doseQuantity><low value="1"/><high value="2"/></doseQuantity><rateQuantity value="90" unit="mL/min"/><maxDoseQuantity><numerator value="8"/><denominator value="1" unit="d"/></maxDoseQuantity>'),
            self.drug("197361", "amlodipine 5 MG", ivl + eivl, mood="INT"), self.drug("855332", "warfarin 5 MG", ivl, negated="true", status="completed"),
            self.drug("860975", "metformin 500 MG", '<effectiveTime value="20230203"/>', status="aborted"), self.drug("197381", "atenolol 50 MG", ivl, status="suspended", mood="RQO"),
            self.st("substanceAdministration", "medication", '<effectiveTime nullFlavor="NA"/><doseQuantity nullFlavor="NA"/><consumable><manufacturedProduct classCode="MANU">%s<manufacturedMaterial><code nullFlavor="NA"/></manufacturedMaterial></manufacturedProduct></consumable>' % self.template("product"), negated="true"),
            self.st("substanceAdministration", "medication", ivl + '<consumable><manufacturedProduct classCode="MANU">%s<manufacturedMaterial><code nullFlavor="OTH"><originalText>Herbal tea</originalText></code><name>Herbal tea</name></manufacturedMaterial></manufacturedProduct></consumable>' % self.template("product") + self.comment("She makes it")))

    def immunizations(self):
        def shot(code, display, negated=None, mood="EVN", status="completed", extra="", when="20231015"):
            return self.st("substanceAdministration", "immunization", self.time(value=when) + '<doseQuantity value="0.5" unit="mL"/>' + self.product(code, display, "vaccine", CVX, "<lotNumberText>L-77</lotNumberText>") + extra, negated=negated, mood=mood, status=status)
        no = self.rel("RSON", self.st("observation", "refusal", (self.code("code", "PATOBJ", "2.16.840.1.113883.5.8"), "")))
        ill = self.rel("MFST", self.st("observation", "reaction", (self.code("code", "ASSERTION", "2.16.840.1.113883.5.4"), self.code("value", "271807003", SCT, "Rash", kind="CD"))), True)
        return self.section("11369-6", "Immunizations", shot("88", "Influenza", extra=ill + self.performer("Ines", "Jekt", "9990041")), shot("33", "Pneumococcal", negated="true", extra=no),
                            shot("115", "Tdap", mood="INT", status="active", when="20300101"), shot("110", "DTaP", status="aborted"))

    def procedures(self):
        device = '<participant typeCode="DEV"><participantRole classCode="MANU">%s<id root="2.16.840.1.113883.3.3719" extension="(01)00643169007222"/><playingDevice><code code="90412006" codeSystem="%s" displayName="Colonoscope"/></playingDevice></participantRole></participant>' % (self.template("device"), SCT)
        place = '<participant typeCode="LOC"><participantRole classCode="SDLOC">%s<code code="1160-1" codeSystem="2.16.840.1.113883.6.259"/><playingEntity classCode="PLC"><name>East Wing</name></playingEntity></participantRole></participant>' % self.template("location")
        return self.section(
            "47519-4", "Procedures",
            self.st("procedure", "procedure", (self.code("code", "73761001", SCT, "Colonoscopy"), self.time(value="20220203") + '<targetSiteCode code="71854001" codeSystem="%s" displayName="Colon"/>' % SCT + self.performer("Sue", "Rgeon", "9990051", "Knife Clinic") + device + place)),
            self.st("procedure", "procedure", (self.code("code", "80146002", SCT, "Appendectomy"), self.time("20210101", "20210102")), status="aborted"),
            self.st("procedure", "procedure", (self.code("code", "265764009", SCT, "Dialysis"), self.time(value="20210501")), negated="true"),
            self.st("act", "procedure-act", (self.code("code", "274025005", SCT, "Colonic polypectomy"), self.time(value="20220204"))),
            self.st("observation", "procedure-observation", (self.code("code", "252160004", SCT, "Test"), self.time(value="20220205") + '<value xsi:type="CD" code="260385009" codeSystem="%s" displayName="Negative"/>' % SCT)),
            self.st("procedure", "procedure", ('<code nullFlavor="UNK"><originalText>Removal of wart</originalText></code>', self.time(value="2020"))))

    def result(self, code, display, value, extra="", status="completed", negated=None, when="202403051130", template="result"):
        return self.st("observation", template, (self.code("code", code, LOINC, display), self.time(value=when) + value + extra), status=status, negated=negated)

    def results(self):
        span = '<referenceRange><observationRange><text>13 to 17</text><value xsi:type="IVL_PQ"><low value="13" unit="g/dL"/><high value="17" unit="g/dL"/></value></observationRange></referenceRange>'
        values = [("718-7", "Hemoglobin", '<value xsi:type="PQ" value="13.2" unit="g/dL"/><interpretationCode code="N" codeSystem="2.16.840.1.113883.5.83"/>', span),
                  ("5195-3", "HBsAg", '<value xsi:type="CD" code="260385009" codeSystem="%s" displayName="Negative"/>' % SCT, ""), ("630-4", "Culture", '<value xsi:type="ST">No growth</value>', ""),
                  ("5403-1", "VZV titre", '<value xsi:type="RTO_PQ_PQ"><numerator value="1" xsi:type="PQ"/><denominator value="128" xsi:type="PQ"/></value>', ""),
                  ("6690-2", "WBC", '<value xsi:type="PQ" nullFlavor="OTH"><translation value="6.7" code="thou/mcL" codeSystem="%s"><originalText>thou/mcL</originalText></translation></value>' % LOCAL, ""),
                  ("2947-0", "Sodium", '<value xsi:type="PQ" nullFlavor="NAV"/>', ""), ("777-3", "Platelets", '<value xsi:type="IVL_PQ"><low value="150" unit="10*3/uL" inclusive="false"/></value>', ""),
                  ("9279-9", "Count", '<value xsi:type="INT" value="7"/>', ""), ("2028-9", "CO2", '<value xsi:type="REAL" value="22.5"/>', ""), ("11502-2", "Report", '<value xsi:type="ED" mediaType="text/plain">Scar seen</value>', ""),
                  ("5778-6", "Colour", '<value xsi:type="CO" code="1" codeSystem="%s"/>' % LOCAL, ""), ("42803-7", "Specimen time", '<value xsi:type="TS" value="20240305"/>', ""), ("19935-6", "Smoker", '<value xsi:type="BL" value="false"/>', ""),
                  ("2345-7", "Glucose", '<value xsi:type="IVL_PQ"><low value="3" unit="mmol/L"/><high value="6" unit="mmol/L"/></value>', "")]
        inner = "".join("<component>%s</component>" % self.result(*v) for v in values)
        deep = '<component><organizer classCode="BATTERY" moodCode="EVN">%s%s<statusCode code="completed"/><component>%s</component></organizer></component>' % (
            self.ids(), self.code("code", "57021-8", LOINC, "CBC"), self.result("789-8", "RBC", '<value xsi:type="PQ" value="4.5" unit="10*6/uL"/>'))
        panel = '<organizer classCode="BATTERY" moodCode="EVN">%s%s%s<statusCode code="completed"/>%s%s</organizer>' % (
            self.template("panel"), self.ids(), self.code("code", "58410-2", LOINC, "CBC panel"), inner, deep)
        twice = '<organizer classCode="BATTERY" moodCode="EVN">%s%s%s<statusCode code="active"/><component>%s</component></organizer>' % (
            self.template("panel"), self.ids(), self.code("code", "24323-8", LOINC, "Panel"), self.result("2160-0", "Creatinine", '<value xsi:type="PQ" value="1" unit="mg/dL"/>', status="active"))
        return self.section("30954-2", "Results", panel, twice, self.result("4548-4", "HbA1c", '<value xsi:type="PQ" value="6.5" unit="%"/>'),
                            self.result("600-7", "Bacteria", self.code("value", "112283007", SCT, "Escherichia coli", kind="CD"), negated="true"),
                            '<act classCode="ACT" moodCode="EVN"><templateId root="1.3.6.1.4.1.19376.1.3.1"/>%s<code code="18719-5" codeSystem="%s"/><statusCode code="completed"/>%s</act>' % (
                                self.ids(), LOINC, self.rel("COMP", self.result("2951-2", "Sodium", '<value xsi:type="PQ" value="140" unit="mmol/L"/>'))))

    def vitals(self):
        def vital(code, number, unit, when="20240305113000"):
            return "<component>%s</component>" % self.st("observation", "vital", (self.code("code", code, LOINC), self.time(value=when) + '<value xsi:type="PQ" value="%s" unit="%s"/>' % (number, unit)))
        panel = '<organizer classCode="CLUSTER" moodCode="EVN">%s%s%s<statusCode code="completed"/>%s%s</organizer>' % (
            self.template("vitals"), self.ids(), self.code("code", "46680005", SCT), self.time(value="20240305113000"),
            vital("8480-6", "132", "mm[Hg]") + vital("8462-4", "86", "mm[Hg]") + vital("8867-4", "70", "/min") + vital("59408-5", "98", "%") + vital("8310-5", "37.1", "Cel")
            + vital("8480-6", "140", "mm[Hg]", "20240305120000") + vital("8462-4", "90", "mm[Hg]", "20240305120000"))
        return self.section("8716-3", "Vital signs", panel, self.st("observation", "vital", (self.code("code", "29463-7", LOINC), self.time(value="20240304") + '<value xsi:type="PQ" value="80" unit="kg"/>')))

    def encounters(self):
        dx = self.rel("COMP", self.st("act", "diagnosis", (self.code("code", "29308-4", LOINC), self.rel("SUBJ", self.problem("233604007", "Pneumonia", low="20240301"))), status="active"))
        return self.section(
            "46240-8", "Encounters", self.st("encounter", "encounter", (self.code("code", "99213", "2.16.840.1.113883.6.12", "Office visit"), self.time("20240301100000", "20240301110000") + self.performer("Enno", "Counter", "9990061") + dx), status=None),
            self.st("encounter", "encounter", (self.code("code", "IMP", "2.16.840.1.113883.5.4"), self.time("20230101")), status="active"),
            self.st("encounter", "encounter", (self.code("code", "AMB", "2.16.840.1.113883.5.4"), self.time(value="20230401")), status="cancelled"))

    def social(self):
        return self.section("29762-2", "Social history", self.st("observation", "smoking", (self.code("code", "72166-2", LOINC), self.time(value="20240301") + self.code("value", "8517006", SCT, "Ex-smoker", kind="CD"))),
                            self.st("observation", "social", (self.code("code", "160573003", SCT, "Alcohol"), self.time("2001") + '<value xsi:type="PQ" value="3" unit="{drinks}/wk"/>')),
                            self.st("observation", "social", (self.code("code", "363908000", SCT, "Drug misuse"), self.time("2001")), negated="true"),
                            self.st("observation", "social", (self.code("code", "160573003", SCT, "Alcohol"), self.time("2001") + self.code("value", "28127009", SCT, "Social drinker", kind="CD")), negated="true"))

    def family(self):
        def relative(code, display, conditions, extra=""):
            return ('<organizer classCode="CLUSTER" moodCode="EVN">%s%s<statusCode code="completed"/><subject><relatedSubject classCode="PRS"><code code="%s" codeSystem="2.16.840.1.113883.5.111" displayName="%s"/>'
                    '<subject><administrativeGenderCode code="M" codeSystem="2.16.840.1.113883.5.1"/><birthTime value="1930"/>%s</subject></relatedSubject></subject>%s</organizer>') % (
                        self.template("family"), self.ids(), code, display, extra, "".join("<component>%s</component>" % c for c in conditions))
        age = self.rel("SUBJ", self.st("observation", "age", (self.code("code", "445518008", SCT), '<value xsi:type="PQ" value="57" unit="a"/>')), True)
        dead = self.rel("CAUS", self.st("observation", "death", (self.code("code", "ASSERTION", "2.16.840.1.113883.5.4"), self.code("value", "419099009", SCT, "Dead", kind="CD"))))
        return self.section(
            "10157-6", "Family history",
            relative("FTH", "Father", [self.problem("22298006", "Myocardial infarction", template="relative", low="1987", extra=age + dead), self.problem("44054006", "Diabetes", negated="true", template="relative", low="1990")], "<sdtc:deceasedInd value=\"true\"/>"),
            relative("MTH", "Mother", [self.problem("254837009", "Breast cancer", template="relative", low="1999")], "<sdtc:deceasedInd value=\"false\"/>"),
            self.st("observation", "relative", (self.code("code", "64572001", SCT), self.time("1970") + self.code("value", "73211009", SCT, "Diabetes", kind="CD")
                    + '<subject><relatedSubject classCode="PRS"><code code="SIB" codeSystem="2.16.840.1.113883.5.111"/></relatedSubject></subject>')))

    def plan(self):
        return self.section(
            "18776-5", "Plan", self.st("observation", "plan-observation", (self.code("code", "24627-2", LOINC, "CT chest"), self.time(value="20300101")), mood="RQO", status="active"),
            self.st("procedure", "plan-procedure", (self.code("code", "73761001", SCT, "Colonoscopy"), self.time(value="20300102") + self.author("Plana", "Head", "9990071")), mood="INT", status="active"),
            self.st("act", "plan-act", (self.code("code", "306206005", SCT, "Referral"), self.time(value="20300103")), mood="PRP", status="active"),
            self.st("encounter", "plan-encounter", (self.code("code", "185349003", SCT, "Check-up"), self.time(value="20300104")), mood="APT", status="active"),
            self.drug("314076", "lisinopril 10 MG", '<effectiveTime value="20300105"/>', mood="PRMS", template="plan-medication"),
            self.st("supply", "plan-supply", '<quantity value="2"/>' + '<product><manufacturedProduct classCode="MANU"><manufacturedMaterial>%s</manufacturedMaterial></manufacturedProduct></product>' % self.code("code", "469008007", SCT, "Bandage"), mood="RQO", status="active"),
            self.st("observation", "plan-observation", (self.code("code", "29463-7", LOINC, "Weight"), self.time(value="20300101") + '<value xsi:type="PQ" value="75" unit="kg"/>'), mood="GOL", status="active"),
            self.st("act", "instruction", (self.code("code", "409073007", SCT, "Education"), "<text>Walk more</text>"), mood="INT")) + self.section(
                "61146-7", "Goals", self.st("observation", "goal", (self.code("code", "59408-5", LOINC), self.time(value="20300101") + '<value xsi:type="IVL_PQ"><low value="92" unit="%"/></value>'), mood="GOL", status="active"))

    def others(self):
        policy = self.st("act", "policy", (self.code("code", "81", "2.16.840.1.113883.6.255.1336"), '<performer typeCode="PRF"><assignedEntity><id root="2.16.840.1.113883.6.300" extension="P-1"/><code code="PAYOR" codeSystem="2.16.840.1.113883.5.110"/><representedOrganization><name>Good Payer</name></representedOrganization></assignedEntity></performer>'
                  '<participant typeCode="COV"><participantRole classCode="PAT"><id root="%s.9" extension="M-1"/><code code="SELF" codeSystem="2.16.840.1.113883.5.111"/></participantRole></participant>' % ROOT))
        member = self.st("act", "member", (self.code("code", "92707-9", LOINC), self.performer("Tea", "Member", "9990081")), cls="PCPR", status="active")
        product = '<participant typeCode="PRD"><participantRole classCode="MANU">%s<id root="%s.8" extension="D-1"/><playingDevice><code code="14106009" codeSystem="%s" displayName="Pacemaker"/></playingDevice></participantRole></participant>' % (self.template("device"), ROOT, SCT)
        return (self.section("48768-6", "Payers", self.st("act", "coverage", (self.code("code", "48768-6", LOINC), self.rel("COMP", policy))))
                + self.section("42348-3", "Directives", self.st("observation", "directive", (self.code("code", "304251008", SCT, "Resuscitation"), self.time("2023", "2033") + self.code("value", "304253006", SCT, "Not for resuscitation", kind="CD"))))
                + self.section("46264-8", "Equipment", self.st("supply", "equipment", self.time("20200101") + '<quantity value="1"/>' + product))
                + self.section("47420-5", "Functional status", self.st("observation", "functional", (self.code("code", "54522-8", LOINC), self.time(value="20240301") + self.code("value", "165245003", SCT, "Walks", kind="CD"))),
                               self.st("observation", "scale", (self.code("code", "54614-3", LOINC), self.time(value="20240301") + '<value xsi:type="INT" value="4"/>')))
                + self.section("75310-3", "Health concerns", self.st("act", "health-concern", (self.code("code", "75310-3", LOINC), self.time("2023") + self.rel("REFR", self.problem("162864005", "Obesity"))), status="active"))
                + self.section("34109-9", "Notes", self.st("act", "note", (self.code("code", "34109-9", LOINC, inner=self.code("translation", "11488-4", LOINC)), "<text>Seen and sent home</text>" + self.time(value="20240301") + self.author("Nora", "Writer", "9990091"))))
                + self.section("85847-2", "Care team", '<organizer classCode="CLUSTER" moodCode="EVN">%s%s<code code="86744-0" codeSystem="%s"/><statusCode code="active"/><component>%s</component></organizer>' % (self.template("team"), self.ids(), LOINC, member))
                + self.section("10187-3", "Systems", self.st("observation", "problem", (self.code("code", "418799008", SCT, "Symptom"), self.time(value="20240301") + self.code("value", "49727002", SCT, "Cough", kind="CD")), negated="true"))
                + self.section("99999-9", "Unheard of", self.st("act", "plan-act", (self.code("code", "X1", LOCAL, "Something"), self.time(value="20240301"))),
                               self.st("observation", "result", (self.code("code", "X2", LOCAL, "Some finding"), self.time(value="20240301") + '<value xsi:type="ST">seen</value>')),
                               self.st("procedure", "procedure", (self.code("code", "X3", LOCAL, "Some deed"), self.time(value="20240301"))),
                               self.drug("X4", "Some drug"), self.st("supply", "supply", '<quantity value="1"/>'), self.st("encounter", "encounter", (self.code("code", "X5", LOCAL, "Some visit"), self.time(value="20240301")))))

    def document(self):
        name, rest = self.person("Dora", "Author", "!9990099", "Old Town Surgery")
        body = "".join(part() for part in (self.allergies, self.problems, self.medications, self.immunizations, self.procedures, self.results, self.vitals, self.encounters,
                                           self.social, self.family, self.plan, self.others))
        return HEAD + ('<realmCode code="%s"/><typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>%s<id root="%s" extension="DOC-%s"/><code code="34133-9" codeSystem="%s"/><title>Summary</title>'
                       '<effectiveTime value="20240306120000+0000"/><confidentialityCode code="N" codeSystem="2.16.840.1.113883.5.25"/><languageCode code="en-US"/>'
                       '<recordTarget><patientRole><id root="%s.5" extension="PAT-1"/><addr><city>Oldtown</city></addr><patient><name><given>Ada</given><family>Sample</family></name><administrativeGenderCode code="F" codeSystem="2.16.840.1.113883.5.1"/><birthTime value="19700102"/></patient></patientRole></recordTarget>'
                       '<author><time value="20240306120000"/><assignedAuthor>%s%s</assignedAuthor></author>'
                       '<custodian><assignedCustodian><representedCustodianOrganization><id root="%s.1"/><name>Record Keepers</name></representedCustodianOrganization></assignedCustodian></custodian>'
                       '<component><structuredBody>%s</structuredBody></component></ClinicalDocument>\n') % (
                           "AT" if self.dialect == "strange" else "US", '<templateId root="2.16.840.1.113883.10.20.22.1.2"/>' if "ccda" in self.dialect else "", ROOT, self.dialect, LOINC, ROOT, name, rest, ROOT, body)


def in_order(text):
    """The document with what each statement holds in the order of the schema."""
    root = etree.fromstring(text.encode())
    for node in root.iter():
        if etree.QName(node).localname in STATEMENTS:
            node[:] = sorted(node, key=lambda child: ORDER.index(etree.QName(child).localname))
    return etree.tostring(root, encoding="unicode") + "\n"


def write(folder):
    os.makedirs(folder, exist_ok=True)
    for dialect in DIALECTS:
        with open(os.path.join(folder, dialect + ".xml"), "w", encoding="utf-8") as file:
            file.write(in_order(Writer(dialect).document()))


if __name__ == "__main__":
    write(sys.argv[1])
