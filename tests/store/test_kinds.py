from pathlib import Path

import pytest
from visage.store.kinds import looks_right


@pytest.mark.parametrize(
    ("name", "content", "right"),
    [
        ("0.parquet", b"PAR1...", True),
        ("0.parquet", b"not what it seems", False),
        ("a.json", b"  [1]", True),
        ("a.json", b"Dear Ann", False),
        ("a.jsonl", b'{"a": 1}', True),
        ("a.webp", b"RIFF", True),
        ("a.html", b"<!doctype html>", True),
        ("a.html", b"<p>", False),
        ("a.html", b"", True),
        ("budget.tsv", b"anything", True),
    ],
)
def test_a_file_begins_as_its_kind_does(
    tmp_path: Path, name: str, content: bytes, right: bool
) -> None:
    path = tmp_path / name
    assert not looks_right(path) or path.suffix == ".tsv", "there is none yet"
    path.write_bytes(content)
    assert looks_right(path) == right
