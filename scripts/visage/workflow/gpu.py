"""One GPU a job.

Snakemake counts GPUs (`resources: gpu`) but does not say which job has which, and every library
takes the first it sees. So each job leases one by locking a file, which the
kernel unlocks when the process ends, however it ends. Under a scheduler that has assigned devices
already, its choice stands.

The Snakefile imports this module, so it needs nothing heavy.
"""

import getpass
import logging
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import takewhile
from pathlib import Path

from filelock import FileLock, Timeout

from visage.models.engines import Engine
from visage.notices import notify
from visage.store.lock import AT_ONCE

log = logging.getLogger(__name__)

VISIBLE = "CUDA_VISIBLE_DEVICES"
HIDDEN = "-1"  # as its value: no device at all
PAUSE = 1.0  # seconds between two looks for a free device
_SCHEDULERS = ("SLURM_JOB_ID", "LSB_JOBID", "PBS_JOBID")  # each holds the number of the job


def gpus_to_ask_for(choice: str, engine: Engine) -> int:
    """Give the number of GPUs an embed job asks for: 1 or 0.

    Args:
        choice: `gpu` of the config. `always` serves clusters, where this process sees no GPU.
        engine: What runs the model.
    """
    if choice == "never" or not engine.uses_gpu():
        return 0
    if choice == "auto" and _scheduler_job() and VISIBLE not in os.environ:
        # The process of a cluster's job must come to the same answer as the one that submitted
        # it, without a GPU, though there may be one in this node: it is somebody else's.
        return 0
    return 1 if choice == "always" or devices() else 0


def _scheduler_job() -> str | None:
    return next((os.environ[name] for name in _SCHEDULERS if name in os.environ), None)


def devices() -> list[str]:
    """Give the GPUs that this process may use, in the words of CUDA_VISIBLE_DEVICES."""
    visible = os.environ.get(VISIBLE)
    if visible is not None:
        named = [device.strip() for device in visible.split(",") if device.strip()]
        # As CUDA reads it: a negative number ends the list.
        return list(takewhile(lambda device: not device.startswith("-"), named))
    tool = shutil.which("nvidia-smi")
    if not tool:
        return []
    listed = subprocess.run([tool, "-L"], capture_output=True, text=True, check=False).stdout
    return re.findall(r"UUID: (GPU-[^)\s]+)", listed)


@contextmanager
def one_gpu(asked: int, locks: Path | None = None) -> Iterator[str | None]:
    """Let the block see one GPU that no other job has, or none.

    Waits while all are taken. Has to be entered before TensorFlow, PyTorch or ONNX Runtime
    is imported.

    Args:
        asked: The job's resource `gpu`; with 0 the GPUs are hidden.
        locks: The folder of the lock files; by default one of the user's in the temporary folder.

    Yields:
        The device, or None for the CPU.
    """
    found = devices() if asked else []
    if asked and not found:
        notify("This job has asked for a GPU and sees none: it runs on the CPU. See docs/gpu.md.")
    job = _scheduler_job() if VISIBLE in os.environ else None
    if not found:
        with _visible(HIDDEN):
            yield None
    elif job and len(found) == 1:
        # No lease: on two nodes, or in two jobs of one, the number may mean two devices.
        log.info("GPU %s, assigned by the scheduler", found[0])
        with _visible(found[0]):
            yield found[0]
    else:
        folder = locks or Path(tempfile.gettempdir(), f"visage-gpus-{getpass.getuser()}")
        with _lease(found, folder / (job or "")) as device, _visible(device):
            log.info("GPU %s, one of %d", device, len(found))
            yield device


@contextmanager
def _lease(found: Sequence[str], folder: Path) -> Iterator[str]:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    taken = _first_free(found, folder)
    if taken is None:
        log.info("waiting for one of %d GPUs: other jobs have them all", len(found))
    while taken is None:
        time.sleep(PAUSE)
        taken = _first_free(found, folder)
    device, lock = taken
    try:
        yield device
    finally:
        lock.release()


def _first_free(found: Sequence[str], folder: Path) -> tuple[str, FileLock] | None:
    """Lock the first device that is free; releasing the lock, or ending, unlocks it."""
    for device in found:
        name = re.sub("[^A-Za-z0-9-]", "_", device)
        lock = FileLock(folder / f"{name}.lock", mode=0o600, **AT_ONCE)
        with suppress(Timeout):
            lock.acquire()
            return device, lock
    return None


@contextmanager
def _visible(value: str) -> Iterator[None]:
    before = os.environ.get(VISIBLE)
    os.environ[VISIBLE] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[VISIBLE]
        else:
            os.environ[VISIBLE] = before
