"""The demo's photographs, taken out of pinned packages; none is part of this project.

Gallery and queries never share a photograph, but for the picture of several people: Eileen
Collins and Grace Hopper come with one photograph each.
"""

import csv
import io
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from visage.models.weights.archives import Package, download, read_member
from visage.store.files import replacing, write_text

FACE_RECOGNITION = Package(
    "face_recognition==1.3.0",
    "5e5efdd1686aa566af0d3cc1313b131e4b197657a8ffd03669e6d3fad92705ec",
    source=True,
)
SCIKIT_IMAGE = Package(
    "scikit-image==0.26.0",
    "74aa5518ccea28121f57a95374581d3b979839adc25bb03f289b1bc9b99c58af",
    platform="manylinux_2_28_x86_64",
    python="311",
)
MATPLOTLIB = Package(
    "matplotlib==3.11.2",
    "07d9b9fa60cd4c393692f50d0bb03123242ddf61c99bb0e95e75feb354e7c1a8",
    platform="manylinux_2_17_x86_64",
    python="311",
)

# Works of the US government carry no copyright (17 U.S.C. § 105). The White House adds, inside the
# files, that the photographs must not be used in ways that suggest an endorsement.
_WHITE_HOUSE = "public domain (US government work), not to suggest an endorsement"
_SOUZA = "Pete Souza, White House"


@dataclass(frozen=True)
class Photograph:
    """One photograph: where it comes from and what it shows."""

    package: Package
    member: str  # path inside the package's archive
    what: str
    author: str
    licence: str


def _souza(name: str, what: str, author: str = _SOUZA) -> Photograph:
    member = f"face_recognition-1.3.0/tests/test_images/{name}"
    return Photograph(FACE_RECOGNITION, member, what, author, _WHITE_HOUSE)


_OBAMA_PORTRAIT = _souza("obama.jpg", "Barack Obama in the Oval Office, 6 December 2012")
_OBAMA_SPEECH = _souza("obama2.jpg", "Barack Obama before Congress, 9 September 2009")
_OBAMA_BLUE_ROOM = _souza("obama3.jpg", "Barack Obama in the Blue Room, 10 May 2010")
_BIDEN = _souza("biden.jpg", "Joe Biden in the Blue Room, 10 May 2010")
_CROPPED = f"{_SOUZA}; cropped by Adam Geitgey"
_OBAMA_LEFT = _souza("obama_partial_face.jpg", "the 2012 portrait, cut at the left", _CROPPED)
_OBAMA_RIGHT = _souza("obama_partial_face2.jpg", "the 2012 portrait, cut at the right", _CROPPED)
_COLLINS = Photograph(
    SCIKIT_IMAGE,
    "skimage/data/astronaut.png",
    "Eileen Collins, astronaut",
    "NASA",
    "public domain",
)
_CAT = Photograph(
    SCIKIT_IMAGE,
    "skimage/data/chelsea.png",
    "Chelsea, a cat",
    "Stéfan van der Walt",
    "CC0-1.0",
)
_HOPPER = Photograph(
    MATPLOTLIB,
    "matplotlib/mpl-data/sample_data/grace_hopper.jpg",
    "Grace Hopper, commodore and computer scientist",
    "James S. Davis, US Navy",
    "public domain (US government work)",
)

# Where each photograph goes, below the demo's folder.
PHOTOGRAPHS = {
    "gallery/barack-obama/blue-room.jpg": _OBAMA_BLUE_ROOM,
    "gallery/barack-obama/speech.jpg": _OBAMA_SPEECH,
    "gallery/eileen-collins/astronaut.png": _COLLINS,
    "gallery/grace-hopper/portrait.jpg": _HOPPER,
    "queries/hidden/cut-left.jpg": _OBAMA_LEFT,
    "queries/hidden/cut-right.jpg": _OBAMA_RIGHT,
    "queries/known/portrait.jpg": _OBAMA_PORTRAIT,
    "queries/nobody/cat.png": _CAT,
    "queries/stranger/vice-president.jpg": _BIDEN,
}

# Several people in one picture: these side by side, in this order.
SEVERAL = "queries/several/four-people.jpg"
_SIDE_BY_SIDE = (_HOPPER, _OBAMA_PORTRAIT, _BIDEN, _COLLINS)
_HEIGHT = 900  # pixels

PERFORMERS = {
    "barack-obama": {"name": "Barack Obama", "country": "US"},
    "eileen-collins": {"name": "Eileen Collins", "country": "US"},
    "grace-hopper": {"name": "Grace Hopper", "country": "US"},
}

SOURCES = "sources.tsv"


def make_demo(folder: Path) -> None:
    """Make the demo in `folder`: gallery/, queries/, performers.json and, last, sources.tsv.

    Files of these names are replaced, others left alone. If `sources.tsv` is there, the demo is
    complete.

    Raises:
        VisageError: A package cannot be had; names it and the cause.
    """
    photographs = _take_out({*PHOTOGRAPHS.values(), *_SIDE_BY_SIDE})
    for name, photograph in PHOTOGRAPHS.items():
        with replacing(folder / name) as temporary:
            temporary.write_bytes(photographs[photograph])
    picture = _side_by_side([photographs[photograph] for photograph in _SIDE_BY_SIDE])
    with replacing(folder / SEVERAL) as temporary:
        # The format is named because the temporary file has no suffix.
        picture.save(temporary, format="JPEG", quality=92)
    names = json.dumps(PERFORMERS, indent=2, ensure_ascii=False)
    write_text(folder / "performers.json", names + "\n")
    write_text(folder / SOURCES, _sources())


def _take_out(wanted: set[Photograph]) -> dict[Photograph, bytes]:
    taken = {}
    for package in sorted({item.package for item in wanted}, key=lambda item: item.requirement):
        with tempfile.TemporaryDirectory(prefix="visage-demo-") as work:
            archive = download(package, Path(work))
            for photograph in wanted:
                if photograph.package == package:
                    taken[photograph] = read_member(archive, photograph.member)
    return taken


def _side_by_side(photographs: list[bytes]) -> Image.Image:
    """Join photographs, scaled to one height, from left to right."""
    images = []
    for data in photographs:
        with Image.open(io.BytesIO(data)) as photograph:
            size = (round(photograph.width * _HEIGHT / photograph.height), _HEIGHT)
            images.append(photograph.convert("RGB").resize(size, Image.Resampling.LANCZOS))
    joined = Image.new("RGB", (sum(image.width for image in images), _HEIGHT))
    left = 0
    for image in images:
        joined.paste(image, (left, 0))
        left += image.width
    return joined


def _sources() -> str:
    """Make the table of sources and licences, one row a file."""
    table = io.StringIO()
    writer = csv.writer(table, delimiter="\t", lineterminator="\n")
    writer.writerow(["file", "what", "package", "member", "licence", "author"])
    rows = [(name, (photograph,)) for name, photograph in PHOTOGRAPHS.items()]
    for name, parts in sorted([*rows, (SEVERAL, _SIDE_BY_SIDE)]):
        columns = zip(*(_row(part) for part in parts), strict=True)
        writer.writerow([name, *("; ".join(dict.fromkeys(column)) for column in columns)])
    return table.getvalue()


def _row(photograph: Photograph) -> tuple[str, str, str, str, str]:
    return (
        photograph.what,
        photograph.package.requirement,
        photograph.member,
        photograph.licence,
        photograph.author,
    )
