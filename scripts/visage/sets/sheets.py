"""Sheets of a film's frames, and the WebVTT file that says where and when each of them is.

00:00:10.000 --> 00:00:20.000
sprite.jpg#xywh=160,0,160,90

The Snakefile imports this module, so it needs the standard library only.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from visage.store.parts import SHEET

Area = tuple[int, int, int, int]  # left, top, width, height, pixels

CUES = ".vtt"
_THUMBS = "_thumbs"  # what Stash calls the cues of a sheet `_sprite`
_TIME = r"(?:(\d{1,6}):)?(\d{1,2}):(\d{1,2}(?:[.,]\d+)?)"
_TIMES = re.compile(rf"{_TIME}\s*-->\s*{_TIME}")
_PLACE = re.compile(r"(.*)#xywh=(?:pixel:)?(\d+),(\d+),(\d+),(\d+)")


@dataclass(frozen=True)
class Frame:
    """One picture of a sheet, as a WebVTT file tells it."""

    start: float  # seconds of the film
    end: float
    area: Area  # of the sheet
    sheet: str = ""  # the sheet's name, as it stands there

    @property
    def part(self) -> str:
        """What stands behind the sheet's name to call this picture."""
        return f"t={self.start:.3f}".rstrip("0").rstrip(".")


def cues_of(sheet: str) -> list[str]:
    """Give the paths at which the .vtt file of a sheet may lie, the likelier first."""
    stem = str(PurePosixPath(sheet).with_suffix(""))
    stash = [f"{stem.removesuffix(SHEET)}{_THUMBS}{CUES}"] if stem.endswith(SHEET) else []
    return [*stash, f"{stem}{CUES}", f"{sheet}{CUES}"]


def read_frames(vtt: str) -> list[Frame]:
    """Read a WebVTT file; of subtitles, which name no picture, it gives none."""
    frames, times = [], None
    for line in vtt.splitlines():
        if found := _TIMES.search(line):
            times = _seconds(*found.groups()[:3]), _seconds(*found.groups()[3:])
        elif times and (place := _PLACE.search(line)):
            x, y, w, h = (int(number) for number in place.groups()[1:])
            frames.append(Frame(*times, (x, y, w, h), place[1].strip()))
            times = None
    return frames


def frames_of(vtt: str, sheet: str) -> list[Frame]:
    """Give the pictures that a WebVTT file cuts out of the sheet of this path, each second once."""
    name = PurePosixPath(sheet).name
    mine = [f for f in read_frames(vtt) if PurePosixPath(f.sheet).name in (name, "")]
    return list({frame.part: frame for frame in mine if 0 not in frame.area[2:]}.values())


def grid(width: int, height: int, columns: int, rows: int) -> Iterator[Area]:
    """Give the tiles of a sheet of `width` x `height` pixels, line by line."""
    w, h = width // columns, height // rows
    if w and h:
        yield from ((c * w, r * h, w, h) for r in range(rows) for c in range(columns))


def _seconds(hours: str | None, minutes: str, seconds: str) -> float:
    return int(hours or 0) * 3600 + int(minutes) * 60 + float(seconds.replace(",", "."))
