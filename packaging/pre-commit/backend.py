# SPDX-License-Identifier: Apache-2.0
"""Build backend (PEP 517) of a package without files, which brings lhcr along."""
import pathlib
import re
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def _version() -> str:
    found = re.search(r"^project\(lhcr VERSION ([0-9.]+)", (ROOT / "CMakeLists.txt").read_text(), re.MULTILINE)
    assert found, "CMakeLists.txt names no version"
    return found[1]


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    version = _version()
    folder = f"lhcr_pre_commit-{version}.dist-info"
    files = {
        "METADATA": f"Metadata-Version: 2.1\nName: lhcr-pre-commit\nVersion: {version}\nRequires-Dist: lhcr=={version}\n",
        "WHEEL": "Wheel-Version: 1.0\nGenerator: lhcr\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files["RECORD"] = "".join(f"{folder}/{name},,\n" for name in [*files, "RECORD"])
    name = f"lhcr_pre_commit-{version}-py3-none-any.whl"
    with zipfile.ZipFile(pathlib.Path(wheel_directory) / name, "w") as wheel:
        for member, text in files.items():
            wheel.writestr(f"{folder}/{member}", text)
    return name


build_editable = build_wheel


def build_sdist(sdist_directory, config_settings=None):
    raise NotImplementedError("packaging/source makes the source archive")
