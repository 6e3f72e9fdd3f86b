# SPDX-License-Identifier: Apache-2.0
"""What the rows of the bench work on: Synthea's records, and documents, tables and pairs that are made here; kept in
${XDG_CACHE_HOME:-~/.cache}/lhcr/bench."""
import functools
import pathlib
import random
import shutil
import sys
import uuid

from measure import CACHE, ROOT, SHARED, Skipped, must, note

STORE = CACHE / "bench"
SUBSET_BYTES = 2_000_000
OBSERVATIONS_BYTES = 250_000_000  # whole copies of the corpus, at most
LARGE = 9_000_000
TABLE_BYTES = 100_000_000

DOCUMENT = """<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <id root="2.16.840.1.113883.19.5" extension="1"/>
  <code code="34133-9" codeSystem="2.16.840.1.113883.6.1"/>
  <title>Summary</title>
  <effectiveTime value="20240102"/>
  <recordTarget><patientRole><id root="2.16.840.1.113883.19.5" extension="p"/>
    <patient><name><given>Test</given><family>Person</family></name></patient></patientRole></recordTarget>
  <custodian><assignedCustodian><representedCustodianOrganization><id root="2.16.840.1.113883.19.5" extension="c"/>
    <name>Clinic</name></representedCustodianOrganization></assignedCustodian></custodian>
  <component><structuredBody><component><section>
    <templateId root="2.16.840.1.113883.10.20.22.2.3.1" extension="2015-08-01"/>
    <code code="30954-2" codeSystem="2.16.840.1.113883.6.1"/>
    <title>Results</title>
    <text><table><tbody>%s</tbody></table></text>%s
  </section></component></structuredBody></component>
</ClinicalDocument>
"""
PANEL = """
    <entry typeCode="DRIV"><organizer classCode="BATTERY" moodCode="EVN">
      <templateId root="2.16.840.1.113883.10.20.22.4.1" extension="2015-08-01"/>
      <id root="2.16.840.1.113883.19.5.{n}"/>
      <code code="24321-2" codeSystem="2.16.840.1.113883.6.1" displayName="Basic metabolic panel"/>
      <statusCode code="completed"/>
      <component><observation classCode="OBS" moodCode="EVN">
        <templateId root="2.16.840.1.113883.10.20.22.4.2" extension="2015-08-01"/>
        <id root="2.16.840.1.113883.19.5.{n}" extension="glucose"/>
        <code code="2345-7" codeSystem="2.16.840.1.113883.6.1" displayName="Glucose in Serum or Plasma"/>
        <text><reference value="#r{n}"/></text>
        <statusCode code="completed"/>
        <effectiveTime value="20240101101500"/>
        <value xsi:type="PQ" value="98.{n}" unit="mg/dL"/>
      </observation></component>
    </organizer></entry>"""
OBSERVATION_COLUMNS = "DATE,PATIENT,ENCOUNTER,CATEGORY,CODE,DESCRIPTION,VALUE,UNITS,TYPE\n"
PATIENT_COLUMNS = ("Id,BIRTHDATE,DEATHDATE,SSN,DRIVERS,PASSPORT,PREFIX,FIRST,MIDDLE,LAST,SUFFIX,MAIDEN,MARITAL,RACE,ETHNICITY,"
                   "GENDER,BIRTHPLACE,ADDRESS,CITY,STATE,COUNTY,FIPS,ZIP,LAT,LON,HEALTHCARE_EXPENSES,HEALTHCARE_COVERAGE,INCOME\n")


class Data:
    """Everything is made when a row first asks for it."""

    def __init__(self):
        STORE.mkdir(parents=True, exist_ok=True)

    @functools.cache
    def synthea(self, *words):
        note(f"Synthea: {' '.join(words)}")
        return must([str(ROOT / "tests" / "synthea" / "generate"), *words]).strip().splitlines()[-1]

    @functools.cached_property
    def records(self):
        return pathlib.Path(self.synthea("-p", "55", "ndjson"))

    @functools.cached_property
    def big(self):
        """Every record, types mixed."""
        return str(self.records / "all.ndjson")

    @functools.cached_property
    def subset(self):
        """Its first lines."""
        with open(self.big, "rb") as source, open(STORE / "subset.ndjson", "wb") as target:
            target.writelines(source.readlines(SUBSET_BYTES))
        return str(STORE / "subset.ndjson")

    @functools.cached_property
    def patient(self):
        with open(self.records / "Patient.ndjson", "rb") as source, open(STORE / "patient.json", "wb") as target:
            target.write(source.readline())
        return str(STORE / "patient.json")

    @functools.cache
    def observations(self):
        once, path = self.records / "Observation.ndjson", STORE / "observations.ndjson"
        copies = OBSERVATIONS_BYTES // once.stat().st_size
        if not path.exists() or path.stat().st_size != copies * once.stat().st_size:
            with open(path, "wb") as out:
                for _ in range(copies):
                    with open(once, "rb") as file:
                        shutil.copyfileobj(file, out)
        return str(path)

    def ccda(self, large):
        """A C-CDA document of panels of results: of 9 MB, or of three panels."""
        count = LARGE // (len(PANEL) + 50) if large else 3
        rows = "".join(f'<tr><td ID="r{n}">Glucose</td></tr>\n' for n in range(1, count + 1))
        path = STORE / ("large.xml" if large else "small.xml")
        path.write_text(DOCUMENT % (rows, "".join(PANEL.format(n=n) for n in range(1, count + 1))), encoding="utf-8")
        return str(path)

    @functools.cache
    def tables(self):
        """Observations of Synthea's layout, with their patients."""
        folder = STORE / "layout"
        folder.mkdir(exist_ok=True)
        randomly = random.Random(3)
        ids = [str(uuid.UUID(int=randomly.getrandbits(128))) for _ in range(20000)]
        text = "".join(
            f"2014-08-{day:02d}T10:46:26Z,{randomly.choice(ids)},,vital-signs,8302-2,Body Height,{day * 7}.1,cm,numeric\n"
            for day in range(1, 29) for _ in range(1000))
        with open(folder / "observations.csv", "w", encoding="ascii") as out:
            out.write(OBSERVATION_COLUMNS)
            for _ in range(TABLE_BYTES // len(text)):
                out.write(text)
        with open(folder / "patients.csv", "w", encoding="ascii") as out:
            out.write(PATIENT_COLUMNS)
            out.writelines(f"{each},2001-07-09,,,,,,A,,B,,,,,,F,,,,,,,,,,,,\n" for each in ids)
        return str(folder)

    @functools.cache
    def pair(self):
        """Two Bundles of 5 MB and two NDJSON files of 50 MB that differ in 1 %."""
        maker, folder = SHARED / "tools" / "gen_diff.py", STORE / "diff"
        if not maker.exists():
            raise Skipped("no ../shared/tools/gen_diff.py")
        if not (folder / "b.ndjson").exists():
            folder.mkdir(exist_ok=True)
            must([sys.executable, str(maker), str(folder)])
        return folder
