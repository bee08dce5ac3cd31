"""The report, from tables and pictures made here; nobody real is in them."""

import json
import re
import zipfile
from pathlib import Path
from urllib.parse import unquote

import pyarrow as pa
import pytest
from bs4 import BeautifulSoup, Tag
from conftest import Workflow
from made_up_run import COMPARED, HOSTILE, NOTHING, ORIGIN, PEOPLE, PROVENANCE, Made, make
from visage.errors import VisageError
from visage.report import render
from visage.report.data import read_recall
from visage.store.matches import MATCHES
from visage.store.tables import FACES, read_table, write_table


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp("report"))


@pytest.fixture(scope="module")
def page(made: Made) -> BeautifulSoup:
    return made.read()


def card(page: BeautifulSoup, image: str) -> Tag:
    found = [c for c in page.select("article.card") if c.h3 and c.h3.get_text() == image]
    assert len(found) == 1, f"{len(found)} cards of {image}"
    return found[0]


def test_every_query_has_a_card_with_its_faces(page: BeautifulSoup) -> None:
    assert len(page.select("article.card")) == len(COMPARED) + len(NOTHING)
    for image, (_, faces) in COMPARED.items():
        own = card(page, image)
        sections = [s for s in own.select("section.face") if "none" not in s["class"]]
        assert len(sections) == len(faces)
        for section, distances in zip(sections, faces, strict=True):
            people = section.select("ol.people > li")
            assert len(people) == min(10, len(distances))
            shown = [float(li.select_one(".number").get_text().split()[0]) for li in people]  # type: ignore[union-attr]
            assert shown == pytest.approx(distances[:10], abs=0.001)


def test_people_are_shown_by_their_nearest_photographs(page: BeautifulSoup) -> None:
    first, second, third = card(page, "holiday/two.jpg").select("ol.people")[0].select("li")
    shown = [
        (str(button["title"]), str(button.get("data-d") or button.get_text()))
        for button in second.select("button")
    ]
    assert shown == [
        (f"{PEOPLE[1]}/c.png", "0.269"),
        (f"{PEOPLE[1]}/c.png", "0.510"),
        (f"{PEOPLE[1]}/a.png", "1.005"),
    ]
    classes = [pic["class"][1] for pic in second.select(".pic")]
    assert len(set(classes)) == 3  # two faces of one photograph are two pictures
    assert len(first.select(".pic")) == 1
    assert third.select_one(".more")  # so that names and bars of a row are level


def test_boxes_lie_where_the_faces_are(page: BeautifulSoup) -> None:
    boxes = card(page, "holiday/two.jpg").select(".frame a.box")
    assert [box.get_text() for box in boxes] == ["1", "2", "3"]
    assert boxes[1]["style"] == "left:50.0%;top:25.0%;width:20.0%;height:41.67%"
    assert [box["class"][1] for box in boxes] == ["match", "unknown", "none"]


def test_verdicts_follow_the_closest_person(page: BeautifulSoup) -> None:
    assert card(page, "holiday/two.jpg")["data-verdicts"] == "match unknown"
    assert card(page, "work/landscape.png")["data-verdicts"] == "none"
    people = card(page, "holiday/two.jpg").select("ol.people")[0].select("li")
    assert [li["class"] for li in people] == [["match"], ["possible"], ["unknown"]]
    chances = [tag.get_text() for li in people for tag in li.select(".number b")]
    assert chances == [">99\u202f%", "42\u202f%"]
    assert "9 x 9 pixels" in card(page, "holiday/two.jpg").get_text()


def test_names_and_file_names_stay_text(page: BeautifulSoup) -> None:
    scripts = page.find_all("script")
    assert len(scripts) == 2
    assert not page.select("[onerror], h3 b, .name script, .name img, td script")
    names = {tag.get_text() for tag in page.select("li .name")}
    assert HOSTILE in names
    assert "person-01" in names  # without a name the id stands for it
    assert card(page, "work/<b>&'\"{{ 7 * 7 }}.png")
    assert "<i>cut short</i>" in page.select_one("#nothing").get_text()  # type: ignore[union-attr]
    policy = page.find("meta", {"http-equiv": "Content-Security-Policy"})
    assert isinstance(policy, Tag)
    assert str(policy["content"]).startswith("default-src 'none'")
    assert "unsafe" not in str(policy["content"]).split("script-src")[1]


def test_nothing_is_loaded_from_anywhere(page: BeautifulSoup) -> None:
    assert not page.select("link, iframe, object, embed, base, script[src]")
    for tag in page.select("[src]"):
        assert str(tag["src"]).startswith("data:image/webp;base64,")
    for style in page.find_all("style"):
        assert "@import" not in style.text
        assert all(url.startswith("data:") for url in re.findall(r"url\(([^)]*)\)", style.text))
    for link in page.select("[href]"):
        address = str(link["href"])
        if address == "evaluation.html":
            continue
        outside = address.startswith("https://people.example/person-")
        assert outside or address.startswith(("#", "../queries/", "./../queries/"))
        assert not outside or link.name == "a"


def test_links_within_the_page_and_to_the_photographs_lead_somewhere(
    page: BeautifulSoup, made: Made
) -> None:
    ids = {str(tag["id"]) for tag in page.select("[id]")}
    assert len(ids) == len(page.select("[id]"))
    for link in page.select("a[href^='#']"):
        assert str(link["href"])[1:] in ids
    for image in COMPARED:
        title = card(page, image).select_one("h3 a")
        assert isinstance(title, Tag)
        target = made.folder / "results" / unquote(str(title["href"]))
        assert target.resolve() == (made.folder / "queries" / image).resolve()


def test_images_that_gave_nothing_are_listed_with_the_reason(page: BeautifulSoup) -> None:
    lines = [
        [cell.get_text() for cell in row.find_all(["th", "td"])][1:]
        for row in page.select("#nothing tbody tr")
    ]
    broken = ["broken.jpg", "queries", "(top level)", "unreadable", NOTHING["broken.jpg"][1]]
    assert broken in lines
    assert lines[-1][:4] == ["person-00/empty.png", "gallery", "person-00", "unreadable"]
    assert len(lines) == len(NOTHING) + 1


def test_pictures_have_words_and_are_in_the_page_once(page: BeautifulSoup) -> None:
    assert all(tag.get("alt") or tag.get("id") == "compare-face" for tag in page.select("img"))
    assert all(
        tag.get("aria-label") or tag.get("id") == "compare-picture"
        for tag in page.select("[role=img]")
    )
    sheet = page.find_all("style")[1].text
    classes = set(re.findall(r"\.(g\d+)\{", sheet))
    used = {c for tag in page.select(".pic") for c in tag["class"] if re.fullmatch(r"g\d+", c)}
    assert used == classes
    # Ten people are shown and two more faces of one; the first two share a picture, and one
    # person's is gone.
    assert len(classes) == 10
    missing = page.select(".people .nopic")
    assert missing
    assert all("cannot be read" in str(tag.find_parent()["title"]) for tag in missing)  # type: ignore[index]


def test_a_photograph_that_is_gone_leaves_a_note(page: BeautifulSoup) -> None:
    gone = card(page, "gone.jpg")
    assert "cannot be read" in gone.select_one(".photo").get_text()  # type: ignore[union-attr]
    assert len(gone.select("ol.people li")) == 2


def test_the_same_bytes_twice(made: Made) -> None:
    first = made.build("first.html").read_bytes()
    assert made.build("second.html", threads=1).read_bytes() == first


def test_the_audit_is_shown_with_pictures_and_stays_text(page: BeautifulSoup) -> None:
    kinds = page.select("#audit details.kind")
    assert [kind.select_one("b").get_text() for kind in kinds] == [  # type: ignore[union-attr]
        "Another person",
        "No usable face",
        "One photograph",
    ]
    (row,) = kinds[0].select("tbody tr")
    assert HOSTILE in row.get_text()
    assert "0.81" in row.get_text()
    pictures = [tag["class"] for tag in row.select(".pic")]
    assert len(pictures) == 2
    assert all(re.fullmatch(r"g\d+", classes[1]) for classes in pictures)
    assert kinds[1].select_one(".nopic")
    assert len(kinds[2].select("tbody tr")) == 40
    assert "5 more rows" in kinds[2].get_text()


def test_distances_and_the_evaluation_are_shown(page: BeautifulSoup, made: Made) -> None:
    part = page.select_one("#distances")
    assert part
    text = part.get_text(" ", strip=True)
    assert "99.6\u202f%" in text
    assert "1.6\u202f% (0.4\u202f% to 3\u202f%) of known people, at the distance 1.0000" in text
    assert "threshold 1.000" in text
    svg = part.select_one("svg")
    assert svg
    # Five faces were compared; the bars of the unknown ones stand beyond the line.
    bars = [tag for tag in svg.select("path") if "var(--match)" in str(tag.get("style"))]
    assert bars
    assert "#0" not in str(svg)
    bare = made.read("bare.html", evaluation=None)
    assert "evaluation.html" not in str(bare)


def test_many_photographs_make_a_folder_of_pages(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(render, "CARDS", 4)
    entry = made.read("large.html", one_page=3)
    folder = made.folder / "results" / "large"
    first = {path: path.read_bytes() for path in folder.rglob("*.*") if path.is_file()}
    assert sorted(path.name for path in folder.glob("*.html")) == ["1.html", "2.html"]
    tiles = entry.select("article.tile")
    assert len(tiles) == len(COMPARED) + len(NOTHING)
    assert not entry.select("section.face")
    shown = set()
    for name in ("large.html", "large/1.html", "large/2.html"):
        path = made.folder / "results" / name
        page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        links = [str(tag["href"]) for tag in page.select("a[href]")]
        links += [str(tag["src"]) for tag in page.select("img[src]")]
        links += [url for style in page.select("style") for url in addresses(style.text)]
        for link in links:
            file, _, anchor = link.partition("#")
            if link.startswith("https:") or file == "evaluation.html" or "gone.jpg" in file:
                continue
            target = path.parent / unquote(file) if file else path
            assert target.exists(), f"{name}: {link}"
            if anchor and target.suffix == ".html":
                assert f'id="{anchor}"' in target.read_text(encoding="utf-8"), f"{name}: {link}"
            shown.add(target.resolve())
        assert "data:image" not in str(page)
    assert {path for path in first if path.suffix == ".webp"} <= shown
    made.build("large.html", one_page=3, threads=1)
    assert {path: path.read_bytes() for path in folder.rglob("*.*") if path.is_file()} == first
    made.build("large.html")
    assert not folder.exists()


def addresses(style: str) -> list[str]:
    return re.findall(r"url\(([^)]*)\)", style)


def test_how_it_was_made_is_shown(page: BeautifulSoup, made: Made, tmp_path: Path) -> None:
    part = page.select_one("#made")
    assert part
    text = " ".join(part.get_text(" ", strip=True).split())
    for said in (
        *("28 February 2026, 23:30 UTC", "0.1.0", "c0ffee", "not committed", "queries='a b'"),
        *("made-up", "f" * 32, "ab" * 32, "MIT", "source.onnx", "https://weights.example/<b>"),
        *("1 no face", "numpy 2.5.5", "P, 2 cores, 8.0 GB", "61.5", "500", "3" * 64),
    ):
        assert said in text, said
    assert "28 February 2026" in page.select_one("#summary").get_text()  # type: ignore[union-attr]
    # As it is with SOURCE_DATE_EPOCH, and outside of git.
    bare = {"times": {}, "workflow": PROVENANCE["workflow"] | {"commit": None, "changed": None}}
    (tmp_path / "bare.json").write_text(json.dumps(PROVENANCE | bare))
    text = made.read("bare.html", provenance=tmp_path / "bare.json").get_text()
    assert "not in git" in text
    assert "embed_shard" not in text


def test_annoys_recall_is_shown(page: BeautifulSoup, made: Made, tmp_path: Path) -> None:
    assert "Annoy" not in page.get_text()
    matches = read_table(made.folder / "matches.parquet")
    column = matches.schema.get_field_index("recall")
    for recall, low in ((0.9, True), (0.97, False)):
        # A second shard found everything, and has as many faces as the first.
        shards = [
            matches.set_column(column, "recall", pa.array([r] * len(matches)))
            for r in (recall, 1.0)
        ]
        paths = [tmp_path / f"{number}.parquet" for number in range(2)]
        for path, table in zip(paths, shards, strict=True):
            write_table(path, table, ORIGIN)
        told = made.read("annoy.html", search="annoy", matches=paths[:1])
        (line,) = (dd for dd in told.select("#summary dd") if "Annoy finds" in dd.get_text())
        assert f"{100 * recall:.0f}\u202f%" in line.get_text()
        assert (
            ("match.search_k" in line.get_text())
            == ("warning" in line.get_attribute_list("class"))
            == low
        )
        assert read_recall(paths) == pytest.approx((recall + 1) / 2)


def test_a_damaged_file_is_told(made: Made, tmp_path: Path) -> None:
    damaged = {"audit": "kind\tperson\nx\ty\n", "evaluation": "[]", "provenance": '{"written": 1}'}
    for key, text in damaged.items():
        path = tmp_path / key
        path.write_text(text)
        with pytest.raises(VisageError, match=r"is damaged.*Delete it"):
            made.build("none.html", **{key: path})
        with pytest.raises(VisageError, match="is missing"):
            made.build("none.html", **{key: tmp_path / "none"})


def test_without_threshold_and_without_queries(made: Made) -> None:
    page = made.read("open.html", threshold=None, threshold_source="None: no threshold.")
    assert "marked" not in (page.body.get("class") or [])  # type: ignore[union-attr]
    empty = made.folder / "empty"
    for name, schema in (("queries", FACES), ("matches", MATCHES)):
        write_table(empty / f"{name}.parquet", pa.Table.from_pylist([], schema), ORIGIN)
    (empty / "scores.tsv").write_text("Score\tID\tName\tGroup\tVerdict\n")
    page = made.read(
        "empty.html",
        query_tables=[empty / "queries.parquet"],
        matches=[empty / "matches.parquet"],
        scores=empty / "scores.tsv",
    )
    assert not page.select("article.card")
    assert "No face to compare in 0 photographs" in page.get_text()


def test_snakemakes_archive_has_what_people_keep(demo: Workflow, tmp_path: Path) -> None:
    demo.succeed("--report", str(tmp_path / "archive.zip"))
    with zipfile.ZipFile(tmp_path / "archive.zip") as archive:
        # Its own page is called report.html as well, and stands at the top.
        kept = {
            Path(name).name: archive.read(name) for name in archive.namelist() if "/data/" in name
        }
    names = ("scores.tsv", "images.tsv", "report.html", "evaluation.html", "provenance.json")
    for name in (*names, "gallery/audit.tsv"):
        assert kept[Path(name).name] == (demo.folder / "results" / name).read_bytes(), name
