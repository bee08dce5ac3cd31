"""Files of somebody else in every folder of the results: whatever runs, none of them is lost."""

import shutil
from pathlib import Path

from conftest import Workflow

OTHERS = {
    "budget.tsv": b"Score",
    "cache/notes.txt": b"mine",
    "cache/hashes/thesis.docx": b"PK",
    "cache/mine/numbers.parquet": b"not what it seems",
    "benchmarks/laps.txt": b"1:20",
    "benchmarks/laps.tsv": b"1:20",
    "exports/letter.csv": b"Dear Ann",
    "exports/stash/letter.md": b"Dear Stash",
    "exports/xmp/a.xmp": b"<x/>",
    "forgotten/poem.txt": b"O",
    "gallery/face.txt": b"a face",
    "gallery/folders/ann/letter.txt": b"Dear Ann",
    "gallery/manifests/notes.md": b"mine",
    "gallery/tables/7.parquet": b"shard of a pot",
    "gallery/vectors/logo.vector": b"<svg>",
    "labels/wine.tsv": b"Chablis",
    "logs/diary.md": b"Dear diary",
    "logs/diary.log": b"Dear diary",
    "queries/matches/league.xlsx": b"PK",
    "queries/matches/league.json": b'[{"team": "Reds"}]',
    "queries/tables/periodic.csv": b"H",
    "queries/xmp/holiday.jpg.xmp": b"<x/>",
    "settings/mine.json": b"{}",
    "settings/private/match.json": b"{}",
}


def left(results: Path) -> dict[str, bytes]:
    return {name: (results / name).read_bytes() for name in OTHERS if (results / name).exists()}


def test_nothing_of_others_is_lost_whatever_runs(demo_copy: Workflow) -> None:
    results = demo_copy.folder / "results"
    for name, content in OTHERS.items():
        (results / name).parent.mkdir(parents=True, exist_ok=True)
        (results / name).write_bytes(content)

    # A folder that is made anew as a whole is no place for them: said before it is deleted.
    chapter = results / "report" / "chapter.html"
    chapter.write_text("<!doctype html>")
    for asked in ("results/report.html", "--delete-all-output"):
        assert "report/chapter.html is not of this workflow" in demo_copy.fail(asked)
        assert chapter.exists()
    chapter.unlink()

    # Fewer shards, another threshold, exports: most is made again.
    changed = ("all", "export_csv", "--config", "shards=1", "match={threshold: 1.0}", "xmp=results")
    demo_copy.succeed(*changed)
    shards = {path for path in results.rglob("*.parquet") if path.stem.isdecimal()}
    own = {path.name for path in shards if path.relative_to(results).as_posix() not in OTHERS}
    assert own == {"0.parquet"}, "of shards that are no more"
    assert left(results) == OTHERS
    demo_copy.succeed("forget", "--config", "shards=1", "person=eileen-collins")
    assert left(results) == OTHERS
    kept = demo_copy.folder / "kept"
    shutil.copytree(results, kept)
    demo_copy.succeed("--delete-all-output", "--config", "shards=1")
    assert left(results) == OTHERS
    shutil.rmtree(results)
    kept.rename(results)
    demo_copy.succeed("delete_results", "--config", "shards=1")
    assert left(results) == OTHERS
    files = {path.relative_to(results).as_posix() for path in results.rglob("*") if path.is_file()}
    reports = {name for name in files if name.startswith("forgotten/")}
    assert files - reports == set(OTHERS) - reports | {"logs/delete_results.log"}


def test_another_config_is_told_before_anything_is_overwritten(demo_copy: Workflow) -> None:
    for name in ("gallery", "queries"):
        shutil.copytree(demo_copy.folder / "resources/demo" / name, demo_copy.folder / "my" / name)
    mine = ("--config", "gallery=my/gallery", "queries=my/queries", "shards=1", "names=null")
    demo_copy.succeed("results/gallery/tables/0.parquet", *mine)  # over the demo's: allowed
    before = (demo_copy.folder / "results/settings/sets.json").read_bytes()
    table = (demo_copy.folder / "results/gallery/tables/0.parquet").read_bytes()
    for asked in (("results/evaluation.html",), ("results/evaluation.html", "--dry-run")):
        said = demo_copy.fail(*asked)  # the config forgotten
        assert "holds the results of gallery my/gallery and queries my/queries" in said
        assert "--configfile" in said and "delete_results" in said
    assert (demo_copy.folder / "results/settings/sets.json").read_bytes() == before
    assert (demo_copy.folder / "results/gallery/tables/0.parquet").read_bytes() == table
