"""Is it this person, or only the least unlike one? The threshold and what follows from it."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from visage.errors import VisageError
from visage.search.own_evaluation import Evaluation
from visage.search.rankings.base import Ranking
from visage.status import Verdict

# What a search can say, from the best to the worst.
VERDICTS = tuple(map(str, (Verdict.MATCH, Verdict.POSSIBLE, Verdict.UNKNOWN)))


class Threshold(NamedTuple):
    """The distance up to which two faces count as one person's."""

    value: float | None  # Euclidean, between unit vectors if the index is normalised; None: none
    source: str  # a sentence for the report


def resolve_threshold(
    setting: Literal["auto"] | float | None,
    published: Mapping[str, float | None],
    ranking: Ranking,
    own: Evaluation | None = None,
) -> Threshold:
    """Find the threshold that the config asks for.

    Args:
        setting: The config's `match.threshold`.
        published: The model's `threshold` in config/models.yaml: for "normalized" vectors and
            for "raw" ones.
        ranking: Whose distances are to be compared.
        own: The evaluation of the gallery, where there is one; used for "auto".

    Raises:
        VisageError: The threshold is no distance.
    """
    if setting is None:
        return Threshold(None, "None: the config says match.threshold: null.")
    if setting == "auto":
        if own is not None and own.threshold is not None:
            return Threshold(own.threshold, own.summary)
        fallback = _published(published, ranking)
        why = f"{own.summary} " if own else ""
        return Threshold(fallback.value, why + fallback.source)
    value = float(setting)
    if not 0 < value < float("inf"):
        raise VisageError(f"match.threshold: {setting} is no distance. Give a number above 0.")
    return Threshold(value, f"From the config: match.threshold: {value:g}.")


def _published(published: Mapping[str, float | None], ranking: Ranking) -> Threshold:
    normalized = ranking.faces.normalized
    space, words = ("normalized", "normalised") if normalized else ("raw", "raw")
    distance = published.get(space)
    if distance is None:
        return Threshold(
            None, f"None: the model has no published {words} distance. Set match.threshold."
        )
    source = f"Published for the model: {words} distance {distance:g}."
    return Threshold(ranking.published(float(distance)), source)
