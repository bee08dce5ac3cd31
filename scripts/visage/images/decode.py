"""Photographs as arrays: upright, eight bits, BGR, whatever the file was."""

import io
import warnings
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import import_module

from PIL import Image, UnidentifiedImageError
from PIL.JpegImagePlugin import JpegImageFile
from PIL.TiffImagePlugin import TiffImageFile

from visage.formats import Format, by_content, readable
from visage.images.cut_short import with_an_end
from visage.images.frames import Loaded, NotRead, load_one, pages_of
from visage.images.parts import WHOLE, Part, cut_tile
from visage.images.pixels import ON_ITS_SIDE, ORIENTATION, is_blank, to_bgr, upright
from visage.status import Status
from visage.types import Pixels

# A photograph of 200 megapixels takes 600 MB as an array and 800 MB in Pillow; anything larger is
# taken for a decompression bomb.
MAX_PIXELS = 200_000_000
# What decoding may take: 8 bytes a pixel for most formats, more for some (`Format.memory`).
MAX_MEMORY = 8 * MAX_PIXELS
_COMPOSED = 5  # bytes a pixel that a picture laid over the one before takes besides
_SHEET_BYTES = 1 << 26  # of a sheet that is kept decoded while its tiles are cut out

EMPTY = "the file is empty (0 bytes)"
NO_MEMORY = "there was not enough memory for this image; it is tried again next time"


class ImageProblem(Exception):
    """Why an image gives no array: its status, and a sentence."""

    def __init__(self, status: Status, reason: str, lasting: bool = True) -> None:
        """Keep all; the message is the sentence.

        Args:
            status: What the image's row says.
            reason: Why.
            lasting: The bytes are at fault, so it will be so again; not this machine.
        """
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.lasting = lasting


@dataclass(frozen=True)
class Photograph:
    """A decoded image."""

    pixels: Pixels  # (height, width, 3) uint8, BGR, upright; possibly reduced
    width: int  # of the upright image as it is, pixels
    height: int
    format: Format
    pages: int = 1  # pictures of their own in the file
    note: str = ""  # what is to be said of it: damaged, one picture of many, a preview

    @property
    def reduced(self) -> bool:
        """Whether there are fewer `pixels` than the image has."""
        return self.pixels.shape[:2] != (self.height, self.width)


def decode(
    data: bytes, max_pixels: int = MAX_PIXELS, enough: int | None = None, part: Part = WHOLE
) -> Photograph:
    """Decode the bytes of an image file; they, not the file's name, decide what it is.

    EXIF rotation is applied; grey, palette, CMYK and 16-bit images become 8-bit colour; what is
    transparent is laid on white, as a browser shows it; of an animation the first picture that is
    not blank counts. Of a damaged file, what there is. More than `max_pixels`, or what would take
    more than `MAX_MEMORY`, is refused before anything is unpacked.

    With `enough`, a JPEG whose longer side has at least twice as many pixels is decoded at a half,
    a quarter or an eighth of its size, at which the longer side still has `enough`: that skips most
    of the work of decoding.

    Args:
        data: The whole file.
        max_pixels: More are refused.
        enough: Pixels of the longer side that are enough; None: all there are.
        part: Which of the pages of a TIFF, or which tile of a sheet.

    Raises:
        ImageProblem: `unreadable` or `too_large`, with the reason.
    """
    if part.area:
        return _tile(data, max_pixels, part)
    found = _format(data)
    try:
        with warnings.catch_warnings():
            # Odd metadata in otherwise good photographs; what matters raises.
            warnings.simplefilter("ignore")
            return _decoded(data, found, max_pixels, enough, part.page)
    except ImageProblem:
        raise
    except ModuleNotFoundError as error:
        raise ImageProblem(
            Status.UNREADABLE,
            f"a {found.name} file; to read it: pip install {found.package or error.name}",
            lasting=False,
        ) from error
    except Exception as error:  # decoders raise anything on hostile bytes
        if isinstance(error, NotRead):
            raise ImageProblem(Status.UNREADABLE, str(error)) from error
        if isinstance(error, Image.DecompressionBombError):
            raise ImageProblem(Status.TOO_LARGE, _worded(error)) from error
        if out_of_memory(error):
            raise ImageProblem(Status.TOO_LARGE, NO_MEMORY, lasting=False) from error
        raise ImageProblem(Status.UNREADABLE, f"the file is damaged: {_worded(error)}") from error


def _tile(data: bytes, max_pixels: int, part: Part) -> Photograph:
    assert part.area
    sheet = _sheet(data, max_pixels) if len(data) < _SHEET_BYTES else decode(data, max_pixels)
    pixels = cut_tile(sheet.pixels, part.area)
    if not pixels.size:
        x, y, w, h = part.area
        raise ImageProblem(
            Status.UNREADABLE,
            f"the tile {x}, {y}, {w}, {h} has no pixel of its sheet ({sheet.width} x "
            f"{sheet.height} pixels)",
        )
    height, width = pixels.shape[:2]
    return replace(sheet, pixels=pixels, width=width, height=height, pages=1)


@lru_cache(maxsize=2)  # the tiles of a sheet come one after the other, in several threads
def _sheet(data: bytes, max_pixels: int) -> Photograph:
    return decode(data, max_pixels)


def count_pages(data: bytes) -> int:
    """Give how many pictures of their own a file has; 1 where that cannot be told."""
    found = by_content(data)
    if found is None or found.frames != "pages":
        return 1
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return len(pages_of(_opened(data, found)))
    except Exception:  # noqa: BLE001 - decoders raise anything; decoding says what is wrong
        return 1


def size_of(data: bytes) -> tuple[int, int]:
    """Give width and height of an image file as `decode` gives it, pixels; (0, 0): unreadable."""
    found = by_content(data)
    if found is None or not found.read:
        return 0, 0
    try:
        image = _opened(data, found)
        orientation, _ = orientation_of(image)
    except Exception:  # noqa: BLE001 - decoders raise anything; decoding says what is wrong
        return 0, 0
    width, height = image.size
    return (height, width) if orientation in ON_ITS_SIDE else (width, height)


def out_of_memory(error: BaseException) -> bool:
    """Tell whether an error says that memory ran out; OpenCV says it in words."""
    return isinstance(error, MemoryError) or "Insufficient memory" in str(error)


def _worded(error: Exception) -> str:
    if error.args and isinstance(error.args[0], bytes):  # LibRaw
        return error.args[0].decode(errors="replace")
    if isinstance(error, UnidentifiedImageError) or not str(error):
        return type(error).__name__
    return str(error)


def _format(data: bytes) -> Format:
    if not data:
        raise ImageProblem(Status.UNREADABLE, EMPTY)
    found = by_content(data)
    if found is None:
        known = ", ".join(readable())
        raise ImageProblem(
            Status.UNREADABLE, f"the file is not an image of a known format ({known})"
        )
    if not found.read:
        raise ImageProblem(Status.UNREADABLE, found.reason)
    return found


def _decoded(
    data: bytes, found: Format, max_pixels: int, enough: int | None, page: int
) -> Photograph:
    image, size, loaded = _what_there_is(data, found, max_pixels, enough, page)
    if loaded.damage and is_blank(image):
        raise ImageProblem(Status.UNREADABLE, f"the file is damaged: {loaded.damage}")
    orientation, odd = orientation_of(image)
    pixels = to_bgr(image)
    image.close()
    width, height = size[::-1] if orientation in ON_ITS_SIDE else size
    damage = f"the file is damaged ({loaded.damage}): what could be read of it was"
    notes = (found.note, loaded.note, odd, damage if loaded.damage else "")
    note = "; ".join(note for note in notes if note)
    return Photograph(upright(pixels, orientation), width, height, found, loaded.pages, note)


Picture = tuple[Image.Image, tuple[int, int], Loaded]  # with its width and height as it lies


def _what_there_is(
    data: bytes, found: Format, max_pixels: int, enough: int | None, page: int
) -> Picture:
    """Load a picture; where its decoder waits for more, with an end added: it gives what it has."""
    try:
        image, size, loaded = _loaded(data, found, max_pixels, enough, page)
    except (ImageProblem, ModuleNotFoundError, NotRead):
        raise
    except Exception as error:  # decoders raise anything on hostile bytes
        whole = None if out_of_memory(error) else with_an_end(data, found)
        if whole is None:
            raise
        damage = _worded(error)
    else:
        whole = with_an_end(data, found) if loaded.damage else None
        if whole is None:
            return image, size, loaded
        damage = loaded.damage
    image, size, loaded = _loaded(whole, found, max_pixels, enough, page)
    return image, size, replace(loaded, damage=damage)


def _loaded(data: bytes, found: Format, max_pixels: int, enough: int | None, page: int) -> Picture:
    image = _opened(data, found)  # not by `Image.open`, whose limit is the program's
    several = found.frames == "animation" and getattr(image, "n_frames", 1) > 1

    def check(one: Image.Image) -> None:
        memory = max(found.memory, getattr(one, "memory", 0)) + (_COMPOSED if several else 0)
        _check_size(one, min(max_pixels, MAX_MEMORY // memory))

    check(image)
    size = image.size
    if enough:
        _reduce(image, enough)
    loaded = load_one(image, found, page, check)
    return image, image.size if found.frames == "pages" else size, loaded


def _opened(data: bytes, found: Format) -> Image.Image:
    module, name = found.reader.split(":")
    image: Image.Image = getattr(import_module(module), name)(io.BytesIO(data))
    return image


def _reduce(image: Image.Image, enough: int) -> None:
    """Have a JPEG decoded smaller, by the scaling that its cosine transform gives for free."""
    factor = enough / max(image.size)
    if factor < 1 and isinstance(image, JpegImageFile):
        image.draft(None, (int(image.size[0] * factor), int(image.size[1] * factor)))


def orientation_of(image: Image.Image) -> tuple[int, str]:
    """Give the EXIF orientation of a loaded image, 1 to 8, and what is odd about it."""
    if isinstance(image, TiffImageFile):
        return 1, ""  # Pillow has obeyed it
    raw = image.info.get("exif")
    if raw is None and "Raw profile type exif" in image.info:  # PNG by ImageMagick
        raw = bytes.fromhex("".join(image.info["Raw profile type exif"].split("\n")[3:]))
    exif = Image.Exif()
    try:
        exif.load(raw or b"")
        value = exif.get(ORIENTATION, 1)
    except Exception:  # noqa: BLE001 - Pillow raises anything on damaged EXIF
        return 1, "its EXIF is damaged, so it is taken as it lies"
    return (value if value in range(1, 9) else 1), ""


def _check_size(image: Image.Image, limit: int) -> None:
    width, height = image.size
    if width * height > limit:
        raise ImageProblem(
            Status.TOO_LARGE,
            f"{width} x {height} pixels are more than the {limit // 1_000_000} megapixels "
            "that are read, as a guard against decompression bombs",
        )
    if width < 1 or height < 1:
        raise ImageProblem(Status.UNREADABLE, f"the image has {width} x {height} pixels")
