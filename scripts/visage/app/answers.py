"""Answers in the forms that programs written for the original's services read."""

import base64
from uuid import uuid4

from visage.app.service import Service, jpeg
from visage.search.gallery import Candidate, Gallery
from visage.search.lookup import FoundFace

MOST = 50  # people in an answer


def recognised(service: Service, data: bytes, results: int, known: bool) -> dict:
    """Answer `POST /recognise`: the people nearest to the most prominent face.

    Raises:
        Problem: There is no answer.
    """
    index, face = service.index(), service.search(data).searched[0]
    people = [c for c in face.candidates if not known or c.verdict != "unknown"]
    return {
        "id": str(uuid4()),
        "performers": [_recognised(service, index, one) for one in people[: _count(results)]],
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


def image_search(service: Service, data: bytes, threshold: float, results: int) -> list[dict]:
    """Answer `image_search`: the people nearest to the most prominent face.

    Raises:
        Problem: There is no answer.
    """
    face = service.search(data).searched[0]
    return _performers(service, service.index(), face, threshold, results)


def multiple_image_search(
    service: Service, data: bytes, threshold: float, results: int
) -> list[dict]:
    """Answer `multiple_image_search`: each face, cut out, with the people nearest to it.

    Raises:
        Problem: There is no answer.
    """
    answer, index = service.search(data), service.index()
    return [
        {
            "image": base64.b64encode(jpeg(answer.picture(face, 0.1), 320)).decode(),
            "confidence": round(face.confidence, 4),
            "performers": _performers(service, index, face, threshold, results),
        }
        for face in answer.searched
    ]


def _performers(
    service: Service, index: Gallery, face: FoundFace, threshold: float, results: int
) -> list[dict]:
    sure = [c for c in face.candidates if index.confidence(c) >= 100 * threshold]
    return [
        {
            "id": candidate.id,
            "name": candidate.name,
            "confidence": index.confidence(candidate),
            "image": service.portrait(candidate, index),
            "country": candidate.performer.country if candidate.performer else None,
            "hits": candidate.hits,
            "distance": round(candidate.distance, 4),
            "performer_url": candidate.link,
            "verdict": candidate.verdict,
        }
        for candidate in sure[: _count(results)]
    ]


def _count(results: float) -> int:
    return max(0, min(MOST, int(results)))
