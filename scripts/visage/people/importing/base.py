"""What an importer is given and what it gives."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

from visage.images.header import Header, read_header
from visage.people.labels import Say
from visage.people.turning import Area, upright
from visage.store.paths import as_path
from visage.types import Box


@dataclass(frozen=True)
class Found:
    """What a program says of one face."""

    name: str
    box: Box | None  # pixels of the upright picture; None: it only says that the person is in it
    say: Say = Say.IS


@dataclass(frozen=True)
class Fault:
    """Something in another program's data that says nothing, in a sentence."""

    text: str


@dataclass(frozen=True)
class Picture:
    """A photograph of a set that could be read."""

    root: Path
    image: str  # path relative to `root`, as `visage.store.paths.as_text` gives it
    width: int  # of the upright picture, pixels
    height: int

    @property
    def path(self) -> Path:
        """Where it lies."""
        return self.root / as_path(self.image)

    @cached_property
    def header(self) -> Header:
        """How the file is turned, and the packet inside it.

        Raises:
            OSError: The file cannot be read.
            ValueError: It is damaged.
        """
        return read_header(self.path)

    def box(self, area: Area) -> Box:
        """Give an area of the stored picture in pixels of the upright one."""
        x, y, w, h = upright(area, self.header.orientation)
        return Box(x * self.width, y * self.height, w * self.width, h * self.height)


class Importer(Protocol):
    """Reads what one kind of program knows about faces."""

    source: str  # for the column `source` of a statement

    def __init__(self, root: Path) -> None:
        """Prepare for a set's folder."""
        ...

    def read(self, picture: Picture) -> Iterable[Found | Fault]:
        """Give what the program says of a picture."""
        ...


def sources_beside(image: Path) -> list[Path]:
    """Give the sidecars that an image may have, the more certain first."""
    return [image.with_name(f"{image.name}.xmp"), image.with_suffix(".xmp")]
