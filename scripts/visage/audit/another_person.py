"""Photographs that may lie in the wrong folder."""

from collections.abc import Iterator

import numpy as np

from visage.audit.gallery import Audited, Row, row


def another_person(gallery: Audited) -> Iterator[Row]:
    """Faces whose nearest is another person's; of people with one photograph, if it is a match."""
    chosen, neighbours = gallery.chosen, gallery.neighbours
    alone = np.isinf(neighbours.own_distance)
    suspicious = neighbours.other_distance < np.where(
        alone, gallery.threshold, neighbours.own_distance
    )
    people, images = chosen["person"].to_numpy(), chosen["image"].to_numpy()
    for place in np.flatnonzero(suspicious):
        other = neighbours.other[place]
        distance, own = neighbours.other_distance[place], neighbours.own_distance[place]
        rest = (
            "there is no other photograph of theirs to compare"
            if alone[place]
            else f"the nearest of their own ({images[neighbours.own[place]]}) is {own:.2f} away"
        )
        yield row(
            "another_person",
            people[place],
            f"{distance:.2f} away from a photograph of {people[other]}; {rest}",
            image=images[place],
            face=chosen["face"].iloc[place],
            other_person=people[other],
            other_image=images[other],
            distance=distance,
        )
