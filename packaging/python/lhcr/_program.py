# SPDX-License-Identifier: Apache-2.0
"""Finds the program."""
import functools
import importlib.metadata
import os
import shutil
import site
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path


def _folders() -> Iterator[Path]:
    yield Path(sysconfig.get_path("scripts"))
    yield Path(sys.prefix) / "bin"
    yield Path(site.getuserbase()) / "bin"
    # pip install --target
    yield Path(__file__).resolve().parent.parent / "bin"


@functools.cache
def program() -> str:
    """The path of the program ``lhcr``: the one installed with this module, otherwise the one in ``PATH``."""
    for folder in _folders():
        path = folder / "lhcr"
        if os.access(path, os.X_OK):
            return str(path)
    found = shutil.which("lhcr")
    if found is None:
        raise FileNotFoundError("the program lhcr is not beside its Python module and not in PATH: install the wheel anew")
    return found


def version() -> str:
    """The version of this package; ``0`` if it is not installed."""
    try:
        return importlib.metadata.version("lhcr")
    except importlib.metadata.PackageNotFoundError:
        return "0"
