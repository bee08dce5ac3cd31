"""What is known of a shard's images → the rows of its faces table, its sidecars."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from visage.config import Faces
from visage.embed.analysis import AnalysedFace, Analysis
from visage.embed.reader import Problem, Task
from visage.embed.selection import Choice, Selected
from visage.errors import VisageError
from visage.formats import disagreement
from visage.images.turns import turn_note
from visage.sets.listing import Entry, Manifest, as_path, label_of
from visage.sets.regions import outside
from visage.sets.sheets import scene_of
from visage.status import Status
from visage.store.faces import FaceRow, faces_table
from visage.store.parts import is_tile, order_of
from visage.store.vectors import VectorProblem, read_vector

log = logging.getLogger(__name__)

_NO_FACE = "no face was found in the image"
_WHOLE = "no face was found: the whole image was embedded (faces.no_face)"


def rows_of(task: Task, result: Analysis | Problem, settings: Faces) -> list[FaceRow]:
    """Give the rows of one image, without its label.

    Raises:
        VisageError: The image has no face and `faces.no_face` is `fail`.
    """
    base = FaceRow(task.image, result.status, result.reason, sha256=result.sha256)
    if isinstance(result, Problem):
        return [base]
    odd = disagreement(task.entry.image, result.format)
    if result.status != Status.OK:
        return [replace(base, reason=_joined(result.reason, odd))]
    odd = _joined(odd, result.reason, turn_note(result.turn))
    base = replace(base, reason=odd, width=result.width, height=result.height, turn=result.turn)
    choice = Choice(settings, task.regions)
    selected = choice.of([item.face for item in result.faces], result.size)
    rows = [_face_row(base, result.faces[item.index], item, choice) for item in selected]
    rows.sort(key=lambda row: row.status != Status.OK)  # the others keep their order
    rows = [replace(row, face=number) for number, row in enumerate(rows)]
    if not any(row.embedding is not None for row in rows):
        rows = _without_face(rows, base, result, choice)
    return _with_notes(rows, base, task)


def _with_notes(rows: list[FaceRow], base: FaceRow, task: Task) -> list[FaceRow]:
    """Say of regions that lie outside the image that they do, where no face was found for it."""
    for region in outside(task.regions or (), base.width or 0, base.height or 0):
        x, y, w, h = (f"{number:g}" for number in region)
        note = f"the region {x}, {y}, {w}, {h} lies outside the image ({base.width} x "
        note += f"{base.height} pixels)"
        log.warning("faces.regions: %s: %s", base.image, note)
        rows = [
            row if row.status == Status.OK else replace(row, reason=_joined(row.reason, note))
            for row in rows
        ]
    return rows


def _without_face(
    rows: list[FaceRow], base: FaceRow, result: Analysis, choice: Choice
) -> list[FaceRow]:
    if choice.settings.no_face == "fail":
        raise VisageError(
            f"{base.image} has no face, and faces.no_face is 'fail'. Take the image out of the "
            "set, or set faces.no_face to skip."
        )
    if choice.takes_whole and result.whole is not None:
        whole = replace(
            base,
            reason=_joined(_WHOLE, base.reason),
            face=0,
            x=0.0,
            y=0.0,
            w=float(base.width or 0),
            h=float(base.height or 0),
            confidence=0.0,
            embedding=result.whole,
        )
        return [whole, *(replace(row, face=(row.face or 0) + 1) for row in rows)]
    return rows or [replace(base, status=Status.NO_FACE, reason=_joined(_NO_FACE, base.reason))]


def _joined(*remarks: str) -> str:
    return "; ".join(remark for remark in remarks if remark)


def _face_row(base: FaceRow, item: AnalysedFace, selected: Selected, choice: Choice) -> FaceRow:
    face, counts = item.face, selected.status == Status.OK
    judged = choice.judged(selected, item.quality)
    known = np.isfinite(face.landmarks).any()
    return replace(
        base,
        status=judged.status,
        reason=_joined(judged.reason, base.reason),
        face=0,
        x=face.x,
        y=face.y,
        w=face.w,
        h=face.h,
        confidence=face.confidence,
        landmarks=face.landmarks.ravel() if known else None,
        sharpness=item.sharpness if counts else None,
        quality=item.quality if counts else None,
        embedding=item.embedding if counts else None,
    )


def imported_row(root: Path, entry: Entry, dimension: int) -> FaceRow:
    """Give the row of an image whose embedding stands in an existing `.vector` file."""
    try:
        embedding = read_vector(root / as_path(entry.vector or ""), dimension)
    except VectorProblem as problem:
        return FaceRow(entry.image, Status.BAD_VECTOR, f"{entry.vector}: {problem}")
    reason = f"embedding taken from {entry.vector}"
    return FaceRow(entry.image, Status.OK, reason, face=0, embedding=embedding)


def nameless(shard: Manifest) -> list[Entry]:
    """Give the images of a gallery that no folder names the person of."""
    if shard.settings.set != "gallery":
        return []
    return [entry for entry in shard.entries if not label_of(entry.image)]


def nameless_row(entry: Entry) -> FaceRow:
    """Give the row of an image whose person no folder names."""
    reason = "it lies at the gallery's top level: move it into its person's folder"
    return FaceRow(entry.image, Status.NO_PERSON, reason)


def to_table(shard: Manifest, rows: Mapping[str, Sequence[FaceRow]]) -> pa.Table:
    """Give the rows of all images, in the order of the manifest, with their labels.

    The group of a sheet's tiles is its scene.
    """
    gallery = shard.settings.set == "gallery"

    def labelled(row: FaceRow, entry: Entry) -> FaceRow:
        if gallery:
            return replace(row, person=label_of(row.image))
        # Nobody is searched by a face that is too poor to tell, so it is never a match.
        poor = row.status == Status.POOR
        tile = is_tile(row.image)
        group = scene_of(entry.image, entry.cues) if tile else label_of(row.image)
        return replace(row, group=group, embedding=None if poor else row.embedding)

    return faces_table(
        labelled(row, entry)
        for entry in shard.entries
        for row in sorted(rows[entry.image], key=lambda row: order_of(row.image))
    )
