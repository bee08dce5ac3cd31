"""The unknown: faces that are nobody's, gathered into people over all groups of the queries.

The cut of the average linkage follows from how far apart faces of different people are: their
squared distances are on average within a cluster at most `SHARE` of that within which one pair in a
thousand of different people's faces is. `benchmarks/clusters.py` measures it: on half of LFW any
share between 0.80 and 0.95 gives a B-cubed F above 0.98, with the plain default model and with its
vectors centred, and a smaller one joins fewer strangers where a collection is large.
"""

import logging
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from visage.people.cluster_names import BOX, name_clusters, read_names, write_names
from visage.people.linkage import gather, mean_distance, within_pictures
from visage.search.calibration import read_evaluation
from visage.search.faces import unit
from visage.search.index import vectors_of
from visage.search.labelled import Place, places
from visage.status import Status, Verdict
from visage.store.clusters import CLUSTERS
from visage.store.tables import Origin, read_table, write_table
from visage.store.tsv import write_tsv
from visage.types import Floats

log = logging.getLogger(__name__)

SHARE = 0.85  # of the squared distance within which a thousandth of strangers' pairs are
FACE = ["image", "face"]
COLUMNS = ["image", "group", "face", "sha256", "status", "x", "y", "w", "h", "embedding"]


def strangers_distance(
    evaluation: Path | None, published: Mapping[str, float | None], normalize: bool
) -> float | None:
    """Give the Euclidean distance within which a thousandth of different people's pairs are.

    Args:
        evaluation: The gallery's evaluation.json, where there is one; it has measured it.
        published: The model's `threshold` in config/models.yaml, which is about the same.
        normalize: Whether vectors are scaled to length 1.
    """
    measured = read_evaluation(evaluation).same_face if evaluation else None
    return measured or published.get("normalized" if normalize else "raw")


def cluster_unknown(
    faces: pa.Table,
    output: Path,
    listing: Path,
    names: Path,
    min_faces: int,
    limit: float | None,
    normalize: bool,
    origin: Origin,
) -> None:
    """Gather the faces that are nobody's, and write who is seen often.

    Args:
        faces: What `nobodys` gives.
        output: The clusters table to write.
        listing: The TSV to write: one line a person, those with most faces first.
        names: The file that remembers the clusters' names; written, too.
        min_faces: Fewer faces make no line and have no name.
        limit: What `strangers_distance` gives; None: unknown, so nobody is gathered.
        normalize: Whether vectors are scaled to length 1.
        origin: The model.

    Raises:
        VisageError: The file of the names is damaged.
    """
    vectors = unit(vectors_of(faces)) if normalize else vectors_of(faces)
    rows = faces.drop_columns("embedding").to_pandas()
    rows = gathered(rows, vectors, limit, min_faces)
    first = rows[rows["place"] == 0].sort_values("number").index.tolist()
    called, known = name_clusters(rows, first, rows["number"].to_numpy(), read_names(names))
    rows["cluster"] = [called[number] if number >= 0 else None for number in rows["number"]]
    write_names(names, known)
    write_table(output, pa.Table.from_pandas(rows[CLUSTERS.names], CLUSTERS, False), origin)
    write_tsv(listing, lines(rows))
    log.info("%d faces are nobody's; %d people are seen often", len(rows), len(called))


def nobodys(
    tables: list[Path], matches: list[Path], ignored: frozenset[Place] = frozenset()
) -> pa.Table:
    """Give the faces of the queries whom nobody of the gallery is near, by image and face.

    Args:
        tables: The queries' faces tables of all shards.
        matches: The matches tables of all shards.
        ignored: Faces that a person said to leave out.

    Raises:
        VisageError: A table is damaged.
    """
    parts = [read_table(path, COLUMNS) for path in tables]
    faces = pa.concat_tables([part.filter(_searched(part)) for part in parts])
    if ignored:
        kept = [place not in ignored for place in places(faces)]
        faces = faces.filter(pa.array(kept, pa.bool_()))
    found = pa.concat_tables([read_table(path, [*FACE, "verdict"]) for path in matches])
    near = found.filter(pc.not_equal(found["verdict"], Verdict.UNKNOWN)).select(FACE)
    own, known = faces.select(FACE).to_pandas().fillna({"face": 0}), near.to_pandas()
    rows = own.reset_index().merge(known.drop_duplicates(), how="left", indicator=True)
    nobody = rows[rows["_merge"] == "left_only"].sort_values(FACE)["index"]
    return faces.take(pa.array(nobody.to_numpy()))


def _searched(faces: pa.Table) -> pa.ChunkedArray:
    return pc.and_(pc.equal(faces["status"], Status.OK), pc.is_valid(faces["embedding"]))


def gathered(
    rows: pd.DataFrame, vectors: Floats, limit: float | None, min_faces: int
) -> pd.DataFrame:
    """Gather faces into clusters.

    Args:
        rows: One row a face, with its image.
        vectors: Shape (n, d), of each row, in the space in which distances are taken.
        limit: What `strangers_distance` gives; None gathers nobody.
        min_faces: Smaller clusters do not count.

    Returns:
        `rows`, numbered from 0, with `number` (of the cluster, the largest first; −1 where none
        counts) and `place` (in the cluster, the most typical first; −1).
    """
    rows = rows.reset_index(drop=True)
    if limit is None:
        log.warning(
            "Neither the model nor the gallery tells how far apart different people's faces are: "
            "the unknown are not gathered"
        )
        labels = np.arange(len(rows))
    else:
        pictures = pd.factorize(rows["image"])[0]
        labels = gather(vectors, within_pictures(pictures), limit * SHARE**0.5)
    number = np.full(len(rows), -1)
    place = np.full(len(rows), -1, np.int32)
    sizes = np.bincount(labels, minlength=1)
    largest = np.argsort(-sizes, kind="stable")
    members = np.split(np.argsort(labels, kind="stable"), np.cumsum(sizes)[:-1])
    for count, label in enumerate(largest[sizes[largest] >= min_faces]):
        own = members[label]
        typical = own[np.argsort(mean_distance(vectors[own]), kind="stable")]
        number[typical], place[typical] = count, np.arange(len(own))
    return rows.assign(number=number, place=place)


def lines(rows: pd.DataFrame) -> pd.DataFrame:
    """Give a line for each cluster of `gathered` faces that have names."""
    known = rows[rows["number"] >= 0].sort_values(["number", "place"])
    each = known.groupby("number")
    first = known[known["place"] == 0].set_index("number")
    return pd.DataFrame(
        {
            "Cluster": first["cluster"],
            "Faces": each.size(),
            "Images": each["image"].nunique(),
            "Groups": each["group"].nunique(),
            "Image": first["image"],
            "Face": first["face"],
        }
        | {side.upper(): first[side].round(1) for side in BOX}
    )
