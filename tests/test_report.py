"""The report, from tables and pictures made here; nobody real is in them."""

import json
import re
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
import pyarrow as pa
import pytest
from bs4 import BeautifulSoup, Tag
from conftest import Workflow
from PIL import Image
from visage.errors import VisageError
from visage.findings import COLUMNS
from visage.match import MATCHES
from visage.report import build_report, render
from visage.report.data import read_recall
from visage.score import score
from visage.tables import FACES, Origin, read_table, write_table

CHROMIUM = Path("/usr/bin/chromium")
HOSTILE = "<script>alert('x')</script>\"><img src=x onerror=alert(1)>"
ORIGIN = Origin("made-up", "0" * 32)
PEOPLE = [f"person-{number:02d}" for number in range(12)]
THRESHOLD = 1.0

# image → (group, faces: each the distances of its candidates from the first)
COMPARED = {
    "holiday/two.jpg": ("holiday", [[0.4, 0.9, 1.2], [1.1, 1.2, 1.3]]),
    "holiday/one.png": ("holiday", [[0.5 + 0.1 * number for number in range(12)]]),
    "work/<b>&'\"{{ 7 * 7 }}.png": ("work", [[1.4, 1.5]]),
    "gone.jpg": ("", [[0.3, 1.5]]),
}
# photographs of the second person besides the first, which is 1.0 away: name, face, distance
FURTHER = [("b.png", 0, 3.0), ("c.png", 1, 0.25), ("c.png", 2, 0.5)]
# image → (status, reason)
NOTHING = {
    "work/landscape.png": ("no_face", "no face was found in the image"),
    "broken.jpg": ("unreadable", "the file is damaged: <i>cut short</i>"),
}
# kind, person, image, face, other person, other image, distance, detail
AUDIT = [
    [
        *("another_person", "person-04", "person-04/a.png", "0"),
        *("person-05", "person-05/a.png", "0.81", f"near {HOSTILE}"),
    ],
    ["no_usable_face", "person-00", "person-00/empty.png", "", "", "", "", "1 unreadable"],
    *(["one_photograph", f"person-{n}", "", "", "", "", "", "one only"] for n in range(45)),
]
EVALUATION = {
    "gallery": {"known_searches": 24, "strangers_searches": 30},
    "fpir": 0.01,
    "operating": [
        {"fpir": 0.1, "threshold": 1.2, "fnir": {"value": 0.5, "low": 0.4, "high": 0.6}},
        {"fpir": 0.01, "threshold": 1.0, "fnir": {"value": 0.0163, "low": 0.004, "high": 0.03}},
    ],
    "rank_one": {"value": 0.9959, "low": 0.988, "high": 1.0},
    "published": {"threshold": 1.128, "fpir": 0.0, "fnir": 0.03},
    "threshold": 1.0,
}
PROVENANCE: dict[str, Any] = {
    "written": "2026-03-01T00:30:00+01:00",
    "workflow": {
        **{"version": "0.1.0", "commit": "c0ffee" + "0" * 34, "changed": True},
        "command": "snakemake --config queries='a b'",
    },
    "model": {
        "name": "made-up",
        "fingerprint": "f" * 32,
        "entry": {
            **{"recognizer": "R", "detector": "D", "engine": "E", "alignment": "five-point"},
        },
        "weights": [
            {
                **{"file": "r.onnx", "sha256": "ab" * 32, "licence": "MIT"},
                **{"made_from": "source.onnx", "sources": ["https://weights.example/<b>"]},
            }
        ],
    },
    "images": {
        "gallery": {"images": 13, "status": {"ok": 12}, "faces": 12, "sha256": "1" * 64},
        "queries": {"images": 6, "status": {"no_face": 1}, "faces": 6, "sha256": "2" * 64},
    },
    "results": {"scores.tsv": "3" * 64},
    "packages": {"numpy": "2.5.5"},
    "machine": {
        **{"processor": "P", "cores": 2, "memory_gb": 8.0, "system": "S", "python": "3.12"},
    },
    "times": {"embed_shard": {"jobs": 4, "seconds": 61.5, "largest_memory_mb": 500.4}},
}


@dataclass(frozen=True)
class Made:
    """A folder with everything a report is made from."""

    folder: Path

    def build(self, name: str = "report.html", **changes: Any) -> Path:
        output = self.folder / "results" / name
        arguments: dict[str, Any] = {
            "gallery_tables": [self.folder / "gallery.parquet"],
            "query_tables": [self.folder / "queries.parquet"],
            "matches": [self.folder / "matches.parquet"],
            "faces": self.folder / "faces.parquet",
            "scores": self.folder / "scores.tsv",
            "audit": self.folder / "audit.tsv",
            "evaluation": self.folder / "evaluation.json",
            "provenance": self.folder / "provenance.json",
            "gallery_folder": self.folder / "gallery",
            "queries_folder": self.folder / "queries",
            "names": None,
            "links": "https://people.example/{id}",
            "search": "exact",
            "ranking": "nearest",
            "normalize": False,
            "threshold": THRESHOLD,
            "threshold_source": "From the test.",
            "output": output,
        }
        build_report(**(arguments | changes))
        return output

    def read(self, name: str = "report.html", **changes: Any) -> BeautifulSoup:
        return BeautifulSoup(self.build(name, **changes).read_text(encoding="utf-8"), "html.parser")


def picture(path: Path, seed: int, size: tuple[int, int] = (200, 120)) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(seed).integers(0, 255, (8, 8, 3), dtype=np.uint8)
    Image.fromarray(noise).resize(size).save(path)


def face_row(image: str, number: int, **others: Any) -> dict[str, Any]:
    box = {"x": 20.0 + 80 * number, "y": 30.0, "w": 40.0, "h": 50.0, "confidence": 0.9}
    size = {"width": 200, "height": 120}
    row = {"image": image, "status": "ok", "reason": "", "face": number, "embedding": [0.0, 0.0]}
    return row | box | size | others


def match_rows(image: str, group: str, number: int, distances: list[float]) -> list[dict]:
    rows = []
    for place, distance in enumerate(distances):
        within = distance <= THRESHOLD
        verdict = ("match" if place == 0 else "possible") if within else "unknown"
        rows.append(
            {
                "image": image,
                "group": group,
                "face": number,
                "rank": place + 1,
                "id": PEOPLE[place],
                "name": HOSTILE if place == 0 else "",
                "distance": distance,
                "hits": 1,
                "nearest": f"{PEOPLE[place]}/a.png",
                "nearest_face": 0,
                "verdict": verdict,
                "probability": {0: 0.9999, 1: 0.42}.get(place),
            }
        )
    return rows


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("report")
    queries, matches = [], []
    for seed, (image, (group, faces)) in enumerate(COMPARED.items()):
        if image != "gone.jpg":
            picture(folder / "queries" / image, seed)
        for number, distances in enumerate(faces):
            queries.append(face_row(image, number, group=group))
            matches += match_rows(image, group, number, distances)
    small = {
        "embedding": None,
        "status": "too_small",
        "reason": "9 x 9 pixels; faces.min_size asks for 24",
    }
    queries.append(face_row("holiday/two.jpg", 2, group="holiday", **small, x=0.0, w=9.0, h=9.0))
    for image, (status, reason) in NOTHING.items():
        row = {"image": image, "status": status, "reason": reason}
        queries.append(row | {"group": image.split("/")[0] if "/" in image else ""})
    picture(folder / "queries/work/landscape.png", 50)
    (folder / "queries/broken.jpg").write_bytes(b"\xff\xd8 no picture")
    gallery = []
    for seed, person in enumerate(PEOPLE):
        # The first two are the same picture: it has to be in the page once.
        picture(folder / "gallery" / person / "a.png", 100 + max(1, seed))
        gallery.append(face_row(f"{person}/a.png", 0, person=person, embedding=[0.1, seed]))
    # The second person has more photographs, the nearer ones behind, and two faces in one.
    for name, number, away in FURTHER:
        picture(folder / "gallery" / PEOPLE[1] / name, 200 + ord(name[0]))
        row = face_row(f"{PEOPLE[1]}/{name}", number, person=PEOPLE[1], embedding=[0.1, away])
        gallery.append(row)
    (folder / "gallery/person-03/a.png").unlink()
    empty = {"status": "unreadable", "reason": "the file is empty (0 bytes)", "person": "person-00"}
    bad = [{"image": "person-00/empty.png"} | empty]
    for name, rows, schema in (
        ("queries", queries, FACES),
        ("gallery", gallery + bad, FACES),
        ("faces", gallery, FACES),
        ("matches", matches, MATCHES),
    ):
        write_table(folder / f"{name}.parquet", pa.Table.from_pylist(rows, schema), ORIGIN)
    score([folder / "matches.parquet"], None, None, 10, folder / "scores.tsv")
    (folder / "audit.tsv").write_text(
        "\n".join(["\t".join(COLUMNS), *("\t".join(row) for row in AUDIT)]) + "\n"
    )
    (folder / "evaluation.json").write_text(json.dumps(EVALUATION))
    (folder / "provenance.json").write_text(json.dumps(PROVENANCE))
    return Made(folder)


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


@pytest.fixture
def browser_page(made: Made) -> Iterator[Any]:
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    found = CHROMIUM if CHROMIUM.exists() else shutil.which("chromium")
    if not found:
        pytest.skip("no Chromium on this machine")
    quiet = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
    quiet += ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(found), args=quiet)
        page = browser.new_page()
        problems: list[str] = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda message: problems.append(message.text))
        page.on("dialog", lambda dialog: problems.append(f"dialog: {dialog.message}"))
        page.goto(made.build().as_uri())
        yield page
        browser.close()
        assert not problems


def shown_cards(page: Any) -> list[str]:
    return page.locator("article.card:visible h3").all_text_contents()


def test_in_a_browser_filter_sort_keys_and_comparison(browser_page: Any) -> None:
    page = browser_page
    every = shown_cards(page)
    assert len(every) == len(COMPARED) + len(NOTHING)

    page.fill("#search", "HOLIDAY")
    assert shown_cards(page) == ["holiday/one.png", "holiday/two.jpg"]
    assert page.inner_text("#shown") == f"2 of {len(every)} photographs"
    page.keyboard.press("Escape")
    assert shown_cards(page) == every

    for verdict in ("match", "possible", "unknown"):
        page.locator(f"label.chip.{verdict}").click()
    assert sorted(shown_cards(page)) == sorted(NOTHING)
    assert page.locator("#score-table tbody tr:visible").count() == 0
    page.click("#clear")
    page.select_option("#group", label="work")
    assert len(shown_cards(page)) == 2
    page.click("#clear")

    head = page.locator("#score-table thead th", has_text="Best distance")
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "descending"
    best = column(page, head)
    assert best == sorted(best, reverse=True)
    head.locator("button").click()
    assert column(page, head) == sorted(best)
    assert len(best) == page.locator("#score-table tbody tr").count()

    page.locator("h1").click()
    for _ in range(2):
        page.keyboard.press("j")
    assert page.evaluate("document.activeElement.id") == "q2"
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.id") == "q1"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"

    page.locator("ol.people button").first.click()
    assert page.inner_text("#compare-title") == HOSTILE
    facts = page.inner_text("#compare")
    assert "person-00/a.png" in facts
    assert ">99" in facts
    page.keyboard.press("Escape")
    page.locator("ol.people .more button").first.click()
    assert "person-01/c.png, distance 0.510" in page.inner_text("#compare")
    page.keyboard.press("Escape")

    page.emulate_media(color_scheme="light")
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.click("#theme")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before

    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_in_a_browser_pages_load_their_pictures(
    browser_page: Any, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page's own policy must not keep files from being shown; opened from a disk."""
    monkeypatch.setattr(render, "CARDS", 4)
    page = browser_page
    page.goto(made.build("paged.html", one_page=3).as_uri())
    page.fill("#search", "two")
    assert shown_cards(page) == ["holiday/two.jpg"]
    sizes = "[...document.images].filter(i => i.id === '' && i.checkVisibility()).map(shown)"
    shown = "i => i.decode().then(() => i.naturalWidth)"
    loaded = f"(() => {{ const shown = {shown}; return Promise.all({sizes}); }})()"
    assert page.evaluate(loaded) == [200]
    page.locator("article.tile:visible h3 a").click()
    assert page.url.endswith("/paged/1.html#q3")
    # The address changes before the picture is decoded.
    decoded = "i => i.decode().then(() => i.naturalWidth)"
    assert page.locator("#q3 .photo img").evaluate(decoded) == 200
    face = "getComputedStyle(document.querySelector('#q3 .people .pic')).backgroundImage"
    picture = page.evaluate(face).removeprefix('url("').removesuffix('")')
    load = "address => { const i = new Image(); i.src = address; return i.decode(); }"
    page.evaluate(load, picture)  # raises where it cannot be shown
    page.get_by_text("Overview").click()
    assert page.url.endswith("/paged.html")


def column(page: Any, head: Any) -> list[float]:
    index = head.evaluate("head => head.cellIndex")
    return [
        float(text)
        for text in page.locator(
            f"#score-table tbody tr > :nth-child({index + 1})"
        ).all_text_contents()
    ]
