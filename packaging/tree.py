# SPDX-License-Identifier: Apache-2.0
"""A relocatable tree of a build: bin/lhcr, the libraries it needs in libexec/lhcr, manual pages, completions, licences.

Everything but the C library is inside. The program finds its libraries by a run path relative to itself, so that the tree
works from any folder, and is what the wheel, the npm package and the tarball hold.
"""
import json
import pathlib
import re
import shutil
import subprocess
import sys
from collections.abc import Callable

# The C library and its loader: always the system's.
SYSTEM = re.compile(r"(linux-vdso|ld-linux|libc|libm|libdl|libpthread|librt|libresolv|libutil|libanl)[.-]")
LIBRARIES = pathlib.PurePath("libexec/lhcr")


class PackagingError(Exception):
    """What cannot be packaged, and what to do about it."""


def output(*command: str | pathlib.Path) -> str:
    try:
        return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE).stdout
    except FileNotFoundError:
        raise PackagingError(f"{command[0]} is needed (apt-get install {command[0]})") from None
    except subprocess.CalledProcessError as error:
        raise PackagingError(f"{' '.join(map(str, command))} failed with {error.returncode}") from None


class Build:
    """A build folder, as cmake/packaging.cmake describes it."""

    def __init__(self, folder: str) -> None:
        self.folder = pathlib.Path(folder).resolve()
        described = self.folder / "packaging.json"
        if not described.is_file():
            raise PackagingError(f"{described} is not there: {folder} is no build folder of lhcr (cmake --preset release)")
        facts = json.loads(described.read_text())
        self.version: str = facts["version"]
        self.source = pathlib.Path(facts["source"])
        self.processor: str = facts["processor"]
        self.loaded: list[str] = facts["loaded"]
        self.epoch = int(facts["epoch"])

    def install(self, prefix: pathlib.Path, component: str) -> None:
        output("cmake", "--install", self.folder, "--prefix", prefix, "--component", component, "--strip")


def library_path(name: str) -> pathlib.Path:
    found = pathlib.Path(output("c++", f"-print-file-name={name}").strip())
    if not found.is_absolute():
        raise PackagingError(f"the compiler does not find {name}")
    return found


def dependencies(file: pathlib.Path) -> dict[str, pathlib.Path]:
    """What FILE needs, and what that needs: names and paths."""
    found = {}
    for line in output("ldd", file).splitlines():
        name, _, path = line.strip().partition(" => ")
        if path.startswith("not found"):
            raise PackagingError(f"{file} needs {name}, which is not here")
        if path and not SYSTEM.match(name):
            found[name] = pathlib.Path(path.split(" (")[0])
    return found


def small_libarchive(build: Build, name: str, target: pathlib.Path) -> None:
    """Debian's libarchive needs libxml2 and with it 30 MB of ICU, for a format that is not read here: the functions that are
    used (archive.def), linked anew from its static library, need neither."""
    listed = (build.source / "lib/format/container/archive.def").read_text()
    functions = re.findall(r"^LHCR_ARCHIVE\((\w+)\)", listed, re.MULTILINE)
    exported = target.with_suffix(".map")
    exported.write_text("{ global: " + " ".join(f"archive_{f};" for f in functions) + " local: *; };\n")
    output("c++", "-shared", "-s", "-o", target, *(f"-Wl,-u,archive_{f}" for f in functions), library_path("libarchive.a"),
           f"-Wl,--version-script={exported}", f"-Wl,-soname,{name}", "-Wl,--as-needed", "-Wl,--gc-sections", "-Wl,-z,relro,-z,now",
           *dependencies(library_path(name)).values())
    exported.unlink()


def licence_of(library: pathlib.Path) -> tuple[str, pathlib.Path]:
    """The Debian package of a library and its copyright file."""
    for path in (library.resolve(), pathlib.Path(str(library.resolve()).removeprefix("/usr"))):
        found = subprocess.run(["dpkg-query", "-S", path], text=True, capture_output=True)
        if found.returncode == 0:
            package = found.stdout.split(":")[0]
            return package, pathlib.Path("/usr/share/doc") / package / "copyright"
    raise PackagingError(f"no Debian package has {library}: its licence is not known")


def copy_libraries(build: Build, root: pathlib.Path) -> None:
    target = root / LIBRARIES
    target.mkdir(parents=True, exist_ok=True)
    origins = dependencies(root / "bin/lhcr")
    for name in build.loaded:
        origin = library_path(name)
        if name.startswith("libarchive."):
            small_libarchive(build, name, target / name)
            origins |= dependencies(target / name)
        else:
            origins |= {name: origin} | dependencies(origin)
    for name, origin in origins.items():
        shutil.copy(origin.resolve(), target / name)
    licences = root / "share/doc/lhcr/libraries"
    licences.mkdir(parents=True)
    for package, text in sorted({licence_of(origin) for origin in [*origins.values(), *map(library_path, build.loaded)]}):
        shutil.copy(text, licences / package)


def copy_parquet(build: Build, root: pathlib.Path) -> None:
    """The module that writes Parquet; Arrow's libraries, 20 MB packed, stay outside."""
    if (build.folder / "lhcr_parquet.so").is_file():
        scratch = root / "parquet"
        build.install(scratch, "parquet")
        (module,) = scratch.rglob("lhcr_parquet.so")
        module.rename(root / LIBRARIES / module.name)
        shutil.rmtree(scratch)


def make_tree(build: Build, root: pathlib.Path, parquet: bool = False) -> None:
    """Installs into ROOT, which must not be there."""
    build.install(root, "program")
    # Debian's own papers.
    for name in ("changelog.gz", "copyright"):
        (root / "share/doc/lhcr" / name).unlink()
    shutil.copy(build.source / "LICENSE", root / "share/doc/lhcr/LICENSE")
    copy_libraries(build, root)
    # The old kind of run path: it also holds for what the libraries need.
    output("patchelf", "--force-rpath", "--set-rpath", f"$ORIGIN/../{LIBRARIES}", root / "bin/lhcr")
    if parquet:
        copy_parquet(build, root)


def glibc_floor(root: pathlib.Path) -> tuple[int, int]:
    """The newest version of the C library that something in ROOT asks for."""
    versions = {(2, 17)}
    for file in [root / "bin/lhcr", *(root / LIBRARIES).glob("*.so*")]:
        versions |= {(int(a), int(b)) for a, b in re.findall(r"GLIBC_(\d+)\.(\d+)", output("readelf", "--version-info", file))}
    return max(versions)


def command(usage: str | None, make: Callable[[Build, pathlib.Path], pathlib.Path]) -> None:
    """A command BUILD-DIR [FOLDER]: has MAKE put an artefact into FOLDER, prints its path, tells what goes wrong."""
    arguments = sys.argv[1:]
    if len(arguments) not in (1, 2) or arguments[0].startswith("-"):
        sys.exit(usage)
    try:
        build = Build(arguments[0])
        folder = pathlib.Path(arguments[1]) if len(arguments) == 2 else build.folder / "packages"
        folder.mkdir(parents=True, exist_ok=True)
        print(make(build, folder))
    except PackagingError as error:
        sys.exit(f"{pathlib.Path(sys.argv[0]).name}: {error}")
