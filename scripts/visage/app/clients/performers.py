"""Answers in the forms that programs written for the original's services read."""

import base64
from typing import Any
from uuid import uuid4

from visage.app.pictures import jpeg
from visage.app.service import Service
from visage.search.gallery import Candidate, Gallery
from visage.search.lookup import FoundFace
from visage.status import Verdict

MOST = 50  # people in an answer
CROP = 320  # pixels of a face's picture


def recognised(service: Service, data: bytes, results: int, known: bool) -> dict:
    """Answer `POST /recognise`: the people nearest to the most prominent face.

    Raises:
        Problem: There is no answer.
    """
    index, face = service.index(), service.search(data).searched[0]
    people = [c for c in face.candidates if not known or c.verdict != Verdict.UNKNOWN]
    return {
        "id": str(uuid4()),
        "performers": [_recognised(service, index, one) for one in people[: count(results)]],
    }


def _recognised(service: Service, index: Gallery, candidate: Candidate) -> dict:
    return {
        "id": candidate.id,
        "name": candidate.name,
        "image": service.portrait(candidate, index),
        "distance": round(candidate.distance, 4),
        # Not in the original's answer; clients that do not know them leave them alone.
        "hits": candidate.hits,
        "probability": candidate.probability,
        "verdict": candidate.verdict,
        "performer_url": candidate.link,
    }


def image_search(service: Service, data: bytes, threshold: float, results: float) -> list[dict]:
    """Give the people nearest to the most prominent face.

    Raises:
        Problem: There is no answer.
    """
    face = service.search(data).searched[0]
    return performers(service, service.index(), face, threshold, results)


def multiple_image_search(
    service: Service, data: bytes, threshold: float, results: float
) -> list[dict]:
    """Give each face, cut out, with the people nearest to it.

    Raises:
        Problem: There is no answer.
    """
    answer, index = service.search(data), service.index()
    return [
        {
            "image": base64.b64encode(jpeg(answer.picture(face, 0.1), CROP)).decode(),
            "confidence": round(face.confidence, 4),
            "performers": performers(service, index, face, threshold, results),
        }
        for face in answer.searched
    ]


def performers(
    service: Service, index: Gallery, face: FoundFace, threshold: float, results: float
) -> list[dict]:
    """Give the people nearest to a face who are at least as sure as `threshold`, 0 to 1."""
    sure = [c for c in face.candidates if index.confidence(c) >= 100 * threshold]
    return [performer(service, index, candidate) for candidate in sure[: count(results)]]


def performer(service: Service, index: Gallery, candidate: Candidate) -> dict[str, Any]:
    """Give one person as the plugins read them."""
    return {
        "id": candidate.id,
        "name": candidate.name,
        "confidence": index.confidence(candidate),
        "image": service.portrait(candidate, index),
        "country": candidate.performer.country if candidate.performer else None,
        "hits": candidate.hits,
        "distance": round(candidate.distance, 4),
        "performer_url": candidate.link,
        "source": "visage-ml",
        "verdict": candidate.verdict,
    }


def count(results: float) -> int:
    """Give how many people are meant, within reason."""
    return max(0, min(MOST, int(results)))
