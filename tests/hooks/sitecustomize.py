"""What the tests change in the processes of a workflow, by variables of their environment.

Python imports this by itself where PYTHONPATH holds the folder.

VISAGE_TEST_LISTINGS: every folder that a process lists is written down in the file of this name; no
strace needed. A line a listing: "job" or "main" (of a Slurm job or not), and the folder.

VISAGE_TEST_WITHOUT: a plugin of Snakemake that is as if it were not installed. Snakemake imports
all there are on each start; the one for Slurm brings pandas, and `make scores` installs none.
"""

import os
import sys

if "VISAGE_TEST_LISTINGS" in os.environ:

    def note(event: str, arguments: tuple[object, ...]) -> None:
        if event in ("os.scandir", "os.listdir") and isinstance(arguments[0], str | bytes):
            where = "job" if "SLURM_JOB_ID" in os.environ else "main"
            folder = os.path.abspath(os.fsdecode(arguments[0]))  # noqa: PTH100 - on every start
            with open(os.environ["VISAGE_TEST_LISTINGS"], "a") as file:  # noqa: PTH123
                file.write(f"{where} {folder}\n")

    sys.addaudithook(note)

if os.environ.get("VISAGE_TEST_WITHOUT"):
    import pkgutil
    from collections.abc import Iterable, Iterator

    usual = pkgutil.iter_modules

    def others(path: Iterable | None = None, prefix: str = "") -> Iterator[pkgutil.ModuleInfo]:
        for module in usual(path, prefix):
            if module.name != os.environ["VISAGE_TEST_WITHOUT"]:
                yield module

    pkgutil.iter_modules = others
