"""Who is in pictures with whom: `together.tsv`."""

import logging
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from visage.status import Verdict
from visage.store.arrow import equal, texts
from visage.store.files import PRIVATE
from visage.store.tables import read_table
from visage.store.tsv import write_rows

log = logging.getLogger(__name__)

COLUMNS = ("ID", "Name", "With ID", "With Name", "Images", "Groups", "Example")
_SURE = pa.array([Verdict.GIVEN.value, Verdict.MATCH.value])


def tabulate_together(
    tables: Sequence[Path], matches: Sequence[Path], originals: Mapping[str, str], output: Path
) -> int:
    """Count for each two people the pictures that show both, and the groups these lie in.

    A copy counts with its original; the same bytes in several groups count once, too.

    Args:
        tables: The queries' faces tables of all shards.
        matches: The matches tables, in the same order.
        originals: For each image that is a copy of another the other one.
        output: The TSV to write: the pair that is seen together most comes first.

    Returns:
        The number of pairs.
    """
    names: dict[str, str] = {}
    seen: set[tuple[str, tuple[str, str]]] = set()
    images: Counter[tuple[str, str]] = Counter()
    groups: dict[tuple[str, str], set[str]] = defaultdict(set)
    examples: dict[tuple[str, str], str] = {}
    counting = set(originals.values())
    counted = {i: sha for path in tables for i, sha in _contents(path).items() if i in counting}
    for table, found in zip(tables, matches, strict=True):
        contents = _contents(table)
        for image, group, people in _people(found, names):
            first = originals.get(image, image)
            content = counted.get(first) or contents.get(first) or first
            for pair in combinations(sorted(people), 2):
                images[pair] += (content, pair) not in seen
                seen.add((content, pair))
                groups[pair].add(group)
                examples[pair] = min(image, examples.get(pair, image))
    ordered = sorted(images, key=lambda pair: (-images[pair], pair))
    rows = (
        [
            *(text for person in pair for text in (person, names[person] or person)),
            *(str(images[pair]), str(len(groups[pair])), examples[pair]),
        ]
        for pair in ordered
    )
    count = write_rows(output, COLUMNS, rows, PRIVATE)
    log.info("%d pairs of people", count)
    return count


def _contents(table: Path) -> dict[str, str | None]:
    rows = read_table(table, ["image", "sha256"])
    return dict(zip(texts(rows["image"]), rows["sha256"].to_pylist(), strict=True))


def _people(matches: Path, names: dict[str, str]) -> Iterator[tuple[str, str, set[str]]]:
    """Give the images that show two people or more, with their group and who they are."""
    table = read_table(matches, ["image", "group", "rank", "id", "name", "verdict"])
    sure = pc.is_in(table["verdict"], value_set=_SURE)
    table = table.filter(pc.and_(equal(table["rank"], 1), sure))
    people: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in table.to_pylist():
        names[row["id"]] = row["name"]
        people[row["image"], row["group"]].add(row["id"])
    for (image, group), found in people.items():
        if len(found) > 1:
            yield image, group, found
