"""Small pictures of faces, cut out of their photographs when somebody looks, and kept a while."""

import base64
import io
import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from PIL import Image

from visage.images.decode import ImageProblem, decode
from visage.images.locate import locate
from visage.images.reading import read
from visage.images.turns import turned
from visage.search.lookup import cut
from visage.sets.listing import as_path
from visage.types import Box, Pixels

log = logging.getLogger(__name__)

SIDE = 160  # pixels of a small picture of a face
LARGE = 480  # of one to be judged
WHOLE = 1600  # of a whole photograph
NO_PICTURE = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 160"><rect width="160" height="160" '
    b'fill="#8883"/><g fill="#8888"><circle cx="80" cy="62" r="30"/><path d="M24 160c0-40 24-60 '
    b'56-60s56 20 56 60z"/></g></svg>'
)


class Kept:
    """Pictures by what they show, the least recently seen forgotten first."""

    def __init__(self, most: int) -> None:
        """Keep at most `most` of them; a small one has about 6 kB."""
        self._pictures: OrderedDict[object, bytes | None] = OrderedDict()
        self._most = most
        self._lock = threading.Lock()
        self._decoding = threading.Semaphore(2)

    def get(self, key: object, make: Callable[[], bytes | None]) -> bytes | None:
        """Give a picture, made where it is not there."""
        with self._lock:
            if key in self._pictures:
                self._pictures.move_to_end(key)
                return self._pictures[key]
        with self._decoding:
            picture = make()
        with self._lock:
            self._pictures[key] = picture
            while len(self._pictures) > self._most:
                self._pictures.popitem(last=False)
        return picture

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._pictures.clear()


def face_picture(
    folder: Path, image: str, box: Box | None, side: int = SIDE, turn: int = 0
) -> bytes | None:
    """Cut a face out of a photograph of a set; None where the photograph is no more.

    Args:
        folder: The set's.
        image: Path relative to it.
        box: Pixels of the image; None: the whole photograph.
        side: Pixels of the picture's longer side, at most.
        turn: Degrees clockwise by which it is to be turned to stand upright.
    """
    if ".." in PurePosixPath(image).parts:
        return None
    try:
        path, part = locate(folder, as_path(image))
        enough = None if box else max(side, WHOLE)
        data, _ = read(path)
        photograph = decode(data, enough=enough, part=part)
    except (OSError, ImageProblem) as error:
        log.info("no picture of %s: %s", image, error)
        return None
    pixels = photograph.pixels if box is None else cut(photograph.pixels, box)
    return jpeg(turned(pixels, turn), side)


def jpeg(pixels: Pixels, side: int | None = None) -> bytes:
    """Write pixels (BGR) as a JPEG, scaled down until the longer side has `side` pixels."""
    image = Image.fromarray(pixels[:, :, ::-1])
    if side:
        image.thumbnail((side, side), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    image.save(file, "JPEG", quality=85)
    return file.getvalue()


def data_address(picture: bytes) -> str:
    """Give a JPEG as an address that holds it."""
    return "data:image/jpeg;base64," + base64.b64encode(picture).decode()
