# SPDX-License-Identifier: Apache-2.0
"""What proves an error in a CDA document: the document read with lxml, the classes and templates as they are published. No part of
the program is asked; a finding is believed when the clause and the fact are found here, too.

`Proofs(core, ccda).of(document, path, identity, text)` gives `CLAUSE: FACT`, or None when nothing proves the finding. `text` names
what is looked for (a template, an element); that it is missing, wrong or too many is found out here."""
import json
import re
import tarfile

from lxml import etree

CDA = "{urn:hl7-org:v3}"
CORE = "http://hl7.org/cda/stds/core/StructureDefinition/"
OWN_TEXT = ("ED", "ST", "SC", "ON", "TN", "PN", "EN", "AD", "TEL", "BIN")
CLINICAL = ("act", "encounter", "observation", "observationMedia", "organizer", "procedure", "regionOfInterest", "substanceAdministration",
            "supply")
LITERALS = {"time": re.compile(r"\d{4}(\d\d){0,5}(\.\d+)?([+-]\d\d(\d\d)?)?\Z"), "code": re.compile(r"\S+\Z"),
            "root": re.compile(r"([0-2](\.(0|[1-9]\d*))+|[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}|[A-Za-z][A-Za-z0-9-]*)\Z")}


def structures(path):
    found = {}
    with tarfile.open(path) as archive:
        for member in archive.getmembers():
            if re.search(r"/StructureDefinition-[^/]*\.json\Z", member.name):
                definition = json.load(archive.extractfile(member))
                found[definition["url"]] = definition
    return found


def name_of(node):
    return etree.QName(node).localname


def children(node, name):
    return [child for child in node if isinstance(child.tag, str) and name_of(child) == name.split(":")[-1]]


def parts(node, name):
    """Elements of a name, or the attribute."""
    return children(node, name) or ([node.get(name)] if node.get(name) is not None else [])


class Document:
    def __init__(self, path):
        self.tree = etree.parse(path, etree.XMLParser(huge_tree=True))
        self.ids = {node.get("ID") for node in self.tree.iter() if isinstance(node.tag, str)} | {
            node.get("ID".lower()) for node in self.tree.iter() if isinstance(node.tag, str)}

    def node(self, path):
        """The node of a finding's path and, when the last step is an attribute, its name."""
        node, first = self.tree.getroot(), True
        for step in re.findall(r"([^.\[\]]+)(?:\[(\d+)\])?", path):
            if first:
                first = False
                continue
            name = step[0]
            if re.match("sdtc[A-Z]", name):
                name = name[4].lower() + name[5:]
            found = children(node, name)
            if not found:
                return node, step[0]
            node = found[int(step[1] or 0)]
        return node, None


def templates(node):
    return [(item.get("root", ""), item.get("extension", "")) for item in children(node, "templateId")]


def shown(text, most=40):
    text = " ".join(text.split())
    return repr(text if len(text) <= most else text[:most - 3] + "...")


class Proofs:
    def __init__(self, core, ccda):
        self.core, self.ccda = structures(core), structures(ccda)

    def of(self, document, path, identity, text):
        node, attribute = document.node(path)
        proof = getattr(self, identity.replace("-", "_"), None)
        found = proof and proof(document, node, attribute, text)
        return found and f"{found[0]}: {' '.join(found[1].split())}"

    # What definitions say.

    def element(self, definition, identity):
        return next((item for item in definition["snapshot"]["element"] if item["id"] == identity), None)

    def claimed(self, node, definition):
        """The templateId of the definition as the element, or what is around it, claims it: root and version."""
        for item in definition.get("identifier", []):
            root, _, extension = item["value"].removeprefix("urn:hl7ii:").removeprefix("urn:oid:").partition(":")
            while node is not None:
                if (root, extension) in templates(node):
                    return node, root + (":" + extension if extension else "")
                node = node.getparent()
        return None

    def conformance(self, definition, identity):
        """The number of the conformance statement, or the name of the template."""
        while definition is not None:
            element = next((item for item in definition["differential"]["element"] if item["id"] == identity), {})
            number = re.search(r"CONF:\d+-\d+", element.get("comment", "") + element.get("short", ""))
            if number:
                return "C-CDA " + number.group()
            definition = self.ccda.get(definition["baseDefinition"])
        return None

    def profile(self, text):
        url = re.search(r"\(from (\S+?)\|", text)
        return self.ccda.get(url.group(1)) if url else None

    def counted(self, node, text):
        """What a template says of an element, and how many there are: (definition, claim, element, count)."""
        definition = self.profile(text)
        claim = definition and self.claimed(node, definition)
        wanted = re.match(r"(?:Slice )?(\S+) (?:must|may) occur", text).group(1)
        element = definition and self.element(definition, wanted)
        return (definition, claim, element, wanted) if claim and element else None

    # The proofs, by finding.

    def base_missing(self, node, text):
        kind, _, last = re.match(r"(\S+) must occur", text).group(1).partition(".")
        definition = self.core.get(CORE + kind)
        element = definition and self.element(definition, kind + "." + last)
        if element and element["min"] > 0 and not parts(node, last):
            return f"CDA R2 {kind}.{last}", f"min {element['min']} in the published class; {name_of(node)} has none"
        narrative = {"list": "item", "table": "tbody", "tr": "td"}
        if narrative.get(name_of(node)) == last and not children(node, last):
            return f"CDA R2 NarrativeBlock.{name_of(node)}", f"it holds at least one {last}, and there is none"
        return None

    def element_missing(self, document, node, attribute, text):
        return self.base_missing(node, text)

    def profile_element_missing(self, document, node, attribute, text):
        found = self.counted(node, text)
        if found is None:
            return None
        definition, (holder, claim), element, wanted = found
        last = wanted.split(".")[-1]
        if element["min"] > 0 and not parts(node, last.partition(":")[0]):
            clause = self.conformance(definition, wanted) or "C-CDA " + definition["name"]
            return clause, f"the template {claim}, which {name_of(holder)} names, has {wanted} with min {element['min']}; there is none"
        return None

    def slice_missing(self, document, node, attribute, text):
        found = self.counted(node, text)
        if found is None:
            return None
        definition, (holder, claim), element, wanted = found
        clause = self.conformance(definition, wanted) or "C-CDA " + definition["name"]
        fixed = {item["id"].rpartition(".")[2]: item.get("patternString") or item.get("fixedString") for item in definition["snapshot"]["element"]
                 if item["id"].startswith(wanted + ".") and ("patternString" in item or "fixedString" in item)}
        name = wanted.rpartition(".")[2].partition(":")[0]
        there = children(node, name)
        if name == "templateId" and "root" in fixed and not any(item.get("root") == fixed["root"] for item in there):
            return clause, f"the template {claim} demands the templateId {fixed['root']} as well, which {name_of(node)} does not have"
        profiles = [url.split("|")[0] for item in definition["snapshot"]["element"] if item["id"].startswith(wanted)
                    for kind in item.get("type", []) for url in kind.get("profile", [])]
        roots = {item["value"].removeprefix("urn:hl7ii:").removeprefix("urn:oid:").partition(":")[0]
                 for url in profiles for item in self.ccda.get(url, {}).get("identifier", [])}
        if roots and not any(root in roots for item in there for inner in item.iter() if isinstance(inner.tag, str) for root, _ in templates(inner)):
            return clause, f"the template {claim} demands a {name} of the template {sorted(roots)[0]}; none of {len(there)} is one"
        types = {kind["code"].rpartition("/")[2] for item in definition["snapshot"]["element"] if item["id"] == wanted for kind in item.get("type", [])}
        said = [item.get("{http://www.w3.org/2001/XMLSchema-instance}type", "none") for item in there]
        if types and name == "effectiveTime" and not types & {kind.split(":")[-1].replace("_", "-") for kind in said} | (
                types & {kind.split(":")[-1] for kind in said}):
            return clause, f"the template {claim} demands an effectiveTime of type {sorted(types)[0]}; the types there are {', '.join(said) or 'none'}"
        codes = {item["id"].rpartition(".")[2]: item.get("patternCode") or item.get("fixedCode") for item in definition["snapshot"]["element"]
                 if item["id"].startswith(wanted + ".") and ("patternCode" in item or "fixedCode" in item)}
        codes.update(fixed)
        if codes and not any(all(inner.get(key) == value for key, value in codes.items()) for item in there for inner in item.iter()
                             if isinstance(inner.tag, str)):
            stated = " and ".join(f"{key} {value}" for key, value in sorted(codes.items()))
            return clause, f"the template {claim} demands a {name} with {stated}; none of {len(there)} has it"
        return None

    def profile_element_too_many(self, document, node, attribute, text):
        found = self.counted(node, text)
        if found is None:
            return None
        definition, (holder, claim), element, wanted = found
        name = wanted.rpartition(".")[2].partition(":")[0]
        count = len(children(node, name))
        if element["max"].isdigit() and count > int(element["max"]):
            return (self.conformance(definition, wanted) or "C-CDA " + definition["name"],
                    f"the template {claim} has {wanted} with max {element['max']}; {name_of(node)} has {count}")
        return None

    def element_too_many(self, document, node, attribute, text):
        kind, _, last = re.match(r"(\S+) may occur", text).group(1).partition(".")
        element = self.element(self.core[CORE + kind], kind + "." + last)
        count = len(children(node, last))
        return (f"CDA R2 {kind}.{last}", f"max {element['max']} in the published class; there are {count}") if count > int(element["max"]) else None

    def cda_text(self, document, node, attribute, text):
        loose = [piece for piece in [node.text] + [child.tail for child in node] if piece and piece.strip()]
        kind = node.get("{http://www.w3.org/2001/XMLSchema-instance}type", "")
        if loose and kind not in OWN_TEXT:
            return "CDA R2 4", f"{name_of(node)} holds elements only (its schema type is not mixed); there is the text {shown(loose[0])}"
        return None

    def cda_reference_missing(self, document, node, attribute, text):
        value = node.get("value", "")
        if value.startswith("#") and value[1:] not in document.ids:
            return "CDA R2 4.3.5", f"the reference is to {value}, and no element of the document has this ID"
        return None

    def cda_value(self, document, node, attribute, text):
        for name, kind, clause in (("value", "time", "TS.literal"), ("root", "root", "UID"), ("code", "code", "CS")):
            value = node.get(attribute or name)
            if value is not None and (attribute in (None, name) or kind == "code") and not LITERALS[kind].match(value):
                if re.search({"time": "point in time", "root": "OID", "code": "valid code"}[kind], text):
                    return "V3 data types " + clause, f"{attribute or name} is {value!r}, which has not the form"
        time = re.match(r"\d{4}(\d\d)?(\d\d)?(\d\d)?", node.get("value", ""))
        if time and "point in time" in text:
            zone = re.search(r"[+-](\d\d)", node.get("value"))
            for number, most, name in ((1, 12, "month"), (2, 31, "day"), (3, 24, "hour")):
                if time.group(number) and int(time.group(number)) > most:
                    return "V3 data types TS.literal", f"value is {node.get('value')}: there is no {name} {time.group(number)}"
            if zone and int(zone.group(1)) > 14:
                return "V3 data types TS.literal", f"value is {node.get('value')}: no zone is {zone.group(1)} hours away"
        if attribute == "codeSystem" and not LITERALS["root"].match(node.get(attribute)):
            return "V3 data types UID", f"codeSystem is {node.get(attribute)!r}, which is a URI and not an OID"
        if attribute and not LITERALS["code"].match(node.get(attribute, "x")):
            return "V3 data types CS", f"{attribute} is {node.get(attribute)!r}: a code has no white space"
        return None

    def cda_interval_reversed(self, document, node, attribute, text):
        low, high = (children(node, name)[0].get("value", "") for name in ("low", "high"))
        return ("V3 data types IVL", f"low is {low}, high is {high}: low must not be after high") if low[:8] > high[:8] else None

    def cda_attribute_missing(self, document, node, attribute, text):
        name = re.search(r"attribute (\w+) is missing", text).group(1)
        if node.get(name) is None:
            return "CDA R2 " + name_of(node)[0].upper() + name_of(node)[1:], f"its schema has {name} with use=\"required\"; it is not there"
        return None

    def cda_attribute_unknown(self, document, node, attribute, text):
        name = re.search(r"attribute '([^']*)'", text).group(1)
        known = {"id": "II", "templateId": "II", "value": node.get("{http://www.w3.org/2001/XMLSchema-instance}type", "ANY")}
        kind = known.get(name_of(node), "ANY").split(":")[-1].replace("_", "-")
        definition = self.core.get(CORE + kind)
        names = {item["id"].partition(".")[2] for item in definition["snapshot"]["element"]} if definition else {name}
        return ("CDA R2 " + kind.replace("-", "_"), f"it has no attribute {name}, which the {name_of(node)} there has") if name not in names else None

    def cda_narrative_element(self, document, node, attribute, text):
        parent = node.getparent()
        if name_of(parent) == "tr" and name_of(node) not in ("th", "td"):
            return "CDA R2 NarrativeBlock.tr", f"it holds th and td only; {name_of(node)} stands in it"
        return None

    def cda_order(self, document, node, attribute, text):
        before = [name_of(item) for item in node.itersiblings(preceding=True) if isinstance(item.tag, str)]
        kind = re.match(r"(\w+)\.", text).group(1)
        order = [item["id"].partition(".")[2] for item in self.core[CORE + kind]["snapshot"]["element"]]
        late = [name for name in before if name in order and order.index(name) > order.index(name_of(node))]
        return (f"CDA R2 {kind}", f"{name_of(node)} comes before {late[0]} in its sequence, and stands behind it") if late else None

    def unknown_element(self, document, node, attribute, text):
        kind = re.search(r"in (?:pharm:)?(\w+)\Z", text).group(1)
        parent = node.getparent()
        if kind == "effectiveTime" and "{http://www.w3.org/2001/XMLSchema-instance}type" not in parent.attrib:
            return "CDA R2 Supply.effectiveTime", f"its type is SXCM_TS where no xsi:type says another, and SXCM_TS has no {name_of(node)}"
        definition = self.core.get(CORE + {"ingredient": "Ingredient", "quantity": "PQ", "effectiveTime": "IVL-TS"}.get(kind, kind[0].upper() + kind[1:]))
        names = {item["id"].partition(".")[2].rpartition(":")[2] for item in definition["snapshot"]["element"]} if definition else set()
        if name_of(node) not in names:
            return "CDA R2 " + kind[0].upper() + kind[1:], f"{name_of(parent)} has the element {name_of(node)}, which the schema does not let stand there"
        return None

    def fixed_value(self, document, node, attribute, text):
        said, wanted = re.match(r"The value is '([^']*)' but must be '([^']*)'", text).groups()
        name = attribute or next((key for key, value in node.attrib.items() if value == said), None)
        if name is None or node.get(name) != said or said == wanted:
            return None
        definition = self.profile(text)
        claim = definition and self.claimed(node, definition)
        if claim:
            fixed = [item for item in definition["snapshot"]["element"] if item["id"].endswith("." + name) and wanted in
                     [value for key, value in item.items() if key.startswith(("fixed", "pattern"))]]
            if fixed:
                return (self.conformance(definition, fixed[0]["id"]) or "C-CDA " + definition["name"],
                        f"the template {claim[1]} fixes {fixed[0]['id']} to {wanted}; it is {said}")
            return None
        kind = name_of(node)[0].upper() + name_of(node)[1:]
        return (f"CDA R2 {kind}", f"the schema fixes {name} to {wanted}; it is {said}") if "CDA R2" in text else None

    def code_not_in_value_set(self, document, node, attribute, text):
        code, name = re.search(r"code (\w+) is not in the value set (\w+)", text).groups()
        if code in node.attrib.values():
            key = next(key for key, value in node.attrib.items() if value == code)
            sets = {"ACT": "a class of acts, not of observations", "IND": "a type of participation, not a role", "QS": "a null flavor of R3 only"}
            return f"CDA R2 {name.removeprefix('CDA')}", f"{key} is {code}, {sets[code]}"
        return None

    def profile_type(self, document, node, attribute, text):
        definition = self.profile(text)
        claim = definition and self.claimed(node, definition)
        kind = node.get("{http://www.w3.org/2001/XMLSchema-instance}type")
        if claim and (kind is None or "SXCM" in kind):
            return "C-CDA " + definition["name"], f"the template {claim[1]} takes effectiveTime as an interval first; there is {kind or 'no xsi:type'}"
        return None

    def cda_template_missing(self, document, node, attribute, text):
        url = re.search(r"template (\S+) but", text).group(1)
        roots = [item["value"].removeprefix("urn:hl7ii:").removeprefix("urn:oid:").partition(":")[0] for item in self.ccda[url]["identifier"]]
        if not any(root in roots for root, _ in templates(node)):
            return "C-CDA " + self.ccda[url]["name"], f"{name_of(node)} must have the templateId {roots[0]}, and has it not"
        return None

    def invariant(self, document, node, attribute, text):
        key = re.match(r"Constraint (\S+) failed", text).group(1)
        count = sum(len(children(node, name)) for name in CLINICAL)
        if key.endswith("only-one"):
            return (f"CDA R2 {name_of(node)[0].upper() + name_of(node)[1:]}", f"it holds one clinical statement; there are {count}") if count != 1 else None
        if key == "product-choice":
            count = len(children(node, "manufacturedLabeledDrug") + children(node, "manufacturedMaterial"))
            return ("CDA R2 ManufacturedProduct", f"it is a labelled drug or a material; there are {count} of these") if count != 1 else None
        if key == "ed-base64":
            data = "".join(node.itertext())
            letters = re.sub(r"\s", "", data)
            wrong = not re.fullmatch(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?", letters)
            return ("V3 data types ED", f"representation is B64 and {shown(letters)} is not Base64") if wrong and node.get("representation") == "B64" else None
        if key == "text-null":
            return ("V3 data types ST", f"{name_of(node)} has neither text nor nullFlavor") if not "".join(node.itertext()).strip() and not node.get(
                "nullFlavor") else ("V3 data types ST", f"{name_of(node)} has both text and nullFlavor") if node.get("nullFlavor") else None
        if key == "value-null":
            both = node.get("value") is not None, node.get("nullFlavor") is not None
            return ("V3 data types TS", f"{name_of(node)} has {'both' if all(both) else 'neither'} value and nullFlavor") if both[0] == both[1] else None
        if key == "II-1":
            return ("V3 data types II", f"{name_of(node)} has neither root nor nullFlavor") if not node.get("root") and not node.get("nullFlavor") else None
        if key == "dose-unit-or-admin-unit":
            dose = children(node, "doseQuantity")
            if dose and dose[0].get("unit") and children(node, "administrationUnitCode"):
                return "C-CDA MedicationActivity dose-unit-or-admin-unit", f"doseQuantity has the unit {dose[0].get('unit')}, and administrationUnitCode is there"
            return None
        if key == "1198-7504":
            status, time = children(node, "statusCode"), children(node, "effectiveTime")
            return ("C-CDA CONF:1198-7504", "statusCode is active and effectiveTime has no low") if (
                status and status[0].get("code") == "active" and time and not children(time[0], "low")) else None
        return self.entries(node, key)

    def entries(self, node, key):
        """Sections that must have an entry of a template."""
        for definition in self.ccda.values():
            rule = next((item for element in definition.get("differential", {}).get("element", []) for item in element.get("constraint", [])
                         if item["key"] == key), None)
            claim = rule and self.claimed(node, definition)
            if claim and node.get("nullFlavor") is None:
                urls = re.findall(r"hasTemplateIdOf\('?([^')]+)", rule["expression"])
                roots = {item["value"].removeprefix("urn:hl7ii:").removeprefix("urn:oid:").partition(":")[0] for url in urls
                         for item in self.ccda.get(url, {}).get("identifier", [])}
                entries = children(node, "entry")
                there = {root for entry in entries for child in entry if isinstance(child.tag, str) for root, _ in templates(child)}
                if roots and not roots & there:
                    return (f"C-CDA {definition['name']} {key}",
                            f"the section names {claim[1]}, and none of its {len(entries)} entries has the templateId {sorted(roots)[0]}")
        return None
