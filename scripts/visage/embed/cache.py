"""What a model said of images, by their SHA-256, so that none is embedded twice.

Snakemake knows nothing of these files and anyone may delete them. Analyses are written as
segments, whole or not at all, so that a kill loses seconds and jobs that run at once do not disturb
each other; on a shared file system too. Beside each segment lies a list of the images in it, sorted
by SHA-256 (`visage.embed.keys`): a job reads these lists, and of the segments only what it needs.
"""

import logging
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from visage.embed.analysis import AnalysedFace, Analysis
from visage.embed.keys import Keys, write_keys
from visage.formats import FORMATS
from visage.status import Status
from visage.store.arrow import schema, texts
from visage.store.files import PRIVATE, replacing
from visage.store.tables import DAMAGE
from visage.types import Embedding, Face

log = logging.getLogger(__name__)

# What a kill can lose: whichever comes first.
FLUSH_SECONDS = 10.0
FLUSH_IMAGES = 1000
_PAGED = {found.name for found in FORMATS if found.frames == "pages"}
ROW_GROUP = 64  # rows read to find one: a segment may hold thousands

_FACE = pa.struct(
    [
        ("box", pa.list_(pa.float32())),
        ("confidence", pa.float32()),
        ("landmarks", pa.list_(pa.float32())),
        ("sharpness", pa.float32()),
        ("length", pa.float32()),  # of the embedding as the network gave it
        ("embedding", pa.list_(pa.float32())),
    ]
)


def _segment(face: pa.StructType) -> pa.Schema:
    return schema(
        [
            ("sha256", pa.string()),
            ("status", pa.string()),
            ("reason", pa.string()),
            ("width", pa.int32()),
            ("height", pa.int32()),
            ("faces", pa.list_(face)),
            ("whole", pa.list_(pa.float32())),
        ]
    )


# Without pages: a file that may have several is looked at again.
_PAGELESS = (
    _segment(_FACE).append(pa.field("format", pa.string())).append(pa.field("turn", pa.int16()))
)
SEGMENT = _PAGELESS.append(pa.field("pages", pa.int32()))
# What version 2 wrote. Its faces are taken as they are; what it could not read may be read now.
_BEFORE = _segment(pa.struct([field for field in _FACE if field.name != "length"]))
_READ = (SEGMENT, _PAGELESS, _BEFORE)


class Cache:
    """The analyses of one model, in `results/cache/<fingerprint>/`."""

    def __init__(self, folder: Path, usual_length: float | None = None) -> None:
        """Open the cache in `folder`, which need not exist.

        `usual_length` is that of the model's entry: quality is kept as the length it follows from,
        so that another usual one needs no embedding again.
        """
        self._folder = folder
        self._usual = usual_length
        self._pending: list[Analysis] = []
        self._own: list[Path] = []
        self._flushed = time.monotonic()
        self._keys = Keys(sorted(folder.glob("*.parquet")), _hashes_of)

    def find(self, hashes: set[str]) -> dict[str, list[Analysis]]:
        """Load what is known of images: for each SHA-256 every analysis there is."""
        found: dict[str, list[Analysis]] = {}
        for path, rows in self._keys.places(hashes):
            groups = sorted({row // ROW_GROUP for row in rows})
            for analysis in self._analyses(path, groups):
                if analysis.sha256 in hashes:
                    found.setdefault(analysis.sha256, []).append(analysis)
        return found

    def add(self, analysis: Analysis) -> None:
        """Keep an analysis; a later call, or `close`, writes it."""
        self._pending.append(analysis)
        waited = time.monotonic() - self._flushed
        if waited > FLUSH_SECONDS or len(self._pending) >= FLUSH_IMAGES:
            self._own.append(self._write(self._as_table(self._pending)))
            self._pending = []

    def close(self) -> None:
        """Write what is pending, and all segments of this object as one."""
        segments = [_read(path, lambda file: file.read()) for path in self._own]
        joined = pa.concat_tables([*filter(None, segments), self._as_table(self._pending)])
        if joined.num_rows:
            path = self._write(joined)
            write_keys(path, texts(joined["sha256"]))
        for path in self._own:
            path.unlink(missing_ok=True)
        self._own, self._pending = [], []

    def _analyses(self, path: Path, groups: list[int]) -> list[Analysis]:
        table = _read(path, lambda file: file.read_row_groups(groups))
        rows = table.to_pylist() if table else []
        return [_as_analysis(row, self._usual) for row in rows if _stands(row)]

    def _as_table(self, analyses: list[Analysis]) -> pa.Table:
        return pa.Table.from_pylist([_as_row(item, self._usual) for item in analyses], SEGMENT)

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
            if not any(file.schema_arrow.equals(schema) for schema in _READ):
                raise pa.ArrowInvalid("other columns than a segment has")
            return read(file)
    except FileNotFoundError:
        # Another job has just joined its segments: what it held is computed again at worst.
        log.info("%s has gone; another job is tidying up", path)
    except DAMAGE as error:
        log.warning("%s is damaged and not used (%s); it may be deleted", path, error)
    return None


def _hashes_of(path: Path) -> list[str] | None:
    known = _read(path, lambda file: file.read(columns=["sha256"]))
    return None if known is None else texts(known["sha256"])


def _stands(row: dict) -> bool:
    if "pages" in row:
        return True
    return row.get("format") not in _PAGED if "format" in row else row["status"] == Status.OK


def _as_row(analysis: Analysis, usual: float | None) -> dict:
    return {
        "sha256": analysis.sha256,
        "status": analysis.status,
        "reason": analysis.reason,
        "width": analysis.width,
        "height": analysis.height,
        "whole": analysis.whole,
        "format": analysis.format,
        "turn": analysis.turn,
        "pages": analysis.pages,
        "faces": [
            {
                "box": [item.face.x, item.face.y, item.face.w, item.face.h],
                "confidence": item.face.confidence,
                "landmarks": item.face.landmarks.ravel(),
                "sharpness": item.sharpness,
                "length": None if item.quality is None else item.quality * (usual or 0),
                "embedding": item.embedding,
            }
            for item in analysis.faces
        ],
    }


def _as_analysis(row: dict, usual: float | None) -> Analysis:
    return Analysis(
        sha256=row["sha256"],
        status=Status(row["status"]),
        reason=row["reason"],
        width=row["width"],
        height=row["height"],
        faces=[_as_face(item, usual) for item in row["faces"]],
        whole=_as_embedding(row["whole"]),
        format=row.get("format") or "",
        turn=row.get("turn") or 0,
        pages=row.get("pages") or 1,
    )


def _as_face(item: dict, usual: float | None) -> AnalysedFace:
    landmarks = np.array(item["landmarks"], np.float32).reshape(5, 2)
    x, y, w, h = item["box"]
    face = Face(x, y, w, h, item["confidence"], landmarks)
    embedding = _as_embedding(item["embedding"])
    length = item.get("length")
    if length is None and embedding is not None:
        length = float(np.linalg.norm(embedding))  # version 2 kept embeddings as they were given
    quality = length / usual if length is not None and usual else None
    return AnalysedFace(face, item["sharpness"], embedding, quality)


def _as_embedding(values: list[float] | None) -> Embedding | None:
    return None if values is None else np.array(values, np.float32)
