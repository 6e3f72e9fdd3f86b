# SPDX-License-Identifier: Apache-2.0
"""Archives that are the same bytes wherever they are made: sorted names, one time, no owner."""
import gzip
import io
import pathlib
import tarfile
import zipfile


def files_below(root: pathlib.Path) -> list[pathlib.Path]:
    return sorted(path for path in root.rglob("*") if path.is_file())


def mode_of(path: pathlib.Path) -> int:
    return 0o755 if path.stat().st_mode & 0o100 else 0o644


def write_tar(target: pathlib.Path, root: pathlib.Path, prefix: str, epoch: int) -> None:
    """The files below ROOT under PREFIX as .tar.gz."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for path in files_below(root):
            member = tarfile.TarInfo(f"{prefix}/{path.relative_to(root)}")
            member.size = path.stat().st_size
            member.mtime = epoch
            member.mode = mode_of(path)
            with path.open("rb") as bytes_:
                tar.addfile(member, bytes_)
    with target.open("wb") as out, gzip.GzipFile("", "wb", 6, out, mtime=0) as zipped:
        zipped.write(packed.getvalue())


class Zip:
    """A zip file that grows by one member at a time."""

    def __init__(self, target: pathlib.Path) -> None:
        self.file = zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9)

    def add(self, name: str, content: bytes, mode: int = 0o644) -> None:
        member = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
        member.external_attr = (0o100000 | mode) << 16
        member.compress_type = zipfile.ZIP_DEFLATED
        self.file.writestr(member, content)

    def close(self) -> None:
        self.file.close()
