"""What the review looks at, read from the results into memory: quick to find, however many."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from visage.app.collection import Collection
from visage.layout import GALLERY, QUERIES
from visage.store.tables import read_table
from visage.types import Box, Indices

FACES = ["image", "group", "face", "sha256", "status", "x", "y", "w", "h", "turn"]
MATCHES = ["image", "face", "rank", "id", "name", "distance", "nearest", "nearest_face"]
MATCHES += ["probability", "verdict"]
KEY = ["image", "face"]


@dataclass(frozen=True)
class Face:
    """A face of a photograph of a set."""

    set: str
    image: str
    number: int
    sha256: str
    box: Box | None  # None: not known, the whole photograph
    turn: int = 0  # degrees clockwise by which the photograph is to be turned to stand upright

    @property
    def key(self) -> str:
        """Name it, in addresses and in forms."""
        return face_key(self.sha256, self.number)


def face_key(sha256: str, number: int) -> str:
    """Name a face by its photograph's content and its number there."""
    return f"{sha256[:20]}.{number}"


class FaceTable:
    """The faces of a set that have a place in a photograph."""

    def __init__(self, name: str, rows: pd.DataFrame) -> None:
        """Index them by photograph and number."""
        self.name = name
        self.rows = rows
        places = zip(rows["image"], rows["face"], strict=True)
        self._at = {pair: row for row, pair in enumerate(places)}
        contents = zip(rows["sha256"].fillna(""), rows["face"], strict=True)
        self._by_key = {face_key(sha, face): row for row, (sha, face) in enumerate(contents)}

    def face(self, row: int) -> Face:
        """Give a row."""
        one = self.rows.iloc[row]
        box = None if pd.isna(one["x"]) else Box(*(float(one[side]) for side in "xywh"))
        turn = 0 if pd.isna(one["turn"]) else int(one["turn"])
        return Face(self.name, one["image"], int(one["face"]), one["sha256"] or "", box, turn)

    def row(self, image: str, number: int) -> int | None:
        """Find a face by its photograph and number."""
        return self._at.get((image, number))

    def find(self, key: str) -> Face | None:
        """Find a face by its key."""
        row = self._by_key.get(key)
        return None if row is None else self.face(row)


class MatchTable:
    """The candidates of every face."""

    def __init__(self, rows: pd.DataFrame) -> None:
        """Sort them by face and rank."""
        self.rows = rows.sort_values([*KEY, "rank"], kind="stable").reset_index(drop=True)
        first = ~self.rows.duplicated(KEY)
        self.best = self.rows[first]
        starts = np.flatnonzero(first.to_numpy())
        ends = np.append(starts, len(self.rows))[1:]
        pairs = zip(self.best["image"], self.best["face"], strict=True)
        self._parts = dict(zip(pairs, zip(starts, ends, strict=True), strict=True))

    def of(self, image: str, number: int) -> pd.DataFrame:
        """Give the candidates of a face, the nearest first."""
        start, end = self._parts.get((image, number), (0, 0))
        return self.rows.iloc[start:end]


@dataclass(frozen=True)
class Tables:
    """Everything a queue is made from."""

    queries: FaceTable
    gallery: FaceTable
    matches: MatchTable
    clusters: pd.DataFrame  # image, face, cluster, place; those with a name
    audit: pd.DataFrame


def read_tables(collection: Collection) -> Tables:
    """Read the results; what is not there is empty.

    Raises:
        VisageError: A table is damaged.
    """
    results, shards = collection.results, range(collection.config.shards)
    matches = _read([results.queries.match(shard) for shard in shards], MATCHES)
    clusters = _read([results.clusters], ["image", "face", "cluster", "place"])
    tables = {
        name: FaceTable(name, _faces([results.set(name).table(shard) for shard in shards]))
        for name in (GALLERY, QUERIES)
    }
    audit = pd.DataFrame()
    if results.audit.exists():
        audit = pd.read_csv(results.audit, sep="\t", dtype=str, keep_default_na=False)
    return Tables(
        tables[QUERIES],
        tables[GALLERY],
        MatchTable(matches),
        clusters.dropna(subset="cluster").sort_values(["cluster", "place"]),
        audit,
    )


def files(collection: Collection) -> list:
    """Give the files that `read_tables` reads."""
    results, shards = collection.results, range(collection.config.shards)
    tables = [results.set(name).table(shard) for name in (GALLERY, QUERIES) for shard in shards]
    return [*tables, *map(results.queries.match, shards), results.clusters, results.audit]


def _read(paths: list, columns: list[str]) -> pd.DataFrame:
    parts = [read_table(path, columns) for path in paths if path.exists()]
    return pa.concat_tables(parts).to_pandas() if parts else pd.DataFrame(columns=columns)


def _faces(paths: list) -> pd.DataFrame:
    rows = _read(paths, FACES)
    rows = rows[(rows["status"] == "ok")]
    return rows.astype({"face": int}).reset_index(drop=True)


def doubtful(best: pd.DataFrame, threshold: float | None) -> Indices:
    """Give the rows of the faces in doubt, those nearest to the threshold first.

    Args:
        best: The nearest candidate of each face.
        threshold: The largest distance of a match, None where there is none.
    """
    probability = best["probability"].to_numpy(np.float64, na_value=np.nan)
    distance = best["distance"].to_numpy(np.float64)
    if threshold is None:
        doubt, off = (best["verdict"] == "possible").to_numpy(), distance
    else:
        off = np.abs(distance - threshold)
        calibrated = ~np.isnan(probability)
        near = off <= NEAR * threshold
        unsure = (probability >= SURE) & (probability <= 1 - SURE)
        doubt = np.where(calibrated, unsure, near)
    order = np.argsort(off, kind="stable")
    return order[doubt[order]]


NEAR = 0.15  # of the threshold: where nothing tells how likely it is, so near is in doubt
SURE = 0.01  # a probability below it, or above 1 less it, is no doubt
