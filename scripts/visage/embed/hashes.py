"""SHA-256 of files by path, size and modification time, so that none is read for nothing."""

import logging
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from visage.sets.listing import Stat
from visage.store.arrow import schema
from visage.store.files import PRIVATE, replacing
from visage.store.tables import DAMAGE

log = logging.getLogger(__name__)

# A file changed within this time of being read could change again within the clock's tick, and
# look the same (git calls such entries racy).
SETTLED_NS = 2_000_000_000


class Hashes:
    """The hashes of one shard: a file that is read at the start and written at the end."""

    _schema = schema(
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
