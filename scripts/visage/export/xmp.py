"""`<image>.xmp`: who is in a photograph, for digiKam, Immich, Lightroom, PhotoPrism.

They read MWG-RS regions and `PersonInImage`; the sidecar of `a.jpg` is called `a.jpg.xmp`, or
`a.xmp` where a program made that. Photographs themselves are never changed.
"""

import json
import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from visage.export.faces import NamedFace
from visage.images.header import read_header
from visage.people.packet import Tag, renewed
from visage.people.turning import Area
from visage.people.xmp import OURS, PacketProblem
from visage.store.files import PRIVATE, replacing, write_text
from visage.store.parts import file_of
from visage.store.paths import as_path

log = logging.getLogger(__name__)

State = tuple[int, int]  # size in bytes and mtime_ns


@dataclass(frozen=True)
class Places:
    """Where photographs and their sidecars lie."""

    photographs: Path
    sidecars: Path  # the same folder, or one of the results that mirrors it

    def photograph(self, image: str) -> Path:
        """Give a photograph."""
        return self.photographs / as_path(image)

    def beside(self, image: str) -> Path:
        """Give the sidecar of a photograph that other programs read, or would."""
        path = self.photograph(image)
        usual, short = path.with_name(f"{path.name}.xmp"), path.with_suffix(".xmp")
        if usual.exists() or not short.exists():
            return usual
        twins = [one for one in path.parent.glob(f"{_escaped(path.stem)}.*") if one != short]
        return short if twins == [path] else usual  # of two photographs it could be either's

    def target(self, image: str) -> Path:
        """Give the sidecar to write."""
        if self.sidecars == self.photographs:
            return self.beside(image)
        return self.sidecars / f"{as_path(image)}.xmp"


def _escaped(text: str) -> str:
    return "".join(f"[{one}]" if one in "*?[" else one for one in text)


def export_xmp(
    images: Iterable[str], faces: Iterable[NamedFace], places: Places, written: Path
) -> Counter[str]:
    """Write, renew or take back what we say in the sidecars of a shard's images.

    Args:
        images: All images of the shard: what we said of one that has no name any more goes. Pages
            after the first and tiles have no sidecar: programs know files only.
        faces: Who is in them.
        places: Where everything lies.
        written: JSON lines to write: the state of each sidecar after and before, so that the next
            run does not take our own words for news.

    Returns:
        How many sidecars were written, left as they were, taken back, and left alone because they
        cannot be read.
    """
    named: dict[str, list[NamedFace]] = {}
    for face in faces:
        named.setdefault(face.image, []).append(face)
    counts: Counter[str] = Counter()
    lines = []
    for image in sorted({image for image in images if file_of(image) == image}):
        path = places.target(image)
        before = _state(path)
        counts[_export(image, named.get(image, []), places, path)] += 1
        after = _state(path)
        if after is not None and after != before:
            lines.append(json.dumps([str(path.absolute()), after, before]))
    kept = [line for line in _still_true(written) if line not in lines]
    write_text(written, "".join(f"{line}\n" for line in (*kept, *lines)), PRIVATE)
    log.info("%s", ", ".join(f"{count} {what}" for what, count in sorted(counts.items()) if what))
    return counts


def _still_true(written: Path) -> Iterator[str]:
    """Give what an earlier run noted of sidecars that nobody changed since."""
    if not written.exists():
        return
    for line in written.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            place, after, _ = json.loads(line)
            if _state(Path(place)) == tuple(after):
                yield line
        except (ValueError, TypeError):
            continue


def _state(path: Path) -> State | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns


def _export(image: str, faces: list[NamedFace], places: Places, path: Path) -> str:
    """Bring one sidecar up to what is known; tell what became of it."""
    if not faces and not _mentions_us(path):
        return ""
    source = path if path.exists() else places.beside(image)
    try:
        before = source.read_bytes() if source.exists() else None
        header = read_header(places.photograph(image)) if faces else None
        size = (faces[0].width, faces[0].height) if faces else (1, 1)
        tags = [_tag(face) for face in faces]
        after = renewed(before, tags, *size, header.orientation if header else 1)
    except (PacketProblem, OSError, ValueError) as problem:
        log.warning("%s is left alone: %s", source, problem)
        return "left alone"
    if after is None:
        path.unlink(missing_ok=True)
        return "taken back"
    if path.exists() and path.read_bytes() == after:
        return "left as they were"
    mode = path.stat().st_mode & 0o777 if path.exists() else PRIVATE
    with replacing(path, mode) as temporary:
        temporary.write_bytes(after)
    return "written" if faces else "taken back"


def _mentions_us(path: Path) -> bool:
    try:
        return OURS.encode() in path.read_bytes()
    except OSError:
        return False


def _tag(face: NamedFace) -> Tag:
    x, y, w, h = face.box
    left, top = max(0.0, x), max(0.0, y)  # a box may reach over the edge; a region must not
    right, bottom = min(float(face.width), x + w), min(float(face.height), y + h)
    area = Area(
        left / face.width,
        top / face.height,
        (right - left) / face.width,
        (bottom - top) / face.height,
    )
    return Tag(face.person, face.name, area, face.verdict, face.probability)
