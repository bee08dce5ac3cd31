"""The original program's gallery where it stands for ours: its two files, people and items."""

import json
from pathlib import Path

from visage.config import Config
from visage.errors import VisageError
from visage.sets.listing import SETS

DATABASE, LABELS = "face.db", "face.json"
_REMEDY = "Set index.existing to the folder in which the original program's builder left both."


def listed(config: Config) -> tuple[str, ...]:
    """Give the sets whose folders are listed.

    Not the gallery where an index stands for it, or only labels say who is who.
    """
    return ("queries",) if config.index.existing or config.gallery is None else SETS


def paths(folder: str) -> tuple[str, str]:
    """Give where the two files of an existing gallery belong, whether they are there or not."""
    return str(Path(folder, DATABASE)), str(Path(folder, LABELS))


def files_of(folder: str) -> tuple[str, str]:
    """Give the two files of an existing gallery.

    Raises:
        VisageError: One is missing.
    """
    for path in map(Path, paths(folder)):
        if not path.is_file():
            raise VisageError(f"index.existing: there is no file {path.absolute()}. {_REMEDY}")
    return paths(folder)


def item_image(label: str, item: int) -> str:
    """Give what stands for an item's photograph, which the index does not name."""
    return f"{label}/{DATABASE} item {item:07}"


def images(folder: str) -> list[str]:
    """Give what stands for the photographs of an existing gallery, in the order of its items.

    Raises:
        VisageError: The gallery is incomplete, or its labels are none.
    """
    people = read_labels(Path(files_of(folder)[1]))
    return [item_image(person, item) for item, person in enumerate(people)]


def item_of(image: str) -> int:
    """Give the item that `item_image` named."""
    return int(image.rpartition(" ")[2])


def read_labels(path: Path) -> list[str]:
    """Read `face.json`: item → person.

    Raises:
        VisageError: It is not a JSON list of names.
    """
    try:
        people = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise VisageError(f"index.existing: {path} is not JSON ({error}). {_REMEDY}") from error
    if not isinstance(people, list) or not people or not all(map(_is_name, people)):
        raise VisageError(
            f"index.existing: {path} is not a list of people's ids, one for each item of "
            f"{DATABASE}, as the original program writes it."
        )
    return [str(person).replace("/", "_") for person in people]


def _is_name(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())
