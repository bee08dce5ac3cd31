"""Which face a statement is about, and what counts where several are about one.

A statement is found again by the photograph's content and by the box, so it outlives moves, new
names and new models. Everything here depends on what is said, never on the order of the lines.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from visage.people.labels import Say, Statement
from visage.types import Box

# Programs draw boxes of their own: digiKam's are a third smaller than the detector's here,
# Lightroom's take in the hair.
OVERLAP = 0.3  # intersection over union from which a box is about a face


@dataclass(frozen=True)
class KnownFace:
    """A face in a faces table."""

    number: int  # 0: the most prominent
    box: Box
    usable: bool  # it has an embedding


@dataclass(frozen=True)
class Photograph:
    """An image of a set, with its faces in order of prominence."""

    set: str
    image: str  # path relative to the set
    sha256: str
    width: int  # upright, pixels
    height: int
    faces: Sequence[KnownFace]
    person: str = ""  # gallery: whom the folder names


@dataclass(frozen=True)
class Said:
    """A statement, and whether it stands in the labels file or comes from another program."""

    statement: Statement
    own: bool

    @property
    def weight(self) -> tuple[bool, str]:
        """One's own word stands above a program's, the later above the earlier."""
        return (self.own, self.statement.date)


@dataclass(frozen=True)
class Finding:
    """Something about a statement that a person should look at."""

    kind: str  # contradiction or label
    image: str
    person: str
    detail: str
    face: int | None = None
    other_person: str = ""


@dataclass(frozen=True)
class Decision:
    """What counts about one face."""

    number: int  # of the face; of one that has to be made, its number to be
    box: Box
    say: Say
    person: str  # "" for `ignore`
    source: str
    missing: bool = False  # there is no usable face there yet


@dataclass
class Resolution:
    """What counts about the faces of one photograph."""

    decisions: list[Decision] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def resolve(photograph: Photograph, said: Iterable[Said]) -> Resolution:
    """Bring statements together with a photograph's faces.

    Args:
        photograph: With all its faces.
        said: The statements about it, with ids joined by `visage.people.people.People.one`.

    Returns:
        For each face what counts. A face of which `is` is said but that is not in the table, or has
        no embedding, is `missing`.
    """
    resolution = Resolution()
    ordered = sorted(set(said), key=_order)
    places = _places(photograph, ordered, resolution)
    next_number = len(photograph.faces)
    for face, box, words in places:
        number = face.number if face else next_number
        decided = _decide(photograph, number, words, resolution)
        if not decided:
            continue
        missing = not (face and face.usable)
        if missing and not any(say is Say.IS for say, _, _ in decided):
            continue  # nothing there that could be left out
        next_number += face is None
        resolution.decisions += [
            Decision(number, face.box if face else box, say, person, source, missing)
            for say, person, source in decided
        ]
    return resolution


def _order(one: Said) -> tuple:
    statement = one.statement
    return (statement.box or (), statement.person, statement.say, one.weight, statement.source)


def _places(
    photograph: Photograph, said: Sequence[Said], resolution: Resolution
) -> Iterator[tuple[KnownFace | None, Box, list[Said]]]:
    """Give for each face that is spoken of what is said, and for each region without a face."""
    boxes: dict[Box, list[Said]] = {}
    by_number: dict[int, list[Said]] = {}
    faces = {face.number: face for face in photograph.faces}
    for one in said:
        box = one.statement.box
        if box is None:
            first = next((face for face in photograph.faces if face.usable), None)
            if first is None:
                resolution.findings.append(finding(photograph, one, "there is no face in it"))
            else:
                by_number.setdefault(first.number, []).append(one)
        elif _outside(box, photograph):
            size = f"{photograph.width} x {photograph.height}"
            told = f"its box lies outside the picture of {size} pixels"
            resolution.findings.append(finding(photograph, one, told))
        else:
            boxes.setdefault(box, []).append(one)
    places = assign(list(boxes), photograph.faces)
    regions: list[tuple[Box, list[Said]]] = []
    for box, words in boxes.items():
        number = places.get(box)
        if number is not None:
            by_number.setdefault(number, []).extend(words)
            continue
        near = next((known for known, _ in regions if overlap(known, box) > OVERLAP), None)
        if near is None:
            regions.append((box, list(words)))
        else:
            next(list_ for known, list_ in regions if known == near).extend(words)
    for number, words in sorted(by_number.items()):
        yield faces[number], faces[number].box, words
    for box, words in regions:
        yield None, box, words


def _outside(box: Box, photograph: Photograph) -> bool:
    x, y = box.x + box.w / 2, box.y + box.h / 2
    return not (0 <= x < photograph.width and 0 <= y < photograph.height)


def assign(boxes: Sequence[Box], faces: Sequence[KnownFace]) -> dict[Box, int]:
    """Give the face each box is about.

    The pairs that overlap most come first. Several boxes may be about one face (programs draw them
    differently) as long as no other face is nearer. A box that does not overlap enough is about the
    face whose centre it holds, if its own centre is in that face.
    """
    pairs = sorted(
        ((overlap(box, face.box), -face.number, box) for box in boxes for face in faces),
        reverse=True,
    )
    found: dict[Box, int] = {}
    for share, minus_number, box in pairs:
        if share > OVERLAP and box not in found:
            found[box] = -minus_number
    for box in boxes:
        if box not in found:
            inside = [f for f in faces if _holds(box, f.box) and _holds(f.box, box)]
            if len(inside) == 1:
                found[box] = inside[0].number
    return found


def overlap(a: Box, b: Box) -> float:
    """Give the intersection over the union."""
    w = min(a.x + a.w, b.x + b.w) - max(a.x, b.x)
    h = min(a.y + a.h, b.y + b.h) - max(a.y, b.y)
    common = max(w, 0.0) * max(h, 0.0)
    return common / (a.w * a.h + b.w * b.h - common)


def _holds(a: Box, b: Box) -> bool:
    x, y = b.x + b.w / 2, b.y + b.h / 2
    return a.x <= x <= a.x + a.w and a.y <= y <= a.y + a.h


def _decide(
    photograph: Photograph, number: int, words: Sequence[Said], resolution: Resolution
) -> list[tuple[Say, str, str]]:
    """Give what counts about one face: who it is, or that it is nobody; and who it is not."""
    refused = {one.statement.person: one.weight for one in words if one.statement.say is Say.NOT}
    for one in words:
        if one.statement.say is Say.NOT:
            person = one.statement.person
            refused[person] = max(refused[person], one.weight)
    positive = [
        one
        for one in words
        if one.statement.say is not Say.NOT
        and not one.weight < refused.get(one.statement.person, one.weight)
    ]
    tell = _Teller(photograph, number, resolution)
    chosen: Said | None = None
    if positive:
        chosen = _strongest(positive, refused, tell)
    decided = []
    if chosen is not None:
        statement = chosen.statement
        decided.append((statement.say, statement.person, statement.source))
    if chosen is None or chosen.statement.say is Say.IS:
        itself = chosen.statement.person if chosen else None
        sources = {one.statement.person: one.statement.source for one in words}
        decided += [(Say.NOT, one, sources[one]) for one in sorted(refused) if one != itself]
    return decided


@dataclass
class _Teller:
    """Says what is wrong about one face."""

    photograph: Photograph
    number: int
    resolution: Resolution

    def __call__(self, person: str, other: str, detail: str) -> None:
        self.resolution.findings.append(
            Finding("contradiction", self.photograph.image, person, detail, self.number, other)
        )


def _strongest(positive: list[Said], refused: dict, tell: _Teller) -> Said | None:
    """Give the word that counts; of two that weigh the same and differ none does."""
    best = max(one.weight for one in positive)
    strongest = [one for one in positive if one.weight == best]
    words = {one.statement.word: one for one in strongest}
    weaker = {one.statement.word: one for one in positive if one.statement.word not in words}
    ignored = next((one for one in strongest if one.statement.say is Say.IGNORE), None)
    chosen = ignored or (strongest[0] if len(words) == 1 else None)
    if len(words) > 1:
        people = sorted(one.statement.person for one in words.values() if one.statement.person)
        counts = "it is ignored" if ignored else "neither counts"
        tell(people[0], people[-1], f"one face is said to be {_listed(strongest)}; {counts}")
    elif chosen is not None and weaker:
        others = sorted(one.statement.person for one in weaker.values())
        tell(
            chosen.statement.person,
            others[0],
            f"one face is said to be {_listed([chosen, *weaker.values()])}; the first counts",
        )
    person = chosen.statement.person if chosen else ""
    if chosen is not None and refused.get(person) == chosen.weight:
        tell(person, "", f"one face is said to be {person!r} and not to be; it is not")
        return None
    return chosen


def _listed(said: Iterable[Said]) -> str:
    """Name what is said, each once, with who says it."""
    texts = []
    for one in said:
        statement = one.statement
        word = repr(statement.person) if statement.person else "ignored"
        by = statement.source or "labels.tsv"
        texts.append(f"{word} ({', '.join(filter(None, (by, statement.date)))})")
    return " and ".join(dict.fromkeys(texts))


def finding(photograph: Photograph, one: Said, detail: str) -> Finding:
    """Say something of a statement about a photograph."""
    statement = one.statement
    by = statement.source or "labels.tsv"
    word = f"{statement.say.value} {statement.person}".strip()
    return Finding("label", photograph.image, statement.person, f"“{word}” ({by}): {detail}")
