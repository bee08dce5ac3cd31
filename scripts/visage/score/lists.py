"""The original program's score of a folder of `<image>.json` files: its columns, its arithmetic."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel, FiniteFloat, TypeAdapter, ValidationError

from visage.errors import VisageError
from visage.store.names import read_names

HEADER = "Score\tHits\tAvg Distance\tID\tName"
SMALLEST = 0.01  # distance in a score: the −0.5 rule would make it infinite or negative below


class _Item(BaseModel):
    """A person in the list of one image; what else is told of them does not count."""

    id: str
    distance: FiniteFloat
    hits: int


_ITEMS = TypeAdapter(list[_Item])


@dataclass
class _Person:
    """The images that one person was found in."""

    distances: list[float] = field(default_factory=list)
    hits: list[int] = field(default_factory=list)

    def average(self) -> float:
        """Give the mean distance, weighted by hits, where there are any.

        Added up one by one, image after image, as the original does: in another order, or with
        the compensated summation of other libraries (Python's own from 3.12 on), the last digit
        that is printed differs now and then.
        """
        if not sum(self.hits):
            return sum(self.distances) / len(self.distances)
        weighted = 0.0
        for distance, hits in zip(self.distances, self.hits, strict=True):
            weighted += distance * hits
        return weighted / sum(self.hits)


def score_lists(folder: Path, names: Path | None) -> Iterator[str]:
    """Give the lines of the table, its header first.

    Score = Σ hits / average distance; the highest first. People are told apart by id, where the
    original merges those of one name; files are read in the order of their names, where it takes
    them as the file system gives them; and an average below 0.01 counts as 0.01.

    Raises:
        VisageError: There is no such file in the folder, or one that is no list of people.
    """
    known = read_names(names)
    rows = []
    for person, found in _people(folder).items():
        average, hits = found.average(), sum(found.hits)
        name = (person in known and known[person].name) or person
        rows.append((hits / max(average, SMALLEST), hits, average, person, name))
    yield HEADER
    for score, hits, average, person, name in sorted(rows, reverse=True):
        yield f"{score:.2f}\t{hits}\t{average:.2f}\t{person}\t{name}"


def _people(folder: Path) -> dict[str, _Person]:
    files = sorted(path for path in folder.iterdir() if path.suffix == ".json")
    if not files:
        below = sorted({path.parent for path in folder.rglob("*.json")})
        hint = f" Give one group's folder, such as {below[0]}." if below else ""
        raise VisageError(f"{folder} holds no <image>.json file.{hint}")
    people: dict[str, _Person] = {}
    for path in files:
        for item in _read(path):
            person = people.setdefault(item.id, _Person())
            person.distances.append(item.distance)
            person.hits.append(item.hits)
    return people


def _read(path: Path) -> list[_Item]:
    try:
        return _ITEMS.validate_json(path.read_bytes())
    except OSError as error:
        raise VisageError(f"{path} cannot be read: {error.strerror}.") from error
    except ValidationError as error:
        place = "".join(f"[{part!r}]" for part in error.errors()[0]["loc"])
        raise VisageError(
            f'{path} is no list of people ([{{"id": "0005", "distance": 0.71, "hits": 3}}, …]), as '
            f"the program writes it for an image: {place} {error.errors()[0]['msg']}. Take it out "
            "of the folder, or make it again."
        ) from error
