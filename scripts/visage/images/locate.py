"""Where a picture of a set is: its file, and which part of that."""

from pathlib import Path

from visage.images.decode import size_of
from visage.images.parts import WHOLE, Part, page, tile
from visage.images.reading import read
from visage.sets.sheets import cues_of, frames_of
from visage.store.parts import is_tile, split


def locate(root: Path, image: str) -> tuple[Path, Part]:
    """Give the file of a picture of a set, and which part of it the picture is.

    Args:
        root: The set's folder.
        image: The picture's path below it, as the system has it.

    Raises:
        OSError: The .vtt file that tells where a tile is cannot be read, or tells no more.
        visage.images.decode.ImageProblem: The sheet itself cannot be read.
    """
    file, part = split(image)
    if not part or (root / image).exists():
        return root / image, WHOLE
    if not is_tile(image):
        return root / file, page(int(part))
    if part.startswith("xywh="):
        x, y, w, h = (int(number) for number in part.removeprefix("xywh=").split(","))
        return root / file, tile((x, y, w, h))
    for cues in cues_of(file):
        if (root / cues).is_file():
            for one in tiles(root / cues, root / file):
                if one.name == part:
                    return root / file, one
    raise FileNotFoundError(2, "no .vtt file tells of this tile any more", image)


def tiles(cues: Path, sheet: Path) -> list[Part]:
    """Give the tiles of a sheet by its .vtt file; none where that tells of other pictures.

    They go by their second; where a second has several, the others by their place.

    Raises:
        OSError: A file cannot be read.
        visage.images.decode.ImageProblem: The sheet cannot be read.
    """
    frames = frames_of(cues.read_text(encoding="utf-8-sig", errors="replace"), sheet.name)
    size = size_of(read(sheet)[0]) if any(frame.percent for frame in frames) else (0, 0)
    parts: dict[str, Part] = {}
    for frame in frames:
        area = frame.area(size)
        if parts.setdefault(frame.part, Part(frame.part, area=area)).area != area:
            parts.setdefault(tile(area).name, tile(area))
    return list(parts.values())
