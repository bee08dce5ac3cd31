"""The unknown: faces that are nobody's, gathered into people over all groups of the queries.

The cut of the average linkage follows from how far apart faces of different people are: their
squared distances are on average within a cluster at most `SHARE` of that within which one pair in a
thousand of different people's faces is. `benchmarks/clusters.py` measures it: on half of LFW any
share between 0.80 and 0.95 gives a B-cubed F above 0.98, with the plain default model and with its
vectors centred, and a smaller one joins fewer strangers where a collection is large.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from visage.layout import QUERIES
from visage.people.cells import EXACT
from visage.people.cluster_names import (
    BOX,
    kept_apart,
    name_clusters,
    read_names,
    without,
    write_names,
)
from visage.people.labels import Say
from visage.people.linkage import gather, mean_distance, within_pictures
from visage.search.faces import unit
from visage.search.index import vectors_of
from visage.search.own_evaluation import Evaluation
from visage.status import Status, Verdict
from visage.store.arrow import equal
from visage.store.clusters import CLUSTERS
from visage.store.tables import Origin, read_table, write_table
from visage.store.tsv import write_tsv
from visage.types import Floats, Indices

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
    measured = Evaluation.read(evaluation).same_face if evaluation else None
    return measured or published.get("normalized" if normalize else "raw")


@dataclass(frozen=True)
class How:
    """How faces are gathered."""

    min_faces: int  # smaller clusters do not count, and have no name
    limit: float | None  # what `strangers_distance` gives; None: unknown, so nobody is gathered
    normalize: bool  # whether vectors are scaled to length 1
    threads: int = 1  # the result does not depend on it
    exact: int = EXACT  # up to so many faces all pairs are compared


@dataclass(frozen=True)
class Written:
    """Where the stage writes to."""

    clusters: Path  # the clusters table
    listing: Path  # TSV: one line a person, those with most faces first
    names: Path  # remembers the clusters' names; read first


def cluster_unknown(
    faces: pa.Table,
    refused: pd.DataFrame,
    how: How,
    files: Written,
    origin: Origin,
    originals: Mapping[str, str] | None = None,
) -> None:
    """Gather the faces that are nobody's, and write who is seen often.

    Args:
        faces: What `nobodys` gives.
        refused: What `refusals` gives.
        how: How to gather.
        files: What to write.
        origin: The model.
        originals: For each image that is a copy of another the other one; None: none is.

    Raises:
        VisageError: The file of the names is damaged.
    """
    vectors = unit(vectors_of(faces)) if how.normalize else vectors_of(faces)
    rows = faces.drop_columns("embedding").to_pandas()
    rows["photograph"] = _photographs(rows, originals or {})
    del faces  # of a million half a gigabyte, which nobody needs while they are gathered
    refused = rows[FACE].reset_index(names="row").merge(refused, on=FACE)[["row", "name"]]
    names = without(read_names(files.names), rows, refused)
    apart = np.vstack(
        [
            within_pictures(pd.factorize(rows["image"].to_numpy())[0]),
            kept_apart(names, rows, refused),
        ]
    )
    rows = gathered(rows, vectors, apart, how)
    called, names = name_clusters(rows, typical(rows), names)
    rows["cluster"] = [called[number] if number >= 0 else None for number in rows["number"]]
    write_names(files.names, names)
    write_table(files.clusters, pa.Table.from_pandas(rows[CLUSTERS.names], CLUSTERS, False), origin)
    write_tsv(files.listing, lines(rows))
    log.info("%d faces are nobody's; %d people are seen often", len(rows), len(called))


def _photographs(rows: pd.DataFrame, originals: Mapping[str, str]) -> pd.Series:
    """Give each row what is the same for all copies of its photograph, in whatever group."""
    first = rows["image"].map(lambda image: originals.get(image, image))
    contents = dict(zip(rows["image"], rows["sha256"], strict=True))
    return first.map(lambda image: contents.get(image) or image)


def nobodys(tables: list[Path], matches: list[Path], labelled: Path | None = None) -> pa.Table:
    """Give the faces of the queries whom nobody of the gallery is near, by image and face.

    Args:
        tables: The queries' faces tables of all shards.
        matches: The matches tables of all shards.
        labelled: The table of labelled faces, where something was said: a face of which somebody
            said who it is, or that it does not count, is left out.

    Raises:
        VisageError: A table is damaged.
    """
    parts = [read_table(path, COLUMNS) for path in tables]
    faces = pa.concat_tables([part.filter(_searched(part)) for part in parts])
    found = pa.concat_tables([read_table(path, [*FACE, "verdict"]) for path in matches])
    like_somebody = pc.invert(equal(found["verdict"], Verdict.UNKNOWN))
    near = found.filter(like_somebody).select(FACE).to_pandas()
    words = _said(labelled)
    decided = words.loc[words["say"] != Say.NOT, FACE]
    known = pd.concat([near, decided.astype(near.dtypes)]).drop_duplicates()
    own = faces.select(FACE).to_pandas()
    rows = own.reset_index().merge(known, how="left", indicator=True)
    nobody = rows[rows["_merge"] == "left_only"].sort_values(FACE)["index"]
    return faces.take(pa.array(nobody.to_numpy()))


def refusals(labelled: Path | None) -> pd.DataFrame:
    """Give what somebody said faces are not: image, face, name (of a cluster or a person)."""
    words = _said(labelled)
    return words[words["say"] == Say.NOT].rename(columns={"person": "name"})[[*FACE, "name"]]


def _said(labelled: Path | None) -> pd.DataFrame:
    columns = [*FACE, "say", "person"]
    if labelled is None:
        return pd.DataFrame(columns=columns)
    words = read_table(labelled, ["set", *columns]).to_pandas()
    return words.loc[words["set"] == QUERIES, columns]


def _searched(faces: pa.Table) -> pa.BooleanArray:
    return pc.and_(equal(faces["status"], Status.OK), pc.is_valid(faces["embedding"]))


def gathered(rows: pd.DataFrame, vectors: Floats, apart: Indices, how: How) -> pd.DataFrame:
    """Gather faces into clusters.

    Args:
        rows: One row a face; `photograph` is the same for copies, of which `how.min_faces` counts
            one.
        vectors: Shape (n, d), of each row, in the space in which distances are taken.
        apart: Shape (m, 2): pairs of rows that must not be in one cluster.
        how: How to gather.

    Returns:
        `rows`, numbered from 0, with `number` (of the cluster, the largest first; −1 where none
        counts) and `place` (in the cluster, the most typical first; −1).
    """
    if how.limit is None:
        log.warning(
            "Neither the model nor the gallery tells how far apart different people's faces are: "
            "the unknown are not gathered"
        )
        labels = np.arange(len(rows))
    else:
        cut = how.limit * SHARE**0.5
        labels = gather(vectors, apart, cut, exact=how.exact, threads=how.threads)
    number, place = np.full(len(rows), -1), np.full(len(rows), -1, np.int32)
    sizes = np.bincount(labels, minlength=1)
    once = rows.assign(label=labels).drop_duplicates(["label", "photograph"])
    seen = np.bincount(once["label"], minlength=1)
    largest = np.lexsort((-sizes, -seen))
    members = np.split(np.argsort(labels, kind="stable"), np.cumsum(sizes)[:-1])
    for count, label in enumerate(largest[seen[largest] >= how.min_faces]):
        own = members[label]
        order = own[np.argsort(mean_distance(vectors[own]), kind="stable")]
        number[order], place[order] = count, np.arange(len(own))
    return rows.reset_index(drop=True).assign(number=number, place=place)


def typical(rows: pd.DataFrame) -> list[list[int]]:
    """Give the rows of each of the `gathered` clusters, the most typical face first."""
    known = rows[rows["number"] >= 0].sort_values(["number", "place"])
    return [part.index.tolist() for _, part in known.groupby("number")]


def lines(rows: pd.DataFrame) -> pd.DataFrame:
    """Give a line for each cluster of `gathered` faces that have names."""
    known = rows[rows["number"] >= 0].sort_values(["number", "place"])
    each = known.groupby("number")
    first = known[known["place"] == 0].set_index("number")
    return pd.DataFrame(
        {
            "Cluster": first["cluster"],
            "Faces": each.size(),
            "Images": each["photograph"].nunique(),
            "Groups": each["group"].nunique(),
            "Image": first["image"],
            "Face": first["face"],
        }
        | {side.upper(): first[side].round(1) for side in BOX}
    )
