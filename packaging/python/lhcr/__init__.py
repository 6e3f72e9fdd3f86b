# SPDX-License-Identifier: Apache-2.0
"""Validates, converts and queries patient records with the program ``lhcr``, which this package contains.

>>> import lhcr
>>> [f.path for f in lhcr.validate({"resourceType": "Patient", "gender": "x"}) if f.id == "code-not-in-value-set"]
['Patient.gender']
>>> lhcr.query("Patient.gender", {"resourceType": "Patient", "gender": "female"})
['female']
"""
from ._errors import EndpointError, Error, InputError, InternalError, RefusedError, UsageError
from ._program import program, version
from ._records import Record, Records
from ._verbs import Finding, convert, query, validate

__version__ = version()

__all__ = [
    "EndpointError",
    "Error",
    "Finding",
    "InputError",
    "InternalError",
    "Record",
    "Records",
    "RefusedError",
    "UsageError",
    "convert",
    "program",
    "query",
    "validate",
]
