"""Thumbnails and crops, small enough to stand in the page itself; or files in a folder."""

import base64
import hashlib
import io
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps

from visage.images.decode import MAX_PIXELS, ImageProblem, decode
from visage.store.files import replacing
from visage.types import Box

PHOTOGRAPH = 420  # pixels, longer side
FACE = 144  # pixels, side of the crop of a query's face
GALLERY_FACE = 84  # pixels, as large as it is shown: a page may have thousands
MARGIN = 1.4  # side of a crop / longer side of the face's box: hair and chin help people to see

# WebP of this quality takes three fifths of the bytes of JPEG of like looks; every browser since
# 2020 shows it.
_QUALITY = 58  # 0 to 100
_EFFORT = 2  # 0 to 6; 4 takes twice the time for 5 % fewer bytes


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
class Order:
    """What is wanted of one image file."""

    path: Path
    boxes: Sequence[Box | None] = ()  # faces to cut out; None cuts the middle of the image
    crop: int = FACE  # pixels, side of the crops
    side: int = 0  # pixels, longer side of the thumbnail of the whole; 0 for none
    denied: bool = False  # it is on the deny list: nothing of it may be shown


@dataclass(frozen=True)
class Cuttings:
    """What was made of it."""

    photograph: Picture | Missing
    crops: list[Picture | Missing]  # one for each box


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
        path = self.folder / "pictures" / name[:2] / f"{name[2:]}.webp"
        if not path.exists():
            with replacing(path) as temporary:
                temporary.write_bytes(webp)
        return path.relative_to(self.folder).as_posix()


def cut(order: Order, keep: Keep = inline) -> Cuttings:
    """Read an image file once and make of it what is ordered.

    A file that cannot be read gives `Missing` with the reason, never an error: it may have gone
    or changed since it was embedded.
    """
    if order.denied:
        return _nothing(order, "It is on the deny list, so it is not shown.")
    try:
        image, scale = _read(order)
    except OSError as error:
        return _nothing(order, f"The file cannot be read: {error.strerror or error}.")
    except ImageProblem as problem:
        return _nothing(order, f"{problem.reason[:1].upper()}{problem.reason[1:]}.")
    photograph: Picture | Missing = Missing("")
    if order.side:
        photograph = _encode(_fitted(image, order.side), keep)
    return Cuttings(photograph, [_crop(image, scale, box, order.crop, keep) for box in order.boxes])


def _nothing(order: Order, reason: str) -> Cuttings:
    return Cuttings(Missing(reason), [Missing(reason)] * len(order.boxes))


def _read(order: Order) -> tuple[Image.Image, tuple[float, float]]:
    """Give the upright image in RGB, and its scale to the file's full size (width, height)."""
    data = order.path.read_bytes()
    reduced = _read_reduced(data, order)
    if reduced:
        return reduced
    pixels = decode(data).pixels
    return Image.fromarray(pixels[:, :, ::-1]), (1.0, 1.0)


def _read_reduced(data: bytes, order: Order) -> tuple[Image.Image, tuple[float, float]] | None:
    """Decode a JPEG at a half, a quarter or an eighth of its size, which is several times faster.

    None where this is not possible; `decode` then says what is wrong, if anything.
    """
    try:
        with Image.open(io.BytesIO(data), formats=["JPEG"]) as image:
            width, height = image.size
            if image.mode not in ("RGB", "L") or width * height > MAX_PIXELS:
                return None
            enough = _enough(width, height, order)
            image.draft(image.mode, (math.ceil(width * enough), math.ceil(height * enough)))
            drafted = image.size
            upright = ImageOps.exif_transpose(image).convert("RGB")
    except Exception:  # noqa: BLE001 - decoders raise anything; `decode` words it for people
        return None
    across, down = drafted[0] / width, drafted[1] / height
    turned = upright.size != drafted
    return upright, (down, across) if turned else (across, down)


def _enough(width: int, height: int, order: Order) -> float:
    """Give the scale below which something ordered would have to be blown up; at most 1."""
    scales = [order.side / max(width, height)]
    for box in order.boxes:
        scales.append(order.crop / _side(box, width, height))
    return min(1.0, max(scales))


def _side(box: Box | None, width: float, height: float) -> float:
    """Give the side of the square to cut, in pixels of the file."""
    room = min(width, height)
    return max(1.0, min(room, MARGIN * max(box.w, box.h)) if box else room)


def _crop(
    image: Image.Image, scale: tuple[float, float], box: Box | None, size: int, keep: Keep
) -> Picture | Missing:
    """Cut a square around the box, moved into the image where it would leave it."""
    across, down = scale
    width, height = image.width / across, image.height / down
    side = _side(box, width, height)
    middle = (box.x + box.w / 2, box.y + box.h / 2) if box else (width / 2, height / 2)
    if not all(map(math.isfinite, (side, *middle))):
        return Missing("The face's box is damaged.")
    left = min(max(0.0, middle[0] - side / 2), width - side)
    top = min(max(0.0, middle[1] - side / 2), height - side)
    area = (left * across, top * down, (left + side) * across, (top + side) * down)
    limited = (area[0], area[1], min(area[2], image.width), min(area[3], image.height))
    square = image.resize((size, size), Image.Resampling.LANCZOS, box=limited, reducing_gap=2.0)
    return _encode(square, keep)


def _fitted(image: Image.Image, side: int) -> Image.Image:
    factor = min(1.0, side / max(image.size))
    size = (max(1, round(image.width * factor)), max(1, round(image.height * factor)))
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


def _encode(image: Image.Image, keep: Keep) -> Picture:
    file = io.BytesIO()
    image.save(file, "WEBP", quality=_QUALITY, method=_EFFORT)
    return Picture(keep(file.getvalue()), image.width, image.height)
