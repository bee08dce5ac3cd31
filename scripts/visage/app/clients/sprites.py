"""Scenes: a sheet of a film's frames, and the WebVTT file that says where and when each is."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from visage.app.clients.performers import count, performer
from visage.app.pictures import jpeg
from visage.app.problem import Problem
from visage.app.service import Service
from visage.images.decode import ImageProblem, decode
from visage.images.parts import cut_tile
from visage.sets.sheets import Area, Frame, read_frames
from visage.status import Verdict

NO_FACE = 409  # what a search says of a frame without a face


def frames_of(vtt: str) -> list[Frame]:
    """Read a WebVTT file.

    Raises:
        Problem: It has no frame.
    """
    if frames := read_frames(vtt):
        return frames
    raise Problem(400, "The .vtt file names no frame: a line with #xywh=x,y,w,h is one.")


def cut_frames(sheet: bytes, frames: list[Frame], max_pixels: int) -> Iterator[tuple[Area, bytes]]:
    """Cut the frames out of their sheet.

    Gives where each is, and it as a file of its own; empty for one outside of the sheet.

    Raises:
        Problem: The sheet is no image.
    """
    try:
        whole = decode(sheet, max_pixels)
    except ImageProblem as problem:
        raise Problem(400, f"The sprite cannot be read: {problem}.") from problem
    for frame in frames:
        area = frame.area((whole.width, whole.height))
        part = cut_tile(whole.pixels, area)
        yield area, jpeg(part) if part.size else b""


@dataclass
class Seen:
    """A person of a scene, so far."""

    best: dict  # as `performer` gives them, where they were surest
    hits: int = 0  # frames
    ranges: list[list[float]] = field(default_factory=list)  # seconds: start, end

    def add(self, found: dict, frame: Frame) -> None:
        """Count a frame."""
        self.hits += 1
        if found["confidence"] > self.best["confidence"]:
            self.best = found
        if self.ranges and frame.start <= self.ranges[-1][1]:
            self.ranges[-1][1] = max(self.ranges[-1][1], frame.end)
        else:
            self.ranges.append([frame.start, frame.end])


def identify_sprite_performers(
    service: Service, sheet: bytes, vtt: str, results: float
) -> Iterator[dict]:
    """Search every frame: progress on the way, and at last who is in the scene, and when.

    Only people who are not unknown count: among hundreds of frames somebody always comes near.

    Raises:
        Problem: The sheet or the .vtt file cannot be read, or there is no gallery.
    """
    index, frames = service.index(), frames_of(vtt)
    people: dict[str, Seen] = {}
    for number, (_, data) in enumerate(cut_frames(sheet, frames, service.limits.max_pixels)):
        desc = f"Frame {number + 1} of {len(frames)}"
        yield {"progress": round(number / len(frames), 4), "desc": desc}
        for candidate in _known(service, data):
            found = performer(service, index, candidate)
            seen = people.setdefault(candidate.id, Seen(found))
            seen.add(found, frames[number])
    best = sorted(people.items(), key=lambda one: (-one[1].hits, -one[1].best["confidence"]))
    yield {"progress": 1.0, "desc": f"{len(frames)} frames searched"}
    yield {
        "performers": {
            person: seen.best | {"hits": seen.hits, "time_ranges": seen.ranges}
            for person, seen in best[: count(results)]
        }
    }


def _known(service: Service, frame: bytes) -> Iterator:
    """Give the best candidate of each face of a frame, if they are not unknown."""
    try:
        faces = service.search(frame).searched if frame else []
    except Problem as problem:
        if problem.status != NO_FACE:
            raise
        return
    best = [face.candidates[0] for face in faces if face.candidates]
    once = {one.id: one for one in reversed(best) if one.verdict != Verdict.UNKNOWN}
    yield from once.values()


def find_faces_in_sprite(service: Service, sheet: bytes, vtt: str) -> list[dict]:
    """Give the frames that have a face: place, number, second, size of the largest face.

    Raises:
        Problem: The sheet or the .vtt file cannot be read.
    """
    frames, found = frames_of(vtt), []
    for number, (area, data) in enumerate(cut_frames(sheet, frames, service.limits.max_pixels)):
        try:
            faces = service.search(data).searched if data else []
        except Problem as problem:
            if problem.status != NO_FACE:
                raise
            continue
        if faces:
            frame, size = frames[number], max(face.box.w * face.box.h for face in faces)
            row = {"id": str(number), "offset": list(area)}
            found.append(row | {"frame": number, "time": frame.start, "size": size})
    return found
