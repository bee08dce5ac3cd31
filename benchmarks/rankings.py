"""Ways to rank people that were tried, the kept ones among them, for `visage.evaluation`."""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
from visage.evaluation import protocol
from visage.evaluation.protocol import Distances, Gallery, Trials
from visage.search.rankings.ranking import gallery_of, rank, unit
from visage.types import Floats

COHORT = 20  # next people whose scores are taken off
Ranking = Callable[[Gallery, Floats], Distances]


def best(k: int) -> Ranking:
    """Mean distance of the k nearest faces of a person."""

    def ranking(gallery: Gallery, _: Floats) -> Distances:
        squares = protocol.squared_distances(gallery.vectors, gallery.vectors)
        starts = np.searchsorted(gallery.codes, np.arange(gallery.codes[-1] + 2))

        def distances(rows: slice) -> Floats:
            away = squares(rows)
            protocol.mask_copies(away, gallery, rows, np.inf)
            away = np.sqrt(np.maximum(away, 0)).astype(np.float32)
            each = np.full((len(away), len(starts) - 1), np.inf, np.float32)
            for person in range(len(starts) - 1):
                near = np.sort(away[:, starts[person] : starts[person + 1]], axis=1)[:, :k]
                known = np.isfinite(near)
                total = np.where(known, near, 0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
                each[:, person] = np.where(known.any(axis=1), total, np.inf)
            return each

        return distances

    return ranking


def blended(gallery: Gallery, _: Floats) -> Distances:
    """Half the distance of the nearest face, half that of the mean."""
    near, mean = protocol.nearest(gallery), protocol.mean(gallery)
    return lambda rows: ((near(rows) + mean(rows)) / 2).astype(np.float32)


def cohort(base: Callable[[Gallery], Distances]) -> Ranking:
    """Similarity by another ranking, less half the mean of the next people's; as a distance."""

    def ranking(gallery: Gallery, _: Floats) -> Distances:
        ranked = base(gallery)

        def distances(rows: slice) -> Floats:
            away = ranked(rows)
            score = np.where(np.isfinite(away), 1 - away**2 / 2, -1)
            ordered = -np.sort(-score, axis=1)[:, : COHORT + 1]
            # Everybody's next people: the best ones but themselves, if they are among these.
            last = ordered[:, -1:]
            total = ordered.sum(axis=1, keepdims=True) - np.where(score >= last, score, last)
            result = 3 - score + 0.5 * total / max(1, ordered.shape[1] - 1)
            return np.where(np.isfinite(away), result, np.inf).astype(np.float32)

        return distances

    return ranking


RANKINGS: dict[str, Ranking] = {
    "nearest": lambda gallery, _: protocol.nearest(gallery),
    "mean": lambda gallery, _: protocol.mean(gallery),
    "likelihood": lambda gallery, _: protocol.likelihood(gallery),
    "mean of the 3 best": best(3),
    "nearest and mean, half each": blended,
    "mean, weighted by quality": protocol.mean,
    "mean, less half the next 20": cohort(protocol.mean),
    "likelihood, less half the next 20": cohort(protocol.likelihood),
}


def quality(table: pa.Table) -> Floats:
    """Confidence × sharpness × size; of the last two the root, of the size up to the crop's."""
    size = np.minimum(table["w"].to_numpy(), 112.0)
    weight = table["confidence"].to_numpy() * np.sqrt(table["sharpness"].to_numpy() * size)
    return weight.astype(np.float32)


def original(vectors: Floats, persons: list[str], photographs: list[int]) -> Trials:
    """Search each face twice with the original's ranking (raw vectors, 50 neighbours).

    Its score depends on the other people's faces too, so the short cut of
    `visage.evaluation.protocol` does not hold: here the gallery is really made anew each time.
    """
    settings = {"ranking": "visage", "neighbours": 50, "results": len(set(persons))}
    people = sorted(set(persons))
    own, other, places = [], [], []
    for row, (person, photograph) in enumerate(zip(persons, photographs, strict=True)):
        probe = vectors[row : row + 1]
        scores = []
        for stranger in (False, True):
            keep = [
                place
                for place, label in enumerate(persons)
                if photographs[place] != photograph and not (stranger and label == person)
            ]
            gallery = gallery_of(vectors[keep], [persons[k] for k in keep], "visage", False)
            found = rank(probe, gallery, settings)
            labels = [gallery.people[code] for code in found.person]
            scores.append(dict(zip(labels, found.distance.tolist(), strict=True)))
        known, strange = scores
        place = list(known).index(person) + 1 if person in known else len(people)
        own.append(known.get(person, np.inf))
        other.append(min(strange.values()))
        places.append(place)
    nobody = np.zeros(len(own), np.int64)
    return Trials(np.array(own), np.array(other), nobody, np.array(places))


def normalised(gallery: Gallery, normalize: bool) -> Gallery:
    """Give the gallery with vectors of length 1, or as they are."""
    return gallery._replace(
        vectors=unit(gallery.vectors) if normalize else gallery.vectors, normalized=normalize
    )
