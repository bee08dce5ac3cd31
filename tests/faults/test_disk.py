"""A full disk, a folder that can only be read, a table cut short or with flipped bytes."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from breaking import assert_same, results
from conftest import Workflow
from small_run import RUN, people_and_queries

NEEDS_MOUNTS = pytest.mark.skipif(
    sys.platform != "linux"
    or os.geteuid() != 0
    or subprocess.run(["unshare", "-m", "true"], check=False).returncode != 0,
    reason="needs root on Linux, to mount a small disk",
)


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Path]:
    """An empty disk of 24 KB at results/."""
    folder = tmp_path / "results"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24k", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def remount(folder: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", str(folder)], check=True)


@pytest.mark.long
@NEEDS_MOUNTS
def test_a_full_disk_and_a_read_only_one(
    mounted: Path, calm: Workflow, photographs: Path, tmp_path: Path
) -> None:
    workflow = people_and_queries(tmp_path, photographs)
    printed = workflow.fail(*RUN)
    assert "Make room" in printed
    remount(mounted, "size=100m")
    workflow.succeed(*RUN)
    assert_same(results(workflow), results(calm))

    # One photograph less, and nothing can be written.
    gone = tmp_path / "queries/nobody/cat.png"
    gone.unlink()
    remount(mounted, "ro")
    printed = workflow.fail(*RUN)
    assert "cannot be written" in printed
    assert "results=FOLDER" in printed
    remount(mounted, "rw")
    workflow.succeed(*RUN)
    assert not [name for name in results(workflow) if "cat.png" in name]


def test_a_damaged_table_is_noticed_and_mended(finished: Workflow) -> None:
    sound = results(finished)
    tables = sorted((finished.folder / "results/gallery/tables").glob("*.parquet"))
    table = max(tables, key=lambda path: path.stat().st_size)
    data = table.read_bytes()
    half, flipped = data[: len(data) // 2], bytearray(data)
    flipped[len(data) // 3] ^= 0x10
    for damaged in (half, bytes(flipped)):
        table.write_bytes(damaged)
        printed = finished.fail(*RUN)
        assert f"{table.relative_to(finished.folder)} is damaged" in printed
        assert "Delete it and run the workflow again" in printed
        table.unlink()
        finished.embedded()
        finished.succeed(*RUN)
        assert finished.embedded() == 0  # all of it was in the cache
        assert_same(results(finished), sound)


def test_a_damaged_cache_is_not_believed(finished: Workflow) -> None:
    sound, folder = results(finished), finished.folder / "results"
    for number, path in enumerate(sorted((folder / "cache").rglob("*.parquet"))):
        data = bytearray(path.read_bytes())
        data[len(data) // (2 + number % 3)] ^= 0x20
        path.write_bytes(data[: len(data) - number % 2])
    for name in ("gallery", "queries"):
        shutil.rmtree(folder / name / "tables")
    finished.succeed(*RUN)
    assert_same(results(finished), sound)
