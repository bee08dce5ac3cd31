"""One search for whoever asks: the page or a program. Says in words why there is no answer."""

from collections.abc import Callable
from typing import TypeVar

from visage.app.pictures import Kept, data_address, face_picture
from visage.app.problem import Problem
from visage.app.settings import Limits
from visage.embed.selection import Region
from visage.errors import VisageError
from visage.images.decode import ImageProblem
from visage.search.gallery import Candidate, Gallery
from visage.search.lookup import Answer, Lookup

T = TypeVar("T")

KEPT = 4000  # small pictures in memory


class Service:
    """The look-up with its limits, and small pictures of the gallery's faces."""

    def __init__(self, lookup: Lookup, limits: Limits) -> None:
        """Serve `lookup`."""
        self.lookup = lookup
        self.limits = limits
        self._pictures = Kept(KEPT)
        self._pictured: Gallery | None = None  # whose faces they are

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
        if self._pictured is not index:  # the gallery has changed; who is gone is gone
            self._pictures.clear()
            self._pictured = index

        def make() -> bytes | None:
            image, box, turn = index.place(item)
            return face_picture(self.lookup.photographs, image, box, turn=turn)

        return self._pictures.get(item, make)

    def portrait(self, candidate: Candidate, index: Gallery) -> str | None:
        """Give an address of a person's picture: the names file's, or one that holds the face."""
        if candidate.performer and candidate.performer.image:
            return candidate.performer.image
        picture = self.picture(index, candidate.item)
        return data_address(picture) if picture else None


def _no_face(answer: Answer, region: Region | None) -> str:
    if not answer.faces:
        of_file = f" Of the file: {answer.note}." if answer.note else ""
        return (
            "No face was found in this photograph. Faces that are very small, seen from the back "
            f"or mostly hidden are not found.{of_file}"
        )
    if region is not None and all(face.status == "outside_region" for face in answer.faces):
        return "No face is centred in the region that was drawn. Draw it around the whole head."
    return f"No face in this photograph can be searched: {answer.faces[0].reason}."
