"""Regions and names in XMP of every dialect, in sidecars and inside photographs."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from PIL import Image
from visage.people.importing.base import Fault, Found, Picture
from visage.people.importing.xmp import XmpImporter
from visage.people.xmp import LARGEST

HEAD = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/"'
    ' xmlns:stDim="http://ns.adobe.com/xap/1.0/sType/Dimensions#"'
    ' xmlns:stArea="http://ns.adobe.com/xmp/sType/Area#"'
    ' xmlns:MP="http://ns.microsoft.com/photo/1.2/"'
    ' xmlns:MPRI="http://ns.microsoft.com/photo/1.2/t/RegionInfo#"'
    ' xmlns:MPReg="http://ns.microsoft.com/photo/1.2/t/Region#"'
    ' xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">'
)
TAIL = '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
# As exiv2 (digiKam) writes them, as Adobe does, and as Microsoft and Picasa's successors do.
DIGIKAM = (
    '<mwg-rs:Regions rdf:parseType="Resource"><mwg-rs:RegionList><rdf:Bag><rdf:li>'
    '<rdf:Description mwg-rs:Name="Ann" mwg-rs:Type="Face"><mwg-rs:Area stArea:x="0.3"'
    ' stArea:y="0.2" stArea:w="0.4" stArea:h="0.2" stArea:unit="normalized"/></rdf:Description>'
    "</rdf:li></rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions>"
)
LIGHTROOM = (
    "<mwg-rs:Regions><rdf:Description>"
    '<mwg-rs:AppliedToDimensions stDim:w="200" stDim:h="100" stDim:unit="pixel"/>'
    '<mwg-rs:RegionList><rdf:Bag><rdf:li rdf:parseType="Resource"><mwg-rs:Area'
    ' rdf:parseType="Resource"><stArea:x>0,3</stArea:x><stArea:y>0.2</stArea:y>'
    "<stArea:w>0.4</stArea:w><stArea:h>0.2</stArea:h></mwg-rs:Area><mwg-rs:Name>Ann</mwg-rs:Name>"
    "<mwg-rs:Type>Face</mwg-rs:Type></rdf:li><rdf:li><rdf:Description mwg-rs:Type='Pet'"
    ' mwg-rs:Name="Rex"/></rdf:li></rdf:Bag></mwg-rs:RegionList></rdf:Description></mwg-rs:Regions>'
)
MICROSOFT = (
    "<MP:RegionInfo><rdf:Description><MPRI:Regions><rdf:Bag><rdf:li><rdf:Description"
    ' MPReg:Rectangle="0.1, 0.1, 0.4, 0.2" MPReg:PersonDisplayName="Ann"/></rdf:li><rdf:li'
    ' MPReg:PersonDisplayName="Bob"/></rdf:Bag></MPRI:Regions></rdf:Description></MP:RegionInfo>'
)
NAMES = (
    "<Iptc4xmpExt:PersonInImage><rdf:Bag><rdf:li>Ann</rdf:li><rdf:li>Cleo &amp; Co</rdf:li>"
    "</rdf:Bag></Iptc4xmpExt:PersonInImage>"
)


@pytest.fixture
def picture(tmp_path: Path) -> Picture:
    Image.new("RGB", (200, 100)).save(tmp_path / "a.jpg")
    return Picture(tmp_path, "a.jpg", 200, 100)


def read(picture: Picture, *parts: str, name: str = "a.jpg.xmp") -> list[Found | Fault]:
    (picture.root / name).write_text(HEAD + "".join(parts) + TAIL, encoding="utf-8")
    return list(XmpImporter(picture.root).read(picture))


@pytest.mark.parametrize("dialect", [DIGIKAM, LIGHTROOM, MICROSOFT])
@pytest.mark.parametrize("name", ["a.jpg.xmp", "a.xmp"])
def test_every_dialect_gives_the_same_box(picture: Picture, dialect: str, name: str) -> None:
    ann = read(picture, dialect, name=name)[0]
    assert isinstance(ann, Found)
    assert ann.name == "Ann"
    assert ann.box == pytest.approx((20, 10, 80, 20))


def test_dialects_side_by_side_count_once_and_further_names_stay(picture: Picture) -> None:
    found = read(picture, DIGIKAM, MICROSOFT, NAMES)
    assert [one.name for one in found if isinstance(one, Found)] == ["Ann", "Bob", "Cleo & Co"]
    assert [one.box is None for one in found if isinstance(one, Found)] == [False, True, True]


def test_regions_of_a_picture_turned_since_are_told_of(picture: Picture) -> None:
    turned = LIGHTROOM.replace('w="200" stDim:h="100"', 'w="100" stDim:h="200"')
    (fault,) = read(picture, turned)
    assert isinstance(fault, Fault)
    assert "100 x 200 pixels" in fault.text


def test_regions_that_are_none_are_told_of_and_the_others_count(picture: Picture) -> None:
    bad = [
        ('stArea:w="0.4"', 'stArea:w="0"', "no size"),
        ('stArea:x="0.3"', 'stArea:x="7"', "outside"),
        ('stArea:x="0.3"', 'stArea:x="left"', "no area that can be read"),
        ('stArea:x="0.3"', "", "no area that can be read"),
        ('stArea:w="0.4"', 'stArea:w="nan"', "no size"),
    ]
    for old, new, expected in bad:
        fault, bob = read(picture, DIGIKAM.replace(old, new), MICROSOFT.replace("Ann", ""))
        assert isinstance(fault, Fault)
        assert expected in fault.text
        assert bob == Found("Bob", None)


def test_what_is_no_packet_is_told_of_and_the_next_one_is_read(picture: Picture) -> None:
    path = picture.root / "a.jpg.xmp"
    read(picture, DIGIKAM, name="a.xmp")
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    for content, expected in (
        (bomb.encode(), "entities"),
        ((HEAD + DIGIKAM)[:-40].encode(), "not XML"),
        (b"", "not XML"),
        (b"\xff\xfe\x00", "not XML"),
    ):
        path.write_bytes(content)
        fault, ann = XmpImporter(picture.root).read(picture)
        assert isinstance(fault, Fault)
        assert expected in fault.text
        assert isinstance(ann, Found)
    with path.open("wb") as file:
        file.truncate(LARGEST + 1)
    fault, _ = XmpImporter(picture.root).read(picture)
    assert isinstance(fault, Fault)
    assert "16 MB" in fault.text


def test_exiftools_regions_are_found_in_all_orientations(tmp_path: Path) -> None:
    if not shutil.which("exiftool"):
        pytest.skip("exiftool is not here")
    region = (
        "-RegionInfo={AppliedToDimensions={W=200,H=100,Unit=pixel},RegionList=[{Area={X=0.3,Y=0.2,"
        "W=0.4,H=0.2,Unit=normalized},Name=Ann,Type=Face}]}"
    )
    rectangle = (20, 10, 80, 20)  # of the stored picture
    for orientation in range(1, 9):
        path = tmp_path / f"{orientation}.jpg"
        Image.new("RGB", (200, 100)).save(path)
    for suffix in (".png", ".webp", ".tif"):
        Image.new("RGB", (200, 100)).save(tmp_path / f"1{suffix}")
    subprocess.run(
        ["exiftool", "-q", "-overwrite_original", region, "-PersonInImage=Ann", str(tmp_path)],
        check=True,
    )
    for orientation in range(1, 9):
        path = tmp_path / f"{orientation}.jpg"
        subprocess.run(
            ["exiftool", "-q", "-n", "-overwrite_original", f"-Orientation#={orientation}", path],
            check=True,
        )
        width, height = (100, 200) if orientation > 4 else (200, 100)
        picture = Picture(tmp_path, path.name, width, height)
        (found,) = XmpImporter(tmp_path).read(picture)
        assert isinstance(found, Found)
        assert found.box == pytest.approx(_turned(rectangle, orientation), abs=0.01), json.dumps(
            orientation
        )
    for suffix in (".png", ".webp", ".tif"):
        (found,) = XmpImporter(tmp_path).read(Picture(tmp_path, f"1{suffix}", 200, 100))
        assert isinstance(found, Found)
        assert found.box == pytest.approx(rectangle, abs=0.01)


def test_what_has_no_room_in_one_segment_is_found_in_the_others(tmp_path: Path) -> None:
    """More regions than 64 kB hold, as exiftool divides them."""
    if not shutil.which("exiftool"):
        pytest.skip("exiftool is not here")
    path, number = tmp_path / "a.jpg", 900
    Image.new("RGB", (200, 100)).save(path)
    area = "Area={X=0.3,Y=0.2,W=0.4,H=0.2,Unit=normalized}"
    people = ",".join(f"{{{area},Name=Person {n},Type=Face}}" for n in range(number))
    (tmp_path / "arguments").write_text(f"-RegionInfo={{RegionList=[{people}]}}\n")
    subprocess.run(
        ["exiftool", "-q", "-overwrite_original", "-@", tmp_path / "arguments", path], check=True
    )
    assert b"http://ns.adobe.com/xmp/extension/" in path.read_bytes()
    picture = Picture(tmp_path, "a.jpg", 200, 100)
    found = list(XmpImporter(tmp_path).read(picture))
    assert {one.name for one in found if isinstance(one, Found) and one.box} == {
        f"Person {n}" for n in range(number)
    }
    # A part that is gone is told of; nothing is made of the rest.
    data = path.read_bytes()
    part = data.index(b"http://ns.adobe.com/xmp/extension/") - 4
    length = int.from_bytes(data[part + 2 : part + 4])
    path.write_bytes(data[:part] + data[part + 2 + length :])
    (fault,) = XmpImporter(tmp_path).read(Picture(tmp_path, "a.jpg", 200, 100))
    assert isinstance(fault, Fault) and "is not whole: 0 of" in fault.text


def _turned(box: tuple[float, ...], orientation: int) -> tuple[float, ...]:
    """Where Pillow brings a box of the stored picture of 200 x 100 pixels."""
    from PIL import ImageOps

    x, y, w, h = map(int, box)
    image = Image.new("L", (200, 100))
    image.paste(255, (x, y, x + w, y + h))
    image.getexif()[0x0112] = orientation
    left, top, right, bottom = ImageOps.exif_transpose(image).getbbox() or (0, 0, 0, 0)
    return left, top, right - left, bottom - top
