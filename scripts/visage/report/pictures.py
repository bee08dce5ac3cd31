"""Photographs made small and faces cut out of them, to stand in the page or beside it as files."""

import base64
import hashlib
import io
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from visage.images.decode import ImageProblem, decode, size_of
from visage.images.locate import locate
from visage.images.reading import read
from visage.report.data import Outline
from visage.store.files import write_new
from visage.store.paths import as_path
from visage.types import Box

MARGIN = 1.6  # side of a crop / longer side of the face's box: hair and chin help people to see
LEVEL = math.radians(4)  # a smaller tilt of the eyes is left as it is

# WebP of this quality takes three fifths of the bytes of JPEG of like looks; every browser since
# 2020 shows it.
_QUALITY = 62  # 0 to 100
_EFFORT = 2  # 0 to 6; 4 takes twice the time for 5 % fewer bytes

_COARSE = 5  # pixels that are left of a blurred face, each way: nobody can be told from these
_WIDER = 1.5  # side of what is blurred / that of the face's box


@dataclass(frozen=True)
class Picture:
    """An image for the page."""

    uri: str  # data:…, or the address of a file relative to the folder of pages
    width: int  # pixels
    height: int


@dataclass(frozen=True)
class Missing:
    """Stands where there is no picture, and says why."""

    reason: str


@dataclass(frozen=True)
class Sizes:
    """How large pictures are, in pixels: the more there are, the smaller."""

    photograph: int  # longer side
    face: int  # side of the crop of a query's face
    gallery_face: int


def sizes(photographs: int, in_files: bool) -> Sizes:
    """Say how large pictures may be, so that a page of so many stays quick to open and to send."""
    if in_files:
        return Sizes(photograph=320, face=112, gallery_face=160)
    if photographs > 300:
        return Sizes(photograph=480, face=144, gallery_face=144)
    return Sizes(photograph=1000 if photographs <= 100 else 720, face=224, gallery_face=224)


@dataclass(frozen=True)
class Order:
    """What is wanted of one image file."""

    folder: Path  # of the set
    image: str  # below it
    outlines: Sequence[Outline] = ()  # faces to cut out
    crop: int = 0  # pixels, side of the crops
    side: int = 0  # pixels, longer side of the whole; 0 for none
    turn: int = 0  # degrees clockwise by which the whole is shown turned, to be upright
    denied: bool = False  # it is on the deny list: nothing of it may be shown
    blurred: Sequence[Box | None] = ()  # faces to make unrecognisable first; None: the whole


@dataclass(frozen=True)
class Cuttings:
    """What was made of it."""

    photograph: Picture | Missing
    crops: list[Picture | Missing]  # one for each outline


Keep = Callable[[bytes], str]  # takes WebP, gives the address to show it by


def inline(webp: bytes) -> str:
    """Keep a picture in the page itself."""
    return "data:image/webp;base64," + base64.b64encode(webp).decode("ascii")


@dataclass(frozen=True)
class Files:
    """Keeps pictures as files beside the pages, equal ones once."""

    folder: Path  # of the pages

    def __call__(self, webp: bytes) -> str:
        """Write a picture, unless it is there."""
        name = hashlib.sha256(webp).hexdigest()[:20]
        address = f"pictures/{name[:2]}/{name[2:]}.webp"
        write_new(self.folder / address, webp)  # the folder is new: there can be no half of one
        return address


@dataclass(frozen=True)
class Scaled:
    """An upright photograph, reduced or not, and how much of it there was."""

    image: Image.Image  # RGB
    width: int  # pixels of the file, upright
    height: int

    @property
    def across(self) -> float:
        """Pixels of the image per pixel of the file, from left to right."""
        return self.image.width / self.width

    @property
    def down(self) -> float:
        """The same from top to bottom."""
        return self.image.height / self.height


def cut(order: Order, keep: Keep = inline) -> Cuttings:
    """Read an image file once and make of it what is ordered.

    A file that cannot be read gives `Missing` with the reason, never an error: it may have gone
    or changed since it was embedded.
    """
    if order.denied:
        return _nothing(order, "It is on the deny list, so it is not shown.")
    try:
        scaled = _read(order)
    except OSError as error:
        return _nothing(order, f"The file cannot be read: {error.strerror or error}.")
    except ImageProblem as problem:
        return _nothing(order, f"{problem.reason[:1].upper()}{problem.reason[1:]}.")
    for box in order.blurred:
        _blur(scaled, box)
    photograph: Picture | Missing = Missing("")
    if order.side:
        photograph = _encode(_turned(_fitted(scaled.image, order.side), order.turn), keep)
    return Cuttings(photograph, [_crop(scaled, one, order.crop, keep) for one in order.outlines])


def _nothing(order: Order, reason: str) -> Cuttings:
    return Cuttings(Missing(reason), [Missing(reason)] * len(order.outlines))


def _read(order: Order) -> Scaled:
    path, part = locate(order.folder, as_path(order.image))
    data, _ = read(path)
    photograph = decode(data, enough=_enough(size_of(data), order), part=part)
    image = Image.fromarray(cv2.cvtColor(photograph.pixels, cv2.COLOR_BGR2RGB))
    return Scaled(image, photograph.width, photograph.height)


def _enough(size: tuple[int, int], order: Order) -> int | None:
    """Give the pixels of the longer side below which something ordered would be blown up."""
    width, height = size
    if not width:
        return None
    longer = max(width, height)
    scales = [order.crop / _side(outline.box, width, height) for outline in order.outlines]
    return math.ceil(longer * min(1.0, max([order.side / longer, *scales])))


def _side(box: Box | None, width: float, height: float) -> float:
    """Give the side of the square to cut, in pixels of the file."""
    room = min(width, height)
    return max(1.0, min(room, MARGIN * max(box.w, box.h)) if box else room)


def _crop(scaled: Scaled, outline: Outline, size: int, keep: Keep) -> Picture | Missing:
    """Cut a square around the face with its eyes level; a level one is moved into the image."""
    width, height, box = scaled.width, scaled.height, outline.box
    side = _side(box, width, height)
    middle = (box.x + box.w / 2, box.y + box.h / 2) if box else (width / 2, height / 2)
    if not all(map(math.isfinite, (side, *middle))):
        return Missing("The face's box is damaged.")
    half = (side * scaled.across / 2, side * scaled.down / 2)
    if abs(outline.tilt) >= LEVEL:
        at = (middle[0] * scaled.across, middle[1] * scaled.down)
        return _encode(_levelled(scaled.image, at, half, outline.tilt, size), keep)
    x = min(max(side / 2, middle[0]), width - side / 2) * scaled.across
    y = min(max(side / 2, middle[1]), height - side / 2) * scaled.down
    area = (
        *(max(0.0, x - half[0]), max(0.0, y - half[1])),
        *(min(scaled.image.width, x + half[0]), min(scaled.image.height, y + half[1])),
    )
    return _encode(_resized(scaled.image, (size, size), area), keep)


def _levelled(
    image: Image.Image,
    middle: tuple[float, float],
    half: tuple[float, float],
    tilt: float,
    size: int,
) -> Image.Image:
    """Cut a turned square out of an image."""
    reach = (half[0] * math.sqrt(2), half[1] * math.sqrt(2))  # as far as a corner may come
    left, top = math.floor(middle[0] - reach[0]), math.floor(middle[1] - reach[1])
    right, bottom = math.ceil(middle[0] + reach[0]), math.ceil(middle[1] + reach[1])
    whole = max(1, round(size * math.sqrt(2)))
    # Scaled first, as a photograph should be: turning alone would skip pixels.
    around = _resized(_with_edges(image, (left, top, right, bottom)), (whole, whole))
    turned = around.rotate(math.degrees(tilt), Image.Resampling.BICUBIC)
    edge = (whole - size) // 2
    return turned.crop((edge, edge, edge + size, edge + size))


def _with_edges(image: Image.Image, area: tuple[int, int, int, int]) -> Image.Image:
    """Cut an area out of an image; its edge goes on where the area leaves it."""
    left, top, right, bottom = area
    inside = image.crop(
        (max(0, left), max(0, top), min(image.width, right), min(image.height, bottom))
    )
    beyond = (
        (max(0, -top), max(0, bottom - image.height)),
        (max(0, -left), max(0, right - image.width)),
        (0, 0),
    )
    if not any(map(any, beyond)):
        return inside
    return Image.fromarray(np.pad(np.asarray(inside), beyond, "edge"))


def _blur(scaled: Scaled, box: Box | None) -> None:
    """Make a face unrecognisable for good: a few coarse pixels are left, in an oval."""
    width, height = scaled.image.size
    if box is None or not all(map(math.isfinite, box)):
        box = Box(0, 0, scaled.width, scaled.height)
    x, y = (box.x + box.w / 2) * scaled.across, (box.y + box.h / 2) * scaled.down
    across, down = (_WIDER * side / 2 for side in (box.w * scaled.across, box.h * scaled.down))
    area = (
        *(max(0, math.floor(x - across)), max(0, math.floor(y - down))),
        *(min(width, math.ceil(x + across)), min(height, math.ceil(y + down))),
    )
    if area[0] >= area[2] or area[1] >= area[3]:
        return
    region = scaled.image.crop(area)
    coarse = region.resize((_COARSE, _COARSE), Image.Resampling.BOX)
    mask = Image.new("L", region.size, 0)
    ImageDraw.Draw(mask).ellipse((0, 0, region.width - 1, region.height - 1), fill=255)
    soft = mask.filter(ImageFilter.GaussianBlur(max(1, min(region.size) // 20)))
    scaled.image.paste(coarse.resize(region.size, Image.Resampling.BICUBIC), area[:2], soft)


def _fitted(image: Image.Image, side: int) -> Image.Image:
    factor = min(1.0, side / max(image.size))
    size = (max(1, round(image.width * factor)), max(1, round(image.height * factor)))
    return _resized(image, size)


def _resized(
    image: Image.Image,
    size: tuple[int, int],
    area: tuple[float, float, float, float] | None = None,
) -> Image.Image:
    """Scale a part of an image, or all of it."""
    width = image.width if area is None else area[2] - area[0]
    # Hamming takes two fifths of the time of Lanczos and is as sharp where pixels are to spare.
    method = Image.Resampling.HAMMING if width >= size[0] else Image.Resampling.BICUBIC
    return image.resize(size, method, area, reducing_gap=2.0)


def _turned(image: Image.Image, degrees: int) -> Image.Image:
    return image.rotate(-degrees, expand=True) if degrees else image


def _encode(image: Image.Image, keep: Keep) -> Picture:
    file = io.BytesIO()
    image.save(file, "WEBP", quality=_QUALITY, method=_EFFORT)
    return Picture(keep(file.getvalue()), image.width, image.height)
