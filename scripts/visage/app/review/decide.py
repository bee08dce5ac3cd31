"""What somebody decided, turned into statements about faces."""

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, Field

from visage.app.problem import Problem
from visage.app.review.queue import Item, Review
from visage.app.review.tables import Face
from visage.people.labels import Say

Words = list[tuple[Face, Say, str]]


class Answer(BaseModel):
    """What the page sends."""

    key: str = Field(max_length=200)  # of the item
    say: Literal["is", "not", "ignore"]
    person: str = Field("", max_length=300)  # whom somebody means; see `Collection.person`
    struck: list[str] = Field([], max_length=100_000)  # keys of faces that are not of the cluster
    seen: str = Field(max_length=64)  # the revision that was on the page


def decide(review: Review, answer: Answer) -> dict[str, str]:
    """Write what was decided; give a sentence and the name by which it can be taken back.

    Raises:
        Problem: 404 the item is gone; 409 somebody else decided meanwhile; 400 nobody is named.
        VisageError: The labels file cannot be written.
    """
    queue = review.queue()
    place = queue.place.get(answer.key)
    if place is None:
        raise Problem(404, "This is not in the results any more. Load the page again.")
    item = queue.items[place]
    person = _person(review, answer)
    shown = queue.faces(item)
    faces = review.left_in(queue, item) if item.kind == "cluster" else shown
    words = _words(item, faces, answer, person)
    undo = review.spoken.say(words, answer.seen, shown)
    return {"undo": undo, "said": _sentence(review, words, person)}


def _person(review: Review, answer: Answer) -> str:
    if answer.say == "ignore":
        return ""
    if not answer.person.strip():
        raise Problem(400, "Nobody is named.")
    return review.collection.person(answer.person)


def _words(item: Item, faces: Sequence[Face], answer: Answer, person: str) -> Words:
    say, struck = Say(answer.say), set(answer.struck)
    if item.kind != "cluster":
        return [(face, say, person) for face in faces]
    # A face that was struck out is kept out of this cluster from now on.
    return [
        (face, Say.NOT, item.name) if face.key in struck else (face, say, person) for face in faces
    ]


def _sentence(review: Review, words: Words, person: str) -> str:
    name = review.collection.people().get(person, person)
    count = sum(one is not Say.NOT for _, one, _ in words)
    if all(one is Say.NOT for _, one, _ in words):
        return f"Not {name}."
    if any(one is Say.IGNORE for _, one, _ in words):
        return "Not a face to keep." if count == 1 else f"{count} faces that are not to be kept."
    return f"{name}." if count == 1 else f"{count} faces are {name}."
