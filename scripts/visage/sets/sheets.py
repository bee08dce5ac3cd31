"""Sheets of a film's frames, and the WebVTT file that says where and when each of them is.

00:00:10.000 --> 00:00:20.000
sprite.jpg#xywh=160,0,160,90

The Snakefile imports this module, so it needs the standard library only.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import unquote

from visage.store.parts import SHEET
from visage.store.paths import nfc

Area = tuple[int, int, int, int]  # left, top, width, height, pixels
Size = tuple[int, int]  # width, height, pixels

CUES = ".vtt"
_THUMBS = "_thumbs"  # what Stash calls the cues of a sheet `_sprite`
_COUNT = re.compile(r"[-_. ]?\d+$")  # of a film that has several sheets: abc-1.jpg, abc-2.jpg
_TIME = r"(?:(\d{1,6}):)?(\d{1,2}):(\d{1,2}(?:[.,]\d+)?)"
_TIMES = re.compile(rf"{_TIME}\s*-->\s*{_TIME}")
_NUMBER = r"\s*(\d{1,9}(?:\.\d+)?)\s*"
# A media fragment: https://www.w3.org/TR/media-frags/#naming-space
_PLACE = re.compile(
    rf"(.*)#(?:\S*&)?xywh=(pixel:|percent:)?{_NUMBER},{_NUMBER},{_NUMBER},{_NUMBER}"
)


@dataclass(frozen=True)
class Frame:
    """One picture of a sheet, as a WebVTT file tells it."""

    start: float  # seconds of the film
    end: float
    place: tuple[float, ...]  # left, top, width, height: pixels of the sheet, or percent of it
    sheet: str = ""  # the sheet's path or address, as it stands there
    percent: bool = False

    @property
    def part(self) -> str:
        """What stands behind the sheet's name to call this picture."""
        return f"t={self.start:.3f}".rstrip("0").rstrip(".")

    def area(self, sheet: Size) -> Area:
        """Give where it is on a sheet of this size."""
        across, down = (side / 100 if self.percent else 1 for side in sheet)
        x, y, w, h = self.place
        left, top = round(x * across), round(y * down)
        return left, top, round((x + w) * across) - left, round((y + h) * down) - top


def cues_of(sheet: str) -> list[str]:
    """Give the paths at which the .vtt file of a sheet may lie, the likelier first."""
    own, shared = _stems(sheet)
    return list(dict.fromkeys([*_named_after(own), f"{sheet}{CUES}", *_named_after(shared)]))


def scene_of(sheet: str, cues: str | None = None) -> str:
    """Give the scene of a sheet: its path without `.jpg` and without Stash's `_sprite`.

    Args:
        sheet: The path of the image file.
        cues: That of its .vtt file, if any; several sheets of one scene may share it.
    """
    own, shared = _stems(sheet)
    return (shared if cues in _named_after(shared) else own).removesuffix(SHEET)


def _stems(sheet: str) -> tuple[str, str]:
    """Give a sheet's path without its suffix, and that without the number of one of several."""
    own = str(PurePosixPath(sheet).with_suffix(""))
    return own, _COUNT.sub("", own)


def _named_after(stem: str) -> list[str]:
    film = stem.removesuffix(SHEET)
    stash = [f"{film}{_THUMBS}{CUES}"] if film != stem else []
    return [*stash, f"{stem}{CUES}", f"{film}{CUES}"]


def read_frames(vtt: str) -> list[Frame]:
    """Read a WebVTT file; of subtitles, which name no picture, it gives none."""
    frames, times = [], None
    for line in vtt.splitlines():
        if found := _TIMES.search(line):
            times = _seconds(*found.groups()[:3]), _seconds(*found.groups()[3:])
        elif times and (place := _PLACE.search(line)):
            sheet, unit, *numbers = place.groups()
            where = tuple(float(number) for number in numbers)
            frames.append(Frame(*times, where, sheet.strip(), unit == "percent:"))
            times = None
    return frames


def frames_of(vtt: str, sheet: str) -> list[Frame]:
    """Give the pictures that a WebVTT file cuts out of the sheet of this path."""
    name = _file_name(sheet)
    return [f for f in read_frames(vtt) if not f.sheet or name in _file_names(f.sheet)]


def _file_names(address: str) -> tuple[str, ...]:
    """Give what the file at a path or an address may be called: as it stands, or as a URL's."""
    return _file_name(address), _file_name(unquote(address.partition("?")[0]))


def _file_name(path: str) -> str:
    """Give the last part of a path, of Windows' too, as it is compared."""
    return nfc(re.split(r"[/\\]", path)[-1]).casefold()


def grid(width: int, height: int, columns: int, rows: int) -> Iterator[Area]:
    """Give the tiles of a sheet of `width` x `height` pixels, line by line."""
    w, h = width // columns, height // rows
    if w and h:
        yield from ((c * w, r * h, w, h) for r in range(rows) for c in range(columns))


def _seconds(hours: str | None, minutes: str, seconds: str) -> float:
    return int(hours or 0) * 3600 + int(minutes) * 60 + float(seconds.replace(",", "."))
