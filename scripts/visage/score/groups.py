"""Whether a person is in a group of photographs at all, however many there are.

With every face that is searched, the chance grows that a stranger comes near somebody by accident.
So the faces of a group are first gathered into individuals, and then the odds that one of them
is the person are the mean of the individuals' odds, not their sum or the best of them: if the
person is in the group, any of the `n` may be them, each with a prior of 1/n. Of strangers alone
that mean does not grow with their number, and a stranger seen fifty times counts once, by the
mean of the logarithms of the odds of their faces.
"""

import logging
from math import sqrt

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from visage.search.calibration import log_odds_of
from visage.types import Floats, Indices

log = logging.getLogger(__name__)

FACE = ["image", "face"]  # what names a face within its group


REMEMBERED = 10_000  # individuals of a group that further faces are compared with


def individuals(vectors: Floats, threshold: float, normalized: bool) -> Indices:
    """Gather the faces of one group into individuals, in the order in which they come.

    A face joins the individual whose mean is nearest, if that is within the threshold; otherwise
    it starts one. Linear in memory, the same for the same order; unlike single linkage it makes
    no chains of strangers in a large group. Faces are compared with the first `REMEMBERED`
    individuals only; whoever comes after them counts by the face, which is never too few.

    Args:
        vectors: Shape (n, d), in the space in which distances are taken.
        threshold: The largest distance at which two faces count as one person's.
        normalized: Whether the vectors have length 1, and means are to have it.

    Returns:
        The number of each face's individual, from 0 without a gap.
    """
    found = np.empty(len(vectors), np.int64)
    room = min(len(vectors), REMEMBERED)
    sums, means = (np.empty((room, vectors.shape[1]), np.float32) for _ in range(2))
    squares, sizes = np.empty(room, np.float32), np.zeros(room, np.int64)
    known = extra = 0
    for row, vector in enumerate(vectors):
        place = known
        if known:
            away = squares[:known] - 2 * (means[:known] @ vector)
            nearest = int(away.argmin())
            apart = means[nearest] - vector
            if sqrt(apart @ apart) <= threshold:
                place = nearest
        if place == known and known == REMEMBERED:
            found[row] = REMEMBERED + extra
            extra += 1
            continue
        if place == known:
            sums[place] = 0
            known += 1
        sums[place] += vector
        sizes[place] += 1
        mean = sums[place] / sizes[place]
        length = sqrt(mean @ mean)
        means[place] = mean / length if normalized and length > 0 else mean
        squares[place] = means[place] @ means[place]
        found[row] = place
    return found


def individuals_of_groups(
    faces: pd.DataFrame, vectors: Floats, threshold: float, normalized: bool
) -> pd.DataFrame:
    """Gather the faces of every group.

    Args:
        faces: One row a face: group, image, face; in the order of `vectors`.
        vectors: Shape (n, d), in the space in which distances are taken.
        threshold: As in `individuals`.
        normalized: As in `individuals`.

    Returns:
        group, image, face, individual (numbered within the group).
    """
    faces = faces.reset_index(drop=True).sort_values(["group", *FACE], kind="stable")
    parts = []
    for _, part in faces.groupby("group", sort=False, observed=True):
        numbers = individuals(vectors[part.index.to_numpy()], threshold, normalized)
        parts.append(part.assign(individual=numbers))
    joined = pd.concat(parts) if parts else faces.assign(individual=np.empty(0, np.int64))
    log.info("%d faces are of %d individuals", len(joined), _count(joined))
    return joined


def _count(faces: pd.DataFrame) -> int:
    return len(faces[["group", "individual"]].drop_duplicates())


def presence(rows: pd.DataFrame, faces: pd.DataFrame) -> pd.DataFrame:
    """Give the probability that a person is in a group.

    Args:
        rows: One row a face and candidate: group, image, face, id, probability (without nulls).
        faces: What `individuals_of_groups` gives; every face of `rows` is in it.

    Returns:
        group, id, probability. A person who is not among a face's candidates is taken to be as
        likely as the least likely of them, which is more than they are.
    """
    rows = rows.astype({"group": "object", "image": "object", "id": "object"})
    rows = rows.assign(odds=log_odds_of(rows["probability"].to_numpy(np.float64)))
    face = ["group", *FACE]
    least = rows.groupby(face, sort=False)["odds"].min().rename("least").reset_index()
    faces = faces.merge(least, on=face, how="inner")
    person = ["group", "individual"]
    whole = faces.groupby(person).agg(base=("least", "sum"), size=("least", "size")).reset_index()
    rows = rows.merge(faces[[*face, "individual", "least"]], on=face)
    rows["gain"] = rows["odds"] - rows["least"]
    each = rows.groupby([*person, "id"], sort=False)["gain"].sum().reset_index().merge(whole)
    each["odds"] = np.exp((each["base"] + each["gain"]) / each["size"])
    number = faces.groupby("group")["individual"].nunique().rename("number").reset_index()
    summed = each.groupby(["group", "id"], sort=False)["odds"].sum().reset_index().merge(number)
    return summed[["group", "id"]].assign(probability=_shares(summed["odds"] / summed["number"]))


def _shares(odds: pd.Series) -> NDArray[np.float64]:
    return (odds / (1 + odds)).to_numpy(np.float64)
