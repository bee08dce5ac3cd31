"""The formats that pictures and films come in: one table, which everything else reads.

Listing, decoding, the report and the look-up page ask it. To add a format, add a row. The Snakefile
imports this module, so it needs the standard library only: who reads a format is named, and looked
up where it is read (`visage.images.decode`).
"""

import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal

HEAD = 64  # bytes of a file that tell most formats

Frames = Literal["first", "pages", "animation"]


@dataclass(frozen=True)
class Format:
    """A format: how to know it, and who reads it or why nobody does."""

    name: str  # for people
    suffixes: tuple[str, ...]  # lower case; the first is the usual one
    mime: str
    begins: bytes  # regular expression of the first `HEAD` bytes
    # "<module>:<what opens a file as a Pillow image>"; "" for nobody.
    reader: str = ""
    reason: str = ""  # why nobody reads it
    frames: Frames = "first"  # what further pictures in a file are
    memory: int = 8  # bytes a pixel takes at most while it is decoded
    package: str = ""  # to be installed first, where Pillow alone does not do
    note: str = ""  # what to say of each that is read
    end: bytes = b""  # what a decoder has to meet to give what there is of a file cut short
    holds: Callable[[bytes], bool] | None = (
        None  # a look at the whole file, where `begins` is not enough
    )
    certain: bool = True  # `begins` is enough to call a file without a suffix a picture

    @property
    def read(self) -> bool:
        """Whether pictures of this format are read."""
        return bool(self.reader)


_BOX = rb".{4}ftyp"  # ISO base media: a box of 4 bytes length, its type, then the brand
_PREVIEW = "read by the preview in the camera's raw file"
_FILM = "a film; only photographs are read"
_DRAWING = "a drawing, not a photograph; export it as JPEG or PNG"


def _of_a_camera(data: bytes) -> bool:
    """Tell whether a TIFF is a camera's raw file: a sensor's pixels, or a preview before them.

    Tags: 50706 DNGVersion; 262 PhotometricInterpretation 32803 (a sensor's colour filters) and
    34892 (linear raw); 254 NewSubfileType 1 (a reduced picture) with 330 SubIFDs (TIFF/EP).
    """
    tags = dict(_first_tags(data))
    sensor = tags.get(262) in (32803, 34892)
    return 50706 in tags or sensor or (330 in tags and tags.get(254) == 1)


def _first_tags(data: bytes) -> Iterator[tuple[int, int]]:
    """Give the tags of a TIFF's first directory, each with its first value or offset."""
    order = "<" if data[:2] == b"II" else ">"
    try:
        (place,) = struct.unpack_from(f"{order}I", data, 4)
        (number,) = struct.unpack_from(f"{order}H", data, place)
        for entry in range(place + 2, place + 2 + 12 * number, 12):
            tag, kind = struct.unpack_from(f"{order}HH", data, entry)
            (value,) = struct.unpack_from(f"{order}{'H' if kind == 3 else 'I'}", data, entry + 8)
            yield tag, value
    except struct.error:
        return


# The first row whose beginning fits has a file, so the narrower ones stand above the wider.
FORMATS = (
    Format(
        "JPEG",
        (".jpg", ".jpeg", ".jpe", ".jfif", ".jif", ".jfi", ".jps", ".mpo", ".thm"),
        "image/jpeg",
        rb"\xff\xd8\xff",
        "PIL.JpegImagePlugin:jpeg_factory",
        end=b"\xff\xd9",
    ),
    Format(
        "PNG",
        (".png", ".apng"),
        "image/png",
        rb"\x89PNG\r\n\x1a\n",
        "PIL.PngImagePlugin:PngImageFile",
        "",
        "animation",
    ),
    Format(
        "WebP",
        (".webp",),
        "image/webp",
        rb"RIFF.{4}WEBP",
        "PIL.WebPImagePlugin:WebPImageFile",
        "",
        "animation",
        17,
    ),
    Format(
        "GIF",
        (".gif",),
        "image/gif",
        rb"GIF8[79]a",
        "PIL.GifImagePlugin:GifImageFile",
        "",
        "animation",
        16,
    ),
    Format(
        "BMP",
        (".bmp", ".dib"),
        "image/bmp",
        rb"BM.{12}[\x0c\x28\x34\x38\x40\x6c\x7c]\0\0\0",
        "PIL.BmpImagePlugin:BmpImageFile",
    ),
    Format(
        "camera RAW",
        (
            *(
                ".dng",
                ".cr2",
                ".cr3",
                ".crw",
                ".nef",
                ".nrw",
                ".arw",
                ".sr2",
                ".srf",
                ".raf",
                ".orf",
            ),
            *(
                ".rw2",
                ".rwl",
                ".pef",
                ".srw",
                ".x3f",
                ".mrw",
                ".3fr",
                ".fff",
                ".iiq",
                ".mef",
                ".mos",
            ),
            *(".erf", ".kdc", ".dcr", ".raw"),
        ),
        "image/x-dcraw",
        rb"II\*\0.{4}CR|IIR[OS]|MMOR|IIU\0|II\x1a\0.{4}HEAPCCDR|FUJIFILMCCD-RAW|FOVb|\0MRM"
        rb"|" + _BOX + rb"crx ",
        "visage.images.raw:open_preview",
        package="rawpy",
        note=_PREVIEW,
    ),
    Format(
        "camera RAW",
        (),
        "image/x-dcraw",
        rb"II\*\0|MM\0\*",
        "visage.images.raw:open_preview",
        package="rawpy",
        note=_PREVIEW,
        holds=_of_a_camera,
    ),
    Format(
        "TIFF",
        (".tif", ".tiff"),
        "image/tiff",
        rb"II\*\0|MM\0\*|II\+\0|MM\0\+",
        "PIL.TiffImagePlugin:TiffImageFile",
        frames="pages",
        memory=16,
    ),
    Format(
        "AVIF",
        (".avif", ".avifs"),
        "image/avif",
        _BOX + rb"(?:avi[fs]|(?:mif1|msf1).{4}(?:.{4})*?avi[fs])",
        "PIL.AvifImagePlugin:AvifImageFile",
        frames="animation",
        memory=16,
    ),
    Format(
        "HEIF",
        (".heic", ".heif", ".hif", ".heics", ".heifs"),
        "image/heic",
        _BOX + rb"(?:he(?:i[cxms]|v[cxms])|mif[12]|msf1)",
        "pi_heif:HeifImageFile",
        memory=16,
        package="pi-heif",
    ),
    Format(
        "JPEG 2000",
        (".jp2", ".j2k", ".jpx", ".jpf", ".jpc", ".j2c"),
        "image/jp2",
        rb"\0\0\0\x0cjP  \r\n\x87\n|\xff\x4f\xff\x51",
        "PIL.Jpeg2KImagePlugin:Jpeg2KImageFile",
        memory=24,
    ),
    Format(
        "PPM",
        (".ppm", ".pgm", ".pbm", ".pnm", ".pfm"),
        "image/x-portable-anymap",
        rb"P[1-6][\s#]|P[Ff]\s",
        "PIL.PpmImagePlugin:PpmImageFile",
    ),
    Format(
        "JPEG XL",
        (".jxl",),
        "image/jxl",
        rb"\xff\x0a|\0\0\0\x0cJXL \r\n\x87\n",
        reason="a JPEG XL picture, for which there is no reader that may be shipped; "
        "djxl turns it into a JPEG",
    ),
    Format(
        "film",
        (
            *(
                ".mov",
                ".mp4",
                ".m4v",
                ".qt",
                ".3gp",
                ".3g2",
                ".avi",
                ".mkv",
                ".webm",
                ".wmv",
                ".asf",
            ),
            *(
                ".flv",
                ".f4v",
                ".mpg",
                ".mpeg",
                ".mpe",
                ".m1v",
                ".m2v",
                ".vob",
                ".mts",
                ".m2ts",
                ".ogv",
            ),
            *(".divx", ".rm", ".rmvb", ".lrv", ".insv"),
        ),
        "video/mp4",
        rb".{4}(?:ftyp|moov|mdat|wide|pnot)|\x1aE\xdf\xa3|RIFF.{4}AVI |\0\0\x01[\xba\xb3]|FLV\x01"
        rb"|0&\xb2u\x8ef\xcf\x11|\.RMF",
        reason=_FILM,
    ),
    Format(
        "PDF",
        (".pdf",),
        "application/pdf",
        rb"%PDF-",
        reason="a PDF; export its pictures as JPEG or PNG",
    ),
    Format(
        "Photoshop",
        (".psd", ".psb"),
        "image/vnd.adobe.photoshop",
        rb"8BPS",
        reason="a Photoshop file; export it as JPEG or TIFF",
    ),
    Format(
        "GIMP",
        (".xcf",),
        "image/x-xcf",
        rb"gimp xcf",
        reason="a GIMP file; export it as JPEG or PNG",
    ),
    Format(
        "SVG",
        (".svg", ".svgz"),
        "image/svg+xml",
        rb"(?:\xef\xbb\xbf)?\s*<(?:svg|\?xml[^>]*>\s*<svg)",
        reason=_DRAWING,
    ),
    Format("PostScript", (".eps", ".ai"), "application/postscript", rb"%!PS", reason=_DRAWING),
    Format(
        "OpenEXR",
        (".exr",),
        "image/x-exr",
        rb"v/1\x01",
        reason="an OpenEXR picture; export it as JPEG or TIFF",
    ),
    Format(
        "icon",
        (".ico", ".cur"),
        "image/x-icon",
        rb"\0\0[\x01\x02]\0[^\0]\0",
        reason="an icon, not a photograph",
        certain=False,
    ),
    # Nothing at a TGA's beginning is sure: type, palette and depth are only plausible.
    Format(
        "TGA",
        (".tga", ".icb", ".vda", ".vst"),
        "image/x-tga",
        rb".[\0\x01][\x01\x02\x03\x09\x0a\x0b].{9}(?!\0\0)..(?!\0\0)..[\x08\x0f\x10\x18\x20]",
        "PIL.TgaImagePlugin:TgaImageFile",
        certain=False,
    ),
)

_BY_SUFFIX = {suffix: row for row in FORMATS for suffix in row.suffixes}


def by_suffix(suffix: str) -> Format | None:
    """Give the format that a file's suffix promises, in any letter case; None if it is none."""
    return _BY_SUFFIX.get(suffix.lower())


def by_content(data: bytes) -> Format | None:
    """Give the format of a file by its bytes: all, or at least the first `HEAD`."""
    head = data[:HEAD]
    for row in FORMATS:
        if re.match(row.begins, head, re.DOTALL) and (row.holds is None or row.holds(data)):
            return row
    return None


def looks_like_a_picture(head: bytes) -> bool:
    """Tell by its first `HEAD` bytes whether a file without a suffix is a picture or a film."""
    found = by_content(head)
    return found is not None and found.certain


def readable() -> list[str]:
    """Give the names of the formats that are read, each once."""
    return list(dict.fromkeys(row.name for row in FORMATS if row.read))


def accepted() -> str:
    """Give what an HTML file input accepts: MIME types, and suffixes that browsers do not know."""
    rows = [row for row in FORMATS if row.read]
    return ",".join(
        dict.fromkeys([*(r.mime for r in rows), *(s for r in rows for s in r.suffixes)])
    )


def disagreement(image: str, content: str) -> str:
    """Say that a file's name promises another format than its bytes hold; "" where it does not.

    Args:
        image: The file's name or path.
        content: The name of the format that its content has; "" where that is not known.
    """
    promised = by_suffix(PurePath(image).suffix)
    if promised is None or not content or promised.name == content:
        return ""
    return f"its name says {promised.name}, its content is {content}"
