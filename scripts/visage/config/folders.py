"""Folders of the config that do not exist, and what may have been meant."""

import difflib
import os
from contextlib import suppress
from itertools import islice
from pathlib import Path

from visage.errors import VisageError


def missing_folder(key: str, value: str) -> VisageError:
    """Give the error for a folder of the config that does not exist.

    Args:
        key: The config key.
        value: Its value, a path; relative ones are seen from the working directory.
    """
    folder = Path(value).absolute()
    if folder.exists():
        return VisageError(f"{key}: {folder} is a file, not a folder. Give the folder it is in.")
    nearest = _nearest_folder(folder)
    return VisageError(
        f"{key}: there is no folder {folder}"
        + (f"; did you mean {nearest}?" if nearest else ".")
        + f" Make the folder, correct `{key}` in the config file, or give another one on the"
        f" command line: --config {key}=FOLDER"
    )


def _nearest_folder(folder: Path) -> Path | None:
    """Find a folder whose name resembles the first part of the path that does not exist."""
    missing, parent = folder, folder.parent
    while not parent.exists():
        missing, parent = parent, parent.parent
    with suppress(OSError), os.scandir(parent) as scan:
        # A typo is looked for among so many: the folder of a set can hold 100,000 people.
        names = {e.name.lower(): e.name for e in islice(scan, 10_000) if e.is_dir()}
        near = difflib.get_close_matches(missing.name.lower(), sorted(names), n=1)
        if near and (found := parent / names[near[0]] / folder.relative_to(missing)).is_dir():
            return found
        return parent / names[near[0]] if near else None
    return None
