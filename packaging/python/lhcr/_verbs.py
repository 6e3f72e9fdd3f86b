# SPDX-License-Identifier: Apache-2.0
"""What the program can do, as functions."""
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, overload

from ._errors import UNREADABLE, error_of
from ._records import Records, run


@dataclass(frozen=True)
class Finding:
    """Something that is wrong with a record or could not be checked. ``lhcr explain`` lists the ids."""

    id: str
    severity: Literal["fatal", "error", "warning", "information"]
    text: str
    code: str = ""
    """OperationOutcome.issue.code"""
    hint: str = ""
    path: str = ""
    """FHIRPath with indexes"""
    record: int = 0
    """Number of the record in its input, from 0"""
    line: int = 0
    """From 1; 0 if the finding has no place in the text"""
    column: int = 0
    input: str = "-"
    """The file, or ``-`` for records that were passed in"""
    follows: bool = False
    """Whether it follows from another finding about the same place"""


def _finding(told: dict[str, Any], source: str) -> Finding:
    known = {name: told[name] for name in Finding.__dataclass_fields__ if name in told}
    return Finding(**known | {"input": source})


def validate(records: Records, *, options: Sequence[str] = ()) -> list[Finding]:
    """Returns every finding of every record, in order.

    A record that cannot be read gives a finding of severity ``fatal``. ``options`` are those of ``lhcr validate`` except
    ``--format`` and ``--output``. Raises ``UsageError`` for a wrong option and ``InputError`` if a path does not exist.
    """
    code, written, messages = run(["validate", "--quiet", "--format", "json"], records, options)
    reports = [json.loads(line) for line in written.splitlines()]
    found = [_finding(told, report["input"]) for report in reports for told in report["findings"]]
    unreadable = code == UNREADABLE and any(finding.severity == "fatal" for finding in found)
    if code not in (0, 1) and not unreadable:
        raise error_of(code, messages)
    return found


@overload
def convert(records: Records, to: Literal["fhir-json"] = ..., *, options: Sequence[str] = ()) -> dict[str, Any]: ...
@overload
def convert(records: Records, to: Literal["ndjson"], *, options: Sequence[str] = ()) -> list[dict[str, Any]]: ...
@overload
def convert(records: Records, to: Literal["fhir-xml", "cda", "csv"], *, options: Sequence[str] = ()) -> str: ...


def convert(records: Records, to: str = "fhir-json", *, options: Sequence[str] = ()) -> dict[str, Any] | list[dict[str, Any]] | str:
    """Returns the records in another format.

    ``fhir-json`` gives one resource, ``ndjson`` a list of resources or rows, and other formats text. Numbers become ``float``
    or ``int`` in Python; use a text format (``fhir-xml``) where every digit counts. ``options`` are those of ``lhcr convert``
    except ``--to`` and ``--output``. Raises ``InputError`` if a record cannot be read, ``RefusedError`` if one cannot be
    converted, and ``UsageError`` if several would have to become one resource.
    """
    code, written, messages = run(["convert", "--quiet", "--to", to], records, options)
    if code != 0:
        raise error_of(code, messages)
    text = written.decode()
    if to == "ndjson":
        return [json.loads(line) for line in text.splitlines()]
    if to != "fhir-json":
        return text
    resource: dict[str, Any] = json.loads(text)
    return resource


def query(expression: str, records: Records, *, options: Sequence[str] = ()) -> list[Any]:
    """Returns the results of a FHIRPath expression on all records, one after the other.

    Raises ``UsageError`` if the expression is wrong and ``InputError`` if a record cannot be read.
    """
    code, written, messages = run(["query", "--quiet", "--format", "json", expression], records, options)
    if code != 0:
        raise error_of(code, messages)
    return [item for line in written.decode().splitlines() for item in json.loads(line)]
