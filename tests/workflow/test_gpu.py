"""One GPU a job: all that can be tested where there is none."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import REPO, kill
from visage.models.engines import ENGINES
from visage.models.engines.engine import say_what_computes
from visage.workflow import gpu
from visage.workflow.gpu import VISIBLE, devices, gpus_to_ask_for, one_gpu

UUIDS = ["GPU-11111111-aaaa-bbbb-cccc-000000000000", "GPU-22222222-aaaa-bbbb-cccc-000000000000"]

# A job: takes a GPU, says which, and gives it back when its standard input ends.
JOB = """
import sys
from pathlib import Path
from visage.workflow import gpu

gpu.PAUSE = 0.05
with gpu.one_gpu(1, Path(sys.argv[1])) as device:
    print(device, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def _no_scheduler(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (VISIBLE, "SLURM_JOB_ID", "LSB_JOBID", "PBS_JOBID"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this machine look as if it had two GPUs."""
    tool = tmp_path / "bin" / "nvidia-smi"
    tool.parent.mkdir()
    lines = "".join(f"GPU {n}: Imaginary (UUID: {uuid})\\n" for n, uuid in enumerate(UUIDS))
    tool.write_text(f"#!/bin/sh\n[ \"$1\" = -L ] && printf '{lines}'\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tool.parent}:{os.environ['PATH']}")


def start(locks: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", JOB, str(locks)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(REPO / "scripts")},
    )


def device_of(job: subprocess.Popen[str]) -> str:
    assert job.stdout
    return job.stdout.readline().strip()


@pytest.mark.usefixtures("machine")
def test_no_two_jobs_have_the_same_device(tmp_path: Path) -> None:
    locks = tmp_path / "locks"
    running = [start(locks), start(locks)]
    assert sorted(device_of(job) for job in running) == UUIDS
    third = start(locks)
    # One that is killed, with no time to say goodbye, frees its device.
    kill(running[0].pid)
    running[0].wait()
    last = device_of(third)
    assert last in UUIDS
    running[1].communicate()
    with one_gpu(1, locks) as device:
        assert {device, last} == set(UUIDS)
        assert os.environ[VISIBLE] == device
    third.communicate()
    assert VISIBLE not in os.environ


@pytest.mark.usefixtures("machine")
def test_a_job_that_asks_for_none_sees_none(tmp_path: Path) -> None:
    with one_gpu(0, tmp_path) as device:
        assert device is None
        assert os.environ[VISIBLE] == "-1"
    assert not list(tmp_path.glob("*.lock"))


def test_what_a_scheduler_assigned_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLURM_JOB_ID", "7")
    monkeypatch.setenv(VISIBLE, "0")
    # Two jobs of a node may both see their own device under the number 0: nobody waits.
    with one_gpu(1, tmp_path) as first, one_gpu(1, tmp_path) as second:
        assert first == second == "0"
    # An allocation of two devices, and the workflow run inside it.
    monkeypatch.setenv(VISIBLE, "0,1")
    running = [start(tmp_path), start(tmp_path)]
    assert {device_of(job) for job in running} == {"0", "1"}
    for job in running:
        job.communicate()


@pytest.mark.usefixtures("machine")
def test_a_clusters_job_decides_as_the_process_that_submitted_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With `auto`, a node's GPU that was not asked for is not taken, nor another environment."""
    assert gpus_to_ask_for("auto", ENGINES["tensorflow"]) == 1
    monkeypatch.setenv("SLURM_JOB_ID", "7")
    assert gpus_to_ask_for("auto", ENGINES["tensorflow"]) == 0
    monkeypatch.setenv(VISIBLE, "0")
    assert gpus_to_ask_for("auto", ENGINES["tensorflow"]) == 1


@pytest.mark.parametrize(
    ("visible", "expected"),
    [("2,3", ["2", "3"]), (" 1 ", ["1"]), ("", []), ("-1", []), ("0,-1,1", ["0"])],
)
@pytest.mark.usefixtures("machine")
def test_devices_are_read_as_cuda_reads_them(
    monkeypatch: pytest.MonkeyPatch, visible: str, expected: list[str]
) -> None:
    assert devices() == UUIDS
    monkeypatch.setenv(VISIBLE, visible)
    assert devices() == expected


def test_falling_back_to_the_cpu_is_said_aloud(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with one_gpu(1):
        assert "CPU" in caplog.text
    caplog.clear()
    say_what_computes("TensorFlow", on_gpu=False)
    assert not caplog.text, "nobody asked for a GPU"
    monkeypatch.setenv(VISIBLE, "0")
    say_what_computes("TensorFlow", on_gpu=False)
    assert "TensorFlow does not use the GPU 0" in caplog.text


def test_aloud_means_on_the_screen_too(tmp_path: Path) -> None:
    """While a job runs, what it prints goes into its log; this does not stay there."""
    script = f"""
from visage.workflow.gpu import one_gpu
from visage.workflow.job import logged

with logged({str(tmp_path / "job.log")!r}), one_gpu(1):
    print("of no interest to the screen", flush=True)
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(REPO / "scripts"), "PATH": "/nowhere"},
    )
    assert "sees none: it runs on the CPU" in done.stderr
    assert "no interest" not in done.stdout + done.stderr
    assert "sees none: it runs on the CPU" in (tmp_path / "job.log").read_text()


@pytest.mark.parametrize(
    ("choice", "engine", "here", "expected"),
    [
        ("auto", "tensorflow", True, 1),
        ("auto", "tensorflow", False, 0),
        ("always", "tensorflow", False, 1),
        ("never", "tensorflow", True, 0),
        ("always", "openvino", True, 0),
        ("auto", "onnx", True, 0),  # the package for CPUs is installed
    ],
)
def test_a_job_asks_for_a_gpu_where_it_can_use_one(
    monkeypatch: pytest.MonkeyPatch, choice: str, engine: str, here: bool, expected: int
) -> None:
    monkeypatch.setattr(gpu, "devices", lambda: UUIDS if here else [])
    assert gpus_to_ask_for(choice, ENGINES[engine]) == expected
