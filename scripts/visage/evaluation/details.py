"""What the curves of an evaluation are drawn from, and the searches that went worst.

It goes into evaluation.json, so that whoever shows an evaluation needs neither the embeddings nor
to search again.
"""

import numpy as np

from visage.evaluation import metrics
from visage.evaluation.confusions import false_alarms, misses
from visage.evaluation.result import Details, Histogram
from visage.evaluation.searched import Evaluated
from visage.types import Reals

BINS = 60  # of the histogram of distances
NOTHING = Details(
    histogram=Histogram(edges=[], own=[], other=[]), false_alarms=[], misses=[]
)  # nobody is in the gallery


def details(evaluated: Evaluated) -> Details:
    """Give the distances of all searches by bin, and the worst searches."""
    trials = evaluated.trials
    own, other = trials.own[metrics.mated(trials)], metrics.strangers(trials)
    edges = np.linspace(0, 1.02 * max(own.max(initial=0), other.max(initial=0)), BINS + 1)
    return Details(
        histogram=Histogram(
            edges=[round(edge, 6) for edge in edges.tolist()],
            own=_counted(own, edges),
            other=_counted(other, edges),
        ),
        false_alarms=false_alarms(evaluated),
        misses=misses(evaluated),
    )


def _counted(distances: Reals, edges: Reals) -> list[int]:
    """Count the distances of each bin; of none there is no histogram."""
    return np.histogram(distances, edges)[0].tolist() if len(distances) else []
