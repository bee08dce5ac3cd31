"""From the neighbours of each probe to an ordered list of people."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from visage.search.nearest import (
    NONE,
    Found,
    annoy_search,
    exact,
    exact_people,
    smallest_of_products,
)
from visage.search.rankings.likelihood import as_distance, coefficients
from visage.types import Floats, Indices

HIT_BONUS = 0.5  # the original takes it off a person's distance for every further hit


class Gallery(NamedTuple):
    """The faces to search, in the space in which distances are taken."""

    vectors: Floats  # (m, d)
    codes: Indices  # (m,) the person of each face, an index into `people`
    people: list[str]  # ids, sorted
    normalized: bool  # whether the vectors have length 1, and templates are to have it


class Candidates(NamedTuple):
    """One item for each probe and person kept, ordered by probe and rank; all of one length."""

    probe: Indices
    rank: Indices  # 1 = the closest person
    person: Indices  # index into `Gallery.people`
    distance: NDArray[np.float64]  # what people are ordered by
    hits: Indices  # how many of the probe's neighbours are this person's
    nearest: Indices  # the person's gallery face nearest to the probe
    measured: NDArray[np.float64]  # Euclidean distance to the person, to compare to a threshold


def gallery_of(vectors: Floats, labels: list[str], ranking: str, normalize: bool) -> Gallery:
    """Normalise the vectors if asked to, and number the people of a gallery.

    With the original's ranking, a label counts up to its first "=", as it does there.
    """
    ids = [label.partition("=")[0] for label in labels] if ranking == "visage" else labels
    people = sorted(set(ids))
    number = {person: code for code, person in enumerate(people)}
    codes = np.array([number[person] for person in ids], np.int64)
    return Gallery(unit(vectors) if normalize else vectors, codes, people, normalize)


def rank(queries: Floats, gallery: Gallery, settings: dict, index: Any = None) -> Candidates:
    """Order the people of the gallery for each query.

    Args:
        queries: Shape (n, d), float32, in the space of the gallery.
        gallery: The faces to search.
        settings: The config's `match`: ranking, neighbours, results, search_k.
        index: The Annoy index of the gallery, or None to search exactly.

    Returns:
        At most `results` people for each query. Ranking "nearest": a person is as far as their
        nearest face. "mean": as far as the mean of their faces. "likelihood": see
        `likelihood`; of vectors that are not normalised, the mean. "visage": see `_visage`.
    """
    rankings = {"likelihood": _likelihood, "mean": _mean, "nearest": _nearest, "visage": _visage}
    return rankings[settings["ranking"]](queries, gallery, settings, index)


def templates_of(gallery: Gallery) -> Floats:
    """Give each person's mean vector, shape (people, d), of length 1 if the faces have it."""
    means = _means(gallery)
    return unit(means) if gallery.normalized else means


def _means(gallery: Gallery) -> Floats:
    order = np.argsort(gallery.codes, kind="stable")
    starts = np.searchsorted(gallery.codes[order], np.arange(len(gallery.people)))
    means = np.add.reduceat(gallery.vectors[order], starts, axis=0)
    means /= np.bincount(gallery.codes)[:, None].astype(np.float32)
    return means


def unit(vectors: Floats) -> Floats:
    """Scale each row to length 1; a row of zeros stays."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.maximum(lengths, np.finfo(np.float32).tiny)


def _neighbours(queries: Floats, gallery: Gallery, settings: dict, index: Any) -> Found:
    if index is None:
        return exact(queries, gallery.vectors, settings["neighbours"])
    return annoy_search(queries, index, settings["neighbours"], settings["search_k"])


def _nearest(queries: Floats, gallery: Gallery, settings: dict, index: Any) -> Candidates:
    results = settings["results"]
    if index is not None:
        near = _neighbours(queries, gallery, settings, index)
        return _ordered(near, near, gallery, results)
    near, each = exact_people(
        queries, gallery.vectors, gallery.codes, settings["neighbours"], results
    )
    # The neighbours as well: of two nearly equal faces they have the nearer one for certain.
    both = Found(np.hstack([near.items, each.items]), np.hstack([near.distances, each.distances]))
    return _ordered(near, both, gallery, results)


def _ordered(near: Found, found: Found, gallery: Gallery, results: int) -> Candidates:
    """Keep each person's nearest item of `found`, and of these the nearest `results` people."""
    probe, column = np.nonzero(found.items != NONE)
    item, distance = found.items[probe, column], found.distances[probe, column]
    person = gallery.codes[item]
    order = np.lexsort((item, distance, person, probe))
    first = order[_changes(probe[order], person[order])]
    first = first[np.lexsort((person[first], distance[first], probe[first]))]
    place = _places(probe[first])
    kept, place = first[place <= results], place[place <= results]
    hits = _hits(near, gallery, probe[kept], person[kept])
    return Candidates(
        probe[kept], place, person[kept], distance[kept], hits, item[kept], distance[kept]
    )


def _mean(queries: Floats, gallery: Gallery, settings: dict, index: Any) -> Candidates:
    templates = templates_of(gallery)
    found = exact(queries, templates, settings["results"])
    return _of_people(found, templates, queries, gallery, settings, index)


def _likelihood(queries: Floats, gallery: Gallery, settings: dict, index: Any) -> Candidates:
    if not gallery.normalized:  # the model of how faces vary is one of vectors of length 1
        return _mean(queries, gallery, settings, index)
    means = _means(gallery)
    base, slope = coefficients(means, np.bincount(gallery.codes))
    found = smallest_of_products(queries, -slope[:, None] * means, base, settings["results"])
    found = Found(found.items, as_distance(found.distances))
    return _of_people(found, means, queries, gallery, settings, index)


def _of_people(
    found: Found, templates: Floats, queries: Floats, gallery: Gallery, settings: dict, index: Any
) -> Candidates:
    """Add hits and nearest faces to the people found for each query, in their order."""
    if index is None:
        near, each = exact_people(
            queries, gallery.vectors, gallery.codes, settings["neighbours"], found.items
        )
        nearest = each.items
    else:
        near = _neighbours(queries, gallery, settings, index)
        nearest = _nearest_known(near, gallery, found.items, _typical(gallery, templates))
    n, r = found.items.shape
    probe = np.repeat(np.arange(n), r)
    person, distance = found.items.ravel(), found.distances.ravel()
    hits = _hits(near, gallery, probe, person)
    return Candidates(
        probe, np.tile(np.arange(1, r + 1), n), person, distance, hits, nearest.ravel(), distance
    )


def _typical(gallery: Gallery, templates: Floats) -> Indices:
    """Give each person's face nearest to their template."""
    squares = np.einsum("md,md->m", gallery.vectors, gallery.vectors)
    products = np.einsum("md,md->m", gallery.vectors, templates[gallery.codes])
    order = np.lexsort((squares - 2 * products, gallery.codes))
    return order[_changes(gallery.codes[order])]


def _nearest_known(near: Found, gallery: Gallery, wanted: Indices, typical: Indices) -> Indices:
    """Give the nearest item of each wanted person: among the neighbours, else the typical one."""
    same = _codes(near, gallery)[:, :, None] == wanted[:, None, :]
    first = np.take_along_axis(near.items, same.argmax(axis=1), axis=1)
    return np.where(same.any(axis=1), first, typical[wanted])


def _visage(queries: Floats, gallery: Gallery, settings: dict, index: Any) -> Candidates:
    """Rank as the original program does.

    A person's distance is that of their nearest face among the neighbours, rounded to two places,
    less 0.5 for every further one; equal distances stay in order of appearance. The numbers are
    bit for bit the original's, so neither Python's rounding nor the repeated subtraction may be
    replaced by something that is equal on paper.
    """
    near = _neighbours(queries, gallery, settings, index)
    codes = _codes(near, gallery)
    rows: list[tuple] = []
    for probe in range(len(queries)):
        people: dict[int, list] = {}
        for code, item, distance in zip(
            codes[probe].tolist(),
            near.items[probe].tolist(),
            near.distances[probe].tolist(),
            strict=True,
        ):
            if code == NONE:
                continue
            if code in people:
                people[code][0] -= HIT_BONUS
                people[code][1] += 1
            else:
                people[code] = [round(distance, 2), 1, item, distance]
        best = sorted(people.items(), key=lambda person: person[1][0])[: settings["results"]]
        for place, (code, (distance, hits, item, raw)) in enumerate(best, start=1):
            rows.append((probe, place, code, distance, hits, item, raw))
    table = np.array(rows, np.float64).reshape(len(rows), len(Candidates._fields))
    probes, places, persons, distances, hits, items, raws = table.T
    return Candidates(
        probes.astype(np.int64),
        places.astype(np.int64),
        persons.astype(np.int64),
        distances,
        hits.astype(np.int64),
        items.astype(np.int64),
        raws,
    )


def _codes(near: Found, gallery: Gallery) -> Indices:
    return np.where(near.items == NONE, NONE, gallery.codes[near.items])


def _hits(near: Found, gallery: Gallery, probe: Indices, person: Indices) -> Indices:
    return (_codes(near, gallery)[probe] == person[:, None]).sum(axis=1)


def _changes(*columns: Indices) -> NDArray[np.bool_]:
    """Mark the rows that differ from the one above in any column; the first row does."""
    marked = np.ones(len(columns[0]), bool)
    marked[1:] = np.any([column[1:] != column[:-1] for column in columns], axis=0)
    return marked


def _places(groups: Indices) -> Indices:
    """Count from 1 within each run of equal numbers."""
    starts = np.flatnonzero(_changes(groups))
    return np.arange(len(groups)) - np.repeat(starts, np.diff([*starts, len(groups)])) + 1
