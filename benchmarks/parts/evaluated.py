"""A labelled folder evaluated as the workflow evaluates a gallery, and what is made of one.

Labels can be mended where they are known to be wrong, and two people put under one id.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from visage.evaluation import calibration, metrics
from visage.evaluation.acquired import Acquired, acquire
from visage.evaluation.evaluate import RATES
from visage.evaluation.heldout import held_out
from visage.evaluation.searched import Evaluated, search_gallery
from visage.evaluation.strata import strata
from visage.search.exact import ExactSearch
from visage.search.faces import unit
from visage.search.index import (
    chosen_faces,
    clear_people,
    usable_faces,
    vectors_of,
    without_poor,
)
from visage.search.rankings import faces_of, fit
from visage.search.rankings.base import Learnt
from visage.store.tables import read_table

from parts.intervals import with_intervals

RANKINGS = ("likelihood", "mean", "nearest")
ASKED = 0.01
WITHIN = (0.3, 0.4, 0.5, 0.6, 0.7)  # expected cosines between two faces of a person
SEED = 42
IDS, PROBES = 20, 40  # people of two looks, and searches of theirs


@dataclass(frozen=True)
class Folder:
    """The photographs of a labelled folder, as the index takes them."""

    rows: pa.Table
    acquired: Acquired
    near: float  # up to which two faces are those of copies


def indexed(path: Path, near: float) -> Folder:
    """Choose the face of each image of a faces table as the index does."""
    table = read_table(path)
    usable = table.filter(usable_faces(table))
    usable = without_poor(usable, clear_people(usable))
    usable = usable.sort_by([("image", "ascending"), ("face", "ascending")])
    rows = usable.take(chosen_faces(usable, unit(vectors_of(usable))))
    return Folder(rows, acquire([path], rows), near)


def mended(folder: Folder, errata: Path) -> Folder:
    """Leave out the photographs whose label is wrong, and join people who have two names.

    Args:
        folder: As labelled.
        errata: A TSV: what (wrong_label or same_person), subject, meaning.
    """
    with errata.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file, delimiter="\t"))
    wrong = [line["subject"] for line in lines if line["what"] == "wrong_label"]
    same = {line["subject"]: line["meaning"] for line in lines if line["what"] == "same_person"}
    rows = folder.rows.filter(pc.invert(pc.is_in(folder.rows["image"], pa.array(wrong))))
    people = [same.get(person, person) for person in rows["person"].to_pylist()]
    place = rows.column_names.index("person")
    return Folder(rows.set_column(place, "person", pa.array(people)), folder.acquired, folder.near)


def evaluate(folder: Folder, ranking: str, learnt: Learnt | None = None) -> Evaluated:
    """Search every photograph in the rest; None: what the ranking needs is learnt from them."""
    return search_gallery(folder.rows, ranking, True, folder.near, folder.acquired, learnt)


def rates(found: Evaluated) -> dict[str, object]:
    """Give rank 1 and the misses at each rate, with their intervals, and the calibration error."""
    trials, codes = found.trials, found.faces.codes
    row: dict[str, object] = {"searches": metrics.known_searches(trials)}
    row |= with_intervals(trials, codes)
    error = calibration.calibration_error(calibration.reliability(trials, codes))
    return row | {"ECE, points": None if error is None else round(100 * error, 2)}


def expected_cosines(folder: Folder) -> Iterator[dict[str, Any]]:
    """Give what `likelihood` misses when it expects so much of two faces of a person."""
    for within in WITHIN:
        found = evaluate(folder, "likelihood", Learnt(within))
        (point,) = metrics.operating_points(found.trials, found.faces.codes, [ASKED])
        fnir = None if point.fnir is None else point.fnir.value
        yield {"expected cosine": within, f"FNIR at FPIR {100 * ASKED:g} %": _percent(fnir)}


def too_small_a_gallery(folder: Folder, published: float) -> Iterator[dict[str, Any]]:
    """Give how many strangers pass at the model's published threshold, by ranking.

    Args:
        folder: Of people too few to tell a threshold of their own.
        published: Distance of embeddings of length 1.
    """
    for ranking in RANKINGS:
        found = evaluate(folder, ranking)
        threshold = found.ranking.published(published)
        yield {
            "ranking": ranking,
            "photographs": len(found.rows),
            "near copies": found.near_copies + found.same_file,
            "strangers within the published threshold": _percent(
                metrics.fpir_at(found.trials, threshold)
            ),
        }


def promises(found: Evaluated) -> pd.DataFrame:
    """Give the rates that people who were held out see, for galleries of three sizes."""
    return pd.DataFrame(
        {
            "people": size.people,
            "photographs": size.photographs,
            "FPIR promised": _percent(size.fpir),
            "of people held out": _percent(size.measured),
            "threshold": size.threshold,
            "FNIR": _percent(size.fnir),
        }
        for size in held_out(found.trials, found.faces.codes, RATES)
    )


def parts(found: Evaluated) -> pd.DataFrame:
    """Give the rates by face size, photographs a person, and quality where it is there."""
    threshold = metrics.threshold_at(metrics.strangers(found.trials), ASKED)
    return pd.DataFrame(
        {
            "by": name,
            "from": part.low,
            "to below": part.high,
            "known": part.known,
            "rank 1": _percent(part.rank_one),
            "FNIR": _percent(part.fnir),
            "strangers": part.strangers,
            "FPIR": _percent(part.fpir),
        }
        for name, found_parts in strata(found.trials, found.rows, found.others, threshold).items()
        for part in found_parts
    )


def two_looks(folder: Folder, draws: int = 2) -> Iterator[dict[str, Any]]:
    """Put two people's photographs under one id, twenty times, and search one more of each.

    Args:
        folder: With enough people of at least four photographs.
        draws: Means are over so many draws.

    Yields:
        For each ranking how many of 40 are found: put first, and within the threshold for 1 %.
    """
    for uneven in (False, True):
        for ranking in RANKINGS:
            found = [_two_looks(folder, ranking, seed, uneven) for seed in range(draws)]
            first, near = np.mean(found, axis=0)
            yield {
                "photographs": "2 beside up to 8" if uneven else "up to 8 each",
                "ranking": ranking,
                f"first, of {PROBES}": round(float(first), 1),
                "and within the threshold": round(float(near), 1),
            }


def _two_looks(folder: Folder, ranking: str, seed: int, uneven: bool) -> tuple[int, int]:
    people = np.array(folder.rows["person"].to_pylist(), object)
    names, counts = np.unique(people.astype(str), return_counts=True)
    chosen = np.random.default_rng(seed).permutation(names[counts >= 4])[:PROBES]
    kept, probes, wanted = np.ones(len(people), bool), [], []
    for place, name in enumerate(chosen):
        rows = np.flatnonzero(people == name)
        most = 2 if uneven and place % 2 else 8
        kept[rows[0]] = False
        kept[rows[1 + most :]] = False
        people[rows] = f"two looks {place // 2:02}"
        probes.append(rows[0])
        wanted.append(people[rows[0]])
    vectors = vectors_of(folder.rows)
    table = folder.rows.filter(pa.array(kept))
    place = table.column_names.index("person")
    table = table.set_column(place, "person", pa.array(people[kept].tolist()))
    found = search_gallery(table, ranking, True, folder.near)
    threshold = metrics.threshold_at(metrics.strangers(found.trials), ASKED)
    faces = faces_of(ranking, vectors[kept], people[kept].tolist(), True)
    fitted = fit(ranking, faces, found.ranking.learnt)
    answer = fitted.candidates(faces.space(vectors[probes]), ExactSearch(faces, 1), 1)
    first = np.array(
        [faces.people[code] == want for code, want in zip(answer.person, wanted, strict=True)]
    )
    near = first & (answer.distance <= (threshold if threshold is not None else np.inf))
    return int(first.sum()), int(near.sum())


def _percent(share: float | None) -> str | None:
    return None if share is None else f"{100 * share:.2f} %"
