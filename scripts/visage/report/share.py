"""A copy to give away: who was found may be seen, everybody else is made unrecognisable."""

from dataclasses import replace

from visage.report.data import Face, Query
from visage.status import Verdict
from visage.types import Box

NAMED = (Verdict.MATCH, Verdict.GIVEN)  # verdicts on a face that has a name


def named(face: Face) -> bool:
    """Say whether a face has a name."""
    return face.verdict in NAMED


def strangers(query: Query) -> list[Box | None]:
    """Give where faces are that have no name; None: it is not known where."""
    return [face.box for face in query.faces if not named(face)]


def without_strangers(query: Query) -> Query:
    """Leave out whom the faces might be besides those who were found."""
    return replace(query, sha256="", original="", faces=[_stripped(face) for face in query.faces])


def _stripped(face: Face) -> Face:
    best = [replace(one, faces=one.faces[:1]) for one in face.candidates[:1] if named(face)]
    return replace(face, candidates=best)
