"""What looks wrong in a gallery: a table of photographs and people to look at again.

Distances are Euclidean, between embeddings of length 1 (0 to 2), whatever the index holds.
"""

import logging
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from visage.audit.alike import alike
from visage.audit.findings import COLUMNS, KINDS
from visage.audit.labels import LabelAudit
from visage.search.neighbours import USUAL_THRESHOLD, Neighbours, compare, copy_limit
from visage.store.names import read_names
from visage.store.paths import nfc
from visage.store.tables import common_origin, read_table
from visage.store.text import unguard
from visage.store.tsv import write_tsv
from visage.types import Floats

log = logging.getLogger(__name__)

# Below these, measured on the set `friends` made smaller and blurred (docs/audit.md).
SMALL = 32  # pixels of the shorter side of the face's box
BLURRED = 8.0  # variance of the Laplacian of the aligned face
OTHERS = 2  # other photographs without which nothing tells which of several faces is the person


def audit(
    tables: list[Path],
    faces: Path,
    names: Path | None,
    published: dict,
    output: Path,
    labels: LabelAudit | None = None,
) -> None:
    """Write the table of what looks wrong.

    Args:
        tables: The gallery's faces tables.
        faces: The index's table: the face that counts of each image.
        names: The names file.
        published: The model's thresholds, from its entry.
        output: The TSV to write, columns as in `COLUMNS`; empty where something does not apply.
        labels: What people said about faces and ids.
    """
    labels = labels or LabelAudit()
    common_origin([*tables, faces])
    columns = ["image", "person", "sha256", "status", "reason", "face", "w", "h", "sharpness"]
    everything = pd.concat([_rows(path, columns) for path in tables or [faces]], ignore_index=True)
    everything["person"] = everything["person"].map(labels.one)
    chosen = _rows(faces, [*columns, "x", "y", "embedding"])
    if not len(chosen):  # nobody is in the gallery yet
        write_tsv(output, _sorted(pd.DataFrame(list(labels.found()), columns=COLUMNS)))
        return
    threshold = published["normalized"] or USUAL_THRESHOLD
    embeddings, people = np.stack(chosen.pop("embedding").to_list()), chosen["person"].to_list()
    neighbours = compare(embeddings, people, copy_limit(published["normalized"]))
    known = {key: performer.name for key, performer in read_names(names).items()}
    found = [
        *labels.found(),
        *_perhaps_one(embeddings, people, threshold),
        *_another_person(chosen, neighbours, threshold),
        *_copies(chosen, neighbours),
        *_namesakes(everything, known),
        *_alike_ids(everything),
        *_no_usable_face(everything, chosen),
        *_untrusted(chosen),
        *_several_faces(everything, labels.without(chosen)),
        *_one_photograph(chosen),
    ]
    frame = _sorted(pd.DataFrame(found, columns=COLUMNS))
    log.info("%s", frame["kind"].value_counts().to_dict() or "nothing to look at")
    write_tsv(output, frame)


def read_audit(path: Path) -> pd.DataFrame:
    """Read the table back: texts, "" where something does not apply; face and distance numbers."""
    texts = dict.fromkeys(set(COLUMNS) - {"face", "distance"}, "str")
    numbers = {"face": "Int64", "distance": "float64"}
    frame = pd.read_csv(
        path,
        sep="\t",
        dtype={**texts, **numbers},
        keep_default_na=False,
        na_values={"face": [""], "distance": [""]},
    )
    for column in texts:
        frame[column] = frame[column].map(unguard)
    return frame[COLUMNS]


def _rows(path: Path, columns: list[str]) -> pd.DataFrame:
    table = read_table(path, columns)
    texts = table.select([c for c in columns if pa.types.is_string(table.schema.field(c).type)])
    frame = table.to_pandas()
    frame[texts.column_names] = frame[texts.column_names].astype(object).fillna("")
    return frame


def _sorted(frame: pd.DataFrame) -> pd.DataFrame:
    frame["distance"] = frame["distance"].astype("float64").round(4)
    frame["face"] = frame["face"].astype("Int64")
    order = {kind: number for number, kind in enumerate(KINDS)}
    frame = frame.sort_values(
        ["kind", "distance", "person", "image", "other_person", "other_image"],
        key=lambda column: column.map(order) if column.name == "kind" else column,
        na_position="last",
        kind="stable",
    )
    return frame.reset_index(drop=True)


def _row(kind: str, person: str, detail: str, **other: object) -> dict:
    empty = {"image": "", "face": None, "other_person": "", "other_image": "", "distance": None}
    return {"kind": kind, "person": person, "detail": detail} | empty | other


def _another_person(
    chosen: pd.DataFrame, neighbours: Neighbours, threshold: float
) -> Iterator[dict]:
    """Faces whose nearest is another person's; of people with one photograph, if it is a match."""
    alone = np.isinf(neighbours.own_distance)
    suspicious = neighbours.other_distance < np.where(alone, threshold, neighbours.own_distance)
    people, images = chosen["person"].to_numpy(), chosen["image"].to_numpy()
    for row in np.flatnonzero(suspicious):
        other = neighbours.other[row]
        distance, own = neighbours.other_distance[row], neighbours.own_distance[row]
        rest = (
            "there is no other photograph of theirs to compare"
            if alone[row]
            else f"the nearest of their own ({images[neighbours.own[row]]}) is {own:.2f} away"
        )
        yield _row(
            "another_person",
            people[row],
            f"{distance:.2f} away from a photograph of {people[other]}; {rest}",
            image=images[row],
            face=chosen["face"].iloc[row],
            other_person=people[other],
            other_image=images[other],
            distance=distance,
        )


def _perhaps_one(embeddings: Floats, people: list[str], threshold: float) -> Iterator[dict]:
    for person, other, distance in alike(embeddings, people, threshold):
        yield _row(
            "perhaps_one",
            person,
            f"the means of their photographs are {distance:.2f} apart, as those of one person; if "
            f"they are one, put the line {other}, a tab and {person} into people.tsv",
            other_person=other,
            distance=distance,
        )


def _copies(chosen: pd.DataFrame, neighbours: Neighbours) -> Iterator[dict]:
    """Photographs that are there twice: the same file, or all but the same face."""
    people, images = chosen["person"].to_numpy(), chosen["image"].to_numpy()
    hashes = chosen["sha256"].to_numpy()
    near = {
        (int(a), int(b)): float(d)
        for a, b, d in zip(*neighbours.near_pairs, neighbours.near_distances, strict=True)
    }
    same = dict.fromkeys(_same_file(chosen), 0.0)
    for (a, b), distance in (near | same).items():
        kind = "near_duplicate" if people[a] == people[b] else "same_photograph"
        detail = (
            "the same file, byte for byte"
            if hashes[a] and hashes[a] == hashes[b]
            else f"the faces are {distance:.2f} apart, as in copies of one photograph"
        )
        yield _row(
            kind,
            people[a],
            detail,
            image=images[a],
            face=chosen["face"].iloc[a],
            other_person=people[b],
            other_image=images[b],
            distance=distance,
        )


def _same_file(chosen: pd.DataFrame) -> Iterator[tuple[int, int]]:
    """Give for each copy of a file the pair of its first place and its own."""
    known = chosen["sha256"] != ""
    # Two people in one photograph, each with a face of their own, are no copies.
    for rows in chosen[known].groupby(["sha256", "x", "y"]).indices.values():
        places = np.flatnonzero(known)[rows]
        yield from ((int(places[0]), int(place)) for place in places[1:])


def _namesakes(everything: pd.DataFrame, names: dict[str, str]) -> Iterator[dict]:
    ids: dict[str, list[str]] = {}
    for person in sorted(set(everything["person"]) - {""}):
        if names.get(person):
            ids.setdefault(" ".join(names[person].split()).casefold(), []).append(person)
    for people in ids.values():
        for person in people[1:]:
            yield _row(
                "namesakes",
                people[0],
                f"both are called {names[person]} in the names file",
                other_person=person,
            )


def _alike_ids(everything: pd.DataFrame) -> Iterator[dict]:
    """Ids that people take for one; forms of Unicode are joined already."""
    ids: dict[str, list[str]] = {}
    for person in sorted(set(everything["person"]) - {""}):
        ids.setdefault(nfc(person.casefold()).strip(), []).append(person)
    for first, *others in ids.values():
        for other in others:
            detail = f"{first!r} and {other!r} differ only in letter case or blanks"
            yield _row("alike_ids", first, detail, other_person=other)


def _no_usable_face(everything: pd.DataFrame, chosen: pd.DataFrame) -> Iterator[dict]:
    lost = everything[(everything["person"] != "") & ~everything["person"].isin(chosen["person"])]
    for person, rows in lost.groupby("person"):
        counts = rows.drop_duplicates("image")["status"].value_counts(sort=False).sort_index()
        listed = ", ".join(f"{number} {status}" for status, number in counts.items())
        first = rows.iloc[0]
        yield _row(
            "no_usable_face",
            str(person),
            f"{rows['image'].nunique()} photograph(s), none with a usable face ({listed}); "
            f"{first['image']}: {first['reason']}",
            image=first["image"],
        )


def _untrusted(chosen: pd.DataFrame) -> Iterator[dict]:
    side = chosen[["w", "h"]].min(axis=1)
    small, blurred = side < SMALL, chosen["sharpness"] < BLURRED
    for row in np.flatnonzero(small | blurred):
        faults = []
        if small.iloc[row]:
            faults.append(f"the face is {side.iloc[row]:.0f} pixels wide or high, below {SMALL}")
        if blurred.iloc[row]:
            faults.append(
                f"its sharpness is {chosen['sharpness'].iloc[row]:.0f}, below {BLURRED:.0f}"
            )
        face = chosen.iloc[row]
        yield _row(
            "untrusted", face["person"], "; ".join(faults), image=face["image"], face=face["face"]
        )


def _several_faces(everything: pd.DataFrame, chosen: pd.DataFrame) -> Iterator[dict]:
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
        yield _row(
            "several_faces",
            face["person"],
            f"{counts[face['image']]} faces; number {face['face']} is taken: {why}",
            image=face["image"],
            face=face["face"],
        )


def _one_photograph(chosen: pd.DataFrame) -> Iterator[dict]:
    counts = chosen["person"].value_counts()
    alone = chosen[chosen["person"].isin(counts[counts == 1].index)]
    for face in alone.to_dict("records"):
        yield _row(
            "one_photograph",
            face["person"],
            "one usable photograph only",
            image=face["image"],
            face=face["face"],
        )


def summary(frame: pd.DataFrame) -> Iterable[tuple[str, str, int]]:
    """Give for each kind that was found its name, its sentence and how many there are."""
    counts = frame["kind"].value_counts()
    return [(kind, text, int(counts[kind])) for kind, text in KINDS.items() if kind in counts]
