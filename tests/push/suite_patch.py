# SPDX-License-Identifier: Apache-2.0
"""The style patch against a stub made from the specification of the Personal Demographics Service (patient-patch.yaml): versioned
tags, If-Match, a JSON Patch in an object, list items that are added at the end, replaced with their id and tested before they go; and
against a server that takes RFC 6902 as it is. Under faults no change is lost, none is made twice, and nobody else's is undone."""
import copy
import json
import random
import threading

from harness import Endpoint, lines_of, settings

OUTCOME = json.dumps({"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "structure", "diagnostics": "no"}]})
LISTS = ("name", "address", "telecom", "extension", "identifier", "contact", "generalPractitioner")


def patient(number=9000000009, **more):
    return {"resourceType": "Patient", "id": str(number), "meta": {"versionId": "2"},
            "identifier": [{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": str(number)}],
            "name": [{"id": "n1", "use": "usual", "family": "Smith", "given": ["Jane", "Marie"]}],
            "telecom": [{"id": "t1", "system": "phone", "use": "home", "value": "01632 960587"},
                        {"id": "t2", "system": "email", "use": "home", "value": "jane@example.org"}],
            "address": [{"id": "a1", "use": "home", "line": ["1 Trevelyan Square", "Leeds"], "postalCode": "LS1 6AE"}],
            "gender": "female", "birthDate": "1970-03-04", **more}


class Refused(Exception):
    pass


def steps(path):
    return [part.replace("~1", "/").replace("~0", "~") for part in path.split("/")[1:]]


def reach(document, where):
    """What holds the last of some steps."""
    for step in where[:-1]:
        document = document[int(step)] if isinstance(document, list) else document[step]
    return document


def apply(document, operations, pds):
    """RFC 6902; with `pds` by the rules of the service."""
    done = copy.deepcopy(document)
    tested = None
    for operation in operations:
        where = steps(operation["path"])
        if pds:
            judge(done, operation, where, tested)
        if operation["op"] == "move":
            source = steps(operation["from"])
            holder = reach(done, source)
            at = int(source[-1]) if isinstance(holder, list) else source[-1]
            operation = {"op": "add", "path": operation["path"], "value": holder[at]}
            del holder[at]
        if pds and where[-1] == "-":
            done.setdefault(where[0], [])
        change(reach(done, where), operation, where[-1])
        tested = operation["path"] if operation["op"] == "test" else None
    return {key: value for key, value in done.items() if value != []}


def change(here, operation, last):
    kind, value = operation["op"], copy.deepcopy(operation.get("value"))
    at = last if isinstance(here, dict) else len(here) if last == "-" else int(last)
    if kind == "test":
        if here[at] != value:
            raise Refused("a test fails")
    elif kind == "remove":
        del here[at]
    elif kind == "add" and isinstance(here, list):
        here.insert(at, value)
    elif kind == "add" or (kind == "replace" and here[at] is not None):
        here[at] = value
    else:
        raise Refused(f"{kind} is not known")


def judge(document, operation, where, tested):
    kind, name = operation["op"], where[0]
    if kind not in ("add", "replace", "remove", "test"):
        raise Refused(f"{kind} is not supported")
    if name not in LISTS or kind == "test":
        return
    if kind == "add" and len(where) == 2 and where[1] != "-":
        raise Refused("an item is added at an index")
    if kind == "add" and "id" in operation["value"]:
        raise Refused("an added item has an id")
    if kind == "replace" and len(where) == 2:
        before, after = document[name][int(where[1])], operation["value"]
        if before.get("id") != after.get("id"):
            raise Refused("a replaced item has not its id")
        if name == "telecom" and (before["system"], before["use"]) != (after["system"], after["use"]):
            raise Refused("a telecom becomes another one")
    if kind == "remove" and (len(where) != 2 or tested is None or not tested.startswith(operation["path"])):
        raise Refused("an item is removed without a test")


class Service:
    """Keeps patients; `pds`: by the rules of the service. `trouble` answers in its stead, or says when to lose an answer."""

    def __init__(self, pds, *patients):
        self.pds, self.lock = pds, threading.Lock()
        self.patients = {each["id"]: copy.deepcopy(each) for each in patients}
        self.writes, self.refusals, self.ids = [], [], {}
        self.trouble = lambda request: None
        self.endpoint = Endpoint(self.answer)

    def answer(self, request):
        with self.lock:
            trouble = self.trouble(request)
            if trouble not in (None, "lose"):
                return trouble
            answer = self.serve(request)
            return (504, {}, "") if trouble == "lose" else answer

    def serve(self, request):
        found = self.patients.get(request.path.split("/")[-1])
        if found is None:
            return 404, {}, OUTCOME
        tag = f'W/"{found["meta"]["versionId"]}"'
        if request.method == "GET":
            return 200, {"ETag": tag}, json.dumps(found)
        return self.patch(request, found, tag)

    def patch(self, request, found, tag):
        if request.method != "PATCH" or request.kind() != "application/json-patch+json":
            return 400, {}, OUTCOME
        if request.headers["If-Match"] is None:
            return 412, {}, OUTCOME
        if request.headers["If-Match"] != tag:
            return (409 if self.pds else 412), {}, OUTCOME
        body = request.json()
        try:
            made = apply(found, body["patches"] if self.pds else body, self.pds)
        except (Refused, KeyError, IndexError, TypeError, ValueError) as why:
            self.refusals.append(f"{why!r} {body}")
            return 400, {}, OUTCOME
        self.keep(made, found["id"])
        self.writes.append((found["id"], request.headers["X-Request-ID"]))
        return 200, {"ETag": f'W/"{made["meta"]["versionId"]}"'}, json.dumps(made)

    def keep(self, made, key):
        made["meta"] = {"versionId": str(int(self.patients[key]["meta"]["versionId"]) + 1)}
        for name in LISTS:
            for at, item in enumerate(made.get(name, [])):
                item.setdefault("id", f"{name}-{made['meta']['versionId']}-{at}")
        self.patients[key] = made


def content(patient):
    """What a patient says, whatever ids and order its items have."""
    def plain(value):
        return {key: each for key, each in value.items() if key != "id"}
    return {key: sorted((json.dumps(plain(item), sort_keys=True) for item in value)) if isinstance(value, list) else value
            for key, value in patient.items() if key != "meta"}


class Case:
    def __init__(self, bench):
        self.bench, self.file = bench, bench.folder / "patched.ndjson"
        (bench.folder / "patch.token").write_text("a-token")
        self.pds = ["--region", "pds", *settings(auth__secret__file=bench.folder / "patch.token", endpoint__rate="0")]

    def push(self, service, records, *arguments, fresh=True):
        self.file.write_text("".join(json.dumps(record) + "\n" for record in records))
        service.endpoint.take()
        if fresh:
            self.bench.fresh_state()
        base = ["--region", "generic-r4", "--style", "patch"] if not service.pds else self.pds
        self.run = self.bench.push(service.endpoint.base, self.file, *base, *arguments)
        self.issues, self.summary = lines_of(self.run)
        return service.endpoint.take()

    def check(self, title, condition, detail=""):
        self.bench.check(title, condition, f"{detail} exit {self.run.returncode} {self.run.stdout} {self.run.stderr}")


CHANGES = (
    ("a value", {"gender": "other"}),
    ("a date that was not there", {"deceasedDateTime": "2024-01-01"}),
    ("part of an item", {"address": [{"use": "home", "line": ["2 Whitehall Quay", "Leeds"], "postalCode": "LS1 4BU"}]}),
    ("an item more", {"name": [*patient()["name"], {"use": "nickname", "given": ["Jay"]}]}),
    ("an item less", {"telecom": patient()["telecom"][:1]}),
    ("all items of a list less", {"telecom": None}),
    ("an item of another kind", {"telecom": [patient()["telecom"][0], {"system": "phone", "use": "mobile", "value": "07700900000"}]}),
    ("a list that was not there", {"extension": [{"url": "https://example.org/e", "valueString": "x"}]}),
    ("everything at once", {"gender": "male", "telecom": [{"system": "email", "use": "work", "value": "j@example.org"}],
                            "name": [{"use": "usual", "family": "Smyth", "given": ["Jane"]}],
                            "address": [*patient()["address"], {"use": "temp", "line": ["x"], "postalCode": "LS1 1AA"}]}),
    ("another order of a list", {"telecom": list(reversed(patient()["telecom"]))}),
    ("an extension of a primitive", {"_birthDate": {"extension": [{"url": "https://example.org/t", "valueString": "x"}]}}),
    ("nothing", {}),
)


def changes(c, pds):
    for title, change in CHANGES:
        service = Service(pds, patient())
        wanted = {key: value for key, value in (patient() | change).items() if value is not None}
        seen = c.push(service, [wanted])
        stored = service.patients["9000000009"]
        c.check(f"{'pds' if pds else 'plain'}: {title}", c.run.returncode == 0 and content(stored) == content(wanted) and not service.refusals,
                f"{service.refusals} {stored}")
        writes = 0 if title in ("nothing", "another order of a list") else 1
        c.check(f"{title}: one request writes", [each.method for each in seen] == ["GET"] + ["PATCH"] * writes)
        c.check(f"{title}: no other attempt", c.summary["retries"] == 0)
        if writes:
            c.check(f"{title}: with the tag that was read", seen[1].headers["If-Match"] == 'W/"2"')
        service.endpoint.stop()


def any_patient(dice, number):
    def some(make, most):
        return [make() for _ in range(dice.randint(0, most))]

    def word():
        return dice.choice(("Leeds", "York", "a/b", "x~y", "Ærø", '"q"', "1 High Street"))
    made = patient(number)
    made["gender"] = dice.choice(("male", "female", "other", "unknown"))
    made["name"] = [{"use": use, "family": word(), "given": [word() for _ in range(dice.randint(1, 3))]}
                    for use in dice.sample(("usual", "nickname", "maiden"), dice.randint(1, 3))]
    made["telecom"] = [{"system": system, "use": use, "value": word()} for system, use in
                       dice.sample([(a, b) for a in ("phone", "email", "fax") for b in ("home", "work", "mobile")], dice.randint(0, 4))]
    made["address"] = [{"use": use, "line": [word() for _ in range(dice.randint(1, 4))], "postalCode": dice.choice(("LS1 6AE", "YO1 9QL"))}
                       for use in dice.sample(("home", "temp", "billing"), dice.randint(0, 2))]
    made["extension"] = [{"url": f"https://example.org/{name}", "valueString": word()} for name in dice.sample("abcd", dice.randint(0, 3))]
    made["contact"] = some(lambda: {"relationship": [{"text": word()}], "telecom": [{"system": "phone", "value": word()}]}, 2)
    for name, value in (("deceasedDateTime", "2024-01-01"), ("multipleBirthInteger", dice.randint(1, 3)), ("maritalStatus", {"text": word()})):
        if dice.random() < 0.4:
            made[name] = value
    return {name: value for name, value in made.items() if value != []}


def random_changes(c, pds, seed):
    dice = random.Random(f"change-{seed}")
    numbers = range(9000000100, 9000000160)
    stored, wanted = ([any_patient(dice, number) for number in numbers] for _ in range(2))
    for each in stored:
        for name in LISTS:
            for at, item in enumerate(each.get(name, [])):
                item["id"] = f"{name}-{at}"
    service = Service(pds, *stored)
    c.push(service, wanted)
    wrong = [each["id"] for each in wanted if content(service.patients[each["id"]]) != content(each)]
    c.check(f"{'pds' if pds else 'plain'}: sixty patients changed at random, {seed}", c.run.returncode == 0 and not wrong and not service.refusals,
            f"{wrong} {service.refusals[:2]}")
    service.endpoint.stop()


def other_formats(c):
    service = Service(True, patient())
    base = "".join(f'<{name}>{inner}</{name}>' for name, inner in (
        ("identifier", '<system value="https://fhir.nhs.uk/Id/nhs-number"/><value value="9000000009"/>'),
        ("name", '<use value="usual"/><family value="Smith"/><given value="Jane"/><given value="Marie"/>'),
        ("telecom", '<system value="phone"/><value value="01632 960587"/><use value="home"/>'),
        ("telecom", '<system value="email"/><value value="jane@example.org"/><use value="home"/>')))
    text = (f'<Patient xmlns="http://hl7.org/fhir"><id value="9000000009"/><meta><versionId value="2"/></meta>{base}<gender value="other"/>'
            '<birthDate value="1970-03-04"/><address><use value="home"/><line value="1 Trevelyan Square"/><line value="Leeds"/>'
            '<postalCode value="LS1 6AE"/></address></Patient>')
    file = c.bench.folder / "patched.xml"
    file.write_text(text)
    c.bench.fresh_state()
    service.endpoint.take()
    c.run = c.bench.push(service.endpoint.base, file, *c.pds)
    seen = service.endpoint.take()
    c.check("a record in XML is patched as one in JSON", c.run.returncode == 0
            and seen[1].json() == {"patches": [{"op": "replace", "path": "/gender", "value": "other"}]}, [each.body for each in seen])
    c.run = c.bench.push(service.endpoint.base, file, *c.pds, *settings(endpoint__format="xml"))
    c.check("an endpoint of XML takes no JSON Patch", c.run.returncode == 2 and "endpoint.format=json" in c.run.stderr)
    service.endpoint.stop()


def headers(c):
    service = Service(True, patient())
    tries = []
    service.trouble = lambda request: (503, {"Retry-After": "0"}, OUTCOME) if request.method == "PATCH" and len(tries) < 2 \
        and not tries.append(request) else None
    seen = c.push(service, [patient() | {"gender": "other"}])
    patches = [each.headers["X-Request-ID"] for each in seen if each.method == "PATCH"]
    reads = [each.headers["X-Request-ID"] for each in seen if each.method == "GET"]
    c.check("a patch that is sent again keeps its id, and reading has its own", c.run.returncode == 0 and len(patches) == 3
            and len(set(patches)) == 1 and len(set(reads)) == len(reads) and not set(reads) & set(patches))
    c.check("which is told", c.summary["retries"] == 2, c.summary)
    c.check("the patch is in an object", list(seen[1].json()) == ["patches"])
    service.endpoint.stop()


def versions(c):
    service = Service(True, patient(meta={"versionId": "3"}, gender="male"))
    seen = c.push(service, [patient() | {"birthDate": "1971-01-01"}])
    c.check("a record of an older version is not sent", c.run.returncode == 1 and c.summary["refused"] == 1
            and [each.method for each in seen] == ["GET"] and "version 3" in c.run.stdout)
    service.endpoint.stop()

    service = Service(True, patient())
    bare = {key: value for key, value in patient().items() if key not in ("meta", "telecom")} | {"gender": "other"}
    seen = c.push(service, [bare])
    c.check("what a record without version would remove keeps it here", c.run.returncode == 1 and len(seen) == 1 and "telecom" in c.run.stdout)
    c.push(service, [bare], "--set", "patch.removals=keep")
    stored = service.patients["9000000009"]
    c.check("or stays", c.run.returncode == 0 and len(stored["telecom"]) == 2 and stored["gender"] == "other")
    c.push(service, [bare], "--set", "patch.removals=make")
    c.check("or goes", c.run.returncode == 0 and "telecom" not in service.patients["9000000009"])
    service.endpoint.stop()

    service = Service(True, patient())
    others = []

    def other_writer(request):
        if request.method == "PATCH" and not others:
            others.append(1)
            service.keep(copy.deepcopy(service.patients["9000000009"]) | {"maritalStatus": {"text": "x"}}, "9000000009")
    service.trouble = other_writer
    bare = {key: value for key, value in patient().items() if key != "meta"} | {"gender": "other"}
    seen = c.push(service, [bare], "--set", "patch.removals=keep")
    c.check("a version that another has made meanwhile is read and patched", c.run.returncode == 0
            and [each.method for each in seen] == ["GET", "PATCH"] * 2 and service.patients["9000000009"]["maritalStatus"] == {"text": "x"}
            and service.patients["9000000009"]["gender"] == "other")
    service.endpoint.stop()


def other_patients(c):
    service = Service(True, patient())
    service.patients["9000000033"] = patient()
    seen = c.push(service, [patient(9000000033) | {"gender": "other"}])
    c.check("another patient than the one asked for is not patched", c.run.returncode == 1 and len(seen) == 1
            and "Patient/9000000009" in c.run.stdout)
    seen = c.push(service, [patient(9000000041)])
    c.check("a patient who is not there is not made", c.run.returncode == 1 and c.summary["refused"] == 1 and len(seen) == 1)
    seen = c.push(service, [{"resourceType": "Patient", "gender": "male"}])
    c.check("nor is one without an id", c.run.returncode == 1 and not seen and "no id" in c.run.stdout)
    service.trouble = lambda request: (200, {"Content-Type": "text/html"}, "<html>log in</html>")
    seen = c.push(service, [patient() | {"gender": "other"}], "--give-up", "1")
    c.check("a page instead of the patient is not patched", c.run.returncode != 0 and {each.method for each in seen} == {"GET"}
            and c.summary["applied"] == 0)
    service.endpoint.stop()


def orders(c):
    service = Service(True, patient())
    bare = {key: value for key, value in patient().items() if key != "meta"}
    states = [bare | {"gender": gender} for gender in ("male", "other", "female", "unknown")]
    c.push(service, states)
    c.check("versions of one patient in their order", c.run.returncode == 0 and service.patients["9000000009"]["gender"] == "unknown"
            and len(service.writes) == 4)
    c.push(service, [bare | {"gender": "male"}], fresh=False)
    c.push(service, [bare | {"gender": "unknown"}], fresh=False)
    c.check("back to what it was is a write", service.patients["9000000009"]["gender"] == "unknown" and len(service.writes) == 6)
    service.endpoint.stop()


def faults(c, pds, seed):
    dice = random.Random(f"patch-{seed}")
    people = [patient(9000000000 + number) for number in range(12)]
    service = Service(pds, *people)

    def trouble(request):
        draw = dice.random()
        if draw < 0.15:
            return 503, {"Retry-After": "0"}, OUTCOME
        if draw < 0.25:
            return 504, {}, ""
        if draw < 0.3:
            return 200, {"Content-Type": "text/html"}, "<html>log in</html>"
        return "lose" if draw < 0.5 else None
    service.trouble = trouble
    wanted = [each | {"gender": "other", "telecom": each["telecom"][:1],
                      "name": [*each["name"], {"use": "nickname", "given": ["Jay"]}]} for each in people]
    c.push(service, wanted, "--timeout", "2")
    told = {label for issue in c.issues for label in issue["resources"]}
    applied = [each for each in wanted if f"Patient/{each['id']}" not in told]
    wrong = [each["id"] for each in applied if content(service.patients[each["id"]]) != content(each)]
    counts = [sum(1 for key, _ in service.writes if key == each["id"]) for each in people]
    c.check(f"faults {seed}: what is applied is there, once", not wrong and max(counts) <= 1 and c.summary["applied"] == len(applied)
            and not service.refusals and len(applied) >= 10, f"{wrong} {counts} {service.refusals}")
    requests = len(c.push(service, wanted, "--timeout", "2", fresh=False))
    c.check(f"faults {seed}: another run does nothing again", requests == 0 or len(applied) < len(wanted), requests)
    service.endpoint.stop()


def run(bench):
    c = Case(bench)
    for pds in (True, False):
        changes(c, pds)
        for seed in (1, 2, 3):
            faults(c, pds, seed)
            random_changes(c, pds, seed)
    for part in (headers, versions, other_patients, orders, other_formats):
        part(c)
