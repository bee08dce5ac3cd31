"""Every photograph of a gallery searched in the rest of it: what the evaluation is made from."""

from typing import NamedTuple

import numpy as np
import pyarrow as pa

from visage.evaluation import protocol
from visage.evaluation.acquired import Acquired
from visage.evaluation.learning import learn
from visage.evaluation.protocol import Trials
from visage.search.copies import number_photographs, same_files
from visage.search.faces import Faces
from visage.search.index import vectors_of
from visage.search.rankings import RANKINGS, faces_of, fit
from visage.search.rankings.base import Learnt, Ranking
from visage.status import Status
from visage.store.arrow import numbers, texts
from visage.types import Embeddings, Indices

COLUMNS = ["image", "person", "sha256", "status", "face", "x", "y", "w", "h", "embedding"]
OPTIONAL = ["quality"]  # taken where the table has it


class Evaluated(NamedTuple):
    """A gallery and what came of the searches, in the same order."""

    ranking: Ranking
    photographs: Indices  # of each face; equal for copies within a person
    trials: Trials
    rows: pa.Table  # columns `COLUMNS` without the embedding
    misfiled: int  # photographs left out, because the same one lies under two people
    same_file: int  # photographs that are there, byte for byte, under the same person
    near_copies: int  # others that show what another photograph of their person shows

    @property
    def faces(self) -> Faces:
        """The faces that were searched."""
        return self.ranking.faces

    @property
    def others(self) -> Indices:
        """Count for each face the other photographs of its person."""
        first = np.diff(self.photographs, prepend=-1) != 0
        return np.bincount(self.faces.codes[first])[self.faces.codes] - 1


def search_gallery(
    table: pa.Table,
    ranking: str,
    normalize: bool,
    near: float,
    acquired: Acquired | None = None,
    learnt: Learnt | None = None,
) -> Evaluated:
    """Search every photograph of a gallery in the rest of it, by the ranking of the config.

    The original's ranking gives no distance that a threshold could be compared with; with it the
    nearest face is evaluated.

    Args:
        table: The index's rows.
        ranking: The config's `match.ranking`.
        normalize: The config's `index.normalize`.
        near: The distance, between embeddings of length 1, up to which faces of a person are those
            of copies of one photograph.
        acquired: What the faces tables say beyond the index.
        learnt: How faces vary, for the ranking; None: it is learnt from the gallery.
    """
    faces = faces_of(ranking, vectors_of(table), texts(table["person"]), normalize)
    names = zip(table["sha256"].to_pylist(), texts(table["image"]), strict=True)
    files = [sha256 or image for sha256, image in names]
    same = same_files(faces.codes, files)
    photographs = number_photographs(faces.vectors, faces.codes, same, near)
    order = protocol.order_of(faces.codes, photographs)
    faces, photographs = faces.take(order), photographs[order]
    rows = table.drop_columns("embedding").take(order)
    fitted = fit(ranking, faces, learnt or learn(ranking, faces, photographs))
    probes, failed = None, None
    if acquired is not None:
        probes = _probes(faces, texts(rows["image"]), acquired)
        failed = _failed(faces, ranking, acquired)
    trials = protocol.search(fitted, photographs, probes=probes, failed=failed)
    shown = [*zip((files[row] for row in order), numbers(rows["face"]), strict=True)]
    wrong = _misfiled(faces.codes, shown)
    # In the index because there is nothing better of the person; as a query it finds nobody.
    poor = np.array([status == Status.POOR for status in rows["status"].to_pylist()], bool)
    distinct = len(np.unique(same))
    return Evaluated(
        ranking=fitted,
        photographs=photographs,
        trials=protocol.without(trials, wrong | poor),
        rows=rows,
        misfiled=int(wrong.sum()),
        same_file=len(faces) - distinct,
        near_copies=distinct - len(np.unique(photographs)),
    )


def _probes(faces: Faces, images: list[str], acquired: Acquired) -> Embeddings | None:
    """Give what each photograph is searched by, where that differs from what the index took."""
    if not acquired.other_faces:
        return None
    probes, other = faces.vectors.copy(), faces.space(acquired.embeddings)
    for row, image in enumerate(images):
        if image in acquired.other_faces:
            probes[row] = other[acquired.other_faces[image]]
    return probes


def _failed(faces: Faces, ranking: str, acquired: Acquired) -> Indices:
    """Give the people of photographs that failed; who has no other is not in the gallery."""
    number = {person: code for code, person in enumerate(faces.people)}
    people = map(RANKINGS[ranking].person, acquired.failed)
    return np.array([number[person] for person in people if person in number], np.int64)


def _misfiled(codes: Indices, faces: list[tuple[str, int]]) -> np.ndarray:
    """Mark faces that lie, in the same file byte for byte, under several people."""
    owners: dict[tuple[str, int], int] = {}
    double = set()
    for code, face in zip(codes.tolist(), faces, strict=True):
        if owners.setdefault(face, code) != code:
            double.add(face)
    return np.array([face in double for face in faces], bool)
