"""Whose a results folder is: it carries a marker, and what it is about is written beside it.

The Snakefile imports this module, so it needs the standard library only.
"""

import json
import re
from pathlib import Path

from visage.config import Config
from visage.errors import VisageError
from visage.layout import GALLERY, QUERIES, REPORT_FILES, Results
from visage.store.files import write_if_changed

_MARK = """\
This folder holds results of Visage-ML. The workflow makes and deletes files here; it touches none
that it did not make. `snakemake --cores 1 delete_results` takes away what it made, this file too.
"""
#: What any run leaves first, and `delete_results` last; alone it says nothing of whose the folder
#: is, and harms nobody.
_TRACES = {"logs", "benchmarks", "forgotten", ".running", ".snakemake"}


def check(results: Results) -> None:
    """Refuse a folder that holds something else.

    A folder of a version that left no marker is known by what only this workflow leaves.

    Raises:
        VisageError: It is no folder, or another's.
    """
    if results.root.exists() and not results.root.is_dir():
        raise VisageError(
            f"results: {results.root.absolute()} is a file. Give a folder: --config results=FOLDER"
        )
    if not results.root.is_dir() or results.marker.exists() or _is_unmarked(results):
        return
    others = sorted(path.name for path in results.root.iterdir() if path.name not in _TRACES)
    if others:
        shown = ", ".join(others[:3]) + (" and more" if len(others) > 3 else "")
        raise VisageError(
            f"results: {results.root.absolute()} holds {shown}, which this workflow did not make, "
            "so nothing is written there. Give a folder of its own, which need not exist: --config "
            f"results=FOLDER. Or, if it is to be used all the same: touch {results.marker}"
        )


def check_report(results: Results) -> None:
    """Refuse to go on where somebody else's file lies in a folder that is made anew as a whole.

    Raises:
        VisageError: There is one; Snakemake would delete it with the folder.
    """
    ours = re.compile(REPORT_FILES)
    for folder in (results.report_folder, results.share_folder):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not ours.fullmatch(path.relative_to(folder).as_posix()):
                raise VisageError(
                    f"{path} is not of this workflow, which makes the folder {folder} anew as a "
                    "whole, so the file would be lost. Move it somewhere else first."
                )


def _is_unmarked(results: Results) -> bool:
    manifests = (results.gallery.manifests, results.queries.manifests)
    return (
        any(any(folder.glob("*.jsonl")) for folder in manifests)
        or (results.cache / "hashes").is_dir()
    )


def mark(results: Results) -> None:
    """Say that the folder is this workflow's."""
    write_if_changed(results.marker, _MARK)


def check_subject(config: Config, results: Results, demo: str) -> None:
    """Refuse to put results about other photographs over those that are there.

    The demo's results may always be replaced, and one set may be changed; where both are others,
    another config has been forgotten more often than given up.

    Raises:
        VisageError: The results are about a gallery and queries that this config does not name.
    """
    try:
        before = json.loads(results.settings("sets").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return  # nothing was made here yet
    now = subject(config)
    about = [name for name in now if before.get(name) != now[name]]
    if len(about) < len(now) or all(_is_in(before.get(name), demo) for name in now):
        return
    said = " and ".join(f"{name} {before.get(name)}" for name in now)
    raise VisageError(
        f"results: {results.root.absolute()} holds the results of {said}, and this run is about "
        f"{' and '.join(f'{name} {value}' for name, value in now.items())}. Give the same config "
        "as then (--configfile), or another folder (--config results=FOLDER); if these results "
        "are to be replaced, delete them first: snakemake --cores 1 delete_results"
    )


def subject(config: Config) -> dict[str, str]:
    """Say what results are about: the folders of the two sets."""
    gallery = config.index.existing or " and ".join(config.folders(GALLERY))
    return {GALLERY: gallery, QUERIES: config.queries}


def _is_in(folder: str | None, outer: str) -> bool:
    return folder is not None and Path(folder).is_relative_to(outer)


def text(config: Config) -> str:
    """Give the file that says what the results are about."""
    return json.dumps(subject(config), indent=1, ensure_ascii=False) + "\n"
