"""The data and the pictures put together as what the pages show."""

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from urllib.parse import quote

from visage.people.turning import OF_TURN, SIDEWAYS, Area, upright
from visage.report.data import Candidate, Face, Query
from visage.report.nearest import GalleryFace
from visage.report.page import (
    CandidateView,
    Content,
    FaceView,
    GalleryFaceView,
    PersonView,
    PhotographView,
)
from visage.report.pictures import Cuttings, Missing, Picture
from visage.sets.listing import as_path
from visage.status import Status
from visage.store.parts import file_of

KEY = 12  # hexadecimal digits of a photograph's key: one in 10^14 pairs is alike


class Pictures:
    """Numbers the pictures of a page; equal ones share a number."""

    def __init__(self) -> None:
        """Begin with none."""
        self._numbers: dict[str, int] = {}

    def number(self, picture: Picture | Missing) -> int | None:
        """Give the number of a picture, None where there is none."""
        if isinstance(picture, Missing):
            return None
        return self._numbers.setdefault(picture.uri, len(self._numbers))

    @property
    def addresses(self) -> list[str]:
        """All of them, by number."""
        return list(self._numbers)


class ContentBuilder:
    """Builds the content of a page, photograph by photograph."""

    def __init__(
        self,
        nearest: Mapping[tuple[str, int], Picture | Missing],
        threshold: float | None,
        link: Callable[[str], str],
        clusters: Mapping[tuple[str, int], str],
        share: bool,
    ) -> None:
        """Begin with nothing.

        Args:
            nearest: The pictures of gallery faces, by image and face.
            threshold: The largest distance of a match; None: there is none.
            link: Gives the address of a person's page, "" where there is none.
            clusters: The names of the unknown, by image and face.
            share: Whether it is a copy to give away: no file is named or linked.
        """
        self._nearest, self._threshold, self._link = nearest, threshold, link
        self._clusters, self._share = clusters, share
        self._pictures = Pictures()
        self._people: dict[str, PersonView] = {}
        self._numbers: dict[str, int] = {}  # of people, by id
        self._faces: dict[GalleryFace, int] = {}
        self._views: list[GalleryFaceView] = []

    def content(
        self,
        queries: Sequence[Query],
        photographs: Sequence[Cuttings],
        everybody: Mapping[str, str],
        labels: str,
    ) -> Content:
        """Put everything together.

        Args:
            queries: The query images in the order in which they are shown.
            photographs: What was cut from each.
            everybody: Whom a face may be said to be: id → name.
            labels: Under which name the browser keeps what was decided.
        """
        albums = sorted({query.group for query in queries})
        shown = [
            self._photograph(key, query, albums.index(query.group), cuttings)
            for key, query, cuttings in zip(keys(queries), queries, photographs, strict=True)
        ]
        for person, name in everybody.items():
            self._person(person, name, None)
        return Content(
            share=self._share,
            labels=labels,
            threshold=self._threshold,
            people=list(self._people.values()),
            albums=albums,
            photographs=shown,
            gallery=self._views,
            pictures=self._pictures.addresses,
        )

    def _photograph(self, key: str, query: Query, album: int, cuttings: Cuttings) -> PhotographView:
        picture = cuttings.photograph
        sideways = OF_TURN[query.turn] in SIDEWAYS
        return PhotographView(
            key=key,
            image=query.image,
            album=album,
            sha256=query.sha256,
            file="" if self._share or query.turn else _address(query.image),
            original=query.original,
            width=query.height if sideways else query.width,
            height=query.width if sideways else query.height,
            status=query.status,
            reason=query.reason,
            picture=self._pictures.number(picture),
            missing=picture.reason if isinstance(picture, Missing) else "",
            faces=[
                self._face(query, face, crop)
                for face, crop in zip(query.faces, cuttings.crops, strict=True)
            ],
        )

    def _face(self, query: Query, face: Face, crop: Picture | Missing) -> FaceView:
        return FaceView(
            number=face.number,
            verdict=face.verdict,
            place=place(face, query),
            box=tuple(round(value, 1) for value in face.box or ()),
            picture=self._pictures.number(crop),
            doubtful=face.doubtful(self._threshold),
            status=face.status if face.status != Status.OK else "",
            reason=face.reason,
            cluster=self._clusters.get((query.image, face.number), ""),
            candidates=[self._candidate(candidate, crop) for candidate in face.candidates],
        )

    def _candidate(self, candidate: Candidate, crop: Picture | Missing) -> CandidateView:
        faces = [self._gallery_face(face) for face in candidate.faces]
        picture = self._views[faces[0]].picture if faces else self._pictures.number(crop)
        return CandidateView(
            person=self._person(candidate.id, candidate.name, picture),
            verdict=candidate.verdict,
            distance=round(candidate.distance, 4),
            probability=None if candidate.probability is None else round(candidate.probability, 4),
            faces=faces,
        )

    def _person(self, person: str, name: str, picture: int | None) -> int:
        if person not in self._people:
            address = "" if self._share else self._link(person)
            self._people[person] = PersonView(person, name, address, picture)
            self._numbers[person] = len(self._numbers)
        return self._numbers[person]

    def _gallery_face(self, face: GalleryFace) -> int:
        if face not in self._faces:
            picture = self._nearest[face]
            missing = picture.reason if isinstance(picture, Missing) else ""
            number = self._pictures.number(picture)
            self._faces[face] = len(self._views)
            self._views.append(GalleryFaceView("" if self._share else face.image, number, missing))
        return self._faces[face]


def _address(image: str) -> str:
    return quote(os.fsencode(as_path(file_of(image))))


def keys(queries: Iterable[Query]) -> list[str]:
    """Give each photograph a key of its content; a copy of one gets its place among the copies."""
    seen: Counter[str] = Counter()
    made = []
    for query in queries:
        content = query.sha256 or hashlib.sha256(query.image.encode("utf-8", "replace")).hexdigest()
        key = content[:KEY]
        seen[key] += 1
        made.append(key if seen[key] == 1 else f"{key}-{seen[key]}")
    return made


def place(face: Face, query: Query) -> tuple[float, ...]:
    """Give a face's box in percent of the photograph as it is shown, cut off at its edges."""
    if face.box is None or not query.width or not query.height:
        return ()
    left, right = (_share(value, query.width) for value in (face.box.x, face.box.x + face.box.w))
    top, bottom = (_share(value, query.height) for value in (face.box.y, face.box.y + face.box.h))
    box = Area(left / 100, top / 100, (right - left) / 100, (bottom - top) / 100)
    shown = upright(box, OF_TURN[query.turn])
    return tuple(abs(round(100 * value, 2)) for value in shown)  # abs: there is no -0


def _share(value: float, whole: float) -> float:
    return round(100 * min(1.0, max(0.0, value / whole)), 2)
