"""Which of the pictures in a file counts, and the loading of it as far as the file goes."""

from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from visage.formats import Format
from visage.images.pixels import is_blank

Check = Callable[[Image.Image], None]  # raises where a picture is too large to be decoded

MOST_FRAMES = 200  # of an animation that are looked at for one that is not blank
MOST_PAGES = 1000
_REDUCED = 1  # bit of the TIFF tag NewSubfileType: a smaller version of another page
_MASK = 4  # another bit: what of another page is to be seen
_SUBFILE = 254
_XMP = ("xmp", "XML:com.adobe.xmp")  # where Pillow keeps it


class NotRead(Exception):
    """A file that is sound, but of a kind that nobody here reads; the message says which."""


@dataclass(frozen=True)
class Loaded:
    """What became of the picture that counts."""

    pages: int = 1  # pictures of their own in the file
    note: str = ""  # which of many it is
    damage: str = ""  # why not all of it could be decoded


def load_one(image: Image.Image, found: Format, page: int, check: Check) -> Loaded:
    """Load the picture that counts: of pages the given one (from 1), of an animation the first
    that is not blank.

    Raises:
        Exception: What `check` raises, which is asked of each page; or whatever Pillow raises.
    """
    number = getattr(image, "n_frames", 1) if found.frames != "first" else 1
    if number == 1:
        return Loaded(damage=_load(image))
    return _page(image, page, check) if found.frames == "pages" else _frame(image, number)


def _page(image: Image.Image, page: int, check: Check) -> Loaded:
    own = pages_of(image)
    image.seek(own[min(page, len(own)) - 1])
    check(image)  # each has a size of its own
    note = f"page {page} of {len(own)}" if len(own) > 1 else ""
    if (number := getattr(image, "n_frames", 1)) > MOST_PAGES:
        note += f", the first {MOST_PAGES:,} pictures of {number:,}"
    return Loaded(len(own), note, _load(image))


def pages_of(image: Image.Image) -> list[int]:
    """Give the frames of a TIFF that are pictures of their own, at most `MOST_PAGES`."""
    number = getattr(image, "n_frames", 1)
    return [frame for frame in range(min(number, MOST_PAGES)) if _is_page(image, frame)] or [0]


def _is_page(image: Image.Image, frame: int) -> bool:
    image.seek(frame)
    kind = getattr(image, "tag_v2", {}).get(_SUBFILE, 0)
    return not kind & (_REDUCED | _MASK)


def _frame(image: Image.Image, number: int) -> Loaded:
    for frame in range(min(number, MOST_FRAMES)):
        try:
            image.seek(frame)
            damage = _load(image)
        except (EOFError, OSError, ValueError, SyntaxError):
            if frame == 0:
                raise
            break
        if damage or not is_blank(image):
            return Loaded(note=f"picture {frame + 1} of an animation of {number}", damage=damage)
    image.seek(0)
    seen = "all" if number <= MOST_FRAMES else f"the first {MOST_FRAMES}"
    note = f"the first picture of an animation of {number}; {seen} are blank"
    return Loaded(note=note, damage=_load(image))


def _load(image: Image.Image) -> str:
    """Load a picture; of a damaged one what there is, and say why not all.

    Raises:
        Exception: Whatever Pillow raises on files of which nothing can be had.
    """
    # Pillow would turn a picture by a stale orientation in XMP where EXIF says nothing.
    for key in _XMP:
        image.info.pop(key, None)
    try:
        image.load()
    except (MemoryError, NotRead):
        raise
    except Exception as error:
        # Lines that are decoded stand in the image already; where none are, it is blank.
        if getattr(image, "_im", None) is None:
            raise
        image.tile = []  # type: ignore[attr-defined]
        return str(error) or type(error).__name__
    return ""
