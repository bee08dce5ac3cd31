"""Who is nearest to the faces of a shard of queries: the matches table and `<image>.json`."""

import json
import logging
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from visage.config import Match
from visage.errors import VisageError
from visage.search.annoy import AnnoySearch, annoy_recall, load_annoy
from visage.search.calibration import Calibration, probabilities
from visage.search.exact import ExactSearch
from visage.search.index import vectors_of
from visage.search.rankings import RANKINGS, ranking_of
from visage.search.rankings.base import Candidates, Search
from visage.search.threshold import verdicts
from visage.store.files import PUBLIC, write_text
from visage.store.names import read_names
from visage.store.sidecars import remove_orphans, write_sidecar
from visage.store.tables import common_origin, read_table, write_table

log = logging.getLogger(__name__)

MATCHES = pa.schema(
    [
        ("image", pa.string()),  # of the query
        ("group", pa.string()),
        ("face", pa.int16()),  # of the query image, 0 = most prominent
        ("rank", pa.int16()),  # of the person for this face, 1 = closest
        ("id", pa.string()),  # of the person
        ("name", pa.string()),  # from the names file; "" where it has none for the id
        ("distance", pa.float64()),  # what the ranking orders by
        ("hits", pa.int32()),  # how many of the face's neighbours are this person's
        ("nearest", pa.string()),  # the person's gallery image that is nearest to the face
        ("nearest_face", pa.int16()),  # and the face in it
        ("probability", pa.float64()),  # that it is this person; null until calibrated
        ("verdict", pa.string()),  # one of verdict.VERDICTS
        ("recall", pa.float64()),  # of the shard: share of the true neighbours that Annoy finds, by
        # a sample; null where the search is exact
    ]
)

LISTED = ["image", "face", "rank", "id", "name", "distance", "hits"]  # what `image_list` needs


def match_shard(
    table: Path,
    faces: Path,
    annoy: Path,
    names: Path | None,
    output: Path,
    sidecar: Callable[[str], Path] | None,
    settings: Match,
    normalize: bool,
    threshold: float | None,
    calibration: Calibration | None = None,
) -> None:
    """Find the closest people for each face of a shard of the queries.

    Args:
        table: The shard's faces table.
        faces: The index's faces.parquet.
        annoy: The index's face.db; read only for `search: annoy`.
        names: The names file, if there is one.
        output: The matches table to write.
        sidecar: Gives the path of an image's `<image>.json`; None writes none.
        settings: The config's `match`.
        normalize: The config's `index.normalize`.
        threshold: The largest distance of a match; None: there is none.
        calibration: From the distance to a probability; None leaves the column empty.

    Raises:
        VisageError: A table is damaged, or the two come from different models.
    """
    origin = common_origin([faces, table])
    queries = read_table(table, ["image", "group", "face", "embedding"])
    images = queries["image"].unique().to_pylist()
    probes = queries.filter(pc.is_valid(queries["embedding"]))
    gallery = read_table(faces, ["image", "person", "face", "embedding"])
    found, recall = _search(probes, gallery, annoy, settings, normalize)
    gallery = gallery.drop_columns("embedding")
    matches = _matches(found, probes, gallery, names, threshold, calibration, recall)
    log.info("%d images, %d faces, %d candidates", len(images), len(probes), len(matches))
    write_table(output, matches, origin)
    if sidecar:
        _write_sidecars(images, matches, sidecar, settings)


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
    rows = found.filter(pc.equal(found["image"], image)).to_pylist()
    write_text(output, json.dumps(image_list(rows, ranking, results)) + "\n", PUBLIC)


def remove_old_lists(folder: Path, table: Path, shard: int, shards: int) -> None:
    """Delete the `<image>.json` of this shard's images that are no longer in its faces table."""
    images = set(read_table(table, ["image"])["image"].to_pylist())
    remove_orphans(folder, ".json", shard, shards, images.__contains__)


def image_list(rows: Iterable[dict], ranking: str = "nearest", results: int = 10) -> list[dict]:
    """Give the people closest to one image from the rows of its faces.

    Args:
        rows: Of a matches table, all of one image; the columns `LISTED`.
        ranking: The config's `match.ranking`.
        results: The config's `match.results`.

    Returns:
        Each person once, by the face nearest to them: id, distance, hits; name where there is one;
        face where the image has several. The original's ranking keeps its distances as they are
        (two decimals, less the bonus), others are rounded to four.
    """
    ordered = sorted(rows, key=lambda row: (row["distance"], row["face"], row["rank"]))
    several = len({row["face"] for row in ordered}) > 1
    people: dict[str, dict] = {}
    for row in ordered:
        if row["id"] in people or len(people) == results:
            continue
        distance = RANKINGS[ranking].listed(row["distance"])
        person = {"id": row["id"], "distance": distance, "hits": row["hits"]}
        if row["name"]:
            person["name"] = row["name"]
        if several:
            person["face"] = row["face"]
        people[row["id"]] = person
    return list(people.values())


def _search(
    probes: pa.Table, faces: pa.Table, annoy: Path, settings: Match, normalize: bool
) -> tuple[tuple[Candidates, list[str]], float | None]:
    """Give the candidates with the ids they refer to, and Annoy's recall if it is used."""
    vectors, queries = vectors_of(faces), vectors_of(probes)
    if not len(queries):
        queries = np.empty((0, vectors.shape[1]), np.float32)
    if queries.shape[1] != vectors.shape[1]:
        raise VisageError(
            f"The queries' embeddings have {queries.shape[1]} numbers, the gallery's "
            f"{vectors.shape[1]}. Delete the results folder's tables and run the workflow again."
        )
    ranking = ranking_of(settings.ranking, normalize).fit(
        vectors, faces["person"].to_pylist(), normalize
    )
    gallery = ranking.faces
    queries = gallery.space(queries)
    search: Search = ExactSearch(gallery, settings.neighbours)
    recall = None
    if settings.search == "annoy":
        index = load_annoy(annoy, vectors.shape[1], len(vectors))
        wanted = settings.neighbours, settings.search_k
        recall = annoy_recall(queries, gallery.vectors, index, *wanted)
        search = AnnoySearch(gallery, index, *wanted)
    return (ranking.candidates(queries, search, settings.results), gallery.people), recall


def _matches(
    found: tuple[Candidates, list[str]],
    probes: pa.Table,
    faces: pa.Table,
    names: Path | None,
    threshold: float | None,
    calibration: Calibration | None,
    recall: float | None,
) -> pa.Table:
    candidates, people = found
    known = read_names(names)
    named = [known[person].name if person in known else "" for person in people]
    probe, nearest = pa.array(candidates.probe), pa.array(candidates.nearest)
    person = pa.array(candidates.person)
    verdict = verdicts(candidates.rank, candidates.measured, threshold)
    columns = {
        "image": probes["image"].take(probe),
        "group": pc.fill_null(probes["group"].take(probe), ""),
        "face": pc.fill_null(probes["face"].take(probe), 0),
        "rank": candidates.rank,
        "id": pa.array(people, pa.string()).take(person),
        "name": pa.array(named, pa.string()).take(person),
        "distance": candidates.distance,
        "hits": candidates.hits,
        "nearest": faces["image"].take(nearest),
        "nearest_face": pc.fill_null(faces["face"].take(nearest), 0),
        "probability": pa.array(
            probabilities(candidates.probe, candidates.measured, calibration), from_pandas=True
        ),
        "verdict": verdict.tolist(),
        "recall": pa.array([recall] * len(verdict), pa.float64()),
    }
    table = pa.table({name: columns[name] for name in MATCHES.names})
    return table.cast(MATCHES)


def _write_sidecars(
    images: list[str], matches: pa.Table, sidecar: Callable[[str], Path], settings: Match
) -> None:
    rows: dict[str, list[dict]] = {image: [] for image in images}
    for row in matches.select(LISTED).to_pylist():
        rows[row["image"]].append(row)
    for image, own in rows.items():
        people = image_list(own, settings.ranking, settings.results)
        write_sidecar(sidecar(image), people, PUBLIC)
