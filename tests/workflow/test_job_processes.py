"""What the process of a cluster job does on reading the Snakefile: little, whatever is listed."""

import os
import subprocess
import sys
from pathlib import Path

from conftest import Workflow

# As snakemake-executor-plugin-slurm starts a job; without --mode remote it is a run by hand.
JOB = (
    *("--target-jobs", "score_matches:", "--allowed-rules", "score_matches", "--force"),
    *("--nolock", "--max-inventory-time", "0"),
)


def listed(workflow: Workflow, log: Path, *arguments: str) -> set[Path]:
    """Run Snakemake; give the folders of the demo's photographs that any of its processes lists."""
    environment = workflow.environment() | {"VISAGE_TEST_LISTINGS": str(log)}
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(workflow.snakefile)]
    done = subprocess.run(
        [*command, "--cores", "1", *arguments],
        cwd=workflow.folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    folders = {Path(line.split(" ", 1)[1]) for line in log.read_text().splitlines()}
    sets = [workflow.folder / "resources/demo" / name for name in ("gallery", "queries")]
    return {path for path in folders if any(path.is_relative_to(folder) for folder in sets)}


def test_the_process_of_a_job_lists_no_photographs(demo_copy: Workflow, tmp_path: Path) -> None:
    folder = demo_copy.folder
    scores = folder / "results/scores.tsv"
    before = scores.read_bytes(), scores.stat().st_mtime_ns
    manifests = sorted((folder / "results").glob("*/manifests/*.jsonl"))
    assert len(manifests) == 8
    times = [path.stat().st_mtime_ns for path in manifests]
    # Photographs that came after the run was started do not reach its jobs half way.
    photographs = folder / "resources/demo/queries"
    os.link(next(photographs.glob("*/*.jpg")), photographs / "late.jpg")

    assert not listed(demo_copy, tmp_path / "job.txt", "--mode", "remote", *JOB)
    assert scores.read_bytes() == before[0]
    assert scores.stat().st_mtime_ns > before[1], "the job has not run"
    assert [path.stat().st_mtime_ns for path in manifests] == times

    # A run by hand does list them, and takes the new one in.
    assert photographs in listed(demo_copy, tmp_path / "run.txt", "results/images.tsv")
    assert [path.stat().st_mtime_ns for path in manifests] != times
    assert "late.jpg" in (folder / "results/images.tsv").read_text()
