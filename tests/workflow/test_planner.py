"""What happens before jobs are planned, and that nothing does while only planning."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import REPO, Workflow
from visage.workflow.drafts import Drafts

NOTHING = "Nothing to be done"


def state(folder: Path) -> dict[str, tuple]:
    """Give everything below a folder but Snakemake's own notes, with sizes and times."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if ".snakemake" not in path.relative_to(folder).parts:
            stat = path.stat()
            content = path.read_bytes() if path.is_file() else b""
            found[str(path)] = (stat.st_mtime_ns, stat.st_mode, content)
    return found


def jobs(printed: str) -> dict[str, int]:
    """Read Snakemake's table of jobs."""
    rows = re.findall(r"^(\w+) +(\d+)$", printed.split("Job stats:")[1], re.MULTILINE)
    return {name: int(count) for name, count in rows if name not in ("total", "all")}


AFTER = {"tabulate_images": 1, "score_matches": 1}  # of the jobs for results/scores.tsv
MODES = [
    ("--dry-run",),
    ("--list",),
    ("--lint",),
    ("--dag",),
    ("--rulegraph",),
    ("--summary",),
    ("--report", "{}/report.zip"),
]
# Other settings, more shards, and results without their source: a run would change a lot.
CHANGED = ("--config", "shards=2", "match={threshold: 1.0}", "faces={min_size: 30}")


def test_planning_changes_nothing(demo_copy: Workflow, tmp_path: Path) -> None:
    (demo_copy.folder / "results/queries/tables/0.parquet").unlink()
    before = state(demo_copy.folder)
    for mode in MODES:
        words = [word.format(tmp_path) for word in mode]
        demo_copy.run(*words, *CHANGED)
        assert state(demo_copy.folder) == before, mode
    printed = demo_copy.succeed("--dry-run", *CHANGED)
    assert jobs(printed)["embed_shard"] == 4


def test_a_dry_run_tells_which_shard_an_image_would_change(demo_copy: Workflow) -> None:
    assert NOTHING in demo_copy.succeed("--dry-run")
    source = demo_copy.folder / "resources/demo/gallery/eileen-collins/astronaut.png"
    shutil.copy2(source, demo_copy.folder / "resources/demo/queries/new.png")
    shutil.rmtree(demo_copy.folder / ".snakemake")
    printed = demo_copy.succeed("--dry-run", "results/scores.tsv", "--rerun-triggers", "mtime")
    assert jobs(printed) == {"embed_shard": 1, "match_shard": 1, **AFTER}


def test_planning_works_for_who_may_only_read_and_while_a_run_is_at_work(
    demo_copy: Workflow,
) -> None:
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        pytest.skip("only root can become somebody else")
    import fcntl

    nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    if subprocess.run([*nobody, "test", "-r", str(REPO / "Snakefile")], check=False).returncode:
        pytest.skip("nobody may not read this clone")
    for path in [demo_copy.folder, *demo_copy.folder.parents]:
        if path.stat().st_mode & 0o005 != 0o005:
            path.chmod(path.stat().st_mode | 0o005)
    for path in demo_copy.folder.rglob("*"):  # vectors are for their owner: still not needed
        if path.is_dir():  # Snakemake's own notes want to be written
            path.chmod(0o777 if ".snakemake" in path.parts else 0o755)
        elif ".snakemake" in path.parts:  # and Snakemake writes them for their owner only
            path.chmod(0o644)
    with (demo_copy.folder / "results/.running").open("w") as running:
        fcntl.flock(running, fcntl.LOCK_EX)
        done = subprocess.run(
            [*nobody, *demo_copy.command("--dry-run", "--nolock")],
            cwd=demo_copy.folder,
            env={**Workflow.environment(), "HOME": "/nonexistent", "XDG_CACHE_HOME": "/tmp/nobody"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert NOTHING in done.stdout + done.stderr
        assert "Another run is at work" in demo_copy.fail("--forceall")


def test_a_draft_is_written_or_stands_in(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b.json"
    plan = Drafts(real=False)
    plan.write(path, "new\n")
    stand_in = plan[path]
    assert stand_in
    assert Path(stand_in).read_text() == "new\n"
    assert not path.parent.exists()
    run = Drafts(real=True)
    run.write(path, "new\n")
    assert run[path] is None
    assert path.read_text() == "new\n"
    again = Drafts(real=False)
    again.write(path, "new\n")
    assert again[path] is None


@pytest.mark.parametrize("target", ["results/report.html", "results/scores.tsv", "all"])
def test_a_failed_step_is_made_up_for_whatever_the_target(demo_copy: Workflow, target: str) -> None:
    """As after a job that failed: its output is gone and Snakemake takes it for done."""
    (demo_copy.folder / "results/gallery/audit.tsv").unlink()
    (demo_copy.folder / "results/queries/matches/0.parquet").unlink()
    printed = demo_copy.succeed(target, "--dry-run", "--workflow-profile", "none")
    assert "match_shard" in printed
    assert ("audit_gallery" in printed) == (target != "results/scores.tsv")


def test_after_a_failed_audit_there_is_something_to_do(demo_copy: Workflow) -> None:
    audit = demo_copy.folder / "results/gallery/audit.tsv"
    content = audit.read_bytes()
    audit.unlink()
    targets = ("results/scores.tsv", "results/report.html")
    printed = demo_copy.succeed(*targets)
    assert NOTHING not in printed
    assert audit.read_bytes() == content
    assert NOTHING in demo_copy.succeed(*targets)
