from pathlib import Path

from visage.people.xmp import OURS as OURS_IN_XMP
from visage.privacy.made import cached, made, remove_empty_folders

OWN_XMP = f'<x:xmpmeta xmlns:v="{OURS_IN_XMP}"/>'.encode()
OUTPUTS = ["{set}/tables/{shard}.parquet", "scores.tsv", "gallery/face.db", "report"]
OURS = {
    "gallery/tables/0.parquet": b"PAR1...",
    "gallery/manifests/0.jsonl": b'{"set": "gallery"}',
    "queries/vectors/a b/c.jpg.vector": b"[1.0]",
    "queries/matches/x/c.jpg.json": b"[]",
    "report/index.html": b"<!doctype html>",
    "report/pictures/ab/cdef.webp": b"RIFF",
    "scores.tsv": b"Score",
    "settings/match.json": b"{}",
    "logs/embed_shard/gallery-0.log": b"",
    "logs/report_share.log": b"",
    "benchmarks/import_labels/gallery-0.tsv": b"s",
    "queries/xmp/c.jpg.xmp": OWN_XMP,
}
STRANGERS = {
    "gallery/tables/notes.txt": b"mine",
    "gallery/tables/1.parquet": b"not what it seems",
    "queries/vectors/c.jpg.vector": b"<svg>",
    "queries/matches/thesis.docx": b"PK",
    "report/chapter.html": b"<!doctype html>",
    "settings/private/match.json": b"{}",
    "logs/diary.md": b"",
    "logs/diary.log": b"Dear diary",
    "benchmarks/laps.tsv": b"1:20",
    "gallery/folders/ann/letter.txt": b"Dear Ann",
    "queries/matches/league.json": b'[{"team": "Reds"}]',
    "queries/xmp/holiday.jpg.xmp": b"<x:xmpmeta/>",
    "budget.tsv": b"Score",
}


def test_only_what_was_made_and_still_looks_so_goes(tmp_path: Path) -> None:
    for name, content in (OURS | STRANGERS).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    found = {path.relative_to(tmp_path).as_posix() for path in made(tmp_path, OUTPUTS)}
    assert found == set(OURS)
    for name in found:
        (tmp_path / name).unlink()
    remove_empty_folders(tmp_path)
    left = {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file()}
    assert left == set(STRANGERS)
    assert not (tmp_path / "report/pictures").exists()


def test_the_faces_that_people_marked_are_of_the_cache(tmp_path: Path) -> None:
    for name in (f"cache/marked/{'a' * 32}.parquet", f"cache/regions/{'a' * 32}.parquet"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_bytes(b"PAR1")
        assert list(cached(tmp_path)) == [tmp_path / name]
        (tmp_path / name).unlink()
