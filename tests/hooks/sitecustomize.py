"""Writes down every folder that a Python process lists; no strace needed.

Python imports this by itself where PYTHONPATH holds the folder. A line a listing, into the file
that VISAGE_TEST_LISTINGS names: "job" or "main" (of a Slurm job or not), and the folder.
"""

import os
import sys
from typing import Any


def note(event: str, arguments: tuple[Any, ...]) -> None:
    if event in ("os.scandir", "os.listdir") and isinstance(arguments[0], str | bytes):
        where = "job" if "SLURM_JOB_ID" in os.environ else "main"
        with open(os.environ["VISAGE_TEST_LISTINGS"], "a") as file:  # noqa: PTH123 - on every start
            file.write(f"{where} {os.path.abspath(os.fsdecode(arguments[0]))}\n")  # noqa: PTH100


if "VISAGE_TEST_LISTINGS" in os.environ:
    sys.addaudithook(note)
