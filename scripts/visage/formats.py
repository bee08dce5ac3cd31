"""The formats that pictures and films come in: one table, which everything else reads.

Listing, decoding, the report and the look-up page ask it. To add a format, add a row. The Snakefile
imports this module, so it needs the standard library only: who reads a format is named, and looked
up where it is read (`visage.images.decode`).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePath
from typing import Literal

from visage.containers import box_length, is_of_a_camera, jpeg2000_length, riff_length

HEAD = 256  # bytes of a file that tell most formats

Frames = Literal["first", "pages", "animation"]


@dataclass(frozen=True)
class Format:
    """A format: how to know it, and who reads it or why nobody does."""

    name: str  # for people
    listed: str  # its suffixes, with blanks between them; lower case; the first is the usual one
    mime: str
    begins: bytes  # regular expression of the first `HEAD` bytes
    # "<module>:<what opens a file as a Pillow image>"; "" for nobody.
    reader: str = ""
    reason: str = ""  # why nobody reads it
    frames: Frames = "first"  # what further pictures in a file are
    memory: int = 8  # bytes a pixel takes at most while it is decoded
    package: str = ""  # to be installed first, where Pillow alone does not do
    note: str = ""  # what to say of each that is read
    length: Callable[[bytes], int] | None = None  # of a whole file, as its beginning promises it
    end: bytes = b""  # what a decoder has to meet to give what there is of a file cut short
    holds: Callable[[bytes], bool] | None = None  # asks the whole file what `begins` cannot tell
    certain: bool = True  # `begins` is enough to call a file of any name a picture

    @property
    def suffixes(self) -> tuple[str, ...]:
        """What names of its files end in, lower case; the usual one first."""
        return tuple(self.listed.split())

    @cached_property
    def beginning(self) -> re.Pattern[bytes]:
        """What tells its files, ready to be asked of a hundred thousand."""
        return re.compile(self.begins, re.DOTALL)

    @property
    def read(self) -> bool:
        """Whether pictures of this format are read."""
        return bool(self.reader)


_BOX = rb"\0[\0-\x0f]..ftyp"  # ISO base media: a box of 4 bytes length, its type, then the brand
_PREVIEW = "read by the preview in the camera's raw file"
_DRAWING = "a drawing, not a photograph; export it as JPEG or PNG"
_XML = rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*"

# The first row whose beginning fits has a file, so the narrower ones stand above the wider.
FORMATS = (
    Format(
        "JPEG",
        ".jpg .jpeg .jpe .jfif .jif .jfi .pjpeg .pjp .jps .mpo .thm .insp",
        "image/jpeg",
        rb"\xff\xd8\xff",
        "PIL.JpegImagePlugin:jpeg_factory",
        end=b"\xff\xd9",
    ),
    Format(
        "PNG",
        ".png .apng",
        "image/png",
        rb"\x89PNG\r\n\x1a\n",
        "visage.images.png:open_png",
        frames="animation",
    ),
    Format(
        "WebP",
        ".webp",
        "image/webp",
        rb"RIFF.{4}WEBP",
        "PIL.WebPImagePlugin:WebPImageFile",
        frames="animation",
        memory=17,
        length=riff_length,
    ),
    Format(
        "GIF",
        ".gif",
        "image/gif",
        rb"GIF8[79]a",
        "PIL.GifImagePlugin:GifImageFile",
        frames="animation",
        memory=16,
    ),
    Format(
        "BMP",
        ".bmp .dib",
        "image/bmp",
        rb"BM.{12}[\x0c\x28\x34\x38\x40\x6c\x7c]\0\0\0",
        "PIL.BmpImagePlugin:BmpImageFile",
    ),
    Format(
        "camera RAW",
        ".dng .cr2 .cr3 .crw .nef .nrw .arw .sr2 .srf .raf .orf .rw2 .rwl .pef .srw .x3f .mrw .3fr "
        ".fff .iiq .mef .mos .erf .kdc .dcr .gpr .raw",
        "image/x-dcraw",
        rb"II\*\0.{4}CR|IIR[OS]|MMOR|IIU\0|II\x1a\0.{4}HEAPCCDR|FUJIFILMCCD-RAW|FOVb|\0MRM"
        rb"|" + _BOX + rb"crx ",
        "visage.images.raw:open_preview",
        package="rawpy",
        note=_PREVIEW,
    ),
    Format(
        "camera RAW",
        "",
        "image/x-dcraw",
        rb"II\*\0|MM\0\*",
        "visage.images.raw:open_preview",
        package="rawpy",
        note=_PREVIEW,
        holds=is_of_a_camera,
    ),
    Format(
        "TIFF",
        ".tif .tiff",
        "image/tiff",
        rb"II\*\0|MM\0\*|II\+\0|MM\0\+",
        "visage.images.tiff:Tiff",
        frames="pages",
        memory=16,
    ),
    Format(
        "AVIF",
        ".avif .avifs",
        "image/avif",
        _BOX + rb"(?:avi[fs]|(?:mif1|msf1).{4}(?:.{4}){0,9}?avi[fs])",
        "visage.images.boxes:open_avif",
        frames="animation",
        memory=16,
        length=box_length,
    ),
    Format(
        "HEIF",
        ".heic .heif .hif .heics .heifs",
        "image/heic",
        _BOX + rb"(?:he(?:i[cxms]|v[cxms])|mif[12]|msf1)",
        "visage.images.boxes:open_heif",
        memory=16,
        package="pi-heif",
        length=box_length,
    ),
    Format(
        "JPEG 2000",
        ".jp2 .j2k .jpx .jpf .jpc .j2c",
        "image/jp2",
        rb"\0\0\0\x0cjP  \r\n\x87\n|\xff\x4f\xff\x51",
        "visage.images.boxes:open_jpeg2000",
        memory=24,
        length=jpeg2000_length,
        end=b"\xff\xd9",
    ),
    Format(
        "PPM",
        ".ppm .pgm .pbm .pnm .pfm",
        "image/x-portable-anymap",
        rb"(?:P[1-6]|Pf)\s+(?:#|\d+\s+\d+\s)",
        "PIL.PpmImagePlugin:PpmImageFile",
    ),
    Format(
        "JPEG XL",
        ".jxl",
        "image/jxl",
        rb"\xff\x0a|\0\0\0\x0cJXL \r\n\x87\n",
        reason="a JPEG XL picture, for which there is no reader that may be shipped; "
        "djxl turns it into a JPEG",
    ),
    Format(
        "film",
        ".mov .mp4 .m4v .qt .3gp .3g2 .avi .mkv .webm .wmv .asf .flv .f4v .mpg .mpeg .mpe .m1v "
        ".m2v .vob .mts .m2ts .ogv .ogm .divx .rm .rmvb .mxf .dv .lrv .lrf .insv .360",
        "video/mp4",
        rb"\0[\0-\x0f]..ftyp(?!M4[ABP] )|.{4}(?:moov|mdat|pnot)|\0\0\0\x08wide|\x1aE\xdf\xa3"
        rb"|RIFF.{4}AVI |\0\0\x01[\xba\xb3]|FLV\x01|0&\xb2u\x8ef\xcf\x11|\.RMF"
        rb"|\x06\x0e\x2b\x34\x02\x05\x01\x01",
        reason="a film; only photographs are read",
    ),
    Format(
        "PDF",
        ".pdf",
        "application/pdf",
        rb"%PDF-",
        reason="a PDF; export its pictures as JPEG or PNG",
    ),
    Format(
        "Photoshop",
        ".psd .psb",
        "image/vnd.adobe.photoshop",
        rb"8BPS",
        reason="a Photoshop file; export it as JPEG or TIFF",
    ),
    Format(
        "GIMP",
        ".xcf",
        "image/x-xcf",
        rb"gimp xcf",
        reason="a GIMP file; export it as JPEG or PNG",
    ),
    Format(
        "SVG",
        ".svg .svgz",
        "image/svg+xml",
        _XML + rb"(?:<!DOCTYPE svg\b|<svg\b)",
        reason=_DRAWING,
    ),
    Format(
        "PostScript",
        ".eps .ai",
        "application/postscript",
        rb"%!PS|\xc5\xd0\xd3\xc6",
        reason=_DRAWING,
    ),
    Format(
        "OpenEXR",
        ".exr",
        "image/x-exr",
        rb"v/1\x01",
        reason="an OpenEXR picture; export it as JPEG or TIFF",
    ),
    Format(
        "icon",
        ".ico .cur .icns",
        "image/x-icon",
        rb"\0\0[\x01\x02]\0[^\0]\0",
        reason="an icon, not a photograph",
        certain=False,
    ),
    Format(
        "rare format",
        ".jxr .wdp .hdp .bpg .flif .qoi .pcx .sgi .dds .hdr .pam .xbm .xpm .pict .pct .dpx .cin "
        ".fits .dcm .djvu .emf .wmf .cdr .kra .clip",
        "image/x-unknown",
        rb"II\xbc\x01|BPG\xfb|FLIF[0-9A-f]|qoif|DDS \x7c|#\?RADIANCE|P7\s|PF\s|SIMPLE  =|AT&TFORM",
        reason="a picture of a kind that is not read; export it as JPEG or PNG",
    ),
    # Nothing at a TGA's beginning is sure: type, palette and depth are only plausible.
    Format(
        "TGA",
        ".tga .icb .vda .vst",
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
        if row.beginning.match(head) and (row.holds is None or row.holds(data)):
            return row
    return None


def looks_like_a_picture(head: bytes) -> bool:
    """Tell by its first `HEAD` bytes whether a file of any name is a picture or a film."""
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
