"""The rates apart: by size and quality of the face, and by the photographs of its person."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from visage.evaluation import metrics
from visage.evaluation.protocol import Trials, chosen
from visage.evaluation.result import Stratum
from visage.types import Indices, Reals

SIZES = (48.0, 96.0, 192.0)  # pixels of the shorter side of the face's box
QUALITIES = (0.5, 0.8, 1.0)  # 1 is a usual clear face
OTHERS = (2.0, 4.0, 10.0)  # photographs of the person besides the one that is searched


def strata(
    trials: Trials, rows: pa.Table, others: Indices, threshold: float | None
) -> dict[str, list[Stratum]]:
    """Give the rates by what is known of a probe.

    Args:
        trials: Of all probes.
        rows: Of the probes: w, h, and quality where the tables have it.
        others: Shape (n,): other photographs of the probe's person.
        threshold: At which FNIR and FPIR are given; None: they are not.

    Returns:
        The strata of "face size", "quality" and "photographs".
    """
    size = np.minimum(_column(rows, "w"), _column(rows, "h"))
    found = {
        "face size": list(_cut(trials, size, SIZES, threshold)),
        "photographs": list(_cut(trials, others.astype(np.float64), OTHERS, threshold)),
    }
    if "quality" in rows.column_names:
        found["quality"] = list(_cut(trials, _column(rows, "quality"), QUALITIES, threshold))
    return {name: parts for name, parts in found.items() if parts}


def _column(rows: pa.Table, name: str) -> Reals:
    return rows[name].to_numpy().astype(np.float64)


def _cut(
    trials: Trials, value: Reals, edges: tuple[float, ...], threshold: float | None
) -> Iterator[Stratum]:
    for low, high in zip((-np.inf, *edges), (*edges, np.inf), strict=True):
        inside = (value >= low) & (value < high)
        if inside.any():
            yield _stratum(chosen(trials, inside), low, high, threshold)


def _stratum(trials: Trials, low: float, high: float, threshold: float | None) -> Stratum:
    known, strange = metrics.known_searches(trials), len(metrics.strangers(trials))
    fnir, fpir = None, None
    if threshold is not None:
        fnir = metrics.fnir_at(trials, threshold) if known else None
        fpir = metrics.fpir_at(trials, threshold) if strange else None
    return Stratum(
        low=None if np.isinf(low) else low,
        high=None if np.isinf(high) else high,
        known=known,
        rank_one=metrics.rank_one(trials) if known else None,
        fnir=fnir,
        strangers=strange,
        fpir=fpir,
    )
