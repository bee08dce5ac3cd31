"""The content in two parts: what the first screen shows, and what may come after it."""

from collections.abc import Iterable
from typing import Any

from visage.report.page import Content, FaceView

ONE_PAGE = 1000  # photographs up to which all stand on one page, and the report is a single file
PAGE = 100  # photographs of a page where there are more


def parts(content: Content, split: bool) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Give the content as plain data in one part, or in two.

    Photographs, gallery faces and pictures are numbered in the order in which they are first
    needed, so that of each the first photographs need the beginning.

    Args:
        content: Everything.
        split: Whether the photographs after the first `PAGE` become a part of their own.
    """
    lists: dict[str, list[Any]] = {
        "photographs": content.photographs,
        "gallery": content.gallery,
        "pictures": content.pictures,
    }
    names = ("share", "labels", "threshold", "people", "albums")
    rest = {name: getattr(content, name) for name in names} | {
        "total": len(content.photographs),
        "one_page": ONE_PAGE,
        "page": PAGE,
    }
    if not split or len(content.photographs) <= PAGE:
        return rest | lists, None
    ends = _ends(content)
    return (
        rest | {name: lists[name][: ends[name]] for name in lists},
        {name: lists[name][ends[name] :] for name in lists},
    )


def _ends(content: Content) -> dict[str, int]:
    """Give of each list how many the first photographs need."""
    first = content.photographs[:PAGE]
    faces = [face for photograph in first for face in photograph.faces]
    gallery = list(_gallery(faces))
    pictures = [
        *(photograph.picture for photograph in first),
        *(face.picture for face in faces),
        *(content.gallery[number].picture for number in gallery),
    ]
    shown = [number for number in pictures if number is not None]
    return {
        "photographs": len(first),
        "gallery": 1 + max(gallery, default=-1),
        "pictures": 1 + max(shown, default=-1),
    }


def _gallery(faces: Iterable[FaceView]) -> Iterable[int]:
    return (number for face in faces for one in face.candidates for number in one.faces)
