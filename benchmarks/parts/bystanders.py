"""How often faces at the edge of a photograph get a name that is not theirs.

Half of a labelled folder's people are the gallery; the other half are strangers, and all faces that
are not the most prominent ones of their photograph are bystanders. No label says who bystanders
are, and some are of the gallery: couples, colleagues, players of one team are in each other's
photographs. A list says of some who they are: of LFW's, those whom somebody recognised who looked
at each bystander that got a name, beside photographs of the person of that name. Who is not in the
list is taken for a stranger.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from visage.evaluation import metrics
from visage.evaluation.searched import Evaluated, search_gallery
from visage.search.exact import ExactSearch
from visage.search.index import vectors_of
from visage.status import Status
from visage.store.arrow import equal, texts
from visage.store.tables import read_table
from visage.types import Floats

from parts.evaluated import ASKED, Folder

RANKING = "likelihood"
DRAWS = 4


@dataclass(frozen=True)
class Probes:
    """Faces that are searched, and who each is, as far as that is known."""

    vectors: Floats  # (n, dimension)
    people: list[str | None]


def named(folder: Folder, path: Path, seen: Path | None = None) -> Iterator[dict[str, Any]]:
    """Give the shares of strangers' and bystanders' faces that get a name; means over the draws.

    Args:
        folder: The faces that count.
        path: The faces table that they are from.
        seen: A TSV: image, x, y, w, h (pixels) of bystanders and the person each is.
    """
    bystanders, poor = beside(path, pd.read_csv(seen, sep="\t") if seen else None)
    vectors, people = vectors_of(folder.rows), np.array(texts(folder.rows["person"]), np.str_)
    shares: dict[str, list[tuple[float, float]]] = {"strangers": [], "bystanders": []}
    searches = 0
    for seed in range(DRAWS):
        inside = _half(people, seed)
        found = search_gallery(folder.rows.filter(pa.array(inside)), RANKING, True, folder.near)
        strangers = Probes(vectors[~inside], people[~inside].tolist())
        searches += len(strangers.people)
        shares["strangers"].append(_shares(found, strangers))
        shares["bystanders"].append(_shares(found, bystanders))
    number = len(bystanders.people)
    yield _row("strangers", searches // DRAWS, shares["strangers"], 1.0)
    yield _row("bystanders, clear", number, shares["bystanders"], 1.0)
    # A poor face gets no name.
    yield _row("all bystanders", number + poor, shares["bystanders"], number / (number + poor or 1))


def beside(path: Path, seen: pd.DataFrame | None) -> tuple[Probes, int]:
    """Give the clear faces of a table that are not their photograph's first, and count the poor."""
    table = read_table(path)
    edge = np.array([(face or 0) > 0 for face in table["face"].to_pylist()], bool)
    edge &= np.array([vector is not None for vector in table["embedding"].to_pylist()], bool)
    clear, poor = (
        edge & equal(table["status"], status).to_numpy(zero_copy_only=False)
        for status in (Status.OK, Status.POOR)
    )
    faces = table.filter(pa.array(clear))
    return Probes(vectors_of(faces), [_known(face, seen) for face in faces.to_pylist()]), int(
        poor.sum()
    )


def _known(face: dict[str, Any], seen: pd.DataFrame | None) -> str | None:
    """Give who a face is: whoever's box of the same image has its middle in the face's."""
    if seen is None:
        return None
    own = seen[seen["image"] == face["image"]]
    x, y = own["x"] + own["w"] / 2 - face["x"], own["y"] + own["h"] / 2 - face["y"]
    people = own["person"][x.between(0, face["w"]) & y.between(0, face["h"])]
    return None if people.empty else str(people.iloc[0])


def _half(people: np.ndarray, seed: int) -> np.ndarray:
    """Mark the photographs of half of the people, drawn at random."""
    names = np.unique(people)
    drawn = np.random.default_rng(seed).permutation(names)[: len(names) // 2]
    return np.isin(people, drawn)


def _shares(found: Evaluated, probes: Probes) -> tuple[float, float]:
    """Give which share of faces gets a name at the gallery's threshold, and which their own."""
    limit = metrics.threshold_at(metrics.strangers(found.trials), ASKED)
    if limit is None or not probes.people:
        return float("nan"), float("nan")
    faces = found.faces
    answer = found.ranking.candidates(faces.space(probes.vectors), ExactSearch(faces, 1), 1)
    near = answer.distance <= limit
    given = [faces.people[code] for code in answer.person]
    own = np.array([one == other for one, other in zip(given, probes.people, strict=True)], bool)
    return float(near.mean()), float((near & own).mean())


def _row(
    name: str, searches: int, shares: list[tuple[float, float]], part: float
) -> dict[str, Any]:
    """Give a line of the table; `part` of the searches are those that the shares are of."""
    near, own = np.mean(shares, axis=0) * part
    rates = {"get a name": near, "their own": own, "another's": near - own}
    percent = {key: f"{100 * rate:.2f} %" for key, rate in rates.items()}
    return {"faces": name, "searches": searches} | percent
