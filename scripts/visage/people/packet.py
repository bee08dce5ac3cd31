"""People's regions in an XMP packet: ours renewed, everything else as it was."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from xml.dom.minidom import Document, Element, Text
from xml.parsers.expat import ExpatError

from defusedxml.common import DefusedXmlException
from defusedxml.minidom import parseString

from visage.people.turning import SIDEWAYS, Area, stored
from visage.people.xmp import (
    AREA,
    DIMENSIONS,
    IPTC,
    LARGEST,
    META,
    MWG,
    OURS,
    RDF,
    PacketProblem,
    mark,
    parse_packet,
)

TOOLKIT = "Visage-ML"
_BEGIN = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
_END = '<?xpacket end="w"?>'
_EMPTY = f'<x:xmpmeta xmlns:x="{META}" x:xmptk="{TOOLKIT}"><rdf:RDF xmlns:rdf="{RDF}"/></x:xmpmeta>'
_PREFIXES = {
    "mwg-rs": MWG,
    "stDim": DIMENSIONS,
    "stArea": AREA,
    "Iptc4xmpExt": IPTC,
    "visage": OURS,
}
_XMLNS = "http://www.w3.org/2000/xmlns/"
_COVERED = 0.3  # share of common area from which a region of others is about the same face


@dataclass(frozen=True)
class Tag:
    """A person to be named in a picture."""

    person: str  # id
    name: str
    area: Area  # of the upright picture
    verdict: str
    probability: float | None = None


def renewed(
    before: bytes | None, tags: Iterable[Tag], width: int, height: int, orientation: int
) -> bytes | None:
    """Give a packet in which exactly `tags` are ours.

    Properties, regions and names of others stay; a face that has a region of theirs gets none of
    ours, for what a person said stands above what was found.

    Args:
        before: The packet as it is; None: there is none.
        tags: Who is in the picture.
        width: Of the upright picture, pixels.
        height: Likewise.
        orientation: The picture's EXIF orientation: regions are of the picture as it is stored.

    Returns:
        The new packet; None where nothing is left in it.

    Raises:
        PacketProblem: `before` cannot be read, so that it has to be left alone.
    """
    if before is not None:
        foreign = [region for region in parse_packet(before).regions if not region.ours]
    else:
        foreign = []
    document = _document(before)
    root = _rdf(document)
    _remove_ours(root)
    size = (height, width) if orientation in SIDEWAYS else (width, height)
    new = [(tag, Area(*(round(v, 9) for v in stored(tag.area, orientation)))) for tag in tags]
    new = [(t, a) for t, a in new if not any(_overlap(a, r.area) > _COVERED for r in foreign)]
    if new:
        _add(root, new, size)
    if not _has_properties(root):
        return None
    whole = "".join(node.toxml() for node in document.childNodes if isinstance(node, Element))
    return f"{_BEGIN}\n{whole}\n{_END}\n".encode()


def _document(before: bytes | None) -> Document:
    if before is None:
        return parseString(_EMPTY)
    if len(before) > LARGEST:
        raise PacketProblem(f"it has {len(before) // 2**20} MB")
    try:
        return parseString(before.strip(b"\0 \r\n\t"))
    except (DefusedXmlException, ExpatError, ValueError) as error:
        raise PacketProblem(f"it is not XML ({error})") from error


def _rdf(document: Document) -> Element:
    found = document.getElementsByTagNameNS(RDF, "RDF")
    if not found:
        raise PacketProblem("it is XML, but no XMP")
    return found[0]


def _owner(node: Element) -> Document:
    assert node.ownerDocument is not None  # only nodes that were never added have none
    return node.ownerDocument


def _all(root: Element, namespace: str, name: str) -> list[Element]:
    return list(root.getElementsByTagNameNS(namespace, name))


def _text(element: Element) -> str:
    parts = (node.data for node in element.childNodes if isinstance(node, Text))
    return " ".join("".join(parts).split())


def _remove_ours(root: Element) -> None:
    """Take out regions that bear our mark and names that we added, and what is empty then."""
    for sign in _all(root, OURS, "Mark"):
        region = _ancestor(sign, RDF, "li")
        if region is not None and _is_unchanged(region, _text(sign)):
            _remove(region)
        elif region is not None:
            _forget_mark(region)  # a person changed it: it is theirs now
    ours = {_text(name) for bag in _all(root, OURS, "People") for name in _all(bag, RDF, "li")}
    for bag in _all(root, IPTC, "PersonInImage"):
        for item in _all(bag, RDF, "li"):
            if _text(item) in ours:
                _remove(item)
    for bag in _all(root, OURS, "People"):
        _remove(bag)
    for namespace, name in ((MWG, "Regions"), (IPTC, "PersonInImage")):
        for whole in _all(root, namespace, name):
            if not _all(whole, RDF, "li"):
                _remove(whole)
    for description in _all(root, RDF, "Description"):
        if description.parentNode is root and not _says_anything(description):
            _remove(description)


def _ancestor(node: Element, namespace: str, name: str) -> Element | None:
    parent = node.parentNode
    while isinstance(parent, Element):
        if (parent.namespaceURI, parent.localName) == (namespace, name):
            return parent
        parent = parent.parentNode
    return None


def _is_unchanged(item: Element, text: str) -> bool:
    name = next(iter(_all(item, MWG, "Name")), None)
    area = next(iter(_all(item, MWG, "Area")), None)
    if name is None or area is None:
        return False
    try:
        x, y, w, h = (float(area.getAttributeNS(AREA, part)) for part in ("x", "y", "w", "h"))
    except ValueError:
        return False
    return text == mark(_text(name), Area(x - w / 2, y - h / 2, w, h))


def _forget_mark(item: Element) -> None:
    for extensions in _all(item, MWG, "Extensions"):
        for child in list(extensions.childNodes):
            if isinstance(child, Element) and child.namespaceURI == OURS:
                _remove(child)
        if not any(isinstance(child, Element) for child in extensions.childNodes):
            _remove(extensions)


def _remove(node: Element) -> None:
    parent = node.parentNode
    if isinstance(parent, Element):
        before = node.previousSibling
        if isinstance(before, Text) and not before.data.strip():
            parent.removeChild(before)  # its indentation
        parent.removeChild(node)


def _says_anything(description: Element) -> bool:
    said = {attribute.namespaceURI for attribute in description.attributes.values()}
    return bool(said - {RDF, _XMLNS, None}) or any(
        isinstance(child, Element) for child in description.childNodes
    )


def _has_properties(root: Element) -> bool:
    return any(isinstance(child, Element) for child in root.childNodes)


def _add(root: Element, new: list[tuple[Tag, Area]], size: tuple[int, int]) -> None:
    document = _owner(root)
    description = document.createElementNS(RDF, "rdf:Description")
    description.setAttributeNS(RDF, "rdf:about", _about(root))
    for prefix, address in _PREFIXES.items():
        description.setAttributeNS(_XMLNS, f"xmlns:{prefix}", address)
    bag = _region_bag(root) or _new_region_bag(description, size)
    place = _before_nameless(bag)
    for tag, area in new:
        bag.insertBefore(_region(document, tag, area), place)
    _add_names(root, description, list(dict.fromkeys(tag.name for tag, _ in new)))
    root.appendChild(description)


def _about(root: Element) -> str:
    """Give the name of what is described: all descriptions of a packet have the same."""
    for description in _all(root, RDF, "Description"):
        if description.hasAttributeNS(RDF, "about"):
            return description.getAttributeNS(RDF, "about")
    return ""


def _region_bag(root: Element) -> Element | None:
    for regions in _all(root, MWG, "RegionList"):
        for kind in ("Bag", "Seq", "Alt"):
            for bag in _all(regions, RDF, kind):
                # The prefixes that we use have to be known there, too.
                for prefix, address in (("rdf", RDF), *_PREFIXES.items()):
                    bag.setAttributeNS(_XMLNS, f"xmlns:{prefix}", address)
                return bag
    return None


def _before_nameless(bag: Element) -> Element | Text | None:
    """Give the first region without a name, or its indentation; None: all have one.

    digiKam reads a list of regions up to there (`DMetadata::getImageFacesMap` ends its loop).
    """
    for item in bag.childNodes:
        if isinstance(item, Element) and not _has_name(item):
            before = item.previousSibling
            return before if isinstance(before, Text) else item
    return None


def _has_name(item: Element) -> bool:
    named = [node.getAttributeNS(MWG, "Name") for node in (item, *_all(item, RDF, "Description"))]
    return any([*named, *map(_text, _all(item, MWG, "Name"))])


def _child(parent: Element, namespace: str, name: str, **attributes: str) -> Element:
    element = _owner(parent).createElementNS(namespace, name)
    for key, value in attributes.items():
        prefix, _, local = key.partition("_")
        address = {"rdf": RDF, "stDim": DIMENSIONS, "stArea": AREA}[prefix]
        element.setAttributeNS(address, f"{prefix}:{local}", value)
    parent.appendChild(element)
    return element


def _new_region_bag(description: Element, size: tuple[int, int]) -> Element:
    regions = _child(description, MWG, "mwg-rs:Regions", rdf_parseType="Resource")
    width, height = map(str, size)
    _child(
        regions,
        MWG,
        "mwg-rs:AppliedToDimensions",
        stDim_w=width,
        stDim_h=height,
        stDim_unit="pixel",
    )
    return _child(_child(regions, MWG, "mwg-rs:RegionList"), RDF, "rdf:Bag")


def _region(document: Document, tag: Tag, area: Area) -> Element:
    item = document.createElementNS(RDF, "rdf:li")
    item.setAttributeNS(RDF, "rdf:parseType", "Resource")
    x, y, w, h = area
    numbers = {"x": x + w / 2, "y": y + h / 2, "w": w, "h": h}
    texts = {f"stArea_{name}": f"{number:.9f}" for name, number in numbers.items()}
    _child(item, MWG, "mwg-rs:Area", **texts, stArea_unit="normalized")
    _say(item, MWG, "mwg-rs:Name", tag.name)
    _say(item, MWG, "mwg-rs:Type", "Face")
    extensions = _child(item, MWG, "mwg-rs:Extensions", rdf_parseType="Resource")
    _say(extensions, OURS, "visage:Id", tag.person)
    _say(extensions, OURS, "visage:Verdict", tag.verdict)
    if tag.probability is not None:
        _say(extensions, OURS, "visage:Probability", f"{tag.probability:.4f}")
    _say(extensions, OURS, "visage:Mark", mark(" ".join(tag.name.split()), area))
    return item


def _say(parent: Element, namespace: str, name: str, text: str) -> None:
    element = _child(parent, namespace, name)
    element.appendChild(_owner(parent).createTextNode(_printable(text)))


def _printable(text: str) -> str:
    """Leave out the control characters that XML cannot hold."""
    return "".join(one for one in text if one >= " " or one in "\t\n\r")


def _add_names(root: Element, description: Element, names: list[str]) -> None:
    bags = [bag for whole in _all(root, IPTC, "PersonInImage") for bag in _bags(whole)]
    known = {_text(item) for bag in bags for item in _all(bag, RDF, "li")}
    new = [name for name in names if name not in known]
    if not new:
        return
    bag = (
        bags[0]
        if bags
        else _child(_child(description, IPTC, "Iptc4xmpExt:PersonInImage"), RDF, "rdf:Bag")
    )
    ours = _child(_child(description, OURS, "visage:People"), RDF, "rdf:Bag")
    for name in new:
        for place in (bag, ours):
            _say(place, RDF, f"{_prefix(place)}li", name)


def _prefix(bag: Element) -> str:
    return f"{bag.prefix}:" if bag.prefix else ""


def _bags(whole: Element) -> Iterator[Element]:
    yield from (child for child in whole.childNodes if isinstance(child, Element))


def _overlap(a: Area, b: Area) -> float:
    """Give the intersection over the union."""
    w = min(a.x + a.w, b.x + b.w) - max(a.x, b.x)
    h = min(a.y + a.h, b.y + b.h) - max(a.y, b.y)
    common = max(w, 0.0) * max(h, 0.0)
    return common / (a.w * a.h + b.w * b.h - common)
