"""How faces fare that do not look straight out of an upright, sharp, near photograph.

python benchmarks/photographs.py ../shared/faces/friends/gallery ../shared/faces/groups …

Takes folders of photographs and prints, for the default model:

- turned: the photographs turned by 90, 180 and 270 degrees: faces found of those found upright,
  and how many of them lie within the model's threshold of their own upright self (of strangers:
  benchmarks/strangers.py);
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
from visage.status import Status
from visage.types import Embedding, Face, Floats, Pixels

CHOICE = Choice(Faces())
ClearFace = tuple[Face, Embedding]
SIDE = 1600  # pixels of the longer side of the copies that are turned
BLUR = 0.1  # of a face's width


@dataclass
class Counts:
    """What was seen at one turn."""

    upright: int = 0  # faces found in the upright photographs
    found: int = 0  # of them, in the turned ones
    same: int = 0  # of those, within the threshold of their upright self


def photographs(folders: list[Path], most: int | None) -> Iterator[Pixels]:
    """Give the photographs below folders, at most `most` of each, none larger than `SIDE`."""
    for folder in folders:
        entries = list_entries(folder, import_vectors=False)
        step = max(1, len(entries) // most) if most else 1
        for entry in entries[::step][:most]:
            try:
                yield reduced(folder / entry.image)[0]
            except (ImageProblem, OSError):
                continue


def reduced(path: Path) -> tuple[Pixels, float]:
    """Give a photograph of at most `SIDE` pixels, and its size as a share of the file's."""
    photograph = decode(path.read_bytes(), enough=SIDE)
    scale = min(1.0, SIDE / max(photograph.width, photograph.height))
    size = (round(photograph.width * scale), round(photograph.height * scale))
    return np.asarray(cv2.resize(photograph.pixels, size, interpolation=cv2.INTER_AREA)), scale


def encoded(pixels: Pixels) -> bytes:
    """Give a PNG of a picture."""
    buffer = io.BytesIO()
    Image.fromarray(pixels[:, :, ::-1]).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def clear_faces(analysis: Analysis, turn: int = 0) -> list[ClearFace]:
    """Give the faces that count and are not too poor to tell, the most prominent first.

    Args:
        analysis: Of a photograph turned clockwise by `turn` degrees.
        turn: The boxes are in the pixels of the photograph before that.
    """
    width, height = analysis.size if turn in (0, 180) else analysis.size[::-1]
    clear = []
    for item in CHOICE.of([item.face for item in analysis.faces], analysis.size):
        found = analysis.faces[item.index]
        if CHOICE.judged(item, found.quality).status == Status.OK and found.embedding is not None:
            clear.append((turned_back(found.face, turn, width, height), found.embedding))
    return clear


def distance(one: Floats, other: Floats) -> float:
    """Give the Euclidean distance of two embeddings scaled to length 1."""
    return float(np.linalg.norm(one / np.linalg.norm(one) - other / np.linalg.norm(other)))


def compare(counts: Counts, upright: Analysis, other: Analysis, turn: int, limit: float) -> None:
    """Count the faces of a turned photograph against those of the same one upright."""
    back = clear_faces(other, turn)
    for face, vector in clear_faces(upright):
        counts.upright += 1
        near = [there for box, there in back if overlap(face, box) > 0.4]
        counts.found += bool(near)
        counts.same += any(distance(vector, there) <= limit for there in near)


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
    turns = {turn: Counts() for turn in TURNS if turn}
    clear: list[float] = []
    poor: list[float] = []
    lost = again = number = 0
    start = time.process_time()
    for pixels in pictures:
        number += 1
        upright = extractor.extract(encoded(pixels), CHOICE)
        if not upright.faces:
            continue
        again += upright.turn != 0
        for turn, counts in turns.items():
            file = encoded(turned(pixels, turn))
            compare(counts, upright, extractor.extract(file, CHOICE), turn, limit)
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
            f"their upright self ({counts.same / max(1, counts.upright):.1%})"
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
