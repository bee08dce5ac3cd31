"""Whether anything of a person or a photograph is left in a folder of results."""

import base64
import binascii
import html
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from visage.search.faces import unit
from visage.store.paths import as_text
from visage.store.tables import DAMAGE

# A text as short as this, or a number, stands in any file: only columns that hold ids are asked.
_SHORT = 4
_OF_JSON = ("null", "true", "false")  # stand in every file of settings
_HEAD = 4  # floats by which an embedding is known: two faces never share them
_ID_COLUMNS = ("person", "id", "name", "nearest")


@dataclass
class Traces:
    """What must not be found."""

    words: set[str] = field(default_factory=set)  # ids and names
    images: set[str] = field(default_factory=set)  # paths relative to their set
    hashes: set[str] = field(default_factory=set)  # SHA-256 of image files
    heads: set[bytes] = field(default_factory=set)  # first floats of embeddings, see `head`

    def add_embedding(self, embedding: NDArray[np.float32]) -> None:
        """Look for an embedding as it is and scaled to length 1, as in face.db."""
        self.heads |= {head(embedding), head(unit(embedding[None])[0])}

    def counts(self) -> dict[str, int]:
        """Give how many there are of each kind."""
        kinds = {"ids and names": self.words, "images": self.images, "hashes": self.hashes}
        return {kind: len(values) for kind, values in kinds.items()} | {
            "embeddings": len(self.heads)
        }


@dataclass
class Findings:
    """What a search has seen."""

    files: int = 0
    size: int = 0  # bytes
    kinds: Counter[str] = field(default_factory=Counter)
    left: list[tuple[Path, str]] = field(default_factory=list)  # file and what is in it


def head(embedding: NDArray[np.float32]) -> bytes:
    """Give the bytes that an embedding is known by."""
    return embedding[:_HEAD].astype("<f4").tobytes()


class Sweeper:
    """Searches files for traces of somebody."""

    def __init__(self, traces: Traces, allowed: Iterable[str]) -> None:
        """Prepare the search.

        Args:
            traces: What must not be found.
            allowed: Paths of the images that remain, and other texts that may be there. What is
                part of one of them is looked for only in the columns that hold ids.
        """
        self._traces = traces
        texts = traces.words | traces.images | traces.hashes
        everything = "\n".join(allowed)
        common = {t for t in texts if len(t) < _SHORT or t.isdecimal() or t in _OF_JSON}
        self.vague = common | {t for t in texts - common if _pattern([t]).search(everything)}
        spelled = {form for text in texts - self.vague for form in _spellings(text)}
        self._words = _pattern(spelled) if spelled else None
        bytes_of = sorted(re.escape(value) for value in traces.heads)
        self._heads = re.compile(b"|".join(bytes_of), re.DOTALL) if bytes_of else None

    def search(self, folders: Iterable[Path]) -> Findings:
        """Search all files below `folders`."""
        findings = Findings()
        for folder in folders:
            for path in sorted(folder.rglob("*")):
                if path.is_file():
                    findings.files += 1
                    findings.size += path.stat().st_size
                    findings.kinds[path.suffix or "other"] += 1
                    findings.left += [(path, what) for what in self._found(folder, path)]
        return findings

    def _found(self, folder: Path, path: Path) -> Iterator[str]:
        if self._in_text(_readable_name(path.relative_to(folder))):
            yield "the file's name"
        if path.suffix == ".parquet":
            try:
                yield from self._in_table(pq.read_table(path, partitioning=None))
                return
            except DAMAGE:
                pass  # damaged: searched as bytes
        data = path.read_bytes()
        if self._heads and self._heads.search(data):
            yield "an embedding"
        text = data.decode("utf-8", "replace")
        if self._in_text(text):
            yield "an id, name, path or hash"
        if path.suffix in (".vector", ".json"):
            yield from self._in_json(text)

    def _in_text(self, text: str) -> bool:
        return bool(self._words and self._words.search(text))

    def _in_json(self, text: str) -> Iterator[str]:
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            return
        if not isinstance(value, list) or not value:
            return
        if all(isinstance(item, str) for item in value) and set(value) & self._traces.words:
            yield "an id"
        if isinstance(value[0], float) and _head_of(value) in self._traces.heads:
            yield "an embedding"

    def _in_table(self, table: pa.Table) -> Iterator[str]:
        for name in table.column_names:
            column = table[name].combine_chunks()
            for chunk in column.chunks if isinstance(column, pa.ChunkedArray) else [column]:
                if name in _ID_COLUMNS and pa.types.is_string(chunk.type):
                    exact = self._traces.images if name == "nearest" else self._traces.words
                    if pc.any(pc.is_in(chunk, pa.array(sorted(exact), pa.string()))).as_py():
                        yield f"the column {name}"
                yield from (f"the column {name}: {what}" for what in self._in_array(chunk))

    def _in_array(self, array: pa.Array) -> Iterator[str]:
        if pa.types.is_string(array.type):
            texts = pc.unique(array).to_pylist()
            if self._in_text("\n".join(text for text in texts if text)):
                yield "an id, name, path or hash"
        elif pa.types.is_struct(array.type):
            for number in range(array.type.num_fields):
                yield from self._in_array(pc.struct_field(array, [number]))
        elif isinstance(array, pa.ListArray):
            if pa.types.is_floating(array.type.value_type):
                if not self._traces.heads.isdisjoint(_heads_of(array)):
                    yield "an embedding"
            else:
                yield from self._in_array(array.flatten())


def _head_of(numbers: list) -> bytes:
    try:
        return head(np.array(numbers[:_HEAD], np.float32))
    except (TypeError, ValueError, OverflowError):
        return b""


def _heads_of(array: pa.ListArray) -> set[bytes]:
    offsets = array.offsets.to_numpy()
    values = array.values.to_numpy(zero_copy_only=False).astype("<f4")
    starts = offsets[:-1][np.diff(offsets) >= _HEAD]
    if not len(starts):
        return set()
    rows = values[starts[:, None] + np.arange(_HEAD)]
    return {row.tobytes() for row in rows}


def _pattern(texts: Iterable[str]) -> re.Pattern[str]:
    """Find any of `texts` as a word or a path, not as part of a longer one."""
    longest_first = sorted(map(re.escape, texts), key=len, reverse=True)
    # A side file is called <image>.vector: a point and a suffix may follow.
    ends = r"(?![\w-])(?!\.(?!vector|json|log|tsv)\w)"
    return re.compile(rf"(?<![\w.-])(?:{'|'.join(longest_first)}){ends}")


def _spellings(text: str) -> set[str]:
    """Give a text as JSON, HTML and addresses write it too."""
    return {text, json.dumps(text)[1:-1], html.escape(text), quote(text), quote(text, safe="")}


def _readable_name(path: Path) -> str:
    """Give a path; of Snakemake's notes, whose names are paths in base 64, the path itself."""
    name = as_text(path.as_posix())
    try:
        # A long one is cut into folders whose names begin with @.
        whole = "".join(part.removeprefix("@") for part in path.parts[1:])
        return f"{name}\n{base64.b64decode(whole, validate=True).decode()}"
    except (binascii.Error, ValueError):
        return name
