"""How faces fare that do not look straight out of an upright, sharp, near photograph.

python benchmarks/photographs.py ../shared/faces/friends/gallery ../shared/faces/groups …

Takes folders of photographs and prints, for the default model:

- turned: the photographs turned by 90, 180 and 270 degrees: faces found of those found upright,
  and how many of them lie within the model's threshold of their own upright self and of others in
  the photograph; by 0 degrees: how many of those do upright;
- blurred: faces blurred by a tenth of their width, and clear ones, that are called poor;
- looked again: photographs that were looked at more than once upright, and what that costs.
"""

import argparse
import io
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image
from visage.config import Faces
from visage.embed.analysis import Analysis
from visage.embed.extractor import Extractor
from visage.embed.mosaic import overlap
from visage.embed.selection import AUTO_QUALITY, Choice
from visage.images.decode import ImageProblem, decode
from visage.images.turns import TURNS, turned, turned_back
from visage.models.model import Installed
from visage.models.registry import load_registry
from visage.resources import CONFIG
from visage.sets.listing import list_entries
from visage.types import Embedding, Face, Floats, Pixels

CHOICE = Choice(Faces())
SIDE = 1600  # pixels of the longer side of the copies that are turned
BLUR = 0.1  # of a face's width


@dataclass
class Counts:
    """What was seen at one turn."""

    upright: int = 0  # faces found in the upright photographs
    found: int = 0  # of them, in the turned ones
    same: int = 0  # of those, within the threshold of their upright self
    strangers: int = 0  # pairs of faces of one photograph, turned and upright
    confused: int = 0  # of them, within the threshold


def photographs(folders: list[Path], most: int | None) -> Iterator[Pixels]:
    """Give the photographs below folders, at most `most` of each, none larger than `SIDE`."""
    for folder in folders:
        entries = list_entries(folder, import_vectors=False)
        step = max(1, len(entries) // most) if most else 1
        for entry in entries[::step][:most]:
            try:
                pixels = decode((folder / entry.image).read_bytes(), enough=SIDE).pixels
            except (ImageProblem, OSError):
                continue
            scale = min(1.0, SIDE / max(pixels.shape[:2]))
            size = (round(pixels.shape[1] * scale), round(pixels.shape[0] * scale))
            yield cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)


def encoded(pixels: Pixels) -> bytes:
    """Give a PNG of a picture."""
    buffer = io.BytesIO()
    Image.fromarray(pixels[:, :, ::-1]).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def counting(analysis: Analysis) -> list[tuple[Face, Embedding]]:
    """Give the faces that were embedded and are not too poor to tell."""
    least = AUTO_QUALITY
    return [
        (item.face, item.embedding)
        for item in analysis.faces
        if item.embedding is not None and (item.quality is None or item.quality >= least)
    ]


def distance(one: Floats, other: Floats) -> float:
    """Give the Euclidean distance of two embeddings scaled to length 1."""
    return float(np.linalg.norm(one / np.linalg.norm(one) - other / np.linalg.norm(other)))


def compare(counts: Counts, upright: Analysis, other: Analysis, turn: int, limit: float) -> None:
    """Count the faces of a turned photograph against those of the same one upright.

    The turned photograph's faces stand in its own pixels: they are turned back to be compared.
    """
    width, height = upright.width or 0, upright.height or 0
    back = [(turned_back(face, turn, width, height), vector) for face, vector in counting(other)]
    for face, vector in counting(upright):
        counts.upright += 1
        near = [item for item in back if overlap(face, item[0]) > 0.4]
        counts.found += bool(near)
        counts.same += any(distance(vector, there) <= limit for _, there in near)
        for there, turned_vector in back:
            if overlap(face, there) == 0:
                counts.strangers += 1
                counts.confused += distance(vector, turned_vector) <= limit


def blurred(pixels: Pixels, face: Face) -> Pixels:
    """Blur a picture by a tenth of a face's width."""
    return cv2.GaussianBlur(pixels, (0, 0), BLUR * face.w)


def asked(description: str, most: int | None = None) -> tuple[Iterator[Pixels], Installed]:
    """Read the command line: give the photographs and the model that are to be measured.

    Args:
        description: Of the benchmark; its first line is shown.
        most: Photographs of each folder, where nothing else is asked for; None: all.
    """
    parser = argparse.ArgumentParser(description=description.split("\n")[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--most", type=int, default=most, help="photographs of each folder")
    parser.add_argument("--weights", type=Path, default=CONFIG.parent / "weights")
    parser.add_argument("--model", default="sface-yunet")
    arguments = parser.parse_args()
    model = Installed(load_registry(CONFIG / "models.yaml"), arguments.model, arguments.weights)
    return photographs(arguments.folders, arguments.most), model


def main() -> None:
    """Measure."""
    pictures, model = asked(__doc__)
    extractor = Extractor(model.load(1))
    limit = model.entry.threshold.normalized or 1.1
    turns = {turn: Counts() for turn in TURNS}  # 0 is what the others are to be held against
    clear: list[float] = []
    poor: list[float] = []
    lost = again = number = 0
    start = time.process_time()
    for pixels in pictures:
        number += 1
        upright = extractor.extract(encoded(pixels), CHOICE)
        if not counting(upright):
            continue
        again += upright.turn != 0
        for turn, counts in turns.items():
            file = encoded(turned(pixels, turn))
            other = extractor.extract(file, CHOICE) if turn else upright
            compare(counts, upright, other, turn, limit)
        first = max(upright.faces, key=lambda item: item.face.w * item.face.h)
        if first.quality is not None:
            clear.append(first.quality)
            found = extractor.extract(encoded(blurred(pixels, first.face)), CHOICE).faces
            lost += not found
            poor += [max(item.quality or 0.0 for item in found)] if found else []
    print(f"{number} photographs, {time.process_time() - start:.0f} s of a processor")
    for turn, counts in turns.items():
        print(
            f"turned by {turn}: {counts.found} of {counts.upright} faces found "
            f"({counts.found / max(1, counts.upright):.1%}), {counts.same} within the threshold of "
            f"their upright self ({counts.same / max(1, counts.upright):.1%}); "
            f"{counts.confused} of {counts.strangers} pairs of strangers "
            f"({counts.confused / max(1, counts.strangers):.1%})"
        )
    print(f"{again} photographs were turned though they are taken for upright ones")
    share = np.mean(np.array(clear) < AUTO_QUALITY) if clear else 0.0
    blunt = np.mean(np.array(poor) < AUTO_QUALITY) if poor else 0.0
    print(
        f"clear: {share:.1%} of {len(clear)} prominent faces are poor; blurred by a tenth of their "
        f"width: {blunt:.1%} of {len(poor)} found, {lost} not found at all"
    )


if __name__ == "__main__":
    main()
