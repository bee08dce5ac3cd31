"""One run at a time in a folder of results."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from visage.errors import VisageError
from visage.store.lock import claim, require_none

HOLD = "import sys; from visage.store.lock import claim; from pathlib import Path"
HOLD += "; claim(Path(sys.argv[1])); print('claimed', flush=True); sys.stdin.read()"


def hold(results: Path) -> subprocess.Popen[str]:
    """Claim the folder in a process of its own, for as long as that is told nothing."""
    command, pipe = [sys.executable, "-c", HOLD, str(results)], subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)


def test_another_process_is_told_whose_the_folder_is(tmp_path: Path) -> None:
    results = tmp_path / "results"
    claim(results)
    claim(results)  # this process has it already
    again = hold(results)
    _, said = again.communicate()
    assert again.returncode != 0
    assert f"(process {os.getpid()})" in said
    require_none(results)  # this process may, and leaves the folder free


def test_what_a_kill_leaves_behind_locks_nobody_out(tmp_path: Path) -> None:
    holder = hold(tmp_path)
    assert holder.stdout is not None
    with holder:
        assert holder.stdout.readline() == "claimed\n"
        with pytest.raises(VisageError, match=f"process {holder.pid}"):
            require_none(tmp_path)
        holder.kill()
    require_none(tmp_path)
