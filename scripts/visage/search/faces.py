"""The faces of a gallery as arrays, in the space in which distances are taken."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from visage.types import Floats, Indices


@dataclass(frozen=True)
class Faces:
    """The faces to search and whose they are."""

    vectors: Floats  # (m, d)
    codes: Indices  # (m,) the person of each face, an index into `people`
    people: list[str]  # ids, sorted
    normalized: bool  # whether the vectors have length 1, and templates are to have it

    @classmethod
    def of(cls, vectors: Floats, ids: Iterable[str], normalize: bool) -> "Faces":
        """Number the people, and scale the vectors to length 1 if asked to.

        Args:
            vectors: Shape (m, d), as the model gives them.
            ids: The person of each.
            normalize: The config's `index.normalize`.
        """
        ids = list(ids)
        people = sorted(set(ids))
        number = {person: code for code, person in enumerate(people)}
        codes = np.array([number[person] for person in ids], np.int64)
        return cls(unit(vectors) if normalize else vectors, codes, people, normalize)

    def take(self, rows: Indices) -> "Faces":
        """Give some of the faces, or all in another order; the people stay."""
        return replace(self, vectors=self.vectors[rows], codes=self.codes[rows])

    def __len__(self) -> int:
        """Count the faces."""
        return len(self.codes)

    @cached_property
    def rows(self) -> dict[str, Indices]:
        """The rows of each person's faces, in order."""
        order, starts = self._by_person()
        return dict(zip(self.people, np.split(order, starts[1:]), strict=True))

    def sums(self) -> Floats:
        """Add up the faces of each person, shape (people, d)."""
        order, starts = self._by_person()
        return np.add.reduceat(self.vectors[order], starts, axis=0)

    def _by_person(self) -> tuple[Indices, Indices]:
        """Give the rows person by person, and where each person begins among them."""
        ends = np.cumsum(self.counts())
        return np.argsort(self.codes, kind="stable"), ends - self.counts()

    def counts(self) -> Indices:
        """Count the faces of each person."""
        return np.bincount(self.codes, minlength=len(self.people))

    def means(self) -> Floats:
        """Give the plain mean of each person's faces, shape (people, d)."""
        return (self.sums() / self.counts()[:, None]).astype(np.float32)

    def people_of(self, items: Indices) -> Indices:
        """Give the person of each item; negative items, which stand for none, stay as they are."""
        return np.where(items < 0, items, self.codes[items])

    def space(self, embeddings: Floats) -> Floats:
        """Bring embeddings, as the model gives them, into the space of the faces."""
        return unit(embeddings) if self.normalized else embeddings


def unit(vectors: Floats) -> Floats:
    """Scale each row to length 1; a row of zeros stays."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.maximum(lengths, np.finfo(np.float32).tiny)
