"""A finished gallery in memory: the one search that the workflow, the page and programs share."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from visage.config import Match
from visage.errors import VisageError
from visage.search.annoy import AnnoySearch, load_annoy
from visage.search.exact import ExactSearch
from visage.search.index import vectors_of
from visage.search.judge import Judge, Judged, matches_first
from visage.search.own_evaluation import Evaluation
from visage.search.rankings import faces_of, fit
from visage.search.rankings.base import DEFAULT, Candidates, Ranking, Search
from visage.search.threshold import Threshold, resolve_threshold
from visage.store.arrow import texts
from visage.store.names import Performer, link, read_names
from visage.store.tables import read_table
from visage.types import Box, Embedding, Embeddings, Indices

COLUMNS = ["image", "person", "sha256", "face", "x", "y", "w", "h", "turn", "embedding"]
STRANGERS = 2000  # pairs of faces of different people, to learn how far apart such faces are


@dataclass(frozen=True)
class Candidate:
    """A person of the gallery, as near as they come to one face."""

    id: str
    performer: Performer | None  # what the names file tells
    namesakes: int  # how many other people of the gallery have the same name
    link: str  # "" where none is known
    distance: float  # what the ranking orders by
    measured: float  # what is compared with the threshold
    hits: int
    probability: float | None  # that it is this person; None until calibrated
    verdict: str  # of `visage.status.Verdict`
    reason: str  # why the verdict is not what the face by itself would have; else ""
    item: int  # row of the gallery: the face that is nearest

    @property
    def name(self) -> str:
        """The name; of someone without one, the id."""
        return (self.performer.name if self.performer else "") or self.id


class People:
    """What is known of the gallery's people besides their faces."""

    def __init__(
        self, ids: Sequence[str], names: Path | None = None, links: str | None = None
    ) -> None:
        """Read the names file, if there is one."""
        self.ids = ids
        self.names = read_names(names)
        self._links = links
        self._count = Counter(_folded(self.names.get(person)) for person in ids)

    def name(self, person: str) -> str:
        """Give a name; "" where none is known."""
        return self.names[person].name if person in self.names else ""

    def namesakes(self, person: str) -> int:
        """Count the other people of the same name."""
        name = _folded(self.names.get(person))
        return self._count[name] - 1 if name else 0

    def link(self, person: str) -> str:
        """Give the address of a person's page; "" where none is known."""
        return link(self._links, person, self.names)


class Gallery:
    """A finished gallery in memory. Read only, so it may be shared between threads."""

    def __init__(
        self,
        path: Path,
        rows: pa.Table,
        ranking: Ranking,
        search: Search,
        judge: Judge,
        people: People,
    ) -> None:
        """Put the parts together; `open` makes them from files.

        Args:
            path: The index's faces.parquet.
            rows: The index's rows in the order of the faces, without the embeddings.
            ranking: Fitted to the faces.
            search: Of the same faces.
            judge: What is said of a distance.
            people: Names and links.
        """
        self.path = path
        self.rows = rows
        self.ranking = ranking
        self.faces = ranking.faces
        self.search = search
        self.judge = judge
        self.people = people
        self._scale = self._far()

    @property
    def threshold(self) -> Threshold:
        """The largest distance of a match, and where it is from."""
        return self.judge.threshold

    @classmethod
    def open(
        cls,
        faces: Path,
        match: Match,
        normalize: bool,
        published: Mapping[str, float | None],
        evaluation: Path | None = None,
        names: Path | None = None,
        links: str | None = None,
    ) -> "Gallery":
        """Read a gallery.

        Args:
            faces: The index's faces.parquet; face.db beside it is read only for `search: annoy`.
            match: The config's `match`.
            normalize: The config's `index.normalize`.
            published: The model's thresholds: for "normalized" vectors and for "raw" ones.
            evaluation: The gallery's evaluation.json, if there is one that holds.
            names: The names file, if there is one.
            links: The config's `links`.

        Raises:
            VisageError: A file is missing or damaged.
        """
        table = read_table(faces, COLUMNS)
        own = Evaluation.read(evaluation) if evaluation else None
        learnt = own.learnt if own else DEFAULT
        name, neighbours = match.ranking, match.neighbours
        known = faces_of(name, vectors_of(table), texts(table["person"]), normalize)
        ranking = fit(name, known, learnt)
        search: Search = ExactSearch(known, neighbours)
        if match.search == "annoy":
            index = load_annoy(faces.parent / "face.db", known.vectors.shape[1], len(known))
            search = AnnoySearch(known, index, neighbours, match.search_k)
        threshold = resolve_threshold(match.threshold, published, ranking, own)
        calibration = own.calibration if own else None
        if calibration is not None:
            calibration = calibration.with_prior(match.known_share)
        judge = Judge(threshold, calibration, match.once_per_image)
        people = People(known.people, names, links)
        return cls(faces, table.drop_columns("embedding"), ranking, search, judge, people)

    def candidates(self, embeddings: Embeddings | Sequence[Embedding], results: int) -> Candidates:
        """Give the closest people for each face, as arrays.

        Args:
            embeddings: Shape (n, dimension), as the model gives them.
            results: People for each face, at most.

        Raises:
            VisageError: They are not of the gallery's model.
        """
        dimension = self.faces.vectors.shape[1]
        embeddings = np.asarray(embeddings, np.float32)
        if not len(embeddings):
            embeddings = np.empty((0, dimension), np.float32)
        if embeddings.shape[1] != dimension:
            raise VisageError(
                f"These embeddings have {embeddings.shape[1]} numbers a face, the gallery's "
                f"{dimension}: they are of another model."
            )
        return self.ranking.candidates(self.faces.space(embeddings), self.search, results)

    def judged(
        self, found: Candidates, pictures: Indices, taken: NDArray[np.bool_] | None = None
    ) -> tuple[Candidates, Judged]:
        """Say of each candidate what it is, and put whom a face is taken for before the others.

        Arguments as of `Judge`.
        """
        return matches_first(found, self.judge(found, pictures, taken))

    def identify(
        self, embeddings: Embeddings | Sequence[Embedding], results: int = 10
    ) -> list[list[Candidate]]:
        """Give the closest people for each face of one picture; see `candidates`."""
        closest = self.candidates(embeddings, results)
        found, judged = self.judged(closest, np.zeros(len(embeddings), np.int64))
        people: list[list[Candidate]] = [[] for _ in embeddings]
        for row, probe in enumerate(found.probe.tolist()):
            people[probe].append(self._candidate(found, judged, row))
        return people

    def _candidate(self, found: Candidates, judged: Judged, row: int) -> Candidate:
        person = self.people.ids[found.person[row]]
        probability = float(judged.probability[row])
        return Candidate(
            id=person,
            performer=self.people.names.get(person),
            namesakes=self.people.namesakes(person),
            link=self.people.link(person),
            distance=float(found.distance[row]),
            measured=float(found.measured[row]),
            hits=int(found.hits[row]),
            probability=None if isnan(probability) else probability,
            verdict=str(judged.verdict[row]),
            reason=str(judged.reason[row]),
            item=int(found.nearest[row]),
        )

    def explained(self) -> list[str]:
        """Say where the threshold is from, and what else is not as the config has it."""
        threshold = self.threshold
        notes = [self.ranking.note] if self.ranking.note else []
        return [f"threshold {threshold.value}: {threshold.source}", *notes]

    def recall(self, embeddings: Embeddings) -> float | None:
        """Measure which share of the true neighbours is found; None where the search is exact."""
        return self.search.recall(self.faces.space(embeddings))

    def confidence(self, candidate: Candidate) -> int:
        """Give the percentage that programs written for the original's services expect.

        The probability, once it is calibrated. Until then only another way to write the distance:
        50 at the threshold, more below it, 0 at twice the threshold.
        """
        if candidate.probability is not None:
            return round(100 * candidate.probability)
        return round(100 * min(1.0, max(0.0, 1 - candidate.measured / self._scale)))

    def _far(self) -> float:
        """Give the distance at which nothing speaks for a person any more.

        Twice the threshold; without one, the median distance between faces of different people.
        """
        if self.threshold.value is not None:
            return 2 * self.threshold.value
        vectors, codes = self.faces.vectors, self.faces.codes
        pairs = np.random.default_rng(0).integers(len(codes), size=(STRANGERS, 2))
        strangers = pairs[codes[pairs[:, 0]] != codes[pairs[:, 1]]]
        if not len(strangers):
            return 2.0
        apart = np.linalg.norm(vectors[strangers[:, 0]] - vectors[strangers[:, 1]], axis=1)
        return float(np.median(apart)) or 1.0

    def place(self, item: int) -> tuple[str, Box | None, int]:
        """Give the image of a gallery face, where in it the face is, if that is known, and by how
        many degrees clockwise the image is to be turned to stand upright."""
        row = self.rows.slice(item, 1).to_pylist()[0]
        sides = [row[key] for key in Box._fields]
        return row["image"], None if None in sides else Box(*sides), row["turn"] or 0

    def __len__(self) -> int:
        """Count the faces."""
        return len(self.faces)


def _folded(performer: Performer | None) -> str:
    return performer.name.casefold() if performer else ""
