"""The demo through a real Slurm on this machine, with jobs killed on the way.

`make test-cluster` runs this alone. It needs root on Debian (or Slurm's daemons installed) and is
skipped elsewhere.
"""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from conftest import REPO, Workflow, kill, shared_folder
from filelock import FileLock

pytestmark = pytest.mark.long

SCRIPT = Path(__file__).parent / "slurm.sh"
PROFILE = REPO / "profiles" / "slurm" / "config.yaml"
NOT_HERE = 3  # exit status of the script where there can be no Slurm


@dataclass(frozen=True)
class Job:
    number: int
    partition: str
    state: str
    memory: str
    gpus: str
    rule: str


def jobs(rule: str = "") -> list[Job]:
    """Give all jobs that Slurm remembers, oldest first, of the rules that begin with `rule`."""
    columns = "JobID:|,Partition:|,State:|,MinMemory:|,tres-per-job:|,Comment:|"
    command = ["squeue", "--noheader", "--states=all", "--sort=i", f"--Format={columns}"]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    rows = [[field.strip() for field in line.split("|")[:6]] for line in printed.splitlines()]
    found = [
        Job(int(number), partition, state, memory, gpus, comment.removeprefix("rule_"))
        for number, partition, state, memory, gpus, comment in rows
    ]
    return [job for job in found if job.rule.startswith(rule)]


@pytest.fixture(scope="module")
def slurm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Run Slurm's daemons for the tests of this file; they are ended however the tests end."""
    folder = tempfile.mkdtemp(prefix="visage-slurm-")
    # There can be one on a machine: another worker that has taken over some of the tests waits.
    with FileLock(shared_folder(tmp_path_factory) / "slurm.lock"):
        try:
            up = subprocess.run(
                [SCRIPT, "up", folder], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
            )
            if up.returncode == NOT_HERE:
                pytest.skip(f"no Slurm here: {up.stderr.strip()}")
            assert up.returncode == 0, up.stderr
            yield
        finally:
            subprocess.run([SCRIPT, "down", folder], check=True)
            shutil.rmtree(folder)


def with_gpu(profile: str) -> str:
    """Make the choices of the profile that a cluster with a GPU partition asks for."""
    for line in ("gpu: 1  #", "slurm_partition: gpu  #"):
        assert profile.count(f"# {line}") == 1
        profile = profile.replace(f"# {line}", line)
    return profile.replace("embed_shard: 4 #", "embed_shard: 2 #")


def wait_for(what: Callable[[], object], run: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 300
    while not what():
        assert run.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)


def cancel(rule: str) -> bool:
    """Cancel the job of `rule` as an administrator would, once it runs."""
    for job in jobs(rule):
        if job.state == "RUNNING":
            subprocess.run(["scancel", str(job.number)], check=True)
            return True
    return False


def kill_script(rule: str) -> bool:
    """End the script of a job of `rule` with SIGKILL, once it runs."""
    numbers = {str(job.number) for job in jobs(rule) if job.state == "RUNNING"}
    for process in psutil.process_iter():
        try:
            ours = process.environ().get("SLURM_JOB_ID") in numbers
            if ours and process.cmdline()[-1].endswith(".embed_shard.py"):
                kill(process.pid)
                return True
        except (psutil.Error, IndexError):
            # It ended meanwhile, or is no process of ours.
            continue
    return False


def kill_both(done: set[str]) -> bool:
    """Let each of the two embed jobs come to grief once, in the order in which they run."""
    if "gallery" not in done and cancel("embed_shard_wildcards_gallery"):
        done.add("gallery")
    if "queries" not in done and kill_script("embed_shard_wildcards_queries"):
        done.add("queries")
    return len(done) == 2


def with_slurm() -> dict[str, str]:
    """Give an environment with Snakemake's plugin, in which a job finds this clone's package."""
    own = Workflow.environment()
    path = os.pathsep.join([str(REPO / "scripts"), own["PYTHONPATH"]])
    return own | {"PYTHONPATH": path, "VISAGE_TEST_WITHOUT": ""}


def demo_on_slurm(demo: Workflow, folder: Path) -> list[str]:
    """Put the demo's photographs into a folder; give the command that runs it through Slurm."""
    shutil.copytree(demo.folder / "resources", folder / "resources")
    profile = folder / "profile" / "config.yaml"
    profile.parent.mkdir()
    profile.write_text(with_gpu(PROFILE.read_text()))
    base = Workflow(folder).command("--workflow-profile", str(profile.parent))
    quick = ("--slurm-init-seconds-before-status-checks", "3", "--latency-wait", "10")
    return [*base, *quick, "--config", "shards=1"]


def assert_same(one: Workflow, other: Workflow) -> None:
    """Compare the results that do not depend on how many shards there are, byte for byte."""
    for name in ("scores.tsv", "images.tsv", "gallery/face.db", "gallery/face.json"):
        local, cluster = (w.folder / "results" / name for w in (one, other))
        assert local.read_bytes() == cluster.read_bytes(), name


@pytest.mark.usefixtures("slurm")
def test_the_demo_ends_well_though_jobs_are_killed(demo: Workflow, tmp_path: Path) -> None:
    command = demo_on_slurm(demo, tmp_path)
    workflow = Workflow(tmp_path)
    listings, log = tmp_path / "listings.txt", tmp_path / "run.log"
    environment = with_slurm() | {"VISAGE_TEST_LISTINGS": str(listings)}
    with log.open("wb") as output:
        run = subprocess.Popen(
            command, cwd=tmp_path, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            done: set[str] = set()
            wait_for(lambda: kill_both(done), run, log)
            assert run.wait(600) == 0, log.read_text()
        finally:
            if run.poll() is None:
                run.terminate()
                run.wait(60)

    # Each of the two was submitted anew with more memory, on the node with the GPU: what the
    # profile says for two threads, then twice as much.
    for name, state in (("gallery", "CANCELLED"), ("queries", "FAILED")):
        first, second = jobs(f"embed_shard_wildcards_{name}")
        assert (first.state, first.memory) == (state, "6500M")
        assert (second.state, second.memory) == ("COMPLETED", "13000M")
        assert {first.partition, second.partition} == {"gpu"}
        assert {first.gpus, second.gpus} == {"gres:gpu:1"}
    others = [job for job in jobs() if not job.rule.startswith("embed_shard")]
    assert {(job.partition, job.state, job.gpus) for job in others} == {("cpu", "COMPLETED", "N/A")}
    assert "GPU 0" in workflow.log("embed_shard")

    # The same bytes as without a cluster and in another number of shards.
    assert_same(demo, workflow)
    assert (tmp_path / "results/report.html").exists()

    # The images' folders were listed by the process that was started by hand, and by no job.
    images = tmp_path / "resources" / "demo"
    listed = [line.split(" ", 1) for line in listings.read_text().splitlines()]
    by = {where for where, folder in listed if Path(folder).is_relative_to(images)}
    assert by == {"main"}
    assert any(where == "job" for where, _ in listed), "the hook saw nothing in the jobs"

    before = len(jobs())
    again = subprocess.run(
        command,
        cwd=tmp_path,
        env=with_slurm(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert again.returncode == 0, again.stderr
    assert "Nothing to be done" in again.stderr
    assert len(jobs()) == before


@pytest.mark.usefixtures("slurm")
def test_the_process_on_the_login_node_is_killed(demo: Workflow, tmp_path: Path) -> None:
    """As docs/clusters.md says: its jobs run on; then the same command again, after --unlock."""
    usual = demo_on_slurm(demo, tmp_path)
    command = [*usual[:-2], "results/scores.tsv", "results/images.tsv", *usual[-2:]]
    workflow = Workflow(tmp_path)
    log, mine = tmp_path / "run.log", len(jobs())

    def unfinished() -> list[Job]:
        return [job for job in jobs()[mine:] if job.state in ("PENDING", "RUNNING", "COMPLETING")]

    with log.open("wb") as output:
        run = subprocess.Popen(
            command,
            cwd=tmp_path,
            env=with_slurm(),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_for(lambda: any(job.state == "RUNNING" for job in unfinished()), run, log)
        finally:
            run.kill()
            run.wait()
    left = unfinished()
    assert any(job.rule.startswith("embed_shard") for job in left), "killed too late to tell"
    deadline = time.monotonic() + 120
    while unfinished():
        assert time.monotonic() < deadline, unfinished()
        time.sleep(0.2)
    assert {job.state for job in jobs()[mine:]} == {"COMPLETED"}  # nobody took them along
    assert not (tmp_path / "results/scores.tsv").exists()

    def again(*arguments: str) -> subprocess.CompletedProcess[str]:
        words = [*command[:-2], *arguments, *command[-2:]]  # before --config
        return subprocess.run(
            words, cwd=tmp_path, env=with_slurm(), capture_output=True, text=True, check=False
        )

    locked = again()
    assert locked.returncode != 0
    assert "--unlock" in locked.stderr
    assert again("--unlock").returncode == 0
    workflow.embedded()
    done = again()
    assert done.returncode == 0, done.stderr
    assert workflow.embedded() == 0  # what they had embedded is in the cache
    assert_same(demo, workflow)


@pytest.mark.usefixtures("slurm")
def test_a_second_slurm_does_not_push_the_first_aside() -> None:
    folder = tempfile.mkdtemp(prefix="visage-slurm-")
    second = subprocess.run([SCRIPT, "up", folder], capture_output=True, text=True, check=False)
    subprocess.run([SCRIPT, "down", folder], check=True)
    shutil.rmtree(folder)
    assert second.returncode == NOT_HERE
    assert "in use" in second.stderr
    assert "gn1" in subprocess.run(["sinfo"], capture_output=True, text=True, check=True).stdout
