"""A picture that is a part of a file: which page, or which area of a sheet."""

from dataclasses import dataclass, replace

import numpy as np

from visage.sets.sheets import Area
from visage.types import Pixels


@dataclass(frozen=True)
class Part:
    """Which part of a file is a picture of its own."""

    name: str = ""  # what stands behind the file's name and a `#`; "" for the file itself
    page: int = 1  # of a TIFF
    area: Area | None = None  # of a sheet; None for all

    @property
    def key(self) -> str:
        """What tells parts of the same bytes apart, whatever they are called."""
        return "xywh={},{},{},{}".format(*self.area) if self.area else self.name


WHOLE = Part()


def page(number: int) -> Part:
    """Give the page of a TIFF, from 1."""
    return Part(str(number), number) if number > 1 else WHOLE


def tile(area: Area) -> Part:
    """Give a tile that goes by its place."""
    part = Part(area=area)
    return replace(part, name=part.key)


def cut_tile(sheet: Pixels, area: Area) -> Pixels:
    """Cut an area out of a sheet; of one that lies outside of it nothing is left."""
    x, y, w, h = area
    return np.ascontiguousarray(sheet[y : y + h, x : x + w])
