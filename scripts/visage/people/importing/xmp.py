"""People in XMP: inside the photograph, and in `a.jpg.xmp` or `a.xmp` beside it."""

from collections.abc import Callable, Iterator
from pathlib import Path

from visage.people.importing.base import Fault, Found, Picture, sources_beside
from visage.people.turning import SIDEWAYS, Area
from visage.people.xmp import (
    LARGEST,
    Packet,
    PacketProblem,
    both_dialects_once,
    parse_packet,
)
from visage.types import Box

_ASPECT = 0.02  # relative difference up to which two pictures have the same shape


class XmpImporter:
    """Reads regions and names from XMP. A sidecar stands above what is inside the photograph."""

    source = "xmp"

    def __init__(self, root: Path) -> None:
        """Nothing is prepared: every photograph has packets of its own."""

    def read(self, picture: Picture) -> Iterator[Found | Fault]:
        """Give the people of the first packet that names any; what this program wrote is none."""
        for where, data, extension in _packets(picture):
            if isinstance(data, Fault):
                yield data
                continue
            try:
                packet = parse_packet(data, extension)
            except PacketProblem as problem:
                yield Fault(f"XMP {where} is not used: {problem}")
                continue
            found = list(_people(picture, packet, where))
            yield from found
            if any(isinstance(one, Found) for one in found):
                return


def _packets(picture: Picture) -> Iterator[tuple[str, bytes | Fault, bytes | None]]:
    """Give each packet, where it is, and its extension."""
    for path in sources_beside(picture.path):
        if path.is_file():
            where = f"in {path.name}"
            if (size := path.stat().st_size) > LARGEST:
                told = f"it has {size // 2**20} MB; {LARGEST // 2**20} are read"
                yield where, Fault(f"XMP {where} is not used: {told}"), None
                continue
            try:
                yield where, path.read_bytes(), None
            except OSError as error:
                yield where, Fault(f"XMP {where} cannot be read: {error.strerror}"), None
    where = "inside the photograph"
    try:
        header = picture.header
    except (OSError, ValueError) as error:
        yield where, Fault(f"XMP {where} cannot be read: {error}"), None
        return
    if header.fault:
        yield where, Fault(f"XMP {where} is not whole: {header.fault}"), None
    if header.xmp:
        yield where, header.xmp, header.xmp_extension


def _people(picture: Picture, packet: Packet, where: str) -> Iterator[Found | Fault]:
    yield from (Fault(f"XMP {where}: {fault}") for fault in packet.faults)
    place = _placing(picture, packet)
    named = set()
    for region in both_dialects_once(packet):
        named.add(region.name)
        if region.ours:
            continue  # the program's own finding never becomes a person's word
        if isinstance(place, Fault):
            yield Fault(f"XMP {where}: {place.text}")
            break
        yield Found(region.name, place(region.area))
    # Names of the same people, and people who are only named.
    yield from (Found(name, None) for name in dict.fromkeys(packet.names) if name not in named)


def _placing(picture: Picture, packet: Packet) -> Callable[[Area], Box] | Fault:
    """Give what turns an area into a box, or the fault that forbids it.

    Regions are of the stored picture; some programs turn the picture and forget them, others write
    those of the upright picture. The size that they were drawn on tells.
    """
    sideways = picture.header.orientation in SIDEWAYS
    shape = picture.height / picture.width if sideways else picture.width / picture.height
    if not packet.dimensions or min(packet.dimensions) <= 0:
        return picture.box
    drawn = packet.dimensions[0] / packet.dimensions[1]
    if abs(drawn / shape - 1) <= _ASPECT:
        return picture.box
    if sideways and abs(drawn * shape - 1) <= _ASPECT:

        def of_upright(area: Area) -> Box:
            w, h = picture.width, picture.height
            return Box(area.x * w, area.y * h, area.w * w, area.h * h)

        return of_upright
    size = "{:.0f} x {:.0f}".format(*packet.dimensions)
    return Fault(
        f"its regions were drawn on a picture of {size} pixels; this one was turned or cropped "
        "since, so where they are now is not known"
    )
