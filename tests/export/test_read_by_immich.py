"""Our sidecars by the rule by which Immich reads faces, as its source states it.

server/src/services/metadata.service.ts (`applyTaggedFaces`, `orientRegionInfo`, `processSidecar`):
of exiftool's RegionInfo, only with AppliedToDimensions and a Name; areas are of the stored picture,
in parts of its sides, and are turned by the photograph's orientation; `a.jpg.xmp` before `a.xmp`.
"""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from visage.export.faces import NamedFace
from visage.export.xmp import Places, export_xmp
from visage.types import Box

STORED = (200, 100)  # width and height, pixels
BOXES = {"ann": Box(12, 20, 30, 40), "=bob <b>": Box(55, 8, 24, 36)}  # upright, pixels
SIDEWARDS = range(5, 9)
# Where the centre of an area of the stored picture is in the upright one.
TURNED = {
    1: lambda x, y: (x, y),
    2: lambda x, y: (1 - x, y),
    3: lambda x, y: (1 - x, 1 - y),
    4: lambda x, y: (x, 1 - y),
    5: lambda x, y: (y, x),
    6: lambda x, y: (1 - y, x),
    7: lambda x, y: (1 - y, 1 - x),
    8: lambda x, y: (y, 1 - x),
}


def by_immich(tags: dict[str, Any], orientation: int) -> dict[str, tuple[float, ...]]:
    """Give the names and their boxes (left, top, right, bottom, pixels) that Immich would keep."""
    info = tags["RegionInfo"]
    width, height = (info["AppliedToDimensions"][side] for side in "WH")
    if orientation in SIDEWARDS:
        width, height = height, width
    found: dict[str, tuple[float, ...]] = {}
    for region in info["RegionList"]:
        x, y, w, h = (region["Area"][side] for side in "XYWH")
        x, y = TURNED[orientation](x, y)
        if orientation in SIDEWARDS:
            w, h = h, w
        left, right, top, bottom = x - w / 2, x + w / 2, y - h / 2, y + h / 2
        found[region["Name"]] = (left * width, top * height, right * width, bottom * height)
    return found


def test_immich_finds_every_face_where_it_is_in_all_orientations(tmp_path: Path) -> None:
    if not shutil.which("exiftool"):
        pytest.skip("exiftool is not here")
    faces = []
    for orientation in TURNED:
        exif = Image.Exif()
        exif[0x0112] = orientation
        Image.new("RGB", STORED).save(tmp_path / f"{orientation}.jpg", exif=exif)
        upright = STORED[::-1] if orientation in SIDEWARDS else STORED
        for number, (name, box) in enumerate(BOXES.items()):
            image = f"{orientation}.jpg"
            faces.append(NamedFace(image, "", number, box, *upright, name, name, "match", 0.9))
    images = [f"{orientation}.jpg" for orientation in TURNED]
    export_xmp(images, faces, Places(tmp_path, tmp_path), tmp_path / "written.jsonl")
    for orientation in TURNED:
        sidecar = tmp_path / f"{orientation}.jpg.xmp"  # the first that Immich looks for
        read = subprocess.run(
            ["exiftool", "-j", "-struct", "-n", "-RegionInfo", sidecar],
            capture_output=True,
            check=True,
        )
        found = by_immich(json.loads(read.stdout)[0], orientation)
        assert found.keys() == BOXES.keys()
        for name, (x, y, w, h) in BOXES.items():
            assert found[name] == pytest.approx((x, y, x + w, y + h), abs=0.01), orientation
