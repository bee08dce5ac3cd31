"""The evaluation of a gallery in which there is nobody yet."""

from typing import Any

from visage.evaluation.evaluate import VERSION, learnt_as_json
from visage.search.rankings.base import DEFAULT
from visage.store.tables import Origin

SUMMARY = (
    "Nobody is in the gallery yet, so nobody can be found. Say who some of the faces are, with "
    "`visage label is PERSON PHOTO` or on the page of the review, and run the workflow again."
)


def nobody(origin: Origin, ranking: str, normalize: bool, fpir: float) -> dict[str, Any]:
    """Give what evaluation.json holds then; the keys are those of `evaluate_gallery`."""
    counts = (
        *("photographs", "people", "people_with_two", "known_searches", "strangers_searches"),
        *("misfiled", "same_file", "near_copies", "failed"),
    )
    return {
        "version": VERSION,
        "model": origin.model,
        "fingerprint": origin.fingerprint,
        "ranking": ranking,
        "normalize": normalize,
        "fpir": fpir,
        "learnt": learnt_as_json(DEFAULT),
        "note": None,
        "gallery": dict.fromkeys(counts, 0),
        "threshold": None,
        "summary": SUMMARY,
        "calibration": None,
        "same_face": None,
        "operating": [],
        "rank_one": None,
        "cmc": [],
        "published": None,
        "reliability": [],
        "calibration_error": None,
        "det": [],
        "held_out": [],
        "strata": {},
    }
