"""Who is nearest to the faces of a shard of queries: the matches table and `<image>.json`."""

import json
import logging
from collections.abc import Callable, Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from visage.errors import VisageError
from visage.search.gallery import Gallery
from visage.search.index import vectors_of
from visage.search.rankings import RANKINGS
from visage.store.files import PUBLIC, write_text
from visage.store.matches import LISTED, MATCHES, MatchRow, match_rows
from visage.store.sidecars import remove_orphans, write_sidecar
from visage.store.tables import common_origin, read_table, write_table

log = logging.getLogger(__name__)


def match_shard(
    table: Path,
    gallery: Gallery,
    output: Path,
    sidecar: Callable[[str], Path] | None,
    results: int,
) -> None:
    """Find the closest people for each face of a shard of the queries.

    Args:
        table: The shard's faces table.
        gallery: Who is searched.
        output: The matches table to write.
        sidecar: Gives the path of an image's `<image>.json`; None writes none.
        results: The config's `match.results`.

    Raises:
        VisageError: A table is damaged, or comes from another model than the gallery.
    """
    origin = common_origin([gallery.path, table])
    queries = read_table(table, ["image", "group", "face", "embedding"])
    images = queries["image"].unique().to_pylist()
    probes = queries.filter(pc.is_valid(queries["embedding"]))
    matches = _matches(probes, gallery, results)
    log.info("%d images, %d faces, %d candidates", len(images), len(probes), len(matches))
    write_table(output, matches, origin)
    if sidecar:
        rows = _rows_of(images, matches)
        for image, own in rows.items():
            people = image_list(own, gallery.ranking.listed, results)
            write_sidecar(sidecar(image), people, PUBLIC)


def _matches(probes: pa.Table, gallery: Gallery, results: int) -> pa.Table:
    embeddings = vectors_of(probes)
    found, judged = gallery.find(embeddings, results)
    ids = gallery.people.ids
    named = [gallery.people.name(person) for person in ids]
    probe, nearest = pa.array(found.probe), pa.array(found.nearest)
    person = pa.array(found.person)
    columns = {
        "image": probes["image"].take(probe),
        "group": pc.fill_null(probes["group"].take(probe), ""),
        "face": pc.fill_null(probes["face"].take(probe), 0),
        "rank": found.rank,
        "id": pa.array(ids, pa.string()).take(person),
        "name": pa.array(named, pa.string()).take(person),
        "distance": found.distance,
        "hits": found.hits,
        "nearest": gallery.rows["image"].take(nearest),
        "nearest_face": pc.fill_null(gallery.rows["face"].take(nearest), 0),
        "probability": pa.array(judged.probability, from_pandas=True),
        "verdict": judged.verdict.tolist(),
        "recall": pa.array([gallery.recall(embeddings)] * len(probe), pa.float64()),
    }
    table = pa.table({name: columns[name] for name in MATCHES.names})
    return table.cast(MATCHES)


def _rows_of(images: list[str], matches: pa.Table) -> dict[str, list[MatchRow]]:
    rows: dict[str, list[MatchRow]] = {image: [] for image in images}
    for row in match_rows(matches):
        rows[row.image].append(row)
    return rows


def extract_match(
    table: Path, matches: Path, image: str, output: Path, ranking: str, results: int
) -> None:
    """Write the `<image>.json` of one image from its shard's faces and matches tables.

    An image without a usable face has no matches and gets an empty list.

    Raises:
        VisageError: The image is not in the set.
    """
    if not pc.any(pc.equal(read_table(table, ["image"])["image"], image)).as_py():
        raise VisageError(
            f"There is no image {image!r} among the queries, so it has no .json file."
        )
    found = read_table(matches, LISTED)
    rows = match_rows(found.filter(pc.equal(found["image"], image)))
    people = image_list(rows, RANKINGS[ranking].listed, results)
    write_text(output, json.dumps(people) + "\n", PUBLIC)


def remove_old_lists(folder: Path, table: Path, shard: int, shards: int) -> None:
    """Delete the `<image>.json` of this shard's images that are no longer in its faces table."""
    images = set(read_table(table, ["image"])["image"].to_pylist())
    remove_orphans(folder, ".json", shard, shards, images.__contains__)


def image_list(
    rows: Iterable[MatchRow], listed: Callable[[float], float], results: int
) -> list[dict]:
    """Give the people closest to one image from the rows of its faces.

    Args:
        rows: All of one image.
        listed: Gives a distance as it is to stand there: the ranking's.
        results: The config's `match.results`.

    Returns:
        Each person once, by the face nearest to them: id, distance, hits; name where there is one;
        face where the image has several.
    """
    ordered = sorted(rows, key=lambda row: (row.distance, row.face, row.rank))
    several = len({row.face for row in ordered}) > 1
    people: dict[str, dict] = {}
    for row in ordered:
        if row.id in people or len(people) == results:
            continue
        person = {"id": row.id, "distance": listed(row.distance), "hits": row.hits}
        if row.name:
            person["name"] = row.name
        if several:
            person["face"] = row.face
        people[row.id] = person
    return list(people.values())
