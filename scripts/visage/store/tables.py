"""How the tables that flow through the workflow are read and written."""

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from visage.errors import VisageError
from visage.status import Status
from visage.store.arrow import equal
from visage.store.faces import FACES, LATER
from visage.store.files import PRIVATE, replacing


@dataclass(frozen=True)
class Origin:
    """Where a table comes from; kept in its metadata, so that different models never mix."""

    model: str  # the entry of config/models.yaml
    fingerprint: str  # of everything that decides an embedding, see `visage.models.fingerprint`


# What reading a damaged Parquet file raises; which of them, the place of the damage decides.
DAMAGE = (pa.ArrowException, OSError, ValueError, KeyError)


def write_table(path: Path, table: pa.Table, origin: Origin | None = None) -> None:
    """Write `table` to the Parquet file `path`, whole or not at all, readable by the owner only."""
    metadata = {"model": origin.model, "fingerprint": origin.fingerprint} if origin else {}
    table = table.replace_schema_metadata(metadata)
    with replacing(path, PRIVATE) as temporary:
        pq.write_table(table, temporary, compression="zstd", write_page_checksum=True)


def read_table(path: Path, columns: list[str] | None = None) -> pa.Table:
    """Read the Parquet file `path`.

    Raises:
        VisageError: The file is missing, cut short or damaged.
    """
    try:
        wanted = columns
        if LATER & set(columns or ()):  # a column that is not there is an error to Arrow
            there = pq.read_schema(path).names
            wanted = [name for name in columns or () if name not in LATER or name in there]
        table = pq.read_table(
            path, columns=wanted, partitioning=None, page_checksum_verification=True
        )
        table = _numbered(path, _with_later_columns(table, columns))
        # Damage to the columns' names is in no page: Arrow would leave the column out.
        if missing := set(columns or ()) - set(table.column_names):
            raise pa.ArrowInvalid(f"no column {', '.join(sorted(missing))}")
        return table
    except FileNotFoundError as error:
        raise VisageError(f"{path} is missing. Run the workflow again: it will be made.") from error
    except DAMAGE as error:
        raise VisageError(
            f"{path} is damaged ({error}). Delete it and run the workflow again: the embeddings "
            "are taken from results/cache, nothing is computed twice."
        ) from error


def _with_later_columns(table: pa.Table, columns: list[str] | None) -> pa.Table:
    """Bring a faces table of an earlier version up to date: what it lacks is not known."""
    names = table.column_names
    whole = columns is None and set(FACES.names) - set(names) <= LATER
    wanted = FACES.names if whole else columns or ()
    for name in wanted:
        if name in LATER and name not in names:
            table = table.append_column(
                FACES.field(name), pa.nulls(len(table), FACES.field(name).type)
            )
    return table.select(wanted) if wanted and set(wanted) == set(table.column_names) else table


def _numbered(path: Path, table: pa.Table) -> pa.Table:
    """Number a face without a number, as earlier versions wrote an image's only one: 0."""
    if "face" not in table.column_names or not table["face"].null_count:
        return table
    status = table
    if "status" not in table.column_names:
        if "status" not in pq.read_schema(path).names:
            return table
        status = pq.read_table(path, columns=["status"], partitioning=None)
    found = pc.and_(pc.is_null(table["face"]), equal(status["status"], Status.OK))
    if not pc.any(found).as_py():  # the usual case: rows of images without a face
        return table
    numbers = pc.if_else(found, pa.scalar(0, pa.int16()), table["face"])
    return table.set_column(table.column_names.index("face"), "face", numbers)


def read_origin(path: Path) -> Origin:
    """Read from the metadata of `path` which model made the table."""
    try:
        metadata = pq.read_schema(path).metadata or {}
        return Origin(metadata[b"model"].decode(), metadata[b"fingerprint"].decode())
    except DAMAGE as error:
        raise VisageError(
            f"{path} is damaged or not a table of this workflow ({error}). Delete it and run the "
            "workflow again."
        ) from error


def common_origin(paths: list[Path]) -> Origin:
    """Give the one origin of all tables in `paths` (at least one).

    Raises:
        VisageError: Two tables come from different models; the message names both files.
    """
    first = read_origin(paths[0])
    for path in paths[1:]:
        origin = read_origin(path)
        if origin.fingerprint != first.fingerprint:
            raise VisageError(
                f"{paths[0]} was made by {first.model} ({first.fingerprint[:12]}), {path} by "
                f"{origin.model} ({origin.fingerprint[:12]}): embeddings of different models "
                "cannot be compared. Delete the older file and run the workflow again."
            )
    return first
