"""Is it this person, or only the least unlike one? The threshold and what follows from it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from visage.errors import VisageError
from visage.search.calibration import read_evaluation
from visage.search.rankings import ranking_of

VERDICTS = ("match", "possible", "unknown")  # from the best to the worst


class Threshold(NamedTuple):
    """The distance up to which two faces count as one person's."""

    value: float | None  # Euclidean, between unit vectors if the index is normalised; None: none
    source: str  # a sentence for the report


def resolve_threshold(
    setting: Literal["auto"] | float | None,
    published: Mapping[str, float | None],
    normalize: bool,
    own: Path | None = None,
    ranking: str = "nearest",
) -> Threshold:
    """Find the threshold that the config asks for.

    Args:
        setting: The config's `match.threshold`.
        published: The model's `threshold` in config/models.yaml: for "normalized" vectors and
            for "raw" ones.
        normalize: The config's `index.normalize`.
        own: The evaluation of the gallery (evaluation.json), where there is one; read for "auto".
        ranking: The config's `match.ranking`, whose distances are to be compared.

    Raises:
        VisageError: The threshold is no distance, or the evaluation is damaged.
    """
    if setting is None:
        return Threshold(None, "None: the config says match.threshold: null.")
    if setting == "auto":
        found = read_evaluation(own) if own is not None else None
        if found is not None and found.threshold is not None:
            return Threshold(found.threshold, found.summary)
        fallback = _published(published, normalize)
        if fallback.value is not None:
            value = ranking_of(ranking, normalize).published(fallback.value)
            fallback = Threshold(value, fallback.source)
        why = f"{found.summary} " if found else ""
        return Threshold(fallback.value, why + fallback.source)
    value = float(setting)
    if not 0 < value < float("inf"):
        raise VisageError(f"match.threshold: {setting} is no distance. Give a number above 0.")
    return Threshold(value, f"From the config: match.threshold: {value:g}.")


def _published(published: Mapping[str, float | None], normalize: bool) -> Threshold:
    space, words = ("normalized", "normalised") if normalize else ("raw", "raw")
    distance = published.get(space)
    if distance is None:
        return Threshold(
            None, f"None: the model has no published {words} distance. Set match.threshold."
        )
    return Threshold(float(distance), f"Published for the model: {words} distance {distance:g}.")


def verdicts(
    rank: NDArray[np.integer], distance: NDArray[np.floating], threshold: float | None
) -> NDArray[np.str_]:
    """Judge candidates, given their rank for their face (1 = closest) and their distance.

    Returns:
        `match`: the closest person, near enough. `possible`: near enough, but another person is
        closer; or there is no threshold to tell. `unknown`: too far.
    """
    if threshold is None:
        return np.full(len(rank), "possible")
    near = np.where(rank == 1, "match", "possible")
    return np.where(distance <= threshold, near, "unknown")
