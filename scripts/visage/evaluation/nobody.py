"""The evaluation of a gallery in which there is nobody yet."""

from visage.evaluation.details import NOTHING
from visage.evaluation.result import VERSION, Counts, Result
from visage.search.rankings.base import DEFAULT
from visage.store.tables import Origin

SUMMARY = (
    "Nobody is in the gallery yet, so nobody can be found. Say who some of the faces are, with "
    "`visage label is PERSON PHOTO` or on the page of the review, and run the workflow again."
)
NONE = Counts(photographs=0, people=0, people_with_two=0, known_searches=0, strangers_searches=0)


def nobody(origin: Origin, ranking: str, normalize: bool, fpir: float) -> Result:
    """Give the evaluation of nobody; see `evaluate_gallery`."""
    return Result(
        version=VERSION,
        model=origin.model,
        fingerprint=origin.fingerprint,
        ranking=ranking,
        normalize=normalize,
        fpir=fpir,
        learnt=DEFAULT,
        gallery=NONE,
        threshold=None,
        summary=SUMMARY,
        calibration=None,
        operating=[],
        published=None,
        rank_one=None,
        details=NOTHING,
    )
