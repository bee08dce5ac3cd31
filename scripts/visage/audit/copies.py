"""Photographs that are there twice."""

from collections.abc import Iterator

import pandas as pd

from visage.audit.gallery import Audited, Row, row


def copies(gallery: Audited) -> Iterator[Row]:
    """Photographs that are there twice: the same file, or all but the same face.

    One file under two people is no mistake where each has a face of its own in it (their regions).
    """
    chosen, neighbours = gallery.chosen, gallery.neighbours
    people, images = chosen["person"].to_numpy(), chosen["image"].to_numpy()
    faces = chosen["face"].to_numpy()
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
        yield row(
            kind,
            people[a],
            detail,
            image=images[a],
            face=faces[a],
            other_person=people[b],
            other_image=images[b],
            distance=distance,
        )


def _same_file(chosen: pd.DataFrame) -> Iterator[tuple[int, int]]:
    """Give for each copy of a file the pair of its first place and its own."""
    known = chosen[chosen["sha256"] != ""]
    # Two people in one photograph, each with a face of their own, are no copies.
    for _, rows in known.groupby(["sha256", "x", "y"], dropna=False):
        first, *others = rows.index
        yield from ((int(first), int(place)) for place in others)
