"""Who is nearest to the faces of a shard of queries: the matches table and `<image>.json`."""

import json
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from visage.errors import VisageError
from visage.search.gallery import Gallery
from visage.search.index import vectors_of
from visage.search.labelled import Place, Said, places
from visage.search.rankings import RANKINGS
from visage.search.rankings.base import Candidates
from visage.status import Verdict
from visage.store.arrow import equal, filled, texts
from visage.store.files import PUBLIC, write_text
from visage.store.matches import LISTED, MATCHES, MatchRow, match_rows
from visage.store.sidecars import remove_orphans, write_sidecar
from visage.store.tables import common_origin, read_table, write_table

log = logging.getLogger(__name__)

_QUERIES = ["image", "group", "sha256", "face", "x", "y", "w", "h", "embedding"]
Refused = Mapping[Place, frozenset[str]]  # who it was said not to be


def match_shard(
    table: Path,
    gallery: Gallery,
    output: Path,
    sidecar: Callable[[str], Path] | None,
    results: int,
    said: Said | None = None,
    overlapping: bool = False,
) -> None:
    """Find the closest people for each face of a shard of the queries.

    A face that was given a name is not searched: neither itself nor its copies are a find.

    Args:
        table: The shard's faces table.
        gallery: Who is searched.
        output: The matches table to write.
        sidecar: Gives the path of an image's `<image>.json`; None writes none.
        results: The config's `match.results`.
        said: What people said about faces.
        overlapping: A photograph may be in both sets: one that is in the gallery is given, too.

    Raises:
        VisageError: A table is damaged, or comes from another model than the gallery.
    """
    origin = common_origin([gallery.path, table])
    queries = read_table(table, _QUERIES)
    said = said or Said()
    if overlapping:
        said = said.with_gallery(gallery.rows, queries)
    images = texts(queries["image"].unique())
    probes = queries.filter(pc.is_valid(queries["embedding"]))
    settled = said.given.keys() | said.ignored
    searched = pa.array([place not in settled for place in places(probes)], pa.bool_())
    matches = pa.concat_tables(
        [
            _matches(probes.filter(searched), gallery, results, said),
            _given(queries, said, gallery.people.name),
        ]
    )
    log.info("%d images, %d faces, %d candidates", len(images), len(probes), len(matches))
    write_table(output, matches, origin)
    if sidecar:
        rows = _rows_of(images, matches)
        for image, own in rows.items():
            people = image_list(own, gallery.ranking.listed, results)
            write_sidecar(sidecar(image), people, PUBLIC)


def match_nobody(table: Path, output: Path, sidecar: Callable[[str], Path] | None) -> None:
    """Write that no face was found to be anybody's: there is nobody in the gallery yet."""
    write_table(output, MATCHES.empty_table(), common_origin([table]))
    if sidecar:
        for image in texts(read_table(table, ["image"])["image"].unique()):
            write_sidecar(sidecar(image), [], PUBLIC)


def _given(queries: pa.Table, said: Said, name: Callable[[str], str]) -> pa.Table:
    """Give a row for each face of which a person said whose it is."""
    rows = []
    columns = ("image", "group", "face")
    for image, group, face in zip(*(queries[c].to_pylist() for c in columns), strict=True):
        found = [(image, face or 0)] if (image, face or 0) in said.given else []
        added = [] if (face or 0) else said.added.get(image, [])  # once an image
        for place in dict.fromkeys((*found, *added)):
            person = said.given[place]
            rows.append(
                {
                    **{"image": image, "group": group or "", "face": place[1], "rank": 1},
                    **{"id": person, "name": name(person), "distance": 0.0, "hits": 1},
                    **{"nearest": "", "nearest_face": 0, "verdict": Verdict.GIVEN.value},
                    "reason": "",
                }
            )
    return pa.Table.from_pylist(rows, MATCHES)


def _without(
    found: Candidates, probes: pa.Table, ids: Sequence[str], refused: Refused, results: int
) -> Candidates:
    """Leave out people of whom it was said that a face is not theirs; the next ones move up."""
    not_them = [refused.get(place, frozenset()) for place in places(probes)]
    keep = np.array(
        [
            ids[person] not in not_them[probe]
            for probe, person in zip(found.probe.tolist(), found.person.tolist(), strict=True)
        ],
        bool,
    )
    left = found.take(keep)
    starts = np.flatnonzero(np.diff(left.probe, prepend=-1))
    lengths = np.diff(np.append(starts, len(left.probe)))
    rank = np.arange(len(left.probe)) - np.repeat(starts, lengths) + 1
    return left._replace(rank=rank).take(rank <= results)


def _taken(
    found: Candidates, probes: pa.Table, ids: Sequence[str], said: Said
) -> NDArray[np.bool_]:
    """Tell of each candidate whether another face of the picture is said to be the person."""
    given: dict[str, set[str]] = {}
    for (image, _), person in said.given.items():
        given.setdefault(image, set()).add(person)
    in_picture = [given.get(image, set()) for image in texts(probes["image"])]
    pairs = zip(found.probe.tolist(), found.person.tolist(), strict=True)
    return np.array([ids[person] in in_picture[probe] for probe, person in pairs], bool)


def _matches(probes: pa.Table, gallery: Gallery, results: int, said: Said) -> pa.Table:
    embeddings = vectors_of(probes)
    images = probes["image"].combine_chunks().dictionary_encode()
    pictures = images.indices.to_numpy().astype(np.int64)
    more = max((len(said.refused.get(place, ())) for place in places(probes)), default=0)
    closest = gallery.candidates(embeddings, results + more)
    ids = gallery.people.ids
    if more:
        closest = _without(closest, probes, ids, said.refused, results)
    taken = _taken(closest, probes, ids, said) if said.given else None
    found, judged = gallery.judged(closest, pictures, taken)
    named = [gallery.people.name(person) for person in ids]
    columns = {
        "image": probes["image"].take(found.probe),
        "group": filled(probes["group"].take(found.probe), ""),
        "face": probes["face"].take(found.probe),
        "rank": found.rank,
        "id": pa.array(ids, pa.string()).take(found.person),
        "name": pa.array(named, pa.string()).take(found.person),
        "distance": found.distance,
        "hits": found.hits,
        "nearest": gallery.rows["image"].take(found.nearest),
        "nearest_face": gallery.rows["face"].take(found.nearest),
        "probability": pa.array(judged.probability, from_pandas=True),
        "verdict": judged.verdict.tolist(),
        "reason": judged.reason.tolist(),
        "recall": pa.array([gallery.recall(embeddings)] * len(found.probe), pa.float64()),
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
    if not pc.any(equal(read_table(table, ["image"])["image"], image)).as_py():
        raise VisageError(
            f"There is no image {image!r} among the queries, so it has no .json file."
        )
    found = read_table(matches, LISTED)
    rows = match_rows(found.filter(equal(found["image"], image)))
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
