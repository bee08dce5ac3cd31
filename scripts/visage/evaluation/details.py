"""What the curves of an evaluation are drawn from, and the searches that went worst.

It goes into evaluation.json, so that whoever shows an evaluation needs neither the embeddings nor
to search again.
"""

from typing import Any

import numpy as np

from visage.evaluation import metrics
from visage.evaluation.confusions import Search, false_alarms, misses
from visage.evaluation.searched import Evaluated

BINS = 60  # of the histogram of distances
NOTHING: dict[str, Any] = {
    "histogram": {"edges": [], "own": [], "other": []},
    "false_alarms": [],
    "misses": [],
}


def with_details(result: dict[str, Any], evaluated: Evaluated | None) -> dict[str, Any]:
    """Give the content of evaluation.json with `details`: histogram, false_alarms, misses.

    Args:
        result: What `evaluate_gallery` gives.
        evaluated: What it was made from; None where nobody is in the gallery.
    """
    return result | {"details": _details(evaluated) if evaluated else NOTHING}


def _details(evaluated: Evaluated) -> dict[str, Any]:
    trials = evaluated.trials
    own, other = trials.own[metrics.mated(trials)], metrics.strangers(trials)
    edges = np.linspace(0, 1.02 * max(own.max(initial=0), other.max(initial=0)), BINS + 1)
    return {
        "histogram": {
            "edges": _rounded(edges),
            "own": np.histogram(own, edges)[0].tolist() if len(own) else [],
            "other": np.histogram(other, edges)[0].tolist() if len(other) else [],
        },
        "false_alarms": [_as_data(search) for search in false_alarms(evaluated)],
        "misses": [_as_data(search) for search in misses(evaluated)],
    }


def _as_data(search: Search) -> dict[str, Any]:
    boxes = {"box": search.box, "other_box": search.other_box}
    listed = {name: [float(value) for value in box] if box else None for name, box in boxes.items()}
    return search._asdict() | listed


def _rounded(values: np.ndarray) -> list[float]:
    return [round(value, 6) for value in values.tolist()]
