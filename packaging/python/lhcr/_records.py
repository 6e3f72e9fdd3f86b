# SPDX-License-Identifier: Apache-2.0
"""Runs of the program: records in, bytes out."""
import json
import os
import subprocess
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import IO, Any, TypeAlias, Union

from ._errors import UNREADABLE, InputError
from ._program import program

Record: TypeAlias = Mapping[str, Any]
"""A FHIR resource as ``json.loads`` returns it."""

Records: TypeAlias = Union[Record, str, bytes, "os.PathLike[str]", Iterable[Record]]
"""A record; the text of a document or of NDJSON; the path of a file or folder; records one by one."""


def _pieces(records: Record | str | bytes | Iterable[Record]) -> Iterator[bytes]:
    if isinstance(records, bytes):
        yield records
    elif isinstance(records, str):
        yield records.encode()
    elif isinstance(records, Mapping):
        yield json.dumps(records, ensure_ascii=False).encode()
    else:
        for record in records:
            if not isinstance(record, Mapping):
                raise TypeError(f"a record is a mapping, not {type(record).__name__}; several paths need a call each")
            yield json.dumps(record, ensure_ascii=False).encode() + b"\n"


class _Feeder(threading.Thread):
    """Writes records to the program while it runs; keeps any exception that their source raised."""

    def __init__(self, pieces: Iterator[bytes], pipe: IO[bytes]) -> None:
        super().__init__(daemon=True)
        self.pieces = pieces
        self.pipe = pipe
        self.raised: BaseException | None = None

    def run(self) -> None:
        try:
            with self.pipe:
                for piece in self.pieces:
                    self.pipe.write(piece)
        except BrokenPipeError:
            pass  # the program ended first and says why
        except BaseException as raised:  # whatever the caller's iterator raises goes back to the caller
            self.raised = raised


def _command(verb: Sequence[str], records: Records, options: Sequence[str]) -> list[str]:
    source = "-"
    if isinstance(records, os.PathLike):
        source = os.fspath(records)
        if not os.path.exists(source):
            raise InputError(UNREADABLE, f"{source}: no such file or folder")
    return [program(), *verb, *options, "--", source]


def _talk(process: subprocess.Popen[bytes], records: Records) -> bytes:
    """Hands the records over while it reads what comes back."""
    feeder = None
    if process.stdin is not None and not isinstance(records, os.PathLike):
        feeder = _Feeder(_pieces(records), process.stdin)
        feeder.start()
    assert process.stdout is not None
    written = process.stdout.read()
    if feeder is not None:
        feeder.join()
        if feeder.raised is not None:
            raise feeder.raised
    return written


def run(verb: Sequence[str], records: Records, options: Sequence[str]) -> tuple[int, bytes, str]:
    """Exit code, standard output and messages of ``lhcr VERB OPTIONS RECORDS``."""
    stdin = subprocess.DEVNULL if isinstance(records, os.PathLike) else subprocess.PIPE
    with tempfile.TemporaryFile() as messages:
        process = subprocess.Popen(_command(verb, records, options), stdin=stdin, stdout=subprocess.PIPE, stderr=messages)
        try:
            written = _talk(process, records)
            code = process.wait()
        except BaseException:
            process.kill()
            process.wait()
            raise
        finally:
            if process.stdout is not None:
                process.stdout.close()
        messages.seek(0)
        return code, written, messages.read().decode(errors="replace")
