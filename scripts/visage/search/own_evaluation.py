"""What the gallery's own evaluation tells the other stages, out of evaluation.json."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, PlainSerializer, PlainValidator, ValidationError

from visage.errors import VisageError
from visage.search.calibration import Calibration
from visage.search.rankings.base import Learnt

# What evaluations were made with that do not say it: those of versions before it was learnt.
BEFORE = Learnt(0.5)


def _learnt(content: Any) -> Learnt:
    if isinstance(content, Learnt):
        return content
    centre = content["centre"]
    return Learnt(content["within"], None if centre is None else np.array(centre, np.float32))


def _learnt_as_data(learnt: Learnt) -> dict[str, Any]:
    """Give what the file holds of what was learnt; `Learnt` comes back of it exactly."""
    centre = None if learnt.centre is None else learnt.centre.astype(np.float64).tolist()
    return {"within": learnt.within, "centre": centre}


LearntInFile = Annotated[Learnt, PlainValidator(_learnt), PlainSerializer(_learnt_as_data)]


class FilePart(BaseModel):
    """What a file of an earlier version lacks has a default; what a later one adds is left out."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


class Evaluation(FilePart):
    """Of evaluation.json what the other stages take; `visage.evaluation.result` has all of it.

    docs/evaluation.md says what each key means.
    """

    version: int = 1  # 1 had no number
    model: str = ""
    fingerprint: str = ""
    ranking: str = ""
    normalize: bool = True
    fpir: float = 0.01  # asked for
    learnt: LearntInFile = BEFORE  # for the ranking
    threshold: float | None  # None: the gallery gives none
    summary: str  # a sentence or two: where the threshold is from, or why there is none
    calibration: Calibration | None
    same_face: float | None = None  # Euclidean, within which two faces pass as one person's

    @classmethod
    def of(cls, content: Any) -> Self:
        """Check the content of evaluation.json.

        Raises:
            ValueError: It is not one; the message names the first key that is wrong.
        """
        try:
            return cls.model_validate(content)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            place = "".join(f"{key}: " for key in first["loc"])
            raise ValueError(f"{place}{first['msg']}") from error

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read evaluation.json.

        Raises:
            VisageError: It is missing, or not what `visage.evaluation` writes.
        """
        try:
            return cls.of(json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError as error:
            raise VisageError(
                f"{path} is missing. Run the workflow again: it will be made."
            ) from error
        except (ValueError, KeyError, TypeError) as error:
            raise VisageError(
                f"{path} is damaged ({error}). Delete it and run the workflow again."
            ) from error


def fits(path: Path, expected: Mapping[str, object]) -> bool:
    """Tell whether there is an evaluation that was made with these values."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return False
    made_with = content if isinstance(content, dict) else {}
    return all(made_with.get(key) == value for key, value in expected.items())
