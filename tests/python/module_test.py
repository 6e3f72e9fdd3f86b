#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The Python module as it is installed: module_test.py SAMPLES, run by the Python that has it."""
import os
import pathlib
import sys
import tempfile
import unittest

import lhcr

SAMPLES = pathlib.Path(sys.argv.pop(1))
FAULTY = {"resourceType": "Patient", "gender": "x"}
GOOD = {"resourceType": "Patient", "id": "a", "gender": "female"}


def errors(findings):
    return [(f.id, f.path, f.record) for f in findings if f.severity in ("fatal", "error") and not f.follows]


class Validate(unittest.TestCase):
    def test_a_dictionary(self):
        self.assertEqual(errors(lhcr.validate(FAULTY)), [("code-not-in-value-set", "Patient.gender", 0)])
        self.assertEqual(errors(lhcr.validate(GOOD)), [])

    def test_records_one_by_one_keep_their_number(self):
        self.assertEqual([found[2] for found in errors(lhcr.validate(iter([GOOD, FAULTY, GOOD, FAULTY])))], [1, 3])

    def test_more_than_a_pipe_holds(self):
        self.assertEqual(len(errors(lhcr.validate(FAULTY for _ in range(5000)))), 5000)

    def test_a_path_and_its_place(self):
        found = [f for f in lhcr.validate(SAMPLES / "faulty/weights.ndjson") if f.id == "element-missing"]
        self.assertEqual((found[0].line, found[0].column, found[0].record), (2, 1, 1))
        self.assertTrue(found[0].input.endswith("weights.ndjson"))

    def test_text_and_bytes(self):
        text = (SAMPLES / "patient.xml").read_text()
        self.assertEqual(errors(lhcr.validate(text)), [])
        self.assertEqual(errors(lhcr.validate(text.encode())), [])

    def test_what_cannot_be_read_is_a_finding(self):
        found = lhcr.validate('{"resourceType":"Patient"')
        self.assertEqual([(f.id, f.severity) for f in found], [("json-syntax", "fatal")])

    def test_options(self):
        ignored = lhcr.validate(FAULTY, options=["--ignore", "code-not-in-value-set"])
        self.assertNotIn("code-not-in-value-set", [f.id for f in ignored])

    def test_exceptions(self):
        with self.assertRaises(lhcr.UsageError) as usage:
            lhcr.validate(GOOD, options=["--no-such-option"])
        self.assertEqual(usage.exception.exit_code, 2)
        self.assertIn("no-such-option", usage.exception.message)
        with self.assertRaises(lhcr.InputError):
            lhcr.validate(pathlib.Path("no-such-file.json"))
        with self.assertRaises(TypeError):
            lhcr.validate(7)

    def test_a_list_of_paths_is_refused(self):
        with self.assertRaises(TypeError):
            lhcr.validate(["a.json", "b.json"])

    def test_what_the_source_raises_comes_back(self):
        def source():
            yield GOOD
            raise KeyError("lost")

        with self.assertRaises(KeyError):
            lhcr.validate(source())


class Convert(unittest.TestCase):
    def test_cda_to_fhir(self):
        bundle = lhcr.convert((SAMPLES / "visit.xml").read_bytes())
        self.assertEqual((bundle["resourceType"], bundle["type"]), ("Bundle", "document"))

    def test_lists_and_text(self):
        self.assertEqual(lhcr.convert([GOOD, GOOD], "ndjson"), [GOOD, GOOD])
        self.assertIn("<gender value=\"female\"/>", lhcr.convert(GOOD, "fhir-xml"))
        table = lhcr.convert(GOOD, "csv", options=["--view", "plain.Patient"])
        self.assertEqual(len(table.splitlines()), 2)

    def test_several_records_are_no_resource(self):
        with self.assertRaises(lhcr.UsageError):
            lhcr.convert([GOOD, GOOD])

    def test_what_cannot_be_read_raises(self):
        with self.assertRaises(lhcr.InputError) as raised:
            lhcr.convert("{")
        self.assertIn("json-syntax", str(raised.exception))

    def test_parquet_says_what_it_needs_or_works(self):
        with tempfile.TemporaryDirectory() as folder:
            target = pathlib.Path(folder) / "patients.parquet"
            options = ["--view", "plain.Patient", "--output", str(target)]
            try:
                lhcr.convert(GOOD, "parquet", options=options)
            except lhcr.Error as error:
                self.assertRegex(str(error), r"lhcr\[parquet\]|cannot write Parquet")
            else:
                self.assertEqual(target.read_bytes()[:4], b"PAR1")


class Query(unittest.TestCase):
    def test_values_of_all_records(self):
        self.assertEqual(lhcr.query("Patient.gender", [GOOD, FAULTY]), ["female", "x"])
        self.assertEqual(lhcr.query("Patient.birthDate", SAMPLES / "patient.json"), ["1948-03-14"])

    def test_a_wrong_expression(self):
        with self.assertRaises(lhcr.UsageError):
            lhcr.query("Patient.", GOOD)


class Program(unittest.TestCase):
    def test_it_is_the_one_beside_the_module(self):
        self.assertTrue(pathlib.Path(lhcr.program()).resolve().is_relative_to(pathlib.Path(sys.prefix).resolve()))
        self.assertTrue(os.access(lhcr.program(), os.X_OK))
        self.assertRegex(lhcr.__version__, r"^\d+\.\d+")


unittest.main()
