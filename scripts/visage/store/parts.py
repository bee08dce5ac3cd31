"""Pictures that are parts of a file, and how they are called: `scan.tif#2`, `scene.jpg#t=12.5`.

    scan.tif#2                    the second page of a TIFF; the first goes by the file's own name
    scene.jpg#t=12.5              the tile of a sheet that its .vtt file gives that second of a film
    scene.jpg#xywh=160,0,160,90   the tile of a sheet that the config's grid cuts (media fragments)

The Snakefile imports this module, so it needs the standard library only.
"""

import hashlib
import re

SHEET = "_sprite"  # what Stash writes behind a scene's name to call its sheet
_PART = re.compile(r"(.+)#(\d+|t=\d+(?:\.\d+)?|xywh=\d+,\d+,\d+,\d+)", re.DOTALL)


def split(image: str) -> tuple[str, str]:
    """Give the file of a picture, and which part of it; "" for the whole or the first page."""
    found = _PART.fullmatch(image) if "#" in image else None
    return (found[1], found[2]) if found else (image, "")


def file_of(image: str) -> str:
    """Give the file that holds a picture."""
    return split(image)[0]


def named(file: str, part: str) -> str:
    """Give the name of a part of a file."""
    return f"{file}#{part}" if part else file


def is_tile(image: str) -> bool:
    """Tell whether a picture is a tile of a sheet."""
    return "=" in split(image)[1]


def part_hash(sha256: str, part: str) -> str:
    """Give what stands for the SHA-256 of a part of a file whose own is `sha256`.

    Pages are not copies of each other, so each has a hash of its own; the first page the file's.
    """
    return hashlib.sha256(f"{sha256}#{part}".encode()).hexdigest() if part else sha256


def order_of(image: str) -> tuple[float, ...]:
    """Give by what the parts of one file are sorted: pages, seconds, or lines of tiles."""
    numbers = [float(number) for number in re.findall(r"\d+(?:\.\d+)?", split(image)[1])]
    return (numbers[1], numbers[0]) if len(numbers) == 4 else tuple(numbers)
