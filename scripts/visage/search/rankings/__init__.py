"""How people are ordered for a face: one object for each name that `match.ranking` takes."""

from visage.search.rankings.base import Ranking
from visage.search.rankings.likelihood import Likelihood
from visage.search.rankings.mean import Mean
from visage.search.rankings.nearest import Nearest
from visage.search.rankings.visage import Visage

RANKINGS: dict[str, type[Ranking]] = {
    "likelihood": Likelihood,
    "mean": Mean,
    "nearest": Nearest,
    "visage": Visage,
}


def ranking_of(name: str, normalize: bool) -> type[Ranking]:
    """Give the ranking of a config.

    Of vectors that are not normalised, the mean stands for one that wants them so.

    Args:
        name: The config's `match.ranking`.
        normalize: The config's `index.normalize`.
    """
    kind = RANKINGS[name]
    return Mean if kind.normalized_only and not normalize else kind
