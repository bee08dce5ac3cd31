"""Which faces a person had better look at: those where the answer could be another."""

from visage.status import Verdict

SURE = 0.9  # a probability from which on a match is taken for one
NO = 0.05  # and below which somebody is not
NEAR = 0.1  # without probabilities: this share of the threshold to both sides of it


def doubtful(
    verdict: str, probability: float | None, distance: float, threshold: float | None
) -> bool:
    """Say whether a face is to be looked at.

    Args:
        verdict: On its closest person.
        probability: That it is this person; None: the gallery is too small to tell.
        distance: Of this person.
        threshold: The largest distance of a match; None: there is none.
    """
    if verdict == Verdict.GIVEN:
        return False
    if verdict == Verdict.POSSIBLE:
        return True
    if probability is not None:
        return probability < SURE if verdict == Verdict.MATCH else probability >= NO
    return threshold is not None and abs(distance - threshold) <= NEAR * threshold
