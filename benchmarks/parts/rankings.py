"""Ways to rank people that were tried, the kept ones among them, for `visage.evaluation`."""

import numpy as np
from visage.evaluation.protocol import Trials
from visage.search.exact import ExactSearch
from visage.search.faces import Faces
from visage.search.rankings import RANKINGS as KEPT
from visage.search.rankings.base import Distances, Photographs, Ranking, Rows
from visage.search.rankings.likelihood import Likelihood
from visage.search.rankings.mean import Mean
from visage.search.rankings.nearest import Nearest, squared_distances
from visage.types import Embeddings, Floats, Indices

COHORT = 20  # next people whose scores are taken off
NEIGHBOURS = 50  # of the original's ranking


class BestOf3(Nearest):
    """Mean distance of the three nearest faces of a person."""

    def left_out(self, photographs: Indices, probes: Embeddings | None = None) -> Distances:
        """See `Ranking.left_out`."""
        vectors, codes = self.faces.vectors, self.faces.codes
        squares = squared_distances(vectors if probes is None else probes, vectors)
        each = Photographs(codes, photographs)
        starts = np.searchsorted(codes, np.arange(codes[-1] + 2))

        def distances(rows: Rows) -> Floats:
            away = squares(rows)
            each.mask(away, rows, np.inf)
            away = np.sqrt(np.maximum(away, 0)).astype(np.float32)
            found = np.full((len(away), len(starts) - 1), np.inf, np.float32)
            for person in range(len(starts) - 1):
                near = np.sort(away[:, starts[person] : starts[person + 1]], axis=1)[:, :3]
                known = np.isfinite(near)
                total = np.where(known, near, 0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
                found[:, person] = np.where(known.any(axis=1), total, np.inf)
            return found

        return distances


class Blended(Nearest):
    """Half the distance of the nearest face, half that of the mean."""

    def left_out(self, photographs: Indices, probes: Embeddings | None = None) -> Distances:
        """See `Ranking.left_out`."""
        near = super().left_out(photographs, probes)
        mean = Mean(self.faces).left_out(photographs, probes)
        return lambda rows: ((near(rows) + mean(rows)) / 2).astype(np.float32)


class _Cohort(Nearest):
    """Similarity by another ranking, less half the mean of the next people's; as a distance."""

    base: type[Ranking]

    def left_out(self, photographs: Indices, probes: Embeddings | None = None) -> Distances:
        """See `Ranking.left_out`."""
        ranked = self.base(self.faces).left_out(photographs, probes)

        def distances(rows: Rows) -> Floats:
            away = ranked(rows)
            score = np.where(np.isfinite(away), 1 - away**2 / 2, -1)
            ordered = -np.sort(-score, axis=1)[:, : COHORT + 1]
            # Everybody's next people: the best ones but themselves, if they are among these.
            last = ordered[:, -1:]
            total = ordered.sum(axis=1, keepdims=True) - np.where(score >= last, score, last)
            result = 3 - score + 0.5 * total / max(1, ordered.shape[1] - 1)
            return np.where(np.isfinite(away), result, np.inf).astype(np.float32)

        return distances


class MeanOverCohort(_Cohort):
    """The mean, less half the next people's."""

    base = Mean


class LikelihoodOverCohort(_Cohort):
    """The likelihood, less half the next people's."""

    base = Likelihood


RANKINGS: dict[str, type[Ranking]] = {
    **{name: kind for name, kind in KEPT.items() if kind.calibrated},
    "mean of the 3 nearest": BestOf3,
    "nearest and mean, half each": Blended,
    "mean, less half the next 20": MeanOverCohort,
    "likelihood, less half the next 20": LikelihoodOverCohort,
}


def searched_anew(
    kind: type[Ranking],
    vectors: Floats,
    labels: list[str],
    photographs: list[int],
    normalize: bool,
) -> Trials:
    """Search each face twice, each time in a gallery that is really made anew without it.

    For a ranking whose numbers depend on the other people's faces too, as the original's do, so
    that the short cut of `visage.evaluation.protocol` does not hold.
    """
    people = sorted(set(labels))
    own, other, places = [], [], []
    for row, (person, photograph) in enumerate(zip(labels, photographs, strict=True)):
        scores = []
        for stranger in (False, True):
            keep = [
                place
                for place, label in enumerate(labels)
                if photographs[place] != photograph and not (stranger and label == person)
            ]
            ids = [kind.person(labels[k]) for k in keep]
            fitted = kind(Faces.of(vectors[keep], ids, normalize))
            search = ExactSearch(fitted.faces, NEIGHBOURS)
            probe = fitted.faces.space(vectors[row : row + 1])
            found = fitted.candidates(probe, search, len(people))
            names = [fitted.faces.people[code] for code in found.person]
            scores.append(dict(zip(names, found.distance.tolist(), strict=True)))
        known, strange = scores
        mated = any(p != photograph for p in _of(person, labels, photographs))
        # Of somebody who is not among the neighbours the original knows nothing.
        place = list(known).index(person) + 1 if person in known else len(people)
        own.append(known.get(person, np.inf) if mated else np.nan)
        other.append(min(strange.values(), default=np.nan))
        places.append(place if mated else 0)
    nobody, parts = np.zeros(len(own), np.int64), np.empty((len(own), 0), np.float32)
    return Trials(np.array(own), np.array(other), nobody, np.array(places), parts, nobody[:0])


def _of(person: str, labels: list[str], photographs: list[int]) -> list[int]:
    return [one for one, label in zip(photographs, labels, strict=True) if label == person]
