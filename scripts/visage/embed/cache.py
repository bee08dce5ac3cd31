"""What has been computed once: embeddings by the image's SHA-256, hashes by size and time.

Snakemake knows nothing of these files and anyone may delete them. They are written as segments,
whole or not at all, so that a kill loses seconds and jobs that run at once do not disturb each
other; on a shared file system too.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from visage.sets.listing import Stat
from visage.store.files import PRIVATE, replacing
from visage.store.tables import DAMAGE
from visage.types import Embedding, Face

log = logging.getLogger(__name__)


# What a kill can lose: whichever comes first.
FLUSH_SECONDS = 10.0
FLUSH_IMAGES = 1000
ROW_GROUP = 64  # rows read to find one: a segment may hold thousands
# A file changed within this time of being read could change again within the clock's tick, and
# look the same (git calls such entries racy).
SETTLED_NS = 2_000_000_000


@dataclass(frozen=True)
class AnalysedFace:
    """A face and, where it was asked for, what the recogniser made of it."""

    face: Face
    sharpness: float | None = None
    embedding: Embedding | None = None


@dataclass(frozen=True)
class Analysis:
    """Everything a model says of the bytes of one image file."""

    sha256: str
    status: str  # ok, unreadable or too_large
    reason: str = ""  # why not; or what is to be said of one that is ok
    width: int | None = None  # pixels, upright
    height: int | None = None
    faces: list[AnalysedFace] = field(default_factory=list)
    whole: Embedding | None = None  # of the image as a whole, where it has no face
    format: str = ""  # name of the format that the bytes are of


_FACE = pa.struct(
    [
        ("box", pa.list_(pa.float32())),
        ("confidence", pa.float32()),
        ("landmarks", pa.list_(pa.float32())),
        ("sharpness", pa.float32()),
        ("embedding", pa.list_(pa.float32())),
    ]
)
_SEGMENT = pa.schema(
    [
        ("sha256", pa.string()),
        ("status", pa.string()),
        ("reason", pa.string()),
        ("width", pa.int32()),
        ("height", pa.int32()),
        ("faces", pa.list_(_FACE)),
        ("whole", pa.list_(pa.float32())),
        ("format", pa.string()),
    ]
)


class Cache:
    """The analyses of one model, in `results/cache/<fingerprint>/`."""

    def __init__(self, folder: Path) -> None:
        """Open the cache in `folder`, which need not exist, and learn which images it knows."""
        self._folder = folder
        self._pending: list[Analysis] = []
        self._own: list[Path] = []
        self._flushed = time.monotonic()
        self._places: dict[str, list[tuple[Path, int]]] = {}  # SHA-256 → segments and row groups
        for path in sorted(folder.glob("*.parquet")):
            known = _read(path, lambda file: file.read(columns=["sha256"]))
            for row, value in enumerate(known["sha256"].to_pylist() if known else ()):
                self._places.setdefault(value, []).append((path, row // ROW_GROUP))

    def find(self, hashes: set[str]) -> dict[str, list[Analysis]]:
        """Load what is known of images: for each SHA-256 every analysis there is."""
        wanted: dict[Path, set[int]] = {}
        for sha256 in hashes:
            for path, group in self._places.get(sha256, ()):
                wanted.setdefault(path, set()).add(group)
        found: dict[str, list[Analysis]] = {}
        for path, groups in sorted(wanted.items()):
            for analysis in _read_analyses(path, sorted(groups)):
                if analysis.sha256 in hashes:
                    found.setdefault(analysis.sha256, []).append(analysis)
        return found

    def add(self, analysis: Analysis) -> None:
        """Keep an analysis; a later call, or `close`, writes it."""
        self._pending.append(analysis)
        waited = time.monotonic() - self._flushed
        if waited > FLUSH_SECONDS or len(self._pending) >= FLUSH_IMAGES:
            self._own.append(self._write(_as_table(self._pending)))
            self._pending = []

    def close(self) -> None:
        """Write what is pending, and all segments of this object as one."""
        segments = [_read(path, lambda file: file.read()) for path in self._own]
        joined = pa.concat_tables([*filter(None, segments), _as_table(self._pending)])
        if joined.num_rows:
            self._write(joined)
        for path in self._own:
            path.unlink(missing_ok=True)
        self._own, self._pending = [], []

    def _write(self, table: pa.Table) -> Path:
        self._flushed = time.monotonic()
        first = table["sha256"][0].as_py()
        path = self._folder / f"{time.time_ns():x}-{first[:12]}.parquet"
        with replacing(path, PRIVATE) as temporary:
            pq.write_table(
                table,
                temporary,
                compression="zstd",
                row_group_size=ROW_GROUP,
                write_page_checksum=True,
            )
        return path


def _read(path: Path, read: Callable[[pq.ParquetFile], pa.Table]) -> pa.Table | None:
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            if not file.schema_arrow.equals(_SEGMENT):
                raise pa.ArrowInvalid("other columns than a segment has")
            return read(file)
    except FileNotFoundError:
        # Another job has just joined its segments: what it held is computed again at worst.
        log.info("%s has gone; another job is tidying up", path)
    except DAMAGE as error:
        log.warning("%s is damaged and not used (%s); it may be deleted", path, error)
    return None


def _read_analyses(path: Path, groups: list[int]) -> list[Analysis]:
    table = _read(path, lambda file: file.read_row_groups(groups))
    return [_as_analysis(row) for row in table.to_pylist()] if table else []


def _as_table(analyses: list[Analysis]) -> pa.Table:
    return pa.Table.from_pylist([_as_row(analysis) for analysis in analyses], _SEGMENT)


def _as_row(analysis: Analysis) -> dict:
    return {
        "sha256": analysis.sha256,
        "status": analysis.status,
        "reason": analysis.reason,
        "width": analysis.width,
        "height": analysis.height,
        "whole": analysis.whole,
        "format": analysis.format,
        "faces": [
            {
                "box": [item.face.x, item.face.y, item.face.w, item.face.h],
                "confidence": item.face.confidence,
                "landmarks": item.face.landmarks.ravel(),
                "sharpness": item.sharpness,
                "embedding": item.embedding,
            }
            for item in analysis.faces
        ],
    }


def _as_face(item: dict) -> Face:
    x, y, w, h = item["box"]
    landmarks = np.array(item["landmarks"], np.float32).reshape(5, 2)
    return Face(x, y, w, h, item["confidence"], landmarks)


def _as_analysis(row: dict) -> Analysis:
    faces = [
        AnalysedFace(_as_face(item), item["sharpness"], _as_embedding(item["embedding"]))
        for item in row["faces"]
    ]
    return Analysis(
        row["sha256"],
        row["status"],
        row["reason"],
        row["width"],
        row["height"],
        faces,
        _as_embedding(row["whole"]),
        row["format"],
    )


def _as_embedding(values: list[float] | None) -> Embedding | None:
    return None if values is None else np.array(values, np.float32)


class Hashes:
    """SHA-256 of files by path, size and modification time, so that none is read for nothing."""

    _schema = pa.schema(
        [("image", pa.string()), ("size", pa.int64()), ("mtime", pa.int64()), ("sha", pa.string())]
    )

    def __init__(self, path: Path) -> None:
        """Load the file `path`, if there is one."""
        self._path = path
        self._known: dict[tuple[str, Stat], str] = {}
        self._now: dict[tuple[str, Stat], str] = {}
        if path.exists():
            try:
                known = pq.read_table(path, partitioning=None, page_checksum_verification=True)
                for row in known.to_pylist():
                    self._known[row["image"], Stat(row["size"], row["mtime"])] = row["sha"]
            except DAMAGE as error:
                log.warning("%s is damaged and not used (%s)", path, error)

    def find(self, image: str, stat: Stat) -> str | None:
        """Give the SHA-256 of the file as it was with this size and time, if known."""
        sha256 = self._known.get((image, stat))
        if sha256:
            self._now[image, stat] = sha256
        return sha256

    def add(self, image: str, stat: Stat, sha256: str) -> None:
        """Remember a hash, unless the file is so fresh that it may still change unseen."""
        if 0 <= stat.mtime_ns < time.time_ns() - SETTLED_NS:
            self._now[image, stat] = sha256

    def discard(self, image: str, stat: Stat) -> None:
        """Forget a hash that was found."""
        self._now.pop((image, stat), None)

    def save(self) -> None:
        """Write what was found or added; what was not asked for is forgotten."""
        rows = [
            {"image": image, "size": stat.size, "mtime": stat.mtime_ns, "sha": sha256}
            for (image, stat), sha256 in sorted(self._now.items())
        ]
        with replacing(self._path, PRIVATE) as temporary:
            table = pa.Table.from_pylist(rows, self._schema)
            pq.write_table(table, temporary, write_page_checksum=True)
