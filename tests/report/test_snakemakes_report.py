"""What Snakemake's own report, which people keep, has of the demo."""

import zipfile
from pathlib import Path

from conftest import Workflow
from playwright.sync_api import Browser
from visage.layout import Results
from visage.report import Options, Sources, build_report
from visage.search.threshold import Threshold


def test_snakemakes_report_has_the_pictures_of_many_photographs(
    demo_copy: Workflow, browser: Browser, tmp_path: Path
) -> None:
    """The demo's report as it is of more than a thousand: with its pictures in files."""
    results, shards = Results(demo_copy.folder / "results"), range(4)
    sources = Sources(
        gallery_tables=[results.gallery.table(shard) for shard in shards],
        query_tables=[results.queries.table(shard) for shard in shards],
        matches=[results.queries.match(shard) for shard in shards],
        faces=results.faces,
        scores=results.scores,
        images=results.images,
        audit=results.audit,
        provenance=results.provenance,
        gallery=demo_copy.folder / "resources/demo/gallery",
        queries=demo_copy.folder / "resources/demo/queries",
    )
    options = Options(Threshold(1.2, "Made up."), ranking="likelihood", one_page=3)
    build_report(sources, options, demo_copy.folder / "results/report.html")
    demo_copy.succeed("--report", str(tmp_path / "archive.zip"))
    with zipfile.ZipFile(tmp_path / "archive.zip") as archive:
        archive.extractall(tmp_path)
    asked: list[str] = []
    page = browser.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto((tmp_path / "archive/report.html").as_uri())
    page.get_by_text("Who", exact=True).click()
    page.get_by_text("How well people are told apart", exact=True).wait_for()
    (index,) = (tmp_path / "archive/data").rglob("index.html")
    page.goto(index.as_uri())
    page.locator(".shot img").first.wait_for()
    loaded = """Promise.all([...document.images].map(one => one.decode().then(() => one.src)))"""
    shown = page.evaluate(loaded)
    assert len(shown) == 6 and all(one.endswith(".webp") for one in shown)
    assert all(url.startswith(("file:", "data:", "blob:")) for url in asked)
    page.close()


def test_snakemakes_report_has_what_people_keep(demo_copy: Workflow, tmp_path: Path) -> None:
    demo_copy.succeed("--report", str(tmp_path / "archive.zip"))
    with zipfile.ZipFile(tmp_path / "archive.zip") as archive:
        kept = {
            Path(name).name: archive.read(name) for name in archive.namelist() if "/data/" in name
        }
        front = archive.read("archive/report.html").decode()
    results = demo_copy.folder / "results"
    for name in ("scores.tsv", "images.tsv", "evaluation.html", "provenance.json", "unknown.tsv"):
        assert kept[name] == (results / name).read_bytes(), name
    assert kept["index.html"] == (results / "report/index.html").read_bytes()
    assert "Who is in these photographs?" in front
    assert "Photographs and people" in front
