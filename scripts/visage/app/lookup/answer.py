"""What was found in a photograph, as the page draws it."""

from typing import Any

from visage.app.pictures import data_address, jpeg
from visage.people.turning import OF_TURN, Area, upright
from visage.search.gallery import Candidate
from visage.search.lookup import Answer, FoundFace
from visage.status import Status, Verdict
from visage.types import Box

PREVIEW = 1600  # pixels, longer side
CROP = 128  # likewise
ROW = 0.6  # of a face's height: so far apart faces are still in one row


def drawn(answer: Answer, preview: bool) -> dict[str, Any]:
    """Give the faces in reading order, with pictures and people.

    Args:
        answer: Of the search.
        preview: Whether to send the photograph, too, which the browser cannot show. One that lies
            on its side or its head is sent always: upright.

    Returns:
        `width` and `height` are those of the photograph, in which each `box` is; `place` is where
        a face is in it upright, in parts of its sides.
    """
    faces = [face for face in answer.faces if face.status != Status.OUTSIDE_REGION]
    places = [_place(answer, face) for face in faces]
    order = reading_order([Box(*place) for place in places])
    picture = jpeg(answer.upright(), PREVIEW) if preview or answer.turn else None
    return {
        "width": answer.width,
        "height": answer.height,
        "turn": answer.turn,
        "note": answer.note,
        "shown": data_address(picture) if picture else None,
        "faces": [
            _face(answer, faces[row], number) | {"place": places[row]}
            for number, row in enumerate(order, start=1)
        ],
    }


def _place(answer: Answer, face: FoundFace) -> Area:
    box, width, height = face.box, answer.width, answer.height
    own = Area(box.x / width, box.y / height, box.w / width, box.h / height)
    return upright(own, OF_TURN[answer.turn])


def reading_order(boxes: list[Box]) -> list[int]:
    """Order faces as one reads: row by row from the top, each from the left."""
    if not boxes:
        return []
    rows: list[list[int]] = []
    for number in sorted(range(len(boxes)), key=lambda one: boxes[one].y + boxes[one].h / 2):
        middle = boxes[number].y + boxes[number].h / 2
        if rows and middle - _middle(boxes, rows[-1]) <= ROW * _height(boxes, [*rows[-1], number]):
            rows[-1].append(number)
        else:
            rows.append([number])
    return [number for row in rows for number in sorted(row, key=lambda one: boxes[one].x)]


def _middle(boxes: list[Box], row: list[int]) -> float:
    return sum(boxes[one].y + boxes[one].h / 2 for one in row) / len(row)


def _height(boxes: list[Box], row: list[int]) -> float:
    return max(boxes[one].h for one in row)


def _face(answer: Answer, face: FoundFace, number: int) -> dict[str, Any]:
    return {
        "number": number,
        "box": face.box._asdict(),
        "status": face.status,
        "reason": face.reason,
        "quality": face.quality,
        "verdict": _verdict(face),
        "crop": data_address(jpeg(answer.picture(face), CROP)),
        "people": [_person(candidate) for candidate in face.candidates],
    }


def _verdict(face: FoundFace) -> str:
    if face.status != Status.OK:
        return "none"
    return face.candidates[0].verdict if face.candidates else Verdict.UNKNOWN


def _person(candidate: Candidate) -> dict[str, Any]:
    return {
        "id": candidate.id,
        "name": candidate.name,
        "link": candidate.link,
        "verdict": candidate.verdict,
        "reason": candidate.reason,
        "probability": candidate.probability,
        "distance": candidate.distance,
        "hits": candidate.hits,
        "item": candidate.item,
        "namesakes": candidate.namesakes,
    }
