"""Who is it, or nobody: every ranking over the photographs of one labelled folder."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
from visage.evaluation import metrics, protocol
from visage.evaluation.protocol import Trials
from visage.search.copies import number_photographs, same_files
from visage.search.faces import Faces, unit
from visage.search.index import chosen_faces, usable_faces, vectors_of
from visage.search.rankings.base import Ranking
from visage.store.arrow import texts
from visage.types import Floats, Indices

from parts.intervals import with_intervals
from parts.rankings import KEPT, RANKINGS, searched_anew

SEED = 42
MIXED = [2, 3, 4, 6, 11]  # photographs a person in a mixed gallery, and
SHARES = [0.5, 0.2, 0.1, 0.1, 0.1]  # how often: most people have few, as in most galleries
SLOW = 2000  # photographs up to which the original's ranking is searched one by one


@dataclass(frozen=True)
class Labelled:
    """The faces of a folder that count, one an image."""

    vectors: Floats  # as the model gives them
    codes: Indices
    photographs: Indices  # equal for copies of one photograph

    @property
    def labels(self) -> list[str]:
        """The person of each as a label."""
        return [f"{code:06}" for code in self.codes.tolist()]


def labelled(table: pa.Table, near: float) -> Labelled:
    """Choose the face of each image as the index does, and bring them into the gallery's order.

    Faces of a person that are no farther apart than `near` are copies of one photograph.
    """
    table = table.filter(usable_faces(table))
    order = np.lexsort((table["face"].to_numpy(), np.array(table["image"].to_pylist(), np.str_)))
    table = table.take(order)
    table = table.take(chosen_faces(table, unit(vectors_of(table))))
    people = table["person"].to_pylist()
    codes = np.unique(np.array(people, np.str_), return_inverse=True)[1].astype(np.int64)
    vectors = vectors_of(table)
    files = same_files(codes, texts(table["sha256"]))
    photographs = number_photographs(vectors, codes, files, near)
    order = protocol.order_of(codes, photographs)
    return Labelled(vectors[order], codes[order], photographs[order])


def compare(faces: Labelled, each: int | str, draws: int) -> Iterator[dict]:
    """Measure all rankings.

    Args:
        faces: The gallery.
        each: Photographs a person, drawn at random; "mixed": differently many; "all".
        draws: How many such galleries; their searches are counted together.
    """
    parts = list(_galleries(faces, each, draws))
    for name, kind in RANKINGS.items():
        trials = [_trials(kind, faces, rows, True) for rows in parts]
        codes = [faces.codes[rows] for rows in parts]
        yield _row(name, _joined(trials), np.concatenate(codes))
    if each == "all" and len(faces.codes) <= SLOW:
        everything = np.arange(len(faces.codes))
        photographs = faces.photographs.tolist()
        found = searched_anew(KEPT["visage"], faces.vectors, faces.labels, photographs, False)
        yield _row("the original's: raw, −0.5 a hit", found, faces.codes)
        for name in ("nearest", "mean"):
            found = _trials(KEPT[name], faces, everything, False)
            yield _row(f"{name}, not normalised", found, faces.codes)


def _trials(kind: type[Ranking], faces: Labelled, rows: Indices, normalize: bool) -> Trials:
    labels = faces.labels
    fitted = kind(Faces.of(faces.vectors[rows], [labels[row] for row in rows], normalize))
    return protocol.search(fitted, faces.photographs[rows])


def _galleries(faces: Labelled, each: int | str, draws: int) -> Iterator[Indices]:
    if each == "all":
        yield np.arange(len(faces.codes))
        return
    rng = np.random.default_rng(SEED)
    for _ in range(draws):
        mixed = rng.permutation(len(faces.codes))
        place = pd.Series(faces.codes[mixed]).groupby(faces.codes[mixed]).cumcount().to_numpy()
        people = int(faces.codes.max()) + 1
        sizes = rng.choice(MIXED, people, p=SHARES) if each == "mixed" else np.full(people, each)
        yield np.sort(mixed[place < sizes[faces.codes[mixed]]])


def _joined(parts: list[Trials]) -> Trials:
    return Trials(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _row(name: str, trials: Trials, codes: Indices) -> dict:
    row = {"ranking": name, "searches": int(metrics.mated(trials).sum())}
    return row | with_intervals(trials, codes)
