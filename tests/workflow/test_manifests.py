"""What a listing says on the screen of what it found."""

from pathlib import Path

import pytest
from visage.config import load
from visage.layout import Results
from visage.workflow.manifests import write_listing


def test_people_without_a_photograph_are_told_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("gallery/Ann/a.jpg", "gallery/Bob/notes.xmp", "gallery/Cid/@eaDir/a.jpg"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_bytes(b"\xff\xd8\xff\xe0")
    folders = {"gallery": str(tmp_path / "gallery"), "queries": str(tmp_path / "gallery")}
    config = load(folders | {"results": str(tmp_path / "results")})
    write_listing(config, Results(Path(config.results)), "mark", ["gallery"], lambda *_: None)
    assert [record.getMessage() for record in caplog.records] == [
        "gallery: 'Bob', 'Cid': there is no photograph, so nobody is known by it"
    ]
