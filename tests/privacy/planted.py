# SPDX-License-Identifier: Apache-2.0
"""A Bundle (FHIR R4) with a text of its own at every place where somebody could be told: planted() gives it, and the
texts with their places."""
import json


class Planter:
    """Makes values that hold secrets, and remembers them."""

    def __init__(self):
        self.secrets = []
        self.place = ""

    def word(self, what, form="{}"):
        """A text that stands nowhere else."""
        text = form.format(f"Sec{len(self.secrets):03}ret")
        self.secrets.append((f"{self.place}.{what}", text))
        return text

    def number(self, what):
        text = str(9_870_000_018 + 17 * len(self.secrets))
        self.secrets.append((f"{self.place}.{what}", text))
        return int(text)

    def date(self, what, form="{}"):
        """A day of a year of its own, so that no shifted one is another."""
        text = form.format(f"{1936 + len(self.secrets) % 80}-{1 + len(self.secrets) % 12:02}-{10 + len(self.secrets) % 18:02}")
        self.secrets.append((f"{self.place}.{what}", text))
        return text

    def moment(self, what):
        return self.date(what, "{}T13:14:15.678Z")

    def url(self, what):
        return self.word(what, "https://{}.test/x")

    def coding(self, what):
        return {"system": self.url(what + ".system"), "version": self.word(what + ".version"),
                "code": self.word(what + ".code"), "display": self.word(what + ".display")}

    def published(self, what):
        """What is said beside a code that may be told."""
        return {"system": "http://loinc.org", "code": "718-7", "version": self.word(what + ".version"),
                "display": self.word(what + ".display")}

    def concept(self, what):
        return {"coding": [self.coding(what + ".coding[0]"), self.published(what + ".coding[1]"),
                           {"system": "http://snomed.info/sct", "code": self.word(what + ".wrong-code")}],
                "text": self.word(what + ".text")}

    def identifier(self, what):
        return {"type": {"text": self.word(what + ".type")}, "system": self.url(what + ".system"),
                "value": self.word(what + ".value"), "assigner": {"display": self.word(what + ".assigner")}}

    def reference(self, what, kind="Patient"):
        return {"reference": self.word(what + ".reference", "https://{}.test/fhir/" + kind + "/7"),
                "display": self.word(what + ".display"), "identifier": self.identifier(what + ".identifier")}

    def quantity(self, what):
        return {"value": self.number(what + ".value"), "unit": self.word(what + ".unit"),
                "system": self.url(what + ".system"), "code": self.word(what + ".code")}

    def note(self, what):
        return {"text": self.word(what + ".text"), "authorString": self.word(what + ".author")}

    def attachment(self, what):
        return {"contentType": "text/plain", "title": self.word(what + ".title"), "url": self.url(what + ".url")}

    def name(self, what):
        return {"text": self.word(what + ".text"), "family": self.word(what + ".family"),
                "given": [self.word(what + ".given")], "prefix": [self.word(what + ".prefix")],
                "suffix": [self.word(what + ".suffix")]}

    def address(self, what):
        return {"text": self.word(what + ".text"), "line": [self.word(what + ".line")],
                "city": self.word(what + ".city"), "district": self.word(what + ".district"),
                "state": self.word(what + ".state"), "postalCode": self.word(what + ".postalCode"),
                "country": self.word(what + ".country")}

    def extension(self, what):
        return {"url": self.url(what + ".url"), "valueString": self.word(what + ".value")}

    def resource(self, kind, **content):
        """`content` is under the names that follow from self.place, which has to be set before it is made."""
        base = {"resourceType": kind, "id": self.word("id", "n987654{}"),
                "meta": {"versionId": self.word("meta.versionId"), "lastUpdated": self.moment("meta.lastUpdated"),
                         "source": self.url("meta.source"), "profile": [self.url("meta.profile")],
                         "tag": [self.coding("meta.tag")]},
                "implicitRules": self.url("implicitRules"),
                "text": {"status": "generated",
                         "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{self.word("text")}</div>'},
                "extension": [self.extension("extension")],
                "modifierExtension": [self.extension("modifierExtension")],
                "identifier": [self.identifier("identifier")]}
        base.update(content)
        return base


def people(p):
    p.place = "Patient"
    yield p.resource(
        "Patient", name=[p.name("name")], telecom=[{"system": "phone", "value": p.word("telecom")}],
        birthDate=p.date("birthDate"), deceasedDateTime=p.moment("deceased"), address=[p.address("address")],
        maritalStatus=p.concept("maritalStatus"), photo=[p.attachment("photo")],
        contact=[{"name": p.name("contact.name"), "organization": {"display": p.word("contact.organization")}}],
        communication=[{"language": p.concept("language")}], generalPractitioner=[p.reference("gp", "Practitioner")])
    p.place = "Practitioner"
    yield p.resource("Practitioner", name=[p.name("name")], address=[p.address("address")],
                     telecom=[{"value": p.word("telecom")}],
                     qualification=[{"code": p.concept("qualification"), "identifier": [p.identifier("q.identifier")]}])
    p.place = "Organization"
    yield p.resource("Organization", name=p.word("name"), alias=[p.word("alias")], address=[p.address("address")],
                     type=[p.concept("type")], contact=[{"purpose": p.concept("contact")}])
    p.place = "Location"
    yield p.resource("Location", name=p.word("name"), description=p.word("description"), address=p.address("address"),
                     position={"longitude": -1.54785, "latitude": 53.79648}, type=[p.concept("type")])


def clinical(p):
    p.place = "Observation"
    yield p.resource(
        "Observation", status="final", code=p.concept("code"), subject=p.reference("subject"),
        effectiveDateTime=p.moment("effective"), issued=p.moment("issued"), valueQuantity=p.quantity("value"),
        note=[p.note("note")], bodySite=p.concept("bodySite"), method=p.concept("method"),
        interpretation=[p.concept("interpretation")],
        referenceRange=[{"low": p.quantity("range.low"), "text": p.word("range.text")}],
        component=[{"code": p.concept("component[0].code"), "valueString": p.word("component[0].value")},
                   {"code": p.concept("component[1].code"), "valueInteger": p.number("component[1].value")},
                   {"code": p.concept("component[2].code"),
                    "valueSampledData": {"origin": {"value": 1}, "period": 1, "dimensions": 1,
                                         "data": p.word("component[2].value")}}])
    p.place = "Condition"
    yield p.resource("Condition", code=p.concept("code"), subject=p.reference("subject"),
                     category=[p.concept("category")], bodySite=[p.concept("bodySite")],
                     onsetString=p.word("onset"), recordedDate=p.moment("recordedDate"), note=[p.note("note")],
                     evidence=[{"code": [p.concept("evidence")]}])
    p.place = "MedicationRequest"
    yield p.resource(
        "MedicationRequest", status="active", intent="order", medicationCodeableConcept=p.concept("medication"),
        subject=p.reference("subject"), authoredOn=p.moment("authoredOn"), reasonCode=[p.concept("reason")],
        dosageInstruction=[{"text": p.word("dosage.text"), "patientInstruction": p.word("dosage.instruction"),
                            "route": p.concept("dosage.route"),
                            "doseAndRate": [{"doseQuantity": p.quantity("dosage.dose")}]}])
    p.place = "Procedure"
    yield p.resource("Procedure", status="completed", code=p.concept("code"), subject=p.reference("subject"),
                     performedDateTime=p.moment("performed"), note=[p.note("note")],
                     performer=[{"actor": p.reference("performer", "Practitioner")}])
    p.place = "AllergyIntolerance"
    yield p.resource("AllergyIntolerance", patient=p.reference("patient"), code=p.concept("code"),
                     recordedDate=p.moment("recordedDate"),
                     reaction=[{"manifestation": [p.concept("reaction")], "description": p.word("reaction.text")}])
    p.place = "Device"
    yield p.resource(
        "Device", patient=p.reference("patient"), serialNumber=p.word("serialNumber"), lotNumber=p.word("lotNumber"),
        udiCarrier=[{"deviceIdentifier": p.word("udi"), "carrierHRF": p.word("hrf"), "issuer": p.url("issuer")}],
        deviceName=[{"name": p.word("deviceName"), "type": "user-friendly-name"}], url=p.url("url"),
        note=[p.note("note")])


def documents(p):
    p.place = "DocumentReference"
    yield p.resource("DocumentReference", status="current", subject=p.reference("subject"),
                     description=p.word("description"), date=p.moment("date"),
                     content=[{"attachment": p.attachment("attachment"), "format": p.coding("format")}])
    p.place = "QuestionnaireResponse"
    yield p.resource(
        "QuestionnaireResponse", status="completed", subject=p.reference("subject"),
        item=[{"linkId": p.word("linkId"), "text": p.word("item.text"),
               "answer": [{"valueString": p.word("answer")}, {"valueUri": p.url("answer.uri")},
                          {"valueCoding": p.coding("answer.coding")}, {"valueDate": p.date("answer.date")},
                          {"valueAttachment": p.attachment("answer.attachment")},
                          {"valueReference": p.reference("answer.reference")}]}],
        identifier=p.identifier("identifier"))
    p.place = "Composition"
    yield p.resource(
        "Composition", status="final", type=p.concept("type"), subject=p.reference("subject"), date=p.moment("date"),
        author=[p.reference("author", "Practitioner")], title=p.word("title"),
        section=[{"title": p.word("section.title"), "code": p.concept("section.code"),
                  "text": {"status": "generated",
                           "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{p.word("section.text")}</div>'},
                  "entry": [p.reference("section.entry", "Observation")]}],
        identifier=p.identifier("identifier"))


def planted():
    """(Bundle, [(place, text)])"""
    p = Planter()
    entries = []
    for resource in (*people(p), *clinical(p), *documents(p)):
        p.place = resource["resourceType"] + ".entry"
        entries.append({
            "fullUrl": p.word("fullUrl", "https://{}.test/fhir/") + f"{resource['resourceType']}/{resource['id']}",
            "resource": resource,
            "request": {"method": "PUT", "url": p.word("request.url", "Patient?identifier={}"),
                        "ifNoneExist": p.word("ifNoneExist"), "ifMatch": p.word("ifMatch")},
            "response": {"status": p.word("status"), "location": p.url("location"), "etag": p.word("etag")}})
    p.place = "Bundle"
    bundle = {"resourceType": "Bundle", "id": p.word("id", "n123456{}"), "type": "batch",
              "identifier": p.identifier("identifier"), "timestamp": p.moment("timestamp"),
              "link": [{"relation": "self", "url": p.url("link")}], "entry": entries}
    text = json.dumps(bundle)
    return bundle, [(place, secret) for place, secret in p.secrets if secret in text]
