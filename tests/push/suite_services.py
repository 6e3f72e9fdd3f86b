# SPDX-License-Identifier: Apache-2.0
"""National services and regions by their public specifications: claims of tokens that each record gives (Interweave, GP Connect),
referrals (e-RS), event messages (NEMS), events (MNS), and ITK3 messages over MESH."""
import base64
import json
import random
import re
import threading
import urllib.parse
import uuid
import xml.etree.ElementTree as xml

from harness import Endpoint, bundle_answer, lines_of, openssl, settings

NHS = "https://fhir.nhs.uk/Id/nhs-number"
OUTCOME = json.dumps({"resourceType": "OperationOutcome", "issue": [{"severity": "information", "code": "informational"}]})
FHIR = "{http://hl7.org/fhir}"
NUMBERS = ("9990000018", "9990000026", "9990000034")


def patient(number, **more):
    return {"resourceType": "Patient", "id": f"p{number}", "identifier": [{"system": NHS, "value": number}],
            "name": [{"family": f"Family{number[-2:]}", "given": ["Jane", "Marie"]}], "birthDate": "1970-03-04", **more}


def claims_of(token):
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def bearer(request):
    return (request.headers.get("Authorization") or "").removeprefix("Bearer ")


class Case:
    def __init__(self, bench):
        self.bench, self.folder = bench, bench.folder
        self.reply, self.lock = None, threading.Lock()
        self.endpoint = Endpoint(self.answer)
        openssl("genrsa", "-out", "services.pem", "2048", cwd=self.folder)
        for name in ("services.secret", "services.cert"):
            (self.folder / name).write_text("s3cret\n")
        self.tls = dict(endpoint__certificate=self.folder / "services.cert", endpoint__key=self.folder / "services.pem")

    def answer(self, request):
        with self.lock:
            return self.reply(request)

    def push(self, region, records, *arguments, fresh=True, name="services.ndjson", **values):
        path = self.folder / name
        if isinstance(records, str):
            path.write_text(records)
        else:
            path.write_text("".join(json.dumps(record) + "\n" for record in records))
        self.endpoint.take()
        if fresh:
            self.bench.fresh_state()
        self.run = self.bench.push(self.endpoint.base, path, "--region", region, *arguments, *settings(**values))
        self.issues, self.summary = lines_of(self.run)
        return self.endpoint.take()

    def check(self, title, condition, detail=""):
        self.bench.check(title, condition, f"{detail} exit {self.run.returncode} {self.run.stdout} {self.run.stderr}")


def interweave(c):
    tokens = {}

    def reply(request):
        if request.path == "/token":
            form = dict(urllib.parse.parse_qsl(request.body.decode()))
            token = f"token-{len(tokens)}"
            tokens[token] = claims_of(form["assertion"])
            return 200, {"Content-Type": "application/json"}, json.dumps({"access_token": token, "token_type": "Bearer", "expires_in": 300})
        return 201, {}, ""
    c.reply = reply
    user = {f"auth__claims__usr__{name}": value for name, value in
            dict(rol="nurse", org="A1", fam="Example", giv="Ann", ids="u1").items()}
    values = dict(auth__token_url=c.endpoint.root + "/token", auth__client_id="lhcr", auth__secret__file=c.folder / "services.secret",
                  auth__key=c.folder / "services.pem", auth__claims__rsn="5", values__ods="A1", **user)
    observation = {"resourceType": "Observation", "id": "o1", "status": "final", "code": {"text": "x"},
                   "subject": {"reference": f"Patient/p{NUMBERS[1]}"}}
    collection = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": patient(NUMBERS[1])}, {"resource": observation}]}
    organization = {"resourceType": "Organization", "id": "org1", "name": "x"}
    seen = c.push("interweave", [patient(NUMBERS[0]), patient(NUMBERS[0], gender="female"), collection, organization], **values)
    puts = {(each.path.removeprefix("/fhir/"), bearer(each)) for each in seen if each.method == "PUT"}
    about = {path: tokens[token].get("pat") for path, token in puts}
    c.check("every request has the token of its own patient", c.run.returncode == 0
            and about[f"Patient/p{NUMBERS[0]}"] == {"nhs": NUMBERS[0], "fam": "Family18", "giv": "Jane", "dob": "1970-03-04"}
            and about[f"Patient/p{NUMBERS[1]}"]["nhs"] == NUMBERS[1] and about["Observation/o1"]["nhs"] == NUMBERS[1]
            and about["Organization/org1"] is None, str(about))
    c.check("one token for each patient", len(tokens) == 3, str(tokens))
    first = tokens["token-0"]
    c.check("with the claims of the user", first["usr"] == dict(rol="nurse", org="A1", fam="Example", giv="Ann", ids="u1")
            and first["aud"] == "IAM" and first["rsn"] == "5" and first["ods"] == "A1", str(first))
    twins = patient(NUMBERS[0], identifier=[{"system": NHS, "value": NUMBERS[0]}, {"system": NHS, "value": NUMBERS[1]}])
    seen = c.push("interweave", [twins], **values)
    c.check("a record that gives two answers is not sent", c.run.returncode == 1 and not seen and "auth.claims.pat.nhs" in c.run.stdout)
    c.push("interweave", [organization], auth__claims__pat__nhs="fhirpath:identifier.value", **values)
    c.check("nor one that gives none where one is needed", c.run.returncode == 1 and c.summary["refused"] == 1)
    c.push("interweave", [organization], auth__claims__pat__nhs="fhirpath:identifier.", **values)
    c.check("what is no FHIRPath is said before anything is sent", c.run.returncode == 2 and "auth.claims.pat.nhs" in c.run.stderr)
    c.push("interweave", [organization], endpoint__proxy="fhirpath:id", **values)
    c.check("other keys are asked of no record", c.run.returncode == 2 and "the same for every record" in c.run.stderr)


def tokens_beside(c):
    """The token of one patient is not given before the record of another has come."""
    came, waited = threading.Event(), []

    def reply(request):
        if request.path != "/token":
            if request.path.endswith("/p" + NUMBERS[0]):
                came.set()
            return 201, {}, ""
        form = dict(urllib.parse.parse_qsl(request.body.decode()))
        number = claims_of(form["assertion"])["pat"]["nhs"]
        if number == NUMBERS[1]:
            waited.append(came.wait(20))
        return 200, {"Content-Type": "application/json"}, json.dumps({"access_token": f"token-{number}", "expires_in": 300})
    endpoint = Endpoint(reply)
    path = c.folder / "beside.ndjson"
    path.write_text("".join(json.dumps(patient(number, gender=gender)) + "\n"
                            for number, gender in zip((*NUMBERS, NUMBERS[1]), ("male", "female", "other", "unknown"))))
    values = dict(auth__token_url=endpoint.root + "/token", auth__client_id="lhcr", auth__secret__file=c.folder / "services.secret",
                  auth__key=c.folder / "services.pem", auth__claims__rsn="5", values__ods="A1",
                  **{f"auth__claims__usr__{name}": "x" for name in ("rol", "org", "fam", "giv", "ids")})
    c.bench.fresh_state()
    c.run = c.bench.push(endpoint.base, path, "--region", "interweave", *settings(**values))
    seen = endpoint.take()
    c.check("a token that is fetched holds up nobody else", c.run.returncode == 0 and waited == [True], str(waited))
    c.check("and is fetched once for all that wait for it", sum(each.path == "/token" for each in seen) == len(NUMBERS))
    c.check("each record has its own", all(bearer(each) == "token-" + each.path[-10:] for each in seen if each.method == "PUT"))


def gp_connect(c):
    c.reply = lambda request: (201, {}, "")
    device = {"auth__claims__requesting_device__" + name: value for name, value in
              {"model": "m", "version": "1", "identifier__0__system": "urn:d", "identifier__0__value": "d1"}.items()}
    person = {"auth__claims__requesting_practitioner__" + name: value for name, value in
              {"name__0__family": "Example", "name__0__given__0": "Ann", "identifier__0__system": "urn:u", "identifier__0__value": "u1"}.items()}
    record = {"auth__claims__requested_record__identifier__0__value": "fhirpath:contained.ofType(Patient).identifier.value"}
    seen = c.push("gp-connect", [
        {"resourceType": "Appointment", "status": "booked", "contained": [patient(number) | {"id": "p"}],
         "participant": [{"actor": {"reference": "#p"}, "status": "accepted"}]} for number in NUMBERS],
        **c.tls, auth__audience="https://provider.example.org/fhir", auth__claims__iss="https://consumer.example.org",
        auth__claims__requesting_organization__name="x", **device, **person, **record,
        **{"headers__Ssp-InteractionID": "urn:nhs:names:services:gpconnect:fhir:rest:create:appointment-1"},
        values__from_asid="1", values__to_asid="2", values__ods="A1", values__user="u1")
    told = [claims_of(bearer(each)) for each in seen]
    c.check("each token says whose record it is for", c.run.returncode == 0
            and {each["requested_record"]["identifier"][0]["value"] for each in told} == set(NUMBERS), str(told))
    one = told[0] if told else {}
    c.check("and who asks", one.get("sub") == one.get("requesting_practitioner", {}).get("id") == "u1" and one["exp"] - one["iat"] == 300
            and one["requesting_practitioner"]["name"] == [{"family": "Example", "given": ["Ann"]}]
            and one["requesting_organization"]["identifier"] == [{"system": "https://fhir.nhs.uk/Id/ods-organization-code", "value": "A1"}]
            and one["reason_for_request"] == "directcare" and one["requested_scope"] == "patient/*.write", str(one))
    c.check("tokens are not signed", all(bearer(each).endswith(".") for each in seen))


def headers(c):
    c.reply = lambda request: (201, {}, "")
    seen = c.push("generic-r4", [patient(number) for number in NUMBERS], "--style", "resource-put",
                  **{"headers__X-Patient": f"fhirpath:identifier.where(system = '{NHS}').value", "headers__X-Gender": "fhirpath?:gender"})
    c.check("a header that each record gives", {each.headers["X-Patient"] for each in seen} == set(NUMBERS)
            and all(each.headers["X-Patient"] in each.path for each in seen) and all(each.headers["X-Gender"] is None for each in seen))
    evil = patient(NUMBERS[0], name=[{"family": "a\r\nX-Evil: 1"}])
    seen = c.push("generic-r4", [evil], "--style", "resource-put", **{"headers__X-Name": "fhirpath:name.family"})
    c.check("which may not add a line", c.run.returncode == 1 and not seen and "control characters" in c.run.stdout)
    c.reply = lambda request: (200, {}, bundle_answer(request.body))
    seen = c.push("generic-r4", [patient(number) for number in NUMBERS], **{"headers__X-Patient": "fhirpath:identifier.value"})
    c.check("records are not put together then", len(seen) == 3)


def referrals(c):
    c.reply = lambda request: (201, {}, json.dumps({"resourceType": "ReferralRequest", "id": "1", "status": "active"}))
    values = dict(auth__secret__file=c.folder / "services.secret", values__ods="A1",
                  **{"headers__NHSD-eRS-Business-Function": "REFERRING_CLINICIAN"})
    parameters = {"resourceType": "Parameters", "parameter": [{"name": "patient", "valueIdentifier": {"system": NHS, "value": NUMBERS[0]}}]}
    seen = c.push("ers", [parameters], **values)
    got = seen[0].headers if seen else {}
    c.check("a referral is made by its operation", c.run.returncode == 0 and seen[0].path == "/fhir/ReferralRequest/$ers.createReferral"
            and seen[0].json() == parameters and got["NHSD-eRS-Business-Function"] == "REFERRING_CLINICIAN"
            and got["NHSD-End-User-Organisation-ODS"] == "A1" and got["Content-Type"] == "application/fhir+json")
    seen = c.push("ers", [patient(NUMBERS[0])], **values)
    c.check("what is no Parameters is refused", c.run.returncode == 1 and not seen)
    c.reply = lambda request: (504, {}, "")
    seen = c.push("ers", [parameters], **values)
    c.check("one without an answer is unknown, not made twice", c.run.returncode == 1 and len(seen) == 1 and c.summary["unknown"] == 1)
    c.reply = lambda request: (422, {}, OUTCOME.replace("information\"", "error\""))
    c.push("ers", [parameters], **values)
    c.check("one that is refused is refused", c.run.returncode == 1 and c.summary["refused"] == 1)


EMS = """<?xml version="1.0" encoding="UTF-8"?>
<Bundle xmlns="http://hl7.org/fhir"><meta><profile value="https://fhir.nhs.uk/STU3/StructureDefinition/EMS-Bundle-1"/></meta><type value="message"/>
<entry><fullUrl value="urn:uuid:b9c63b5e-a88e-47d3-9d45-081ebe9e48b5"/><resource><MessageHeader><id value="b9c63b5e-a88e-47d3-9d45-081ebe9e48b5"/>
<event><system value="https://fhir.nhs.uk/STU3/CodeSystem/EMS-EventType-1"/><code value="pds-change-of-address-1"/></event>
<timestamp value="2017-11-01T15:00:00+00:00"/><source><endpoint value="urn:nhs-uk:addressing:ods:RX3EP"/></source></MessageHeader></resource></entry></Bundle>
"""


def events_management(c):
    values = dict(c.tls, auth__audience="https://service.example.org/STU3", auth__claims__iss="https://sender.example.org",
                  values__from_asid="200000000115", values__to_asid="999999999999", values__ods="RX3")
    c.reply = lambda request: (202, {}, "")
    seen = c.push("nems", EMS, name="event.xml", **values)
    got, told = (seen[0].headers, claims_of(bearer(seen[0]))) if seen else ({}, {})
    c.check("an event message that is taken is applied", c.run.returncode == 0 and c.summary["applied"] == 1 and len(seen) == 1
            and seen[0].path == "/fhir/$process-message" and seen[0].body.decode().strip() == EMS.strip()
            and got["Content-Type"] == "application/fhir+xml", str(seen))
    c.check("with the headers of the Spine", got["fromASID"] == "200000000115" and got["toASID"] == "999999999999"
            and got["InteractionID"] == "urn:nhs:names:services:clinicals-sync:PublicationApiPost")
    c.check("and its claims", told["scope"] == "patient/Bundle.write" and told["sub"] == told["requesting_system"]
            and told["requesting_organisation"].endswith("|RX3"), str(told))
    refusal = OUTCOME.replace("information\"", "error\"")
    c.reply = lambda request: (202, {}, refusal)
    c.push("nems", EMS, name="event.xml", **values)
    c.check("202 with an error in it is refused", c.run.returncode == 1 and c.summary["refused"] == 1)
    c.reply = lambda request: (202, {"Content-Type": "text/html"}, "<html/>")
    c.push("nems", EMS, name="event.xml", **values)
    c.check("202 with a page is unknown", c.run.returncode == 1 and c.summary["unknown"] == 1)


def event_messages(c):
    """Bundles of which NEMS messages are made."""
    values = dict(c.tls, auth__audience="https://service.example.org/STU3", auth__claims__iss="https://sender.example.org",
                  values__from_asid="1", values__to_asid="2", values__ods="RX3", message__wrap="ems",
                  message__event="CH006|Professional Contacts", message__event_type="new|New event message",
                  message__source_name="Example System", message__source="urn:nhs-uk:addressing:ods:RX3", message__responsible="RX3|Example Trust")
    c.reply = lambda request: (202, {}, "")
    encounter = {"resourceType": "Encounter", "id": "e1", "status": "finished", "subject": {"reference": "urn:uuid:" + str(uuid.UUID(int=1))}}
    entries = [{"fullUrl": "urn:uuid:" + str(uuid.UUID(int=at + 1)), "resource": each} for at, each in enumerate((patient(NUMBERS[0]), encounter))]
    collection = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    seen = c.push("nems", [collection], **values)
    made = xml.fromstring(seen[0].body) if seen else None
    header = made.find(f"{FHIR}entry/{FHIR}resource/{FHIR}MessageHeader")
    urls = [text(entry, "fullUrl") for entry in made.findall(FHIR + "entry")]
    c.check("an event message is made of a collection", c.run.returncode == 0 and text(made, "type") == "message"
            and text(made, "meta/profile").endswith("EMS-Bundle-1") and text(header, "focus/reference") == entries[1]["fullUrl"]
            and text(header, "event/code") == "CH006" and text(header, "responsible/reference") == urls[1]
            and text(header, "extension/valueCodeableConcept/coding/code") == "new" and text(header, "source/name") == "Example System"
            and urls[0] == "urn:uuid:" + text(header, "id") and urls[2:] == [each["fullUrl"] for each in entries], seen[0].body.decode())
    again = c.push("nems", [collection], **values)
    c.check("with the same ids when it is made again", [text(each, "fullUrl") for each in xml.fromstring(again[0].body).findall(FHIR + "entry")] == urls)
    seen = c.push("nems", EMS, name="event.xml", **values)
    c.check("a message goes as it is", c.run.returncode == 0 and seen[0].body.decode().strip() == EMS.strip())
    for title, resources, words in (("nothing", [patient(NUMBERS[0])], "message.focus"), ("two things", [encounter, encounter | {"id": "e2"}], "gives 2")):
        bundle = collection | {"entry": [{"fullUrl": f"urn:uuid:{uuid.UUID(int=at + 1)}", "resource": each} for at, each in enumerate(resources)]}
        seen = c.push("nems", [bundle], **values)
        c.check(f"an event about {title} is none", c.run.returncode == 1 and not seen and words in c.run.stdout)
    c.push("nems", [collection], **{key: value for key, value in values.items() if key != "message__source"})
    c.check("what a header must say is said", c.run.returncode == 2 and "message.source" in c.run.stderr)


def notifications(c, seed):
    dice, taken = random.Random(f"event-{seed}"), {}

    def reply(request):
        if request.path == "/token":
            return 200, {"Content-Type": "application/json"}, json.dumps({"access_token": "t", "token_type": "Bearer", "expires_in": 300})
        draw = dice.random() if seed else 1
        if draw < 0.2:
            return 503, {"Retry-After": "0"}, ""
        if draw < 0.3:
            return 200, {"Content-Type": "text/html"}, "<html>log in</html>"
        event = request.json()
        taken.setdefault((event["source"], event["id"]), []).append(event)
        return (504, {}, "") if draw < 0.5 else (200, {"Content-Type": "application/json"}, json.dumps({"id": event["id"]}))
    c.reply = reply
    records = [patient(number, meta={"lastUpdated": f"2024-05-0{at + 1}T10:00:00Z"}) for at, number in enumerate(NUMBERS)]
    values = dict(auth__token_url=c.endpoint.root + "/token", auth__client_id="lhcr", auth__key=c.folder / "services.pem",
                  auth__key_id="k", event__source="uk.nhs.example", event__type="example-1",
                  event__dataref="fhirpath:'https://example.org/Patient/' + id", event__filtering__gender="fhirpath?:gender")
    seen = c.push("mns", records, **values)
    same = all(events.count(events[0]) == len(events) for events in taken.values())
    subjects = sorted(events[0]["subject"] for events in taken.values())
    c.check(f"events, faults {seed}: one for each record, and the same when it is sent again", c.run.returncode == 0
            and subjects == sorted(NUMBERS) and same and c.summary["applied"] == 3, str(taken))
    one = next(event for events in taken.values() for event in events if event["subject"] == NUMBERS[0])
    uuid.UUID(one["id"])
    c.check(f"events, faults {seed}: what they say", one == {
        "specversion": "1.0", "id": one["id"], "source": "uk.nhs.example", "type": "example-1", "subject": NUMBERS[0],
        "time": "2024-05-01T10:00:00Z", "dataref": f"https://example.org/Patient/p{NUMBERS[0]}"}, str(one))
    posts = [each for each in seen if each.path == "/fhir/events"]
    c.check(f"events, faults {seed}: nothing else of the record travels", posts and all(b"Family" not in each.body for each in posts)
            and posts[0].kind() == "application/cloudevents+json")
    c.push("mns", [patient(NUMBERS[0])], **values)
    c.check(f"events, faults {seed}: a record that does not say when is not sent", c.run.returncode == 1 and "event.time" in c.run.stdout)


def text(node, path):
    found = node.find("/".join(FHIR + step for step in path.split("/")))
    return found.get("value") if found is not None else None


def consultation(number):
    composition = {"resourceType": "Composition", "status": "final", "title": "Report", "date": "2024-05-01", "type": {"text": "x"},
                   "subject": {"reference": f"Patient/p{number}"}, "author": [{"display": "y"}]}
    return {"resourceType": "Bundle", "id": f"70c35c4a-65f4-4a03-bcf7-d1041ab{number[-5:]}", "type": "document",
            "entry": [{"fullUrl": "https://e.org/Composition/c", "resource": composition},
                      {"fullUrl": f"https://e.org/Patient/p{number}", "resource": patient(number, multipleBirthInteger=2)}]}


def itk(c, seed):
    dice, kept, chunks = random.Random(f"itk-{seed}"), {}, {}

    def reply(request):
        draw = dice.random() if seed else 1
        if draw < 0.2:
            return 503, {"Retry-After": "0"}, ""
        place = request.path.split("/outbox")[1].strip("/")
        if not place:
            place = f"M{len(chunks)}"
            chunks[place] = [request]
        else:
            place, number = place.split("/")
            chunks[place] = chunks[place][:int(number) - 1] + [request]
        total = int(request.headers["Mex-Chunk-Range"].split(":")[1])
        if len(chunks[place]) == total:
            kept[place] = chunks[place][0].headers, b"".join(each.body for each in chunks[place])
        return 202, {"Content-Type": "application/vnd.mesh.v2+json"}, json.dumps({"message_id": place})
    c.reply = reply
    mailbox = dict(c.tls, endpoint__ca=c.folder / "services.cert", auth__secret__file=c.folder / "services.secret",
                   auth__shared_key__file=c.folder / "services.secret", mesh__mailbox="SENDER1", mesh__chunk=900)
    handling = dict(itk__definition="https://fhir.nhs.uk/STU3/MessageDefinition/X", itk__recipient="FA", itk__business_ack="true",
                    itk__infrastructure_ack="false")
    c.push("gp-connect-documents", [consultation(number) for number in NUMBERS], **mailbox, **handling, values__ods="A1",
           mesh__subject="fhirpath:'Report for ' + ${patient}.name.first().family")
    to = sorted(head["Mex-To"] for head, _ in kept.values())
    c.check(f"itk3, faults {seed}: each message is addressed by its patient", c.run.returncode == 0 and c.summary["applied"] == 3
            and to == sorted(f"GPPROVIDER_{number}_19700304_Family{number[-2:]}" for number in NUMBERS), f"{to}")
    head, body = next(iter(kept.values()))
    c.check(f"itk3, faults {seed}: the headers of MESH", head["Mex-WorkflowID"] == "GPFED_CONSULT_REPORT" and head["Mex-LocalID"] == "A1"
            and head["Mex-Subject"].startswith("Report for Family"))
    judge(c, xml.fromstring(body))
    bare = consultation(NUMBERS[0])
    del bare["entry"][1]["resource"]["birthDate"]
    seen = c.push("gp-connect-documents", [bare], **mailbox, **handling, values__ods="A1", mesh__subject="x")
    c.check(f"itk3, faults {seed}: without a date of birth it goes nowhere", c.run.returncode == 1 and not seen and "mesh.to" in c.run.stdout)
    if seed:
        return
    other = consultation(NUMBERS[0]) | {"timestamp": "2024-05-01T00:00:00Z"}
    place = dict(mesh__to="RECEIVER1", mesh__workflow="W", itk__event="ITK007C", itk__sender="A1")
    seen = c.push("itk3", [other], **mailbox, **handling, **place)
    c.check("itk3: R4 is not taken for STU3", c.run.returncode == 1 and not seen and "timestamp" in c.run.stdout)
    message = (c.folder / "wrapped.xml")
    message.write_bytes(body)
    seen = c.push("itk3", body.decode(), name="wrapped.xml", **mailbox, **handling, **place)
    c.check("itk3: a message is not wrapped again", c.run.returncode == 1 and not seen and "already" in c.run.stdout)
    c.push("itk3", [consultation(NUMBERS[0])], **mailbox, **(handling | dict(itk__recipient="FX")), **place)
    c.check("itk3: words of the handling are checked", c.run.returncode == 2 and "itk.recipient" in c.run.stderr)


def judge(c, message):
    """As the examples of the specification have it."""
    resources = [entry.find(FHIR + "resource")[0] for entry in message.findall(FHIR + "entry")]
    urls = [text(entry, "fullUrl") for entry in message.findall(FHIR + "entry")]
    header, sender, payload = resources[0], resources[1], resources[-1]
    c.check("itk3: a message of a header, a sender and a payload", text(message, "type") == "message"
            and text(message, "meta/profile").endswith("/ITK-Message-Bundle-1") and text(message, "identifier/value")
            and [each.tag.removeprefix(FHIR) for each in resources] == ["MessageHeader", "Organization", "Bundle"], urls)
    c.check("itk3: the header leads to them", text(header, "focus/reference") == urls[-1] == "urn:uuid:" + text(payload, "id")
            and text(header, "sender/reference") == urls[1] and text(sender, "identifier/value") == "A1"
            and text(header, "event/code") == "ITK007C" and text(header, "event/display") == "ITK GP Connect Send Document"
            and text(header, "source/endpoint") == "SENDER1" and re.match(r"\d{4}-\d\d-\d\dT", text(header, "timestamp")))
    keys = {}
    for key in header.find(FHIR + "extension").findall(FHIR + "extension"):
        value = key[0]
        keys[key.get("url")] = value.get("value") or text(value, "code") or text(value, "reference")
    c.check("itk3: how it is handled", keys.pop("SenderReference") and keys == {
        "BusAckRequested": "true", "InfAckRequested": "false", "RecipientType": "FA",
        "MessageDefinition": "https://fhir.nhs.uk/STU3/MessageDefinition/X"}, str(keys))
    c.check("itk3: the payload is whole", text(payload, "type") == "document" and len(payload.findall(FHIR + "entry")) == 2
            and payload.find(f".//{FHIR}multipleBirthInteger").get("value") == "2")


def run(bench):
    c = Case(bench)
    try:
        for part in (interweave, tokens_beside, gp_connect, headers, referrals, events_management, event_messages):
            part(c)
        for seed in (0, 1, 2, 3):
            notifications(c, seed)
            itk(c, seed)
    finally:
        c.endpoint.stop()
