"""Files that have to be there before Snakemake plans jobs: written, or only shown to the plan.

While only planning (a dry run, a picture of the jobs, a report), nothing may change. What a run
would write then goes to a temporary folder and stands in as the input for this once, so that the
plan is true. The Snakefile imports this module, so it needs the standard library only.
"""

import os
import tempfile
from pathlib import Path

from visage.store.files import write_if_changed


class Drafts:
    """The files of one run or plan."""

    def __init__(self, real: bool) -> None:
        """Begin; `real`: files are written where they belong."""
        self.real = real
        self._stand_ins: dict[Path, str] = {}
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def write(self, path: Path, text: str) -> None:
        """Have a file hold a text, and leave it untouched if it does."""
        if self.real:
            write_if_changed(path, text)
        elif not _holds(path, text):
            self._stand_ins[path] = self._stand_in(text)

    def __getitem__(self, path: Path) -> str | None:
        """Give what stands in for a file; None where the file itself is right."""
        return self._stand_ins.get(path)

    def _stand_in(self, text: str) -> str:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="visage-plan-")
        name = os.path.join(self._folder.name, str(len(self._stand_ins)))  # noqa: PTH118 - text
        Path(name).write_text(text, encoding="utf-8", newline="")
        return name


def _holds(path: Path, text: str) -> bool:
    try:
        return path.read_text(encoding="utf-8") == text
    except (OSError, UnicodeDecodeError):
        return False
