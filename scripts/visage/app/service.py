"""One search for whoever asks: the page or a program. Says in words why there is no answer."""

import base64
import binascii
import io
import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import TypeVar

from PIL import Image

from visage.app.settings import Limits
from visage.embed.selection import Region
from visage.errors import VisageError
from visage.images.decode import ImageProblem, decode
from visage.search.gallery import Candidate, Gallery
from visage.search.lookup import Answer, Lookup, cut
from visage.sets.listing import as_path
from visage.types import Box, Pixels

log = logging.getLogger(__name__)

T = TypeVar("T")

SIDE = 160  # pixels of the small pictures of faces
KEPT = 4000  # small pictures in memory, about 6 kB each


class Problem(Exception):
    """Why a photograph has no answer: a sentence for the user, and the HTTP status that says it."""

    def __init__(self, status: int, text: str) -> None:
        """Keep both; the message is the sentence."""
        super().__init__(text)
        self.status = status


class Service:
    """The look-up with its limits, and small pictures of the gallery's faces."""

    def __init__(self, lookup: Lookup, limits: Limits) -> None:
        """Serve `lookup`."""
        self.lookup = lookup
        self.limits = limits
        self._pictures: OrderedDict[int, bytes | None] = OrderedDict()
        self._pictured: Gallery | None = None  # whose faces they are
        self._lock = threading.Lock()
        self._decoding = threading.Semaphore(2)

    def index(self) -> Gallery:
        """Give the gallery.

        Raises:
            Problem: It is missing, or of another model.
        """
        return self._explained(self.lookup.index)

    def search(self, data: bytes, region: Region | None = None) -> Answer:
        """Search a photograph.

        Raises:
            Problem: 400 not an image, 413 too large, 409 no face, 503 no gallery.
        """
        self.check_bytes(data)
        answer = self._explained(lambda: self.lookup.search(data, region, self.limits.max_pixels))
        if not answer.searched:
            raise Problem(409, _no_face(answer, region))
        return answer

    def check_bytes(self, data: bytes) -> None:
        """Refuse a file that is too large.

        Raises:
            Problem: 413.
        """
        if len(data) > self.limits.max_bytes:
            raise Problem(
                413,
                f"The file is too large: it has {len(data) / 1e6:.1f} MB, and "
                f"{self.limits.max_bytes / 1e6:.0f} MB are the most that is read. Send a smaller "
                "copy; faces of 200 pixels are enough.",
            )

    @staticmethod
    def _explained(ask: Callable[[], T]) -> T:
        try:
            return ask()
        except ImageProblem as problem:
            status = 413 if problem.status == "too_large" else 400
            raise Problem(status, f"This photograph cannot be searched: {problem}.") from problem
        except VisageError as error:
            raise Problem(503, str(error)) from error

    def picture(self, index: Gallery, item: int) -> bytes | None:
        """Give a small JPEG of a gallery face; None where its photograph is no more."""
        with self._lock:
            if self._pictured is not index:  # the gallery has changed; who is gone is gone
                self._pictures.clear()
                self._pictured = index
            if item in self._pictures:
                self._pictures.move_to_end(item)
                return self._pictures[item]
        with self._decoding:
            picture = _gallery_face(self.lookup.photographs, index, item)
        with self._lock:
            if self._pictured is index:
                self._pictures[item] = picture
                while len(self._pictures) > KEPT:
                    self._pictures.popitem(last=False)
        return picture

    def portrait(self, candidate: Candidate, index: Gallery) -> str | None:
        """Give an address of a person's picture: the names file's, or one that holds the face."""
        if candidate.performer and candidate.performer.image:
            return candidate.performer.image
        picture = self.picture(index, candidate.item)
        return data_address(picture) if picture else None


def _no_face(answer: Answer, region: Region | None) -> str:
    if not answer.faces:
        return (
            "No face was found in this photograph. Faces that are very small, seen from the back "
            "or mostly hidden are not found."
        )
    if region is not None and all(face.status == "outside_region" for face in answer.faces):
        return "No face is centred in the region that was drawn. Draw it around the whole head."
    return f"No face in this photograph is large enough: {answer.faces[0].reason}."


def _gallery_face(folder: Path, index: Gallery, item: int) -> bytes | None:
    image, box = index.place(item)
    if ".." in PurePosixPath(image).parts:
        return None
    try:
        pixels = decode((folder / as_path(image)).read_bytes()).pixels
    except (OSError, ImageProblem) as error:
        log.info("no picture of %s: %s", image, error)
        return None
    whole = Box(0, 0, pixels.shape[1], pixels.shape[0])
    return jpeg(cut(pixels, box) if box else cut(pixels, whole, 0), SIDE)


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
