"""How people are ordered for a face: one object for each name that `match.ranking` takes."""

from collections.abc import Iterable

from visage.search.faces import Faces
from visage.search.rankings.base import DEFAULT, Learnt, Ranking
from visage.search.rankings.likelihood import Likelihood
from visage.search.rankings.mean import Mean
from visage.search.rankings.nearest import Nearest
from visage.search.rankings.visage import Visage
from visage.types import Floats

RANKINGS: dict[str, type[Ranking]] = {
    "likelihood": Likelihood,
    "mean": Mean,
    "nearest": Nearest,
    "visage": Visage,
}


def fit(name: str, faces: Faces, learnt: Learnt = DEFAULT) -> Ranking:
    """Fit the ranking of a config to a gallery.

    Where it does not hold for such faces the mean stands for it, and its `note` says why.

    Args:
        name: The config's `match.ranking`.
        faces: The gallery, its people by the ranking's `person`.
        learnt: What was learnt of this gallery.
    """
    kind = RANKINGS[name]
    why_not = kind.unfit(faces, learnt)
    if not why_not:
        return kind(faces, learnt)
    ranking = Mean(faces)
    ranking.note = f"match.ranking: {name} is replaced by mean: {why_not}."
    return ranking


def faces_of(name: str, vectors: Floats, labels: Iterable[str], normalize: bool) -> Faces:
    """Give the faces of a gallery as a ranking takes them.

    Args:
        name: The config's `match.ranking`, which says what a label means.
        vectors: Shape (m, d), as the model gives them.
        labels: The label of each: its folder.
        normalize: The config's `index.normalize`.
    """
    return Faces.of(vectors, map(RANKINGS[name].person, labels), normalize)
