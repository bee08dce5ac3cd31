"""The smaller files of a run that the report shows: scores, evaluation, recall of the search."""

from pathlib import Path

import pyarrow.compute as pc

from visage.errors import VisageError
from visage.report.data import concatenated
from visage.store.arrow import equal
from visage.store.tables import read_table
from visage.store.tsv import read_rows


def read_scores(path: Path) -> list[dict[str, str]]:
    """Read the scores table; one dict a line, by the names of its columns.

    Raises:
        VisageError: The file is missing.
    """
    return lines(path)


def read_recall(matches: list[Path]) -> float | None:
    """Give which share of the true neighbours Annoy found, over all faces compared.

    None where no face was; with an exact search there is nothing to read.
    """
    table = concatenated(matches, ["rank", "recall"])
    return pc.mean(table.filter(equal(table["rank"], 1))["recall"]).as_py()


def read_clusters(path: Path | None) -> dict[tuple[str, int], str]:
    """Give the name of the unknown person whom a face is, by image and face.

    Raises:
        VisageError: The table is missing or damaged.
    """
    if path is None:
        return {}
    table = read_table(path, ["image", "face", "cluster"])
    rows = table.filter(pc.is_valid(table["cluster"])).to_pylist()
    return {(row["image"], row["face"]): row["cluster"] for row in rows}


def lines(path: Path) -> list[dict[str, str]]:
    """Read a tab-separated table of the workflow.

    Raises:
        VisageError: The file is missing.
    """
    try:
        return list(read_rows(path))
    except FileNotFoundError as error:
        raise missing(path) from error


def missing(path: Path) -> VisageError:
    """Say that a file is gone, and what to do."""
    return VisageError(f"{path} is missing. Run the workflow again: it will be made.")


def damaged(path: Path, why: object) -> VisageError:
    """Say that a file is damaged, and what to do."""
    return VisageError(f"{path} is damaged ({why}). Delete it and run the workflow again.")
