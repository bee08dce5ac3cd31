"""The evaluation of a gallery: from faces.parquet to what evaluation.json holds."""

import logging
import math
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from visage.evaluation import calibration as calibrating
from visage.evaluation import metrics, protocol
from visage.evaluation.acquired import acquire
from visage.evaluation.details import details
from visage.evaluation.heldout import held_out
from visage.evaluation.protocol import Trials
from visage.evaluation.result import VERSION, Counts, Published, Reliability, Result
from visage.evaluation.searched import COLUMNS, OPTIONAL, Evaluated, search_gallery
from visage.evaluation.strata import strata
from visage.search.rankings.base import Ranking
from visage.store.tables import Origin, read_origin, read_table

log = logging.getLogger(__name__)

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
) -> tuple[Result, Evaluated]:
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
        The evaluation, and the searches that it sums up.
    """
    names = pq.read_schema(faces).names
    rows = read_table(faces, [*COLUMNS, *(name for name in OPTIONAL if name in names)])
    acquired = acquire(tables, rows) if tables else None
    evaluated = search_gallery(rows, ranking, normalize, near, acquired)
    result = summarise(evaluated, read_origin(faces), ranking, normalize, fpir, published)
    log.info("%s", result.summary)
    return result, evaluated


def summarise(
    evaluated: Evaluated,
    origin: Origin,
    ranking: str,
    normalize: bool,
    fpir: float,
    published: float | None,
) -> Result:
    """Give the evaluation that follows from the searches."""
    trials, fitted = evaluated.trials, evaluated.ranking
    codes, counts = evaluated.faces.codes, _counts(evaluated)
    points = metrics.operating_points(trials, codes, sorted({*RATES, fpir})[::-1])
    asked = next(point for point in points if point.fpir == fpir)
    reason = _why_not(fitted, counts, ranking, fpir)
    calibration = None if reason else calibrating.fit(trials)
    if not reason and calibration is None:
        reason = MEANINGLESS
    threshold = None if reason else asked.threshold
    known = None if published is None else fitted.published(published)
    bins = calibrating.reliability(trials, codes) if calibration else []
    ranked = counts.people > 1 and metrics.mated(trials).any()
    return Result(
        version=VERSION,
        model=origin.model,
        fingerprint=origin.fingerprint,
        ranking=ranking,
        normalize=normalize,
        fpir=fpir,
        learnt=fitted.learnt,
        threshold=threshold,
        summary=reason or _found(asked, counts),
        calibration=calibration,
        same_face=protocol.quantile_of_pairs(fitted.faces, LINKED) if calibration else None,
        note=fitted.note,
        gallery=counts,
        operating=points,
        published=_at(trials, known),
        rank_one=metrics.rank_one_interval(trials, codes) if ranked else None,
        cmc=metrics.cmc(trials, min(metrics.RANKS, counts.people)) if ranked else [],
        det=metrics.det(trials, codes),
        held_out=held_out(trials, codes, RATES),
        strata=strata(
            trials, evaluated.rows, evaluated.others, known if threshold is None else threshold
        ),
        reliability=[
            Reliability(predicted=one.predicted, observed=one.observed, searches=one.searches)
            for one in bins
        ],
        calibration_error=calibrating.calibration_error(bins),
        details=details(evaluated),
    )


def _counts(evaluated: Evaluated) -> Counts:
    trials, faces = evaluated.trials, evaluated.faces
    return Counts(
        photographs=len(faces),
        people=len(faces.people),
        people_with_two=len(np.unique(faces.codes[metrics.mated(trials)])),
        known_searches=metrics.known_searches(trials),
        failed=len(trials.failed),
        strangers_searches=len(metrics.strangers(trials)),
        misfiled=evaluated.misfiled,
        same_file=evaluated.same_file,
        near_copies=evaluated.near_copies,
    )


def _why_not(fitted: Ranking, counts: Counts, ranking: str, fpir: float) -> str:
    """Say why the gallery sets no threshold; "" where it does."""
    if not fitted.calibrated:
        return (
            f"The ranking {ranking} orders people by a number that is no distance: it gets no "
            "threshold of its own."
        )
    enough = (
        counts.people_with_two >= PEOPLE
        and counts.known_searches >= KNOWN
        and metrics.false_alarms_allowed(counts.strangers_searches, fpir) >= ALARMS
    )
    if enough:
        return ""
    return (
        f"The gallery is too small for a threshold of its own: {counts.photographs} photographs "
        f"of {counts.people} people, {counts.people_with_two} of them with more than one. "
        f"For FPIR {percent(fpir)} it takes {math.ceil(ALARMS / fpir - 1)} photographs (so that "
        f"{ALARMS} false alarms or more decide), {PEOPLE} people with two or more and {KNOWN} "
        "photographs of theirs."
    )


def _found(point: metrics.Operating, counts: Counts) -> str:
    return (
        f"The gallery's own threshold is {point.threshold:.4f}: of {counts.strangers_searches} "
        f"photographs searched without their person, {point.false_alarms} came within it (FPIR "
        f"{percent(point.fpir)} was asked for)."
    )


def percent(share: float) -> str:
    """Write a share as a percentage, with no more places than it needs."""
    return f"{100 * share:.4g} %"


def _at(trials: Trials, threshold: float | None) -> Published | None:
    """Say what the published threshold does in this gallery."""
    if threshold is None:
        return None
    some = bool(len(metrics.strangers(trials)))
    return Published(
        threshold=threshold,
        fpir=metrics.fpir_at(trials, threshold) if some else None,
        fnir=metrics.fnir_at(trials, threshold) if metrics.mated(trials).any() else None,
    )
