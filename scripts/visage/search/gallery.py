"""A finished gallery in memory: who is in it, and who of them is nearest to a face."""

from dataclasses import dataclass
from math import isnan
from pathlib import Path

import numpy as np

from visage.config import Config
from visage.errors import VisageError
from visage.search.annoy import AnnoySearch, load_annoy
from visage.search.calibration import Calibration, probabilities
from visage.search.exact import ExactSearch
from visage.search.index import vectors_of
from visage.search.rankings import ranking_of
from visage.search.rankings.base import Candidates, Search
from visage.search.threshold import Threshold, verdicts
from visage.store.names import Performer, link, read_names
from visage.store.tables import read_table
from visage.types import Box, Floats

COLUMNS = ["image", "person", "face", "x", "y", "w", "h", "embedding"]
STRANGERS = 2000  # pairs of faces of different people, to learn how far apart such faces are


@dataclass(frozen=True)
class Candidate:
    """A person of the gallery, as near as they come to one face."""

    id: str
    performer: Performer | None  # what the names file tells
    namesakes: int  # how many other people of the gallery have the same name
    link: str  # "" where none is known
    distance: float  # what the ranking orders by
    measured: float  # Euclidean, to compare to the threshold
    hits: int
    probability: float | None  # that it is this person; None until calibrated
    verdict: str  # one of verdict.VERDICTS
    item: int  # row of the gallery: the face that is nearest

    @property
    def name(self) -> str:
        """The name; of someone without one, the id."""
        return (self.performer.name if self.performer else "") or self.id


class GalleryIndex:
    """A finished gallery in memory. Read only, so it may be shared between threads."""

    def __init__(
        self,
        faces: Path,
        config: Config,
        names: Path | None,
        threshold: Threshold,
        calibration: Calibration | None = None,
    ) -> None:
        """Read the index.

        Args:
            faces: Its faces.parquet; face.db beside it is read only for `search: annoy`.
            config: The checked config.
            names: The names file, if there is one.
            threshold: The largest distance of a match.
            calibration: What turns distances into probabilities, if there is one.

        Raises:
            VisageError: A file is missing or damaged.
        """
        table = read_table(faces, COLUMNS)
        self.settings = config.match
        self.normalize = config.index.normalize
        self.links = config.links
        self.folder = Path(config.gallery)
        self.names = read_names(names)
        vectors = vectors_of(table)
        labels = table["person"].to_pylist()
        self.ranking = ranking_of(self.settings.ranking, self.normalize).fit(
            vectors, labels, self.normalize
        )
        self.gallery = self.ranking.faces
        neighbours = self.settings.neighbours
        self.search: Search = ExactSearch(self.gallery, neighbours)
        if self.settings.search == "annoy":
            index = load_annoy(faces.parent / "face.db", vectors.shape[1], len(vectors))
            self.search = AnnoySearch(self.gallery, index, neighbours, self.settings.search_k)
        self.places = table.drop_columns("embedding")
        self.threshold = threshold
        self.calibration = calibration
        self.scale = self._scale()
        self._count = _namesakes(self.gallery.people, self.names)

    def _scale(self) -> float:
        """Give the distance at which nothing speaks for a person any more.

        Twice the threshold; without one, the median distance between faces of different people.
        """
        if self.threshold.value is not None:
            return 2 * self.threshold.value
        vectors, codes = self.gallery.vectors, self.gallery.codes
        pairs = np.random.default_rng(0).integers(len(codes), size=(STRANGERS, 2))
        strangers = pairs[codes[pairs[:, 0]] != codes[pairs[:, 1]]]
        if not len(strangers):
            return 2.0
        apart = np.linalg.norm(vectors[strangers[:, 0]] - vectors[strangers[:, 1]], axis=1)
        return float(np.median(apart)) or 1.0

    def confidence(self, candidate: Candidate) -> int:
        """Give the percentage that programs written for the original's services expect.

        The probability, once it is calibrated. Until then only another way to write the distance:
        50 at the threshold, more below it, 0 at twice the threshold.
        """
        if candidate.probability is not None:
            return round(100 * candidate.probability)
        return round(100 * min(1.0, max(0.0, 1 - candidate.measured / self.scale)))

    def nearest(self, embeddings: Floats) -> list[list[Candidate]]:
        """Give the closest people for each embedding, (n, dimension) as the model gives them."""
        probes = self.gallery.space(embeddings)
        if probes.shape[1] != self.gallery.vectors.shape[1]:
            raise VisageError(
                f"The model gives {probes.shape[1]} numbers a face, the gallery has "
                f"{self.gallery.vectors.shape[1]}: it was made with another model."
            )
        found = self.ranking.candidates(probes, self.search, self.settings.results)
        verdict = verdicts(found.rank, found.measured, self.threshold.value)
        likely = probabilities(found.probe, found.measured, self.calibration)
        people: list[list[Candidate]] = [[] for _ in probes]
        for row, probe in enumerate(found.probe.tolist()):
            one = self._candidate(found, row, str(verdict[row]), float(likely[row]))
            people[probe].append(one)
        return people

    def _candidate(
        self, found: Candidates, row: int, verdict: str, probability: float
    ) -> Candidate:
        person = self.gallery.people[found.person[row]]
        performer = self.names.get(person)
        return Candidate(
            id=person,
            performer=performer,
            namesakes=self._count.get(_folded(performer), 1) - 1 if performer else 0,
            link=link(self.links, person, self.names),
            distance=float(found.distance[row]),
            measured=float(found.measured[row]),
            hits=int(found.hits[row]),
            probability=None if isnan(probability) else probability,
            verdict=verdict,
            item=int(found.nearest[row]),
        )

    def place(self, item: int) -> tuple[str, Box | None]:
        """Give the image of a gallery face, and where in it the face is, if that is known."""
        row = self.places.slice(item, 1).to_pylist()[0]
        sides = [row[key] for key in Box._fields]
        return row["image"], None if None in sides else Box(*sides)

    def __len__(self) -> int:
        """Count the faces."""
        return self.places.num_rows


def _folded(performer: Performer | None) -> str:
    return performer.name.casefold() if performer else ""


def _namesakes(people: list[str], names: dict[str, Performer]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for person in people:
        name = _folded(names.get(person))
        if name:
            counts[name] = counts.get(name, 0) + 1
    return counts
