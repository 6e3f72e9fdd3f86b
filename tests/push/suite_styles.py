# SPDX-License-Identifier: Apache-2.0
"""Every style against an endpoint of this process: what arrives is read as the receiver would read it."""
import base64
import email.parser
import email.policy
import hashlib
import json
import xml.etree.ElementTree as xml

from harness import Endpoint, bundle_answer, lines_of, named, settings

NHS = "https://fhir.nhs.uk/Id/nhs-number"
FHIR = "{http://hl7.org/fhir}"
OUTCOME = json.dumps({"resourceType": "OperationOutcome", "issue": [{"severity": "information", "code": "informational"}]})
PATIENT = {"resourceType": "Patient", "id": "p1", "identifier": [{"system": NHS, "value": "9990000018"}],
           "name": [{"family": "Example & Sons"}], "birthDate": "1970-01-01"}
CDA = """<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3"><realmCode code="GB"/><typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>
<id root="C2C5B2D6-9F6C-4F0C-8B63-7A2A3C9A1B11"/><code code="34133-9" codeSystem="2.16.840.1.113883.6.1"/><title>Summary of care</title>
<effectiveTime value="20200301120000+0000"/><confidentialityCode code="N" codeSystem="2.16.840.1.113883.5.25"/>
<recordTarget><patientRole><id root="1.2.3" extension="local-7"/><id root="2.16.840.1.113883.2.1.4.1" extension="9990000026"/>
<patient><name><given>Ann</given><family>Example</family></name><administrativeGenderCode code="F" codeSystem="2.16.840.1.113883.5.1"/>
<birthTime value="19700101"/></patient></patientRole></recordTarget></ClinicalDocument>
"""


def bundle(kind, *resources, **more):
    return {"resourceType": "Bundle", "type": kind, "entry": [{"resource": resource} for resource in resources], **more}


def message():
    header = {"resourceType": "MessageHeader", "eventCoding": {"system": "urn:test", "code": "new"}, "source": {"endpoint": "urn:test:a"}}
    return bundle("message", header, PATIENT)


def document():
    composition = {"resourceType": "Composition", "status": "final", "title": "Discharge summary", "date": "2024-05-01",
                   "type": {"text": "x"}, "author": [{"display": "y"}], "subject": {"reference": "Patient/p1"}}
    return bundle("document", composition, PATIENT, identifier={"system": "urn:ietf:rfc:3986", "value": "urn:uuid:1"},
                  timestamp="2024-05-01T00:00:00Z")


class Styles:
    def __init__(self, bench):
        self.bench = bench
        self.endpoint = Endpoint(lambda request: self.reply(request))
        self.folder = bench.folder / "styles"
        self.folder.mkdir()
        self.reply = None

    def file(self, name, content):
        path = self.folder / name
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return path

    def push(self, *arguments, reply, **more):
        self.bench.fresh_state()
        self.endpoint.take()
        self.reply = reply
        run = self.bench.push(self.endpoint.base, *arguments, **more)
        return run, self.endpoint.take()

    def check(self, *arguments):
        self.bench.check(*arguments)


def created(request):
    """A create or update of one resource."""
    path = request.path.split("?")[0].removeprefix("/fhir/")
    kind = path.split("/")[0]
    if request.method == "PUT" and path != kind:
        return 200, {"Location": f"{path}/_history/1"}, ""
    return 201, {"Location": f"{kind}/srv-{hashlib.sha1(request.body).hexdigest()[:8]}/_history/1"}, ""


def taken(request):
    return 200, {}, OUTCOME


def message_style(s):
    path = s.file("message.json", message())
    run, seen = s.push(path, "--style", "message", reply=taken)
    s.check("message", run.returncode == 0 and len(seen) == 1 and seen[0].path == "/fhir/$process-message"
            and seen[0].body == path.read_bytes() and seen[0].method == "POST", f"{run.returncode} {run.stdout}")
    answers = iter([(504, {}, ""), (200, {}, OUTCOME)])
    run, seen = s.push(path, "--style", "message", reply=lambda request: next(answers))
    issues, _ = lines_of(run)
    s.check("a message without an answer is unknown, not sent twice",
            run.returncode == 1 and len(seen) == 1 and issues[0]["outcome"] == "unknown", f"{len(seen)} {issues}")
    answers = iter([(504, {}, ""), (200, {}, OUTCOME)])
    run, seen = s.push(path, "--style", "message", *settings(message__repeatable="true"), reply=lambda request: next(answers))
    s.check("a repeatable one is sent again", run.returncode == 0 and len(seen) == 2, f"{len(seen)} {run.stdout}")
    run, seen = s.push(s.file("patient.json", PATIENT), "--style", "message", reply=taken)
    s.check("what is no message is refused", run.returncode == 1 and not seen and "not a Bundle of type message" in run.stdout, run.stdout)


def document_style(s):
    path = s.file("document.json", document())
    run, seen = s.push(path, "--style", "document", reply=created)
    s.check("document", run.returncode == 0 and seen[0].path == "/fhir/Bundle" and seen[0].body == path.read_bytes(), run.stdout)
    cda = s.file("summary.xml", CDA)
    run, seen = s.push(cda, "--style", "document", reply=created)
    s.check("a CDA document is no document Bundle", run.returncode == 1 and not seen and "--convert" in run.stdout, run.stdout)
    run, seen = s.push(cda, "--style", "document", "--convert", reply=created)
    made = seen[0].json() if seen else {}
    s.check("a CDA document is converted", run.returncode == 0 and made.get("type") == "document"
            and made["entry"][0]["resource"]["resourceType"] == "Composition"
            and made["entry"][0]["resource"]["title"] == "Summary of care", f"{run.returncode} {run.stdout} {run.stderr}")
    run, seen = s.push(cda, "--style", "transaction", "--convert", reply=lambda request: (200, {}, bundle_answer(request.body)))
    made = seen[0].json() if seen else {}
    s.check("and its resources for a transaction", run.returncode == 0 and made.get("type") == "transaction"
            and "Patient" in [entry["resource"]["resourceType"] for entry in made["entry"]], run.stdout + run.stderr)


def pointers(s):
    def pointer(number, **more):
        return {"resourceType": "DocumentReference", "id": f"ODS-{number}", "status": "current", "type": {"text": "x"},
                "subject": {"identifier": {"system": NHS, "value": "9990000018"}}, "content": [{"attachment": {"url": "https://e.org/d"}}], **more}
    new = s.file("new.json", pointer(1))
    replaces = [{"code": "replaces", "target": {"identifier": {"value": "ODS-1"}}}]
    superseding = s.file("superseding.json", pointer(2, relatesTo=replaces))
    nrl = ["--region", "nrl", "--set", "auth.method=none", "--set", "values.ods=Y05868"]
    for key in ("token_url", "client_id", "key", "key_id"):
        nrl += ["--set", f"auth.{key}="]
    run, seen = s.push(new, superseding, *nrl, reply=created)
    bodies = [request.json() for request in seen]
    s.check("pointer", run.returncode == 0 and {request.path for request in seen} == {"/fhir/DocumentReference"} and len(seen) == 2,
            run.stdout + run.stderr)
    s.check("pointer that supersedes", any(body.get("relatesTo") == replaces for body in bodies), str(bodies)[:300])
    ids = {request.headers["X-Request-ID"] for request in seen}
    s.check("headers of the NRL", len(ids) == 2 and all(len(each) == 36 for each in ids)
            and all(request.headers["NHSD-End-User-Organisation-ODS"] == "Y05868" for request in seen), str(ids))
    lost = iter([(504, {}, ""), (200, {}, json.dumps(pointer(1)))])
    run, seen = s.push(new, *nrl, reply=lambda request: next(lost))
    s.check("a pointer without an answer is looked up by its id", run.returncode == 0
            and [request.method for request in seen] == ["POST", "GET"] and seen[1].path.endswith("/DocumentReference/ODS-1"), run.stdout)
    run, seen = s.push(s.file("patient.json", PATIENT), *nrl, reply=created)
    s.check("what is no pointer is refused", run.returncode == 1 and not seen, run.stdout)


MHD = dict(mhd__source="urn:oid:1.2.3", mhd__type="http://snomed.info/sct|373942005|Discharge summary",
           mhd__content_type="http://snomed.info/sct|734163000")


def mhd_style(s):
    for name, content, kind, patient in (("document.json", document(), "application/fhir+json", "9990000018"),
                                         ("summary.xml", CDA, "text/xml", "9990000026")):
        path = s.file(name, content)
        run, seen = s.push(path, "--style", "mhd", *settings(**MHD), reply=lambda request: (200, {}, bundle_answer(request.body)))
        if run.returncode or len(seen) != 1:
            s.check(f"mhd {name}", False, run.stdout + run.stderr)
            continue
        sent = seen[0].json()
        by_type = {entry["resource"]["resourceType"]: entry for entry in sent["entry"]}
        reference = by_type["DocumentReference"]["resource"]
        binary = by_type["Binary"]
        attachment = reference["content"][0]["attachment"]
        s.check(f"mhd {name}: a transaction of List, DocumentReference and Binary",
                sent["type"] == "transaction" and set(by_type) == {"List", "DocumentReference", "Binary"}, str(sent)[:300])
        s.check(f"mhd {name}: the document as it is", base64.b64decode(binary["resource"]["data"]) == path.read_bytes()
                and attachment["url"] == binary["fullUrl"] and attachment["contentType"] == kind == binary["resource"]["contentType"])
        s.check(f"mhd {name}: patient, list and type", reference["subject"]["identifier"] == {"system": NHS, "value": patient}
                and by_type["List"]["resource"]["entry"][0]["item"]["reference"] == by_type["DocumentReference"]["fullUrl"]
                and reference["type"]["coding"][0]["code"] == "373942005", str(reference)[:300])
    run, seen = s.push(s.file("nobody.json", document() | {"entry": []}), "--style", "mhd", *settings(**MHD), reply=taken)
    s.check("mhd without a patient is refused", run.returncode == 1 and not seen and "Patient" in run.stdout, run.stdout)
    run, seen = s.push(path, "--style", "mhd", reply=taken)
    s.check("mhd without its settings", run.returncode == 2 and "mhd.source" in run.stderr, run.stderr)


XDS = dict(xds__source="1.2.3.4", xds__class="urn:c|c1|Class & kind", xds__type="urn:t|t1|Type", xds__format="urn:f|f1|Format",
           xds__confidentiality="2.16.840.1.113883.5.25|N|Normal", xds__facility="urn:h|h1|Facility", xds__practice="urn:p|p1|Practice",
           xds__content_type="urn:ct|ct1|Content")
RIM = "{urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0}"
REGISTRY = ('<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><rs:RegistryResponse '
            'xmlns:rs="urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0" status="urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:{}"/>'
            '</s:Body></s:Envelope>')


def multipart(request):
    """The parts of an MTOM message by content id."""
    head = f"Content-Type: {request.headers['Content-Type']}\r\n\r\n".encode()
    parsed = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + request.body)
    return {part["Content-ID"]: part for part in parsed.iter_parts()}, parsed.get_param("start")


def xds_style(s):
    def registry(status):
        return lambda request: (200, {"Content-Type": "application/soap+xml"}, REGISTRY.format(status))
    for name, content, kind, patient in (("summary.xml", CDA, "text/xml", "9990000026"),
                                         ("document.json", document(), "application/fhir+json", "9990000018")):
        path = s.file(name, content)
        run, seen = s.push(path, "--style", "xds", *settings(**XDS), reply=registry("Success"))
        if run.returncode or len(seen) != 1:
            s.check(f"xds {name}", False, run.stdout + run.stderr)
            continue
        parts, start = multipart(seen[0])
        envelope = xml.fromstring(parts[start].get_payload(decode=True))
        include = next(envelope.iter("{http://www.w3.org/2004/08/xop/include}Include")).get("href")
        attached = parts[f"<{include.removeprefix('cid:')}>"]
        s.check(f"xds {name}: the document is the other part", attached.get_payload(decode=True) == path.read_bytes()
                and attached.get_content_type() == kind, str(list(parts)))
        entry = next(envelope.iter(RIM + "ExtrinsicObject"))
        ids = {each.get("identificationScheme"): each.get("value") for each in envelope.iter(RIM + "ExternalIdentifier")}
        schemes = {each.get("classificationScheme") for each in entry.iter(RIM + "Classification")}
        s.check(f"xds {name}: metadata", entry.get("mimeType") == kind and len(schemes) == 6
                and ids["urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427"] == patient + "^^^&2.16.840.1.113883.2.1.4.1&ISO"
                and ids["urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab"].startswith("2.25."), str(ids))
        targets = {each.get("targetObject") for each in envelope.iter(RIM + "Association")}
        s.check(f"xds {name}: the set holds the entry", targets == {entry.get("id")}, str(targets))
    run, _ = s.push(path, "--style", "xds", *settings(**XDS), reply=registry("Failure"))
    s.check("xds failure in a 200 is no success", run.returncode == 1 and lines_of(run)[0][0]["outcome"] == "refused", run.stdout)
    run, _ = s.push(path, "--style", "xds", *settings(**XDS), "--give-up", "2", "--attempts", "2",
                    reply=lambda request: (200, {"Content-Type": "text/html"}, "<html/>"))
    s.check("xds html is no success", run.returncode != 0 and lines_of(run)[0], run.stdout)


def pix_style(s):
    linkage = {"resourceType": "Linkage", "item": [{"type": "source", "resource": {"reference": "Patient/p1"}},
                                                    {"type": "alternate", "resource": {"reference": "Patient/p2"}}]}
    path = s.file("pix.json", bundle("collection", linkage, PATIENT, PATIENT | {"id": "p2", "identifier": [{"system": NHS, "value": "9990000026"}]}))
    urls = dict(pix__patient=s.endpoint.root + "/pix/fhir/Patient", pix__linkage=s.endpoint.root + "/pix/fhir/Linkage")

    def reply(request):
        kind = request.path.split("/")[-1]
        return 201, {"Location": f"{request.path}/n-{request.json().get('id', 'l')}"}, ""
    run, seen = s.push(path, "--style", "pix", *settings(**urls), reply=reply)
    order = [request.path.split("/")[-1] for request in seen]
    items = [item["resource"]["reference"] for item in seen[-1].json().get("item", [])] if seen else []
    s.check("pix: Patients, then the Linkage", run.returncode == 0 and order == ["Patient", "Patient", "Linkage"], f"{order} {run.stdout} {run.stderr}")
    s.check("pix: the Linkage has the index's ids", items == ["Patient/n-p1", "Patient/n-p2"], str(items))


def conditional(s):
    lines = [PATIENT, {"resourceType": "Observation", "status": "final", "identifier": [{"system": "urn:o", "value": "1"}],
                       "code": {"text": "x"}, "subject": {"reference": "Patient/p1"}}]
    path = s.file("conditional.ndjson", "\n".join(map(json.dumps, lines)))
    run, seen = s.push(path, "--style", "conditional", reply=created)
    s.check("conditional: by identifier", run.returncode == 0 and [request.headers["If-None-Exist"] for request in seen]
            == ["identifier=https%3A%2F%2Ffhir.nhs.uk%2FId%2Fnhs-number%7C9990000018", "identifier=urn%3Ao%7C1"], str([r.path for r in seen]))
    s.check("conditional: the server's id in references", len(seen) == 2 and
            seen[1].json()["subject"]["reference"].startswith("Patient/srv-"), str(seen[-1].body)[:200])
    asks = bundle("transaction", PATIENT)
    asks["entry"][0]["request"] = {"method": "PUT", "url": "Patient?identifier=x"}
    run, seen = s.push(s.file("update.json", asks), "--style", "conditional", reply=created)
    s.check("conditional update", run.returncode == 0 and seen[0].method == "PUT" and "?identifier=" in seen[0].path, run.stdout)
    run, seen = s.push(s.file("bare.json", {"resourceType": "Patient"}), "--style", "conditional", reply=created)
    s.check("conditional needs an identifier", run.returncode == 1 and not seen and "identifier" in run.stdout, run.stdout)


def singles(s):
    path = s.file("one.json", PATIENT)
    run, seen = s.push(path, "--style", "resource-put", reply=created)
    s.check("resource-put", run.returncode == 0 and (seen[0].method, seen[0].path) == ("PUT", "/fhir/Patient/p1")
            and seen[0].body == path.read_bytes(), run.stdout)
    run, seen = s.push(path, "--style", "resource-post", reply=created)
    s.check("resource-post", run.returncode == 0 and (seen[0].method, seen[0].path) == ("POST", "/fhir/Patient"), run.stdout)


def read_xml(request):
    return xml.fromstring(request.body)


def xml_bodies(s):
    """endpoint.format = xml: requests and answers."""
    observation = {"resourceType": "Observation", "id": "o1", "status": "final", "code": {"text": "a < b"}, "valueQuantity": {"value": 1.50},
                   "subject": {"reference": "urn:uuid:11111111-1111-4111-8111-111111111111"}}
    both = bundle("transaction", PATIENT, observation)
    both["entry"][0] |= {"fullUrl": "urn:uuid:11111111-1111-4111-8111-111111111111",
                         "request": {"method": "POST", "url": "Patient", "ifNoneExist": "identifier=a|b&c=d"}}
    both["entry"][1] |= {"request": {"method": "PUT", "url": "Observation/o1"}}
    path = s.file("tx.json", json.dumps(both).replace("1.5}", "1.50}"))

    def reply(request):
        entries = "".join(f'<entry><response><status value="201"/><location value="{place}"/></response></entry>'
                          for place, _ in zip(("Patient/9", "Observation/o1/_history/1"), read_xml(request).iter(FHIR + "request")))
        return 200, {"Content-Type": "application/fhir+xml"}, f'<Bundle xmlns="http://hl7.org/fhir"><type value="transaction-response"/>{entries}</Bundle>'
    run, seen = s.push(path, *settings(endpoint__format="xml"), reply=reply)
    if s.bench.check("xml transaction", run.returncode == 0 and len(seen) == 1 and seen[0].kind() == "application/fhir+xml",
                     f"{run.returncode} {run.stdout} {run.stderr}"):
        root = read_xml(seen[0])
        found = {name: [each.get("value") for each in root.iter(FHIR + name)] for name in ("ifNoneExist", "reference", "text", "method")}
        s.check("xml keeps every value", root.tag == FHIR + "Bundle" and found["ifNoneExist"] == ["identifier=a|b&c=d"]
                and found["reference"] == ["urn:uuid:11111111-1111-4111-8111-111111111111"] and "a < b" in found["text"]
                and found["method"] == ["POST", "PUT"] and b'"1.50"' in seen[0].body, str(found))
    run, seen = s.push(path, "--style", "resource-put", *settings(endpoint__format="xml"),
                       reply=lambda request: (201, {"Content-Type": "application/fhir+xml"}, ""))
    s.check("xml single resources", run.returncode == 0 and {read_xml(request).tag for request in seen} == {FHIR + "Patient", FHIR + "Observation"},
            run.stdout + run.stderr)
    given = s.file("patient.xml", '<Patient xmlns="http://hl7.org/fhir"><id value="p1"/><name><family value="X"/></name><active value="true"/></Patient>')
    run, seen = s.push(given, "--style", "resource-put", *settings(endpoint__format="xml"),
                       reply=lambda request: (200, {"Content-Type": "application/fhir+xml"}, ""))
    s.check("xml as it was read", run.returncode == 0 and seen[0].body == given.read_bytes(), run.stdout)
    run, seen = s.push(given, "--style", "resource-put", reply=created)
    sent = seen[0].json() if seen else {}
    s.check("xml input for a JSON endpoint", run.returncode == 0 and sent == {"resourceType": "Patient", "id": "p1", "active": True, "name": [{"family": "X"}]}
            or sent == {"resourceType": "Patient", "id": "p1", "name": [{"family": "X"}], "active": True}, str(sent) + run.stdout)
    refusal = '<OperationOutcome xmlns="http://hl7.org/fhir"><issue><severity value="error"/><code value="invalid"/><diagnostics value="no such &lt;b&gt;"/></issue></OperationOutcome>'
    run, seen = s.push(given, "--style", "resource-put", *settings(endpoint__format="xml"),
                       reply=lambda request: (422, {"Content-Type": "application/fhir+xml"}, refusal))
    s.check("an OperationOutcome in XML is read", run.returncode == 1 and "no such <b>" in run.stdout, run.stdout)


def validated(s):
    lines = [PATIENT, PATIENT | {"id": "p2", "birthDate": "yesterday"}, PATIENT | {"id": "p3"}]
    path = s.file("checked.ndjson", "\n".join(map(json.dumps, lines)))
    run, seen = s.push(path, "--style", "resource-put", "--validate", reply=created)
    issues, summary = lines_of(run)
    s.check("--validate keeps back what has errors", run.returncode == 1 and len(seen) == 2 and summary["applied"] == 2
            and named(issues) == {f"Patient?{NHS}|9990000018"} and "birthDate" in issues[0]["message"], run.stdout)
    stu3 = {"resourceType": "MedicationStatement", "id": "m1", "status": "active", "taken": "y", "medicationCodeableConcept": {"text": "x"},
            "subject": {"display": "y"}}
    run, seen = s.push(s.file("stu3.json", stu3), "--style", "resource-put", "--convert", "--validate", reply=created)
    s.check("--convert changes the version", len(seen) == 1 and "taken" not in seen[0].json(), run.stdout + run.stderr)


def split(s):
    """Servers with limits: referenced first, references kept right."""
    entries = [{"fullUrl": f"urn:uuid:{number:08d}-0000-4000-8000-000000000000", "request": {"method": "POST", "url": kind},
                "resource": {"resourceType": kind, "identifier": [{"system": "urn:i", "value": str(number)}], **more}}
               for number, (kind, more) in enumerate([("Observation", {"subject": {"reference": "urn:uuid:00000003-0000-4000-8000-000000000000"}}),
                                                      ("Observation", {"subject": {"reference": "urn:uuid:00000003-0000-4000-8000-000000000000"}}),
                                                      ("Encounter", {"subject": {"reference": "urn:uuid:00000003-0000-4000-8000-000000000000"}}),
                                                      ("Patient", {})])]
    path = s.file("split.json", {"resourceType": "Bundle", "type": "transaction", "entry": entries})
    known = {}

    def reply(request):
        answers = []
        for entry in request.json()["entry"]:
            reference = entry["resource"].get("subject", {}).get("reference")
            here = [each.get("fullUrl") for each in request.json()["entry"]]
            if reference and reference not in here and reference not in known.values():
                return 422, {}, json.dumps({"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "not-found", "diagnostics": reference}]})
            known[entry["fullUrl"]] = f"{entry['resource']['resourceType']}/s{len(known)}"
            answers.append({"response": {"status": "201", "location": known[entry["fullUrl"]] + "/_history/1"}})
        kind = request.json()["type"] + "-response"
        return 200, {}, json.dumps({"resourceType": "Bundle", "type": kind, "entry": answers})
    for style, most in (("transaction", 2), ("batch", 3)):
        known.clear()
        run, seen = s.push(path, "--style", style, *settings(limits__entries=most), reply=reply)
        sizes = [len(request.json()["entry"]) for request in seen]
        s.check(f"{style} split at {most}", run.returncode == 0 and len(known) == 4 and max(sizes) <= most
                and all(request.json()["type"] == style for request in seen), f"{sizes} {run.stdout}")
    lines = s.file("group.ndjson", "\n".join(json.dumps(PATIENT | {"id": f"p{number}"}) for number in range(120)))
    run, seen = s.push(lines, reply=lambda request: (200, {}, bundle_answer(request.body)))
    s.check("NDJSON is grouped", run.returncode == 0 and sorted(len(request.json()["entry"]) for request in seen) == [20, 50, 50], run.stdout)
    run, seen = s.push(lines, *settings(limits__bytes=2000), reply=lambda request: (200, {}, bundle_answer(request.body)))
    s.check("bodies stay below limits.bytes", run.returncode == 0 and max(len(request.body) for request in seen) <= 2000, run.stdout)
    batch = s.file("batch.json", {"resourceType": "Bundle", "type": "batch", "entry": [
        {"resource": PATIENT, "request": {"method": "PUT", "url": "Patient/p1", "ifNoneMatch": "*"}}]})
    run, seen = s.push(batch, "--style", "transaction", reply=lambda request: (200, {}, bundle_answer(request.body)))
    s.check("batch as transaction", run.returncode == 0 and seen[0].json()["type"] == "transaction"
            and seen[0].json()["entry"][0]["request"] == {"method": "PUT", "url": "Patient/p1", "ifNoneMatch": "*"}, run.stdout)


def rows_as_records(s):
    """Tables go through the map first."""
    folder = s.folder / "rows"
    folder.mkdir()
    (folder / "patients.csv").write_text("Id,BIRTHDATE,FIRST,LAST,GENDER,FIPS\np1,1948-03-14,Agnes,Thornbury,F,1\np2,1950-01-02,Tom,Thornbury,M,2\n")

    def reply(request):
        return 200, {}, bundle_answer(request.body)
    run, seen = s.push(folder, reply=reply)
    s.check("tables need --convert", run.returncode == 2 and not seen and "--convert" in run.stderr, run.stderr)
    run, seen = s.push(folder, "--convert", reply=reply)
    sent = [entry["resource"] for request in seen for entry in request.json()["entry"]]
    s.check("rows as resources", run.returncode == 0 and sorted(each["name"][0]["given"][0] for each in sent) == ["Agnes", "Tom"]
            and "FIPS" in run.stderr, f"{sent} {run.stderr}")
    again = s.bench.push(s.endpoint.base, folder, "--convert")
    s.check("rows are sent once", lines_of(again)[1].get("requests") == 0, again.stdout)
    run, _ = s.push(folder, "--convert", "--fail-on-loss", reply=reply)
    s.check("columns that are not carried fail", run.returncode == 1, run.stderr)
    (folder / "patients.csv").write_text("Id,BIRTHDATE,FIRST,LAST,GENDER\np1,19480314x,Agnes,Thornbury,F\np2,1950-01-02,Tom,Thornbury,M\n")
    run, seen = s.push(folder, "--convert", reply=reply)
    s.check("a bad row is named, the others are sent", run.returncode == 1 and "patients.csv:2" in run.stderr and len(seen) == 1
            and lines_of(run)[1].get("applied") == 1, f"{run.returncode} {run.stdout} {run.stderr}")


def run(bench):
    s = Styles(bench)
    try:
        for part in (message_style, document_style, pointers, mhd_style, xds_style, pix_style, conditional, singles, xml_bodies,
                     validated, split, rows_as_records):
            part(s)
    finally:
        s.endpoint.stop()
