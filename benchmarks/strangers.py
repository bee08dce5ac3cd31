"""Strangers taken for one another, upright and in photographs that lie on their side or their head.

python benchmarks/strangers.py --people ../shared/faces/friends/gallery \
    --pairs ../shared/faces/pairs/master.csv --groups ../shared/faces/groups/faces.tsv

Prints, for the default model, what part of the pairs of different people lie within its threshold:
both upright, one of them turned, and both turned alike. Faces too poor to tell are left out, as
everywhere. Who is somebody else is known from

- people: a folder of <person>/<image>; each photograph counts by its most prominent clear face;
- pairs: a CSV with file_x, file_y, Decision (Yes or No), the images beside it; likewise;
- groups: a TSV with image, nose_x, nose_y, person, the images beside it: faces of one photograph
  are of different people, and so are those of people with different names.
"""

import argparse
import csv
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations, groupby
from pathlib import Path
from typing import NamedTuple

import numpy as np
from photographs import CHOICE, ClearFace, clear_faces, encoded, reduced
from visage.embed.extractor import Extractor
from visage.images.turns import TURNS, turned
from visage.models.model import Installed
from visage.models.registry import load_registry
from visage.resources import CONFIG
from visage.sets.listing import list_entries
from visage.types import Embedding, Embeddings, Floats

Point = tuple[float, float]  # x, y
Pairs = list[tuple[int, int]]  # places of marks
Ways = tuple[int, int]  # how far either of two photographs is turned, degrees
# How far the one and the other are turned, degrees.
KINDS: dict[str, Ways] = (
    {"upright": (0, 0)}
    | {f"one at {turn}°": (turn, 0) for turn in TURNS if turn}
    | {f"both at {turn}°": (turn, turn) for turn in TURNS if turn}
)


class Mark(NamedTuple):
    """A face of a photograph."""

    image: str  # below the folder of the set
    person: str = ""  # whose it is; "": nobody says
    nose: Point | None = None  # pixels of the upright photograph; None: the most prominent face


@dataclass(frozen=True)
class Labelled:
    """A set of photographs, and which of their faces are of different people."""

    folder: Path
    marks: list[Mark]  # those of a photograph beside each other
    strangers: Pairs


def by_folder(folder: Path) -> Labelled:
    """Give a folder of people: all pairs of photographs of two of them."""
    images = [entry.image for entry in list_entries(folder, import_vectors=False)]
    marks = [Mark(image, image.split("/")[0]) for image in images]
    return Labelled(folder, marks, _pairs(marks, lambda one, two: one.person != two.person))


def by_list(file: Path) -> Labelled:
    """Give a list of pairs: those that are of different people."""
    rows = _read(file, ",")
    images = sorted({row[key] for row in rows for key in ("file_x", "file_y")})
    strangers = [row for row in rows if row["Decision"].strip().lower() == "no"]
    pairs = [(images.index(row["file_x"]), images.index(row["file_y"])) for row in strangers]
    return Labelled(file.parent, [*map(Mark, images)], pairs)


def by_nose(file: Path) -> Labelled:
    """Give marked faces: pairs of one photograph, and of people with different names."""
    marks = [
        Mark(row["image"], row["person"] or "", (float(row["nose_x"]), float(row["nose_y"])))
        for row in _read(file, "\t")
    ]
    return Labelled(file.parent, marks, _pairs(marks, _surely_two))


def _surely_two(one: Mark, two: Mark) -> bool:
    named = bool(one.person and two.person)
    return one.person != two.person if named else one.image == two.image


def _read(file: Path, separator: str) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as opened:
        return list(csv.DictReader(opened, delimiter=separator))


def _pairs(marks: list[Mark], different: Callable[[Mark, Mark], bool]) -> Pairs:
    places = combinations(range(len(marks)), 2)
    return [(one, two) for one, two in places if different(marks[one], marks[two])]


def faces_of(labelled: Labelled, extractor: Extractor) -> dict[int, Embeddings]:
    """Find the marked faces each way up.

    Returns:
        By turn: (marks, dimension), each of length 1; NaN where no clear face is found.
    """
    found: dict[int, list[Embedding | None]] = {turn: [] for turn in TURNS}
    for image, marks in groupby(labelled.marks, key=lambda mark: mark.image):
        noses = [mark.nose for mark in marks]
        pixels, scale = reduced(labelled.folder / image)
        for turn, embeddings in found.items():
            analysis = extractor.extract(encoded(turned(pixels, turn)), CHOICE)
            faces = clear_faces(analysis, turn)
            embeddings += [_chosen(faces, nose, scale) for nose in noses]
    return {turn: _rows(embeddings) for turn, embeddings in found.items()}


def _chosen(faces: list[ClearFace], nose: Point | None, scale: float) -> Embedding | None:
    """Give the most prominent face's embedding, or that of the one in whose middle a nose is."""
    if nose is None:
        return faces[0][1] if faces else None
    x, y = nose[0] * scale, nose[1] * scale
    away = {
        abs(face.x + face.w / 2 - x) + abs(face.y + face.h / 2 - y): embedding
        for face, embedding in faces
        if face.x <= x <= face.x + face.w and face.y <= y <= face.y + face.h
    }
    return away[min(away)] if away else None


def _rows(embeddings: list[Embedding | None]) -> Embeddings:
    dimension = next(len(row) for row in embeddings if row is not None)
    nobody = np.full(dimension, np.nan, np.float32)
    rows = np.stack([nobody if row is None else row for row in embeddings])
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def distances(faces: dict[int, Embeddings], strangers: Pairs, ways: Ways) -> Floats:
    """Give how far strangers are from each other, their photographs turned in two ways.

    Where these differ each pair comes twice: either may be the one that is turned. Pairs of which a
    face was not found are left out.
    """
    first, second = np.array(strangers).T
    both = [ways] if ways[0] == ways[1] else [ways, ways[::-1]]
    away = [np.linalg.norm(faces[a][first] - faces[b][second], axis=1) for a, b in both]
    joined = np.concatenate(away)
    return joined[np.isfinite(joined)]


def main() -> None:
    """Measure."""
    arguments = _arguments()
    model = Installed(load_registry(CONFIG / "models.yaml"), arguments.model, arguments.weights)
    extractor = Extractor(model.load(1))
    sets = {
        name: read(path)
        for name, read in {"people": by_folder, "pairs": by_list, "groups": by_nose}.items()
        if (path := getattr(arguments, name))
    }
    away = {name: measured(labelled, extractor) for name, labelled in sets.items()}
    away["all"] = [np.concatenate(columns) for columns in zip(*away.values(), strict=True)]
    print(f"| set | pairs | {' | '.join(KINDS)} |")
    print("|---" * (len(KINDS) + 2) + "|")
    for name, columns in away.items():
        within = [
            np.mean(column <= (model.entry.threshold.normalized or 1.1)) for column in columns
        ]
        print(f"| {name} | {len(columns[0])} | {' | '.join(f'{share:.2%}' for share in within)} |")


def measured(labelled: Labelled, extractor: Extractor) -> list[Floats]:
    """Give how far the strangers of a set are from each other: an item for each of `KINDS`."""
    faces = faces_of(labelled, extractor)
    return [distances(faces, labelled.strangers, ways) for ways in KINDS.values()]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--people", type=Path, help="a folder of <person>/<image>")
    parser.add_argument("--pairs", type=Path, help="a CSV: file_x, file_y, Decision")
    parser.add_argument("--groups", type=Path, help="a TSV: image, nose_x, nose_y, person")
    parser.add_argument("--weights", type=Path, default=CONFIG.parent / "weights")
    parser.add_argument("--model", default="sface-yunet")
    return parser.parse_args()


if __name__ == "__main__":
    main()
