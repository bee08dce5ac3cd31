"""Somebody says on the look-up page who a face is: a label, and a copy where there is none yet."""

import hashlib
from dataclasses import dataclass

from visage.app.collection import Collection, Place
from visage.app.problem import Problem
from visage.layout import GALLERY
from visage.people.editing import append_labels, now
from visage.people.labels import Say, Statement
from visage.store.files import replacing
from visage.types import Box

SOURCE = "look-up"


@dataclass(frozen=True)
class Photograph:
    """What somebody showed the page."""

    data: bytes
    name: str  # of the file, as the browser knows it


def say_who(collection: Collection, photograph: Photograph, box: Box, person: str) -> str:
    """Write that a face is a person's; give a sentence that says what was done.

    A photograph that is in neither set becomes one of the person's in the gallery: otherwise
    the label would be of a face that the workflow never sees.

    Raises:
        Problem: The person can be none, or there is no gallery to keep the photograph in.
        VisageError: The labels cannot be written.
    """
    who = collection.person(person)
    sha256 = hashlib.sha256(photograph.data).hexdigest()
    place = collection.find(sha256)
    kept = ""
    if place is None:
        place = _keep(collection, photograph, who, sha256)
        kept = f" A copy of the photograph is now in the gallery, as {place.image}."
    label = Statement(sha256, place.image, box, who, Say.IS, SOURCE, now())
    append_labels(collection.labels, [label])
    name = collection.people().get(who, who)
    return f"Noted: this is {name}.{kept} It counts once the workflow has run again."


def _keep(collection: Collection, photograph: Photograph, person: str, sha256: str) -> Place:
    folder = collection.folder(GALLERY)
    if not folder.is_dir():
        raise Problem(
            409,
            f"There is no folder {folder} to keep the photograph in. Put it among your own "
            "photographs first, then say who it is.",
        )
    path = collection.new_place(person, photograph.name, sha256)
    with replacing(path) as temporary:
        temporary.write_bytes(photograph.data)
    return Place(GALLERY, path.relative_to(folder).as_posix())
