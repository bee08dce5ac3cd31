"""Faces that are missing, poor, or one of several."""

from collections.abc import Iterator

import numpy as np

from visage.audit.gallery import Audited, Row, row
from visage.notices import notify
from visage.status import Status

# Below these, measured on the set `friends` made smaller and blurred (docs/audit.md).
SMALL = 32  # pixels of the shorter side of the face's box
BLURRED = 8.0  # variance of the Laplacian of the aligned face
_SHOWN = 5  # people who are told of by name
OTHERS = 2  # other photographs without which nothing tells which of several faces is the person


def no_usable_face(gallery: Audited) -> Iterator[Row]:
    """People who cannot be found: none of their photographs has a usable face."""
    everything, chosen = gallery.everything, gallery.chosen
    lost = everything[(everything["person"] != "") & ~everything["person"].isin(chosen["person"])]
    unread: list[str] = []
    for person, rows in lost.groupby("person"):
        counts = rows.drop_duplicates("image")["status"].value_counts(sort=False).sort_index()
        listed = ", ".join(f"{number} {status}" for status, number in counts.items())
        first = rows.iloc[0]
        if set(rows["status"]) <= {Status.UNREADABLE, Status.TOO_LARGE}:
            unread.append(str(person))
        yield row(
            "no_usable_face",
            str(person),
            f"{rows['image'].nunique()} photograph(s), none with a usable face ({listed}); "
            f"{first['image']}: {first['reason']}",
            image=first["image"],
        )
    if unread:
        shown = ", ".join(unread[:_SHOWN]) + (" and others" if len(unread) > _SHOWN else "")
        notify(f"gallery: {shown} cannot be found: none of their files can be read (audit.tsv).")


def untrusted(gallery: Audited) -> Iterator[Row]:
    """Faces that are too small or too blurred."""
    chosen = gallery.chosen
    side = chosen[["w", "h"]].min(axis=1)
    small, blurred = side < SMALL, chosen["sharpness"] < BLURRED
    for place in np.flatnonzero(small | blurred):
        faults = []
        if small.iloc[place]:
            faults.append(f"the face is {side.iloc[place]:.0f} pixels wide or high, below {SMALL}")
        if blurred.iloc[place]:
            faults.append(
                f"its sharpness is {chosen['sharpness'].iloc[place]:.0f}, below {BLURRED:.0f}"
            )
        face = chosen.iloc[place]
        yield row(
            "untrusted", face["person"], "; ".join(faults), image=face["image"], face=face["face"]
        )


def poor(gallery: Audited) -> Iterator[Row]:
    """Photographs whose largest face is too poor to tell, by what its embedding says."""
    faces = gallery.everything.assign(area=gallery.everything["w"] * gallery.everything["h"])
    clear = faces[faces["status"] == Status.OK].groupby("image")["area"].max()
    shown = faces[faces["status"] == Status.POOR].sort_values("area", ascending=False)
    for face in shown.drop_duplicates("image").to_dict("records"):
        smaller = clear.get(face["image"])
        if smaller is None or smaller < face["area"]:
            place = {"image": face["image"], "face": face["face"]}
            instead = "" if smaller is None else "; a smaller, clear face is taken instead"
            yield row("untrusted", face["person"], face["reason"] + instead, **place)


def several_faces(gallery: Audited) -> Iterator[Row]:
    """Photographs with several usable faces, and why one of them counts."""
    everything, chosen = gallery.everything, gallery.labels.without(gallery.chosen)
    usable = everything[(everything["status"] == "ok") & (everything["person"] != "")]
    counts = usable.groupby("image").size()
    photographs = chosen["person"].value_counts()
    several = chosen[chosen["image"].map(counts) > 1]
    for face in several.to_dict("records"):
        if face["face"] != 0:
            why = "it agrees better with their other photographs than the most prominent one"
        elif photographs[face["person"]] > OTHERS:
            why = "the most prominent one, and no other agrees better with their other photographs"
        else:
            why = "the most prominent one; there are too few other photographs to tell"
        yield row(
            "several_faces",
            face["person"],
            f"{counts[face['image']]} faces; number {face['face']} is taken: {why}",
            image=face["image"],
            face=face["face"],
        )


def one_photograph(gallery: Audited) -> Iterator[Row]:
    """People with a single usable photograph."""
    chosen = gallery.chosen
    counts = chosen["person"].value_counts()
    alone = chosen[chosen["person"].isin(counts[counts == 1].index)]
    for face in alone.to_dict("records"):
        yield row(
            "one_photograph",
            face["person"],
            "one usable photograph only",
            image=face["image"],
            face=face["face"],
        )
