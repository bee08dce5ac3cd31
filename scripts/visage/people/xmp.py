"""XMP as other programs write it: people's regions and names in a packet, whatever its dialect.

MWG-RS 2.0 (digiKam, Lightroom, Picasa, Apple), Microsoft's MP:RegionInfo, IPTC's PersonInImage.
RDF lets the same property be an attribute, an element, or a description of its own.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from visage.people.turning import Area

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
META = "adobe:ns:meta/"
MWG = "http://www.metadataworkinggroup.com/schemas/regions/"
DIMENSIONS = "http://ns.adobe.com/xap/1.0/sType/Dimensions#"
AREA = "http://ns.adobe.com/xmp/sType/Area#"
IPTC = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
OURS = "https://github.com/visage-ml/ns/1.0/"  # a name, not a page
_MP = "http://ns.microsoft.com/photo/1.2/"
_MP_INFO = "http://ns.microsoft.com/photo/1.2/t/RegionInfo#"
_MP_REGION = "http://ns.microsoft.com/photo/1.2/t/Region#"

LARGEST = 16 * 1024 * 1024  # bytes of a packet; Lightroom's largest have a tenth of it


class PacketProblem(Exception):
    """Why a packet says nothing; the message is a part of a sentence."""


@dataclass(frozen=True)
class Region:
    """A region with a name, of the stored picture."""

    name: str
    area: Area
    person: str = ""  # id, where the region is ours
    ours: bool = False  # written by this program, and not changed by anybody since


@dataclass
class Packet:
    """What a packet says of people."""

    regions: list[Region] = field(default_factory=list)
    names: list[str] = field(default_factory=list)  # of PersonInImage, without those that are ours
    dimensions: tuple[float, float] | None = None  # of the picture that the regions were drawn on
    faults: list[str] = field(default_factory=list)


def mark(name: str, area: Area) -> str:
    """Give what tells a region of ours that nobody changed since."""
    text = f"{name}\0" + "\0".join(f"{value:.5f}" for value in area)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def parse_packet(data: bytes, extension: bytes | None = None) -> Packet:
    """Read a packet, and what had no room in it.

    Raises:
        PacketProblem: It is too large, is no XML, or tries to blow up (entities).
    """
    roots = [_root(part) for part in (data, extension) if part is not None]
    packet = Packet()
    bags = (bag for root in roots for bag in root.iter(f"{{{OURS}}}People"))
    ours = {name for bag in bags for name in _texts(bag)}
    for description in (one for root in roots for one in root.iter(f"{{{RDF}}}Description")):
        properties = _properties(description)
        _add_mwg(packet, properties.get(f"{{{MWG}}}Regions"))
        _add_microsoft(packet, properties.get(f"{{{_MP}}}RegionInfo"))
        packet.names += [
            name for name in _texts(properties.get(f"{{{IPTC}}}PersonInImage")) if name not in ours
        ]
    return packet


def _root(data: bytes) -> Element:
    if len(data) > LARGEST:
        raise PacketProblem(f"it has {len(data) // 2**20} MB; {LARGEST // 2**20} are read")
    try:
        return fromstring(data.strip(b"\0 \r\n\t"))
    except DefusedXmlException as error:
        raise PacketProblem("it defines entities, as XML bombs do") from error
    except (ParseError, ValueError, LookupError) as error:
        raise PacketProblem(f"it is not XML ({error})") from error


Value = Element | str | None


def _properties(node: Element) -> dict[str, Value]:
    """Give the properties of a node by their full names, in whichever form they stand."""
    found: dict[str, Value] = dict(node.attrib.items())
    for child in node:
        if child.tag == f"{{{RDF}}}Description":
            found |= _properties(child)
        elif isinstance(child.tag, str):
            found[child.tag] = child
    return found


def _fields(value: Value) -> dict[str, Value]:
    return _properties(value) if isinstance(value, Element) else {}


def _text(value: Value) -> str:
    text = value.text if isinstance(value, Element) else value
    return " ".join((text or "").split())


def _items(value: Value) -> list[Element]:
    """Give the members of a bag, a sequence or a set of alternatives."""
    return list(value.iter(f"{{{RDF}}}li")) if isinstance(value, Element) else []


def _texts(value: Value) -> list[str]:
    return [text for item in _items(value) if (text := _text(item))]


def _number(value: Value) -> float:
    return float(_text(value).replace(",", "."))  # some write the comma of their language


def _add_mwg(packet: Packet, value: Value) -> None:
    info = _fields(value)
    size = _fields(info.get(f"{{{MWG}}}AppliedToDimensions"))
    with suppress(KeyError, ValueError):  # many leave it out
        packet.dimensions = (
            _number(size[f"{{{DIMENSIONS}}}w"]),
            _number(size[f"{{{DIMENSIONS}}}h"]),
        )
    for item in _items(info.get(f"{{{MWG}}}RegionList")):
        region = _fields(item)
        name = _text(region.get(f"{{{MWG}}}Name"))
        if name and _text(region.get(f"{{{MWG}}}Type")) in ("Face", ""):
            _add(packet, name, partial(_mwg_area, region, packet.dimensions), region)


def _mwg_area(region: dict[str, Value], dimensions: tuple[float, float] | None) -> Area:
    area = _fields(region.get(f"{{{MWG}}}Area"))
    x, y, w, h = (_number(area.get(f"{{{AREA}}}{name}")) for name in ("x", "y", "w", "h"))
    if _text(area.get(f"{{{AREA}}}unit")) == "pixel":
        width, height = dimensions or (0.0, 0.0)
        if width <= 0 or height <= 0:
            raise ValueError("it is in pixels of a picture whose size is not said")
        x, y, w, h = x / width, y / height, w / width, h / height
    return Area(x - w / 2, y - h / 2, w, h)


def _add_microsoft(packet: Packet, value: Value) -> None:
    for item in _items(_fields(value).get(f"{{{_MP_INFO}}}Regions")):
        region = _fields(item)
        name = _text(region.get(f"{{{_MP_REGION}}}PersonDisplayName"))
        rectangle = _text(region.get(f"{{{_MP_REGION}}}Rectangle"))
        if name and rectangle:
            _add(packet, name, partial(_microsoft_area, rectangle), {})
        elif name:
            packet.names.append(name)


def _microsoft_area(rectangle: str) -> Area:
    return Area(*map(float, rectangle.split(",")))


def _add(packet: Packet, name: str, area_of: Callable[[], Area], region: dict[str, Value]) -> None:
    """Add a region, or the fault that it has."""
    try:
        area = area_of()
    except (ValueError, TypeError) as error:
        packet.faults.append(f"a region of {name!r} has no area that can be read ({error})")
        return
    if not (area.w > 0 and area.h > 0):
        packet.faults.append(f"a region of {name!r} has no size")
    elif not (-area.w < area.x < 1 and -area.h < area.y < 1):
        packet.faults.append(f"a region of {name!r} lies outside the picture")
    else:
        own = _fields(region.get(f"{{{MWG}}}Extensions"))
        ours = _text(own.get(f"{{{OURS}}}Mark")) == mark(name, area)
        person = _text(own.get(f"{{{OURS}}}Id"))
        packet.regions.append(Region(name, area, person if ours else "", ours))


def both_dialects_once(packet: Packet) -> Iterator[Region]:
    """Give the regions once where a program wrote them as MWG-RS and as Microsoft's."""
    seen: list[Region] = []
    for region in packet.regions:
        if not any(_alike(region, other) for other in seen):
            seen.append(region)
            yield region


def _alike(a: Region, b: Region) -> bool:
    near = all(abs(p - q) < 0.02 for p, q in zip(a.area, b.area, strict=True))
    return a.name == b.name and near
