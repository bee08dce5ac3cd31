"""Which small faces are found in large photographs that are full from edge to edge.

python benchmarks/small.py ../shared/faces/groups ../shared/faces/pairs … \
    --people ../shared/faces/lfw/people --most 20

Puts heads of the people, their edges softened, onto the photographs enlarged to 24 megapixels, and
prints for faces of several widths how many are found by one look and by all that is looked, how
many are clear enough to be told, and how many others are "found" that the photographs without the
heads do not show.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import cv2
import numpy as np
from looks import jpeg, of_size
from photographs import CHOICE
from visage.embed.analysis import AnalysedFace
from visage.embed.extractor import Extractor
from visage.embed.finding import look
from visage.embed.selection import AUTO_QUALITY
from visage.embed.view import File, View
from visage.images.decode import decode
from visage.models.model import Installed
from visage.models.registry import load_registry
from visage.resources import CONFIG
from visage.sets.listing import list_entries
from visage.types import Box, Detector, Face, Floats, Model, Pixels

PIXELS = 24_000_000  # of a photograph
WIDTHS = (32, 40, 48, 56, 64, 80, 100)  # of a face, pixels
CELLS = 8  # along the longer side, at most one head in each
HEADS = 10  # in a photograph
PORTRAITS = 200  # that heads are taken of
Place = tuple[float, float]
Chance = np.random.Generator
POINTS = np.zeros((5, 2), np.float32)
NEAR = 0.5  # of a face's width: how far from its middle what is found may have its own


@dataclass(frozen=True)
class Head:
    """A head that is put onto photographs."""

    pixels: Pixels
    mask: Floats  # (height, width), 0 to 1
    box: Box  # of its face


@dataclass
class Counts:
    """What was seen of faces of one width."""

    heads: int = 0
    at_once: int = 0  # of them, found by one look
    found: int = 0  # by all that is looked
    clear: int = 0  # of those, clear enough to be told
    others: int = 0  # found where no head was put


def photographs(folder: Path, most: int) -> list[Path]:
    """Give at most `most` of a folder's photographs, from all over it."""
    entries = list_entries(folder, import_vectors=False)
    return [folder / entry.image for entry in entries[:: max(1, len(entries) // most)][:most]]


def head_of(path: Path, detector: Detector) -> Head | None:
    """Cut out the head of a portrait; None where no face is found."""
    pixels = decode(path.read_bytes()).pixels
    face = max(detector.detect(pixels), key=lambda face: face.w * face.h, default=None)
    if face is None or face.confidence < CHOICE.settings.min_confidence:
        return None
    mask = np.zeros(pixels.shape[:2], np.float32)
    middle = (int(face.x + face.w / 2), int(face.y + face.h * 0.45))
    cv2.ellipse(mask, middle, (int(face.w * 0.72), int(face.h * 0.8)), 0, 0, 360, (1.0,), -1)
    soft = cv2.GaussianBlur(mask, (0, 0), face.w * 0.06).astype(np.float32)
    return Head(pixels, soft, Box(face.x, face.y, face.w, face.h))


def put(picture: Pixels, head: Head, width: int, corner: tuple[int, int]) -> Place:
    """Put a head with a face of `width` pixels onto a picture; give the middle of its face."""
    scale, (x, y) = width / head.box.w, corner
    pixels = cv2.resize(head.pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    mask = cv2.resize(head.mask, pixels.shape[1::-1], interpolation=cv2.INTER_AREA)[..., None]
    part = picture[y : y + pixels.shape[0], x : x + pixels.shape[1]]
    part[:] = part * (1 - mask) + pixels * mask
    box = head.box
    return x + (box.x + box.w / 2) * scale, y + (box.y + box.h / 2) * scale


def with_heads(
    picture: Pixels, own: Sequence[Face], heads: Sequence[Head], width: int, chance: Chance
) -> tuple[Pixels, list[Place]]:
    """Put heads onto a copy of a picture, not on its own faces; and the middles of their faces."""
    made, middles = picture.copy(), []
    side = max(made.shape[:2]) // CELLS
    for x, y in chance.permutation(free(made.shape, own)).tolist()[:HEADS]:
        head = heads[int(chance.integers(len(heads)))]
        room = side - int(max(head.pixels.shape[:2]) * width / head.box.w) - 1
        moved = chance.integers(0, max(1, room), 2).tolist()
        middles.append(put(made, head, width, (x + moved[0], y + moved[1])))
    return made, middles


def free(shape: tuple[int, ...], faces: Sequence[Face]) -> list[Place]:
    """Give the corners of a grid's cells in which no part of a face is."""
    side = max(shape[:2]) // CELLS
    corners = product(range(0, shape[1] - side + 1, side), range(0, shape[0] - side + 1, side))
    return [
        (x, y)
        for x, y in corners
        if not any(
            x < face.x + face.w and face.x < x + side and y < face.y + face.h and face.y < y + side
            for face in faces
        )
    ]


def is_near(face: Face, middle: Place, width: float) -> bool:
    """Tell whether a face is the one with its middle there."""
    away = (face.x + face.w / 2 - middle[0], face.y + face.h / 2 - middle[1])
    return float(np.hypot(*away)) < NEAR * width


class Measured:
    """A model, and what it found so far."""

    def __init__(self, model: Model) -> None:
        """Wrap a loaded model."""
        self.model = model
        self.extractor = Extractor(model)
        self.counts = {width: Counts() for width in WIDTHS}

    def add(self, picture: Pixels, heads: Sequence[Head], chance: Chance) -> None:
        """Put heads of each width onto a picture and look for them."""
        own = [item.face for item in self._faces(jpeg(picture))]
        for width, counts in self.counts.items():
            made, middles = with_heads(picture, own, heads, width, chance)
            data = jpeg(made)
            once = _sure(look(View(File(data), self.model), self.model.detector()))
            found = self._faces(data)
            for middle in middles:
                here = [item for item in found if is_near(item.face, middle, width)]
                counts.heads += 1
                counts.at_once += any(is_near(face, middle, width) for face in once)
                counts.found += bool(here)
                counts.clear += any((item.quality or 0.0) >= AUTO_QUALITY for item in here)
            known = [*own, *(Face(*m, 0, 0, 1, POINTS) for m in middles)]
            counts.others += sum(not _is_one_of(item.face, known, width) for item in found)

    def _faces(self, data: bytes) -> list[AnalysedFace]:
        found = self.extractor.extract(data, CHOICE).faces
        return [item for item in found if item.embedding is not None]


def _sure(faces: Sequence[Face]) -> list[Face]:
    return [face for face in faces if face.confidence >= CHOICE.settings.min_confidence]


def _is_one_of(face: Face, known: Sequence[Face], width: float) -> bool:
    places = [((other.x + other.w / 2, other.y + other.h / 2), other.w) for other in known]
    return any(is_near(face, middle, 2 * max(width, own)) for middle, own in places)


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--people", type=Path, required=True, help="portraits, for their heads")
    parser.add_argument("--most", type=int, default=10, help="photographs of each folder")
    parser.add_argument("--weights", type=Path, default=CONFIG.parent / "weights")
    arguments = parser.parse_args()
    installed = Installed(load_registry(CONFIG / "models.yaml"), "sface-yunet", arguments.weights)
    measured = Measured(installed.load(1))
    detector, chance = measured.model.detector(), np.random.default_rng(0)
    cut = [head_of(path, detector) for path in photographs(arguments.people, PORTRAITS)]
    heads = [head for head in cut if head]
    pictures = [
        path for folder in arguments.folders for path in photographs(folder, arguments.most)
    ]
    for path in pictures:
        measured.add(of_size(decode(path.read_bytes()).pixels, PIXELS), heads, chance)
    print(f"{len(pictures)} photographs, {HEADS} heads on each, of {len(heads)} portraits")
    print("face width   found at once   found   of them clear   others found")
    for width, c in measured.counts.items():
        print(
            f"{width:>10}{c.at_once / c.heads:>16.0%}{c.found / c.heads:>8.0%}"
            f"{c.clear / max(1, c.found):>16.0%}{c.others:>15}"
        )


if __name__ == "__main__":
    main()
