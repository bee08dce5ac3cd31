"""The evaluation of a gallery: from faces.parquet to evaluation.json and the page beside it."""

import json
import logging
import math
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from visage.evaluation import calibration as calibrating
from visage.evaluation import metrics, protocol
from visage.evaluation.acquired import acquire
from visage.evaluation.heldout import held_out
from visage.evaluation.metrics import Interval
from visage.evaluation.protocol import Trials
from visage.evaluation.searched import COLUMNS, OPTIONAL, Evaluated, search_gallery
from visage.evaluation.strata import strata
from visage.search.calibration import Calibration
from visage.search.rankings.base import Learnt, Ranking
from visage.store.files import write_text
from visage.store.tables import Origin, read_origin, read_table

log = logging.getLogger(__name__)

VERSION = 2  # of evaluation.json, see docs/evaluation.md; 1 had no number
RATES = [0.1, 0.01, 0.003]  # false-alarm rates that every evaluation reports

# What a gallery must have before its own threshold replaces the published one. Two false alarms:
# with one, a single photograph in the wrong folder would set the threshold. Five people: fewer
# are too few strangers to stand for all others, and with their whole person taken out photographs
# would meet a much smaller gallery than queries do. Twenty known searches: a probability needs both
# kinds.
ALARMS = 2
PEOPLE = 5
KNOWN = 20
# Share of the pairs of different people's faces that may pass for one person's, where the faces of
# a group are gathered: each is compared with a few dozen individuals.
LINKED = 0.001
MEANINGLESS = (
    "On average a photograph of the gallery is no nearer to its own person than to the nearest "
    "other one: the labels or the model must be wrong, so nothing is derived from them."
)


def evaluate_gallery(
    faces: Path,
    ranking: str,
    normalize: bool,
    fpir: float,
    published: float | None,
    near: float,
    tables: list[Path] | None = None,
) -> tuple[dict[str, Any], Evaluated]:
    """Measure how well the people of an index are told apart.

    Args:
        faces: The index's faces.parquet.
        ranking: The config's `match.ranking`.
        normalize: The config's `index.normalize`.
        fpir: The config's `match.fpir`.
        published: The model's published threshold in this space, between single faces.
        near: The distance, between embeddings of length 1, up to which faces of a person are those
            of copies of one photograph.
        tables: The gallery's faces tables, for what the index does not know; None: nothing of it.

    Returns:
        What evaluation.json holds, and what the page needs besides.
    """
    names = pq.read_schema(faces).names
    rows = read_table(faces, [*COLUMNS, *(name for name in OPTIONAL if name in names)])
    acquired = acquire(tables, rows) if tables else None
    evaluated = search_gallery(rows, ranking, normalize, near, acquired)
    result = summarise(evaluated, read_origin(faces), ranking, normalize, fpir, published)
    log.info("%s", result["summary"])
    return result, evaluated


def write_evaluation(path: Path, result: dict[str, Any]) -> None:
    """Write evaluation.json."""
    write_text(path, json.dumps(result, indent=1, allow_nan=False) + "\n")


def summarise(
    evaluated: Evaluated,
    origin: Origin,
    ranking: str,
    normalize: bool,
    fpir: float,
    published: float | None,
) -> dict[str, Any]:
    """Give the content of evaluation.json; docs/evaluation.md says what each key means."""
    trials, fitted = evaluated.trials, evaluated.ranking
    counts = _counts(evaluated)
    points = metrics.operating_points(trials, fitted.faces.codes, sorted({*RATES, fpir})[::-1])
    asked = next(point for point in points if point.fpir == fpir)
    reason = _why_not(fitted, counts, ranking, fpir)
    calibration = None if reason else calibrating.fit(trials)
    if not reason and calibration is None:
        reason = MEANINGLESS
    threshold = None if reason else asked.threshold
    known = None if published is None else fitted.published(published)
    return {
        "version": VERSION,
        "model": origin.model,
        "fingerprint": origin.fingerprint,
        "ranking": ranking,
        "normalize": normalize,
        "fpir": fpir,
        "learnt": learnt_as_json(fitted.learnt),
        "note": fitted.note,
        "gallery": counts,
        "threshold": threshold,
        "summary": reason or _found(asked, counts),
        "calibration": calibration._asdict() if calibration else None,
        "same_face": protocol.quantile_of_pairs(fitted.faces, LINKED) if calibration else None,
        "operating": [_point(point) for point in points],
        "published": _at(trials, known),
        **_measured(evaluated, known if threshold is None else threshold),
        **_reliability(evaluated, calibration),
    }


def _counts(evaluated: Evaluated) -> dict[str, int]:
    trials, faces = evaluated.trials, evaluated.faces
    return {
        "photographs": len(faces),
        "people": len(faces.people),
        "people_with_two": len(np.unique(faces.codes[metrics.mated(trials)])),
        "known_searches": metrics.known_searches(trials),
        "failed": len(trials.failed),
        "strangers_searches": len(metrics.strangers(trials)),
        "misfiled": evaluated.misfiled,
        "same_file": evaluated.same_file,
        "near_copies": evaluated.near_copies,
    }


def _measured(evaluated: Evaluated, threshold: float | None) -> dict[str, Any]:
    """Give the rates that need no calibration; those of the strata at the threshold in use."""
    trials, faces = evaluated.trials, evaluated.faces
    ranked = metrics.mated(trials).any() and len(faces.people) > 1
    ranks = min(metrics.RANKS, len(faces.people))
    det = metrics.det(trials, faces.codes)
    return {
        "rank_one": metrics.rank_one_interval(trials, faces.codes)._asdict() if ranked else None,
        "cmc": metrics.cmc(trials, ranks) if ranked else [],
        "det": [{"fpir": point.fpir, "fnir": point.fnir._asdict()} for point in det],
        "held_out": [size._asdict() for size in held_out(trials, faces.codes, RATES)],
        "strata": strata(trials, evaluated.rows, evaluated.others, threshold),
    }


def _reliability(evaluated: Evaluated, calibration: Calibration | None) -> dict[str, Any]:
    trials, codes = evaluated.trials, evaluated.faces.codes
    bins = calibrating.reliability(trials, codes) if calibration else []
    return {
        "reliability": [
            {"predicted": b.predicted, "observed": b.observed._asdict(), "searches": b.searches}
            for b in bins
        ],
        "calibration_error": calibrating.calibration_error(bins),
    }


def _why_not(fitted: Ranking, counts: dict[str, int], ranking: str, fpir: float) -> str:
    """Say why the gallery sets no threshold; "" where it does."""
    if not fitted.calibrated:
        return (
            f"The ranking {ranking} orders people by a number that is no distance: it gets no "
            "threshold of its own."
        )
    enough = (
        counts["people_with_two"] >= PEOPLE
        and counts["known_searches"] >= KNOWN
        and metrics.false_alarms_allowed(counts["strangers_searches"], fpir) >= ALARMS
    )
    if enough:
        return ""
    return (
        f"The gallery is too small for a threshold of its own: {counts['photographs']} photographs "
        f"of {counts['people']} people, {counts['people_with_two']} of them with more than one. "
        f"For FPIR {percent(fpir)} it takes {math.ceil(ALARMS / fpir - 1)} photographs (so that "
        f"{ALARMS} false alarms or more decide), {PEOPLE} people with two or more and {KNOWN} "
        "photographs of theirs."
    )


def _found(point: metrics.Operating, counts: dict[str, int]) -> str:
    return (
        f"The gallery's own threshold is {point.threshold:.4f}: of {counts['strangers_searches']} "
        f"photographs searched without their person, {point.false_alarms} came within it (FPIR "
        f"{percent(point.fpir)} was asked for)."
    )


def learnt_as_json(learnt: Learnt) -> dict[str, Any]:
    """Give what evaluation.json holds of what was learnt; `Learnt` comes back of it exactly."""
    centre = None if learnt.centre is None else learnt.centre.astype(np.float64).tolist()
    return {"within": learnt.within, "centre": centre}


def percent(share: float) -> str:
    """Write a share as a percentage, with no more places than it needs."""
    return f"{100 * share:.4g} %"


def _point(point: metrics.Operating) -> dict[str, Any]:
    fnir = point.fnir._asdict() if isinstance(point.fnir, Interval) else None
    return point._asdict() | {"fnir": fnir}


def _at(trials: Trials, threshold: float | None) -> dict[str, float | None] | None:
    """Say what the published threshold does in this gallery."""
    if threshold is None:
        return None
    some = bool(len(metrics.strangers(trials)))
    return {
        "threshold": threshold,
        "fpir": metrics.fpir_at(trials, threshold) if some else None,
        "fnir": metrics.fnir_at(trials, threshold) if metrics.mated(trials).any() else None,
    }
