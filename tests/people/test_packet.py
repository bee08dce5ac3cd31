"""Regions of ours in XMP packets of others, read back by others."""

import json
import random
import shutil
import subprocess
from pathlib import Path

import pytest
from defusedxml.minidom import parseString
from people.importing.test_reading_xmp import DIGIKAM, HEAD, LIGHTROOM, NAMES, TAIL
from PIL import Image, ImageOps
from visage.people.packet import Tag, renewed
from visage.people.turning import Area, stored, upright
from visage.people.xmp import PacketProblem, parse_packet

WIDTH, HEIGHT = 4000, 3000
ANN = Tag("id-1", "Ann", Area(0.1, 0.1, 0.4, 0.2), "match", 0.987)
EVE = Tag("id-2", 'Eve <b> & "Co"', Area(0.7, 0.6, 0.1, 0.2), "given")
FOREIGN = (
    '<rdf:Description rdf:about="" xmlns:crs="http://ns.adobe.com/camera-raw-settings/1.0/"'
    ' crs:Exposure2012="+0.50"><crs:Tones><rdf:Seq><rdf:li>0, 0</rdf:li></rdf:Seq></crs:Tones>'
    "<!-- mine --></rdf:Description>"
)


def packet(*parts: str) -> bytes:
    tail = TAIL.replace("</rdf:RDF>", f"{FOREIGN}</rdf:RDF>")
    return (HEAD + "".join(parts) + tail).encode()


def test_a_new_packet_is_read_back_and_empties_to_nothing() -> None:
    new = renewed(None, [ANN, EVE], WIDTH, HEIGHT, 6)
    assert new is not None
    read = parse_packet(new)
    assert [(one.name, one.person, one.ours) for one in read.regions] == [
        ("Ann", "id-1", True),
        (EVE.name, "id-2", True),
    ]
    assert read.names == []  # ours are not taken for others'
    assert read.dimensions == (HEIGHT, WIDTH)
    assert upright(read.regions[0].area, 6) == pytest.approx(ANN.area)
    assert renewed(new, [ANN, EVE], WIDTH, HEIGHT, 6) == new
    assert renewed(new, [], WIDTH, HEIGHT, 6) is None


@pytest.mark.parametrize("dialect", [DIGIKAM, LIGHTROOM])
def test_what_others_wrote_stays_and_a_face_of_theirs_is_left_to_them(dialect: str) -> None:
    before = packet(dialect, NAMES)
    new = renewed(before, [Tag("x", "Xenia", ANN.area, "match"), EVE], WIDTH, HEIGHT, 1)
    assert new is not None
    text = new.decode()
    assert 'crs:Exposure2012="+0.50"' in text
    assert "<!-- mine -->" in text
    assert "Xenia" not in text
    read = parse_packet(new)
    assert [one.name for one in read.regions] == ["Ann", EVE.name]
    assert read.names == ["Ann", "Cleo & Co"]
    bare = renewed(new, [], WIDTH, HEIGHT, 1)
    assert bare is not None
    assert parse_packet(bare) == parse_packet(before)
    assert "isage" not in bare.decode().replace(" xmlns:visage", "").replace("visage-ml/ns", "")


def test_ours_stand_before_regions_without_a_name_where_digikam_ends_to_read() -> None:
    first, end = DIGIKAM.index("<rdf:li>"), DIGIKAM.index("</rdf:li>") + len("</rdf:li>")
    named = DIGIKAM[first:end]
    nameless = named.replace(' mwg-rs:Name="Ann"', "")
    assert nameless.count("Name") == 0
    before = packet(DIGIKAM[:end] + f"\n {nameless}\n {named}" + DIGIKAM[end:])
    new = renewed(before, [EVE], WIDTH, HEIGHT, 1)
    assert new is not None
    regions = [item.toxml() for item in parseString(new).getElementsByTagName("rdf:li")]
    assert [">Eve" in region for region in regions[:4]] == [False, True, False, False]
    bare = renewed(new, [], WIDTH, HEIGHT, 1)
    assert bare is not None
    assert (nameless in bare.decode(), bare.decode().count(named)) == (True, 2)
    assert f"\n {nameless}\n {named}" in bare.decode()


def test_a_region_of_ours_that_a_person_changed_is_theirs() -> None:
    new = renewed(None, [ANN], WIDTH, HEIGHT, 1)
    assert new is not None
    changed = new.replace(b">Ann<", b">Anna<")
    regions = parse_packet(changed).regions
    assert [(one.name, one.ours) for one in regions] == [("Anna", False)]
    again = renewed(changed, [ANN], WIDTH, HEIGHT, 1)
    assert again is not None
    assert [(one.name, one.ours) for one in parse_packet(again).regions] == [("Anna", False)]


@pytest.mark.parametrize(
    "content", [b"", b"<x:xmpmeta", b"<a/>", b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>']
)
def test_what_is_no_packet_is_left_alone(content: bytes) -> None:
    with pytest.raises(PacketProblem):
        renewed(content, [ANN], WIDTH, HEIGHT, 1)


def test_exiftool_reads_a_thousand_regions_in_all_orientations_to_the_pixel(
    tmp_path: Path,
) -> None:
    if not shutil.which("exiftool"):
        pytest.skip("exiftool is not here")
    chance = random.Random(1)
    boxes = []
    for _ in range(1000):
        w, h = chance.randint(1, 30), chance.randint(1, 30)
        boxes.append((chance.randint(0, WIDTH - w), chance.randint(0, HEIGHT - h), w, h))
    # A grid of their own, so that no two are taken for one face.
    for orientation in range(1, 9):
        tags = [
            Tag(str(n), f"P{n}", Area(x / WIDTH, y / HEIGHT, w / WIDTH, h / HEIGHT), "match", 0.9)
            for n, (x, y, w, h) in enumerate(boxes)
        ]
        content = renewed(None, tags, WIDTH, HEIGHT, orientation)
        assert content is not None
        (tmp_path / f"{orientation}.xmp").write_bytes(content)
    done = subprocess.run(
        ["exiftool", "-j", "-struct", "-n", "-RegionInfo", "-PersonInImage", tmp_path],
        check=True,
        capture_output=True,
    )
    for file in json.loads(done.stdout):
        orientation = int(Path(file["SourceFile"]).stem)
        info = file["RegionInfo"]
        width, height = info["AppliedToDimensions"]["W"], info["AppliedToDimensions"]["H"]
        assert (width, height) == ((HEIGHT, WIDTH) if orientation > 4 else (WIDTH, HEIGHT))
        assert len(info["RegionList"]) == len(file["PersonInImage"]) == 1000
        for n, region in enumerate(info["RegionList"]):
            assert region["Name"] == f"P{n}"
            assert region["Type"] == "Face"
            area = region["Area"]
            x, y, w, h = (
                (area["X"] - area["W"] / 2) * width,
                (area["Y"] - area["H"] / 2) * height,
                area["W"] * width,
                area["H"] * height,
            )
            left, top, right, bottom = _stored_by_pillow(boxes[n], orientation)
            assert (x, y, x + w, y + h) == pytest.approx((left, top, right, bottom), abs=0.01)


def _stored_by_pillow(box: tuple[int, ...], orientation: int) -> tuple[float, ...]:
    """Where a box of the upright picture lies in the stored one, by Pillow's own transposing."""
    x, y, w, h = box
    corners = []
    for u, v in ((x, y), (x + w, y + h)):
        across, down = _moves()[orientation](u, v)
        corners.append((across, down))
    (a, b), (c, d) = corners
    return min(a, c), min(b, d), max(a, c), max(b, d)


def _moves() -> dict:
    """The EXIF standard's table, upright to stored."""
    return {
        1: lambda u, v: (u, v),
        2: lambda u, v: (WIDTH - u, v),
        3: lambda u, v: (WIDTH - u, HEIGHT - v),
        4: lambda u, v: (u, HEIGHT - v),
        5: lambda u, v: (v, u),
        6: lambda u, v: (v, WIDTH - u),
        7: lambda u, v: (HEIGHT - v, WIDTH - u),
        8: lambda u, v: (HEIGHT - v, u),
    }


def test_pillow_and_the_table_agree() -> None:
    for orientation in range(1, 9):
        size = (HEIGHT // 10, WIDTH // 10) if orientation > 4 else (WIDTH // 10, HEIGHT // 10)
        image = Image.new("L", size)
        x, y, w, h = stored(Area(0.1, 0.1, 0.3, 0.2), orientation)
        left, top = round(x * size[0]), round(y * size[1])
        image.paste(255, (left, top, left + round(w * size[0]), top + round(h * size[1])))
        image.getexif()[0x0112] = orientation
        assert ImageOps.exif_transpose(image).getbbox() == (40, 30, 160, 90)
