"""What is sent to the page: a photograph as a file or as text, and where to look in it."""

import base64
import binascii
from contextlib import AbstractAsyncContextManager

from fastapi import Request
from starlette.datastructures import FormData, UploadFile

from visage.app.problem import Problem
from visage.embed.selection import Region

# base64 is a third longer than what it stands for; and the form around it.
LONGER = 1.34
AROUND = 100_000  # bytes
FARTHEST = 1e6  # pixels


def form(request: Request, max_bytes: int) -> AbstractAsyncContextManager[FormData]:
    """Read a form with one image."""
    # Text fields are kept to 1 MB otherwise, and old clients send the image as text.
    return request.form(max_files=1, max_fields=8, max_part_size=int(max_bytes * LONGER))


async def image_of(form: FormData) -> bytes:
    """Give the image in a form.

    Raises:
        Problem: There is none.
    """
    image = form.get("image")
    if isinstance(image, UploadFile):
        return await image.read()
    if not image:
        raise Problem(400, "There is no field `image` in the request: a file, or base64.")
    return from_base64(image)


def from_base64(text: str) -> bytes:
    """Read an image sent as text: base64, with or without `data:image/…;base64,` before it.

    Raises:
        Problem: It is something else; an address in particular is never opened.
    """
    if text.startswith("data:"):
        text = text.partition(",")[2]
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Problem(
            400,
            "The image is neither a file nor base64. Addresses and paths are not opened: send the "
            "photograph itself.",
        ) from error


def region_of(text: str) -> Region | None:
    """Read a region, "" for none.

    Raises:
        Problem: It is none.
    """
    if not text:
        return None
    try:
        x, y, w, h = (float(part) for part in text.split(","))
    except ValueError as error:
        raise Problem(400, "A region is x,y,w,h in pixels.") from error
    if not (w > 0 and h > 0 and all(abs(side) < FARTHEST for side in (x, y, w, h))):
        raise Problem(400, "A region is x,y,w,h in pixels, w and h above 0.")
    return x, y, w, h
