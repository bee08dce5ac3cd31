"""The report, from tables and pictures made here; nobody real is in them."""

import json
import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from bs4 import BeautifulSoup, Tag
from made_up_run import (
    COMPARED,
    HOSTILE,
    NOTHING,
    ORIGIN,
    PEOPLE,
    PROVENANCE,
    Made,
    content_of,
    make,
)
from visage.errors import VisageError
from visage.report.files import read_recall
from visage.search.threshold import Threshold
from visage.store.clusters import CLUSTERS
from visage.store.faces import FACES
from visage.store.matches import MATCHES
from visage.store.tables import read_table, write_table


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp("report"))


@pytest.fixture(scope="module")
def page(made: Made) -> BeautifulSoup:
    return made.read()


@pytest.fixture(scope="module")
def content(page: BeautifulSoup) -> dict[str, Any]:
    return content_of(page)


def photograph(content: dict[str, Any], image: str) -> dict[str, Any]:
    (found,) = (one for one in content["photographs"] if one["image"] == image)
    return found


def view(page: BeautifulSoup, name: str) -> Tag:
    part = page.select_one(f'[data-view="{name}"]')
    assert part
    return part


def text_of(tag: Tag | None) -> str:
    assert tag
    return re.sub(r"[ \n]+", " ", tag.get_text(" ", strip=True))


def test_every_photograph_is_there_with_its_faces(content: dict[str, Any]) -> None:
    assert len(content["photographs"]) == len(COMPARED) + len(NOTHING)
    for image, (_, faces) in COMPARED.items():
        shown = [face for face in photograph(content, image)["faces"] if face["verdict"] != "none"]
        for face, distances in zip(shown, faces, strict=True):
            given = [candidate["distance"] for candidate in face["candidates"]]
            assert given == pytest.approx(distances[: len(given)], abs=1e-3)


def test_a_face_that_is_nobodys_has_one_person_beside_it(content: dict[str, Any]) -> None:
    known, near, _ = photograph(content, "holiday/two.jpg")["faces"]
    assert [len(face["candidates"]) for face in (known, near)] == [3, 3]
    assert near["doubtful"]  # just beyond the threshold: it is to be looked at
    (stranger,) = photograph(content, "work/<b>&'\"{{ 7 * 7 }}.png")["faces"]
    assert len(stranger["candidates"]) == 1
    assert "doubtful" not in stranger


def test_people_are_shown_by_their_nearest_photographs(content: dict[str, Any]) -> None:
    first, second, third = photograph(content, "holiday/two.jpg")["faces"][0]["candidates"]
    views = [content["gallery"][number] for number in second["faces"]]
    assert [one["image"] for one in views] == [
        *(f"{PEOPLE[1]}/c.png", f"{PEOPLE[1]}/c.png", f"{PEOPLE[1]}/a.png")
    ]
    assert len({one["picture"] for one in views}) == 3  # two faces of one photograph
    assert len(first["faces"]) == len(third["faces"]) == 1


def test_boxes_lie_where_the_faces_are(content: dict[str, Any]) -> None:
    faces = photograph(content, "holiday/two.jpg")["faces"]
    assert faces[1]["place"] == [50.0, 25.0, 20.0, 41.67]
    assert faces[1]["box"] == [100, 30, 40, 50]
    assert [face["verdict"] for face in faces] == ["match", "unknown", "none"]
    assert "9 x 9 pixels" in faces[2]["reason"]


def test_photographs_are_known_by_their_content(made: Made, content: dict[str, Any]) -> None:
    keys = [one["key"] for one in content["photographs"]]
    assert len(set(keys)) == len(keys)
    other = made.content("other.html", one_page=3)
    assert [one["key"] for one in other["photographs"]] == keys


def test_a_copy_is_told_of_but_not_in_what_is_given_away(made: Made, tmp_path: Path) -> None:
    images = tmp_path / "images.tsv"
    images.write_text("image\toriginal\nholiday/two.jpg\twork/landscape.png\n")
    page = made.read("copies.html", images=images)
    told = {one["image"]: one.get("original") for one in content_of(page)["photographs"]}
    assert told.pop("holiday/two.jpg") == "work/landscape.png"
    assert set(told.values()) == {None}
    assert "1 photograph is a copy" in page.get_text()
    shared = made.content("copies_share.html", images=images, share=True)
    assert not any("original" in one for one in shared["photographs"])


def test_the_file_of_a_photograph_that_lies_is_not_shown_in_place_of_its_picture(
    made: Made, tmp_path: Path
) -> None:
    """A browser would show it as it lies, below boxes for the upright picture."""
    rows = read_table(made.folder / "queries.parquet").to_pylist()
    for row in rows:
        row["turn"] = 180 if row["image"] == "holiday/two.jpg" else 0
    turned = tmp_path / "queries.parquet"
    write_table(turned, pa.Table.from_pylist(rows, FACES), ORIGIN)
    content = made.content("turned.html", query_tables=[turned])
    files = {one["image"]: one.get("file", "") for one in content["photographs"]}
    assert files.pop("holiday/two.jpg") == ""
    assert all(files.values())


def test_what_a_person_said_is_shown_as_given(made: Made, tmp_path: Path) -> None:
    """A face that was named has no nearest one, and its person may be in nobody's folder."""
    table = read_table(made.folder / "matches.parquet")
    rows = [row for row in table.to_pylist() if (row["image"], row["face"]) != ("gone.jpg", 0)]
    given = {"distance": 0.0, "hits": 1, "nearest": "", "nearest_face": 0, "verdict": "given"}
    told = {"image": "gone.jpg", "group": "", "face": 0, "rank": 1, "id": "new", "name": "Newcomer"}
    path = tmp_path / "matches.parquet"
    write_table(path, pa.Table.from_pylist([*rows, told | given], MATCHES), ORIGIN)
    clusters = tmp_path / "clusters.parquet"
    stranger = {"image": "holiday/two.jpg", "group": "holiday", "face": 1, "cluster": "Unknown 7"}
    write_table(clusters, pa.Table.from_pylist([stranger], CLUSTERS), ORIGIN)
    page = made.read("given.html", matches=[path], clusters=clusters)
    content = content_of(page)
    (face,) = photograph(content, "gone.jpg")["faces"]
    assert face["verdict"] == "given"
    assert "doubtful" not in face
    assert "faces" not in face["candidates"][0]
    assert content["people"][face["candidates"][0]["person"]]["name"] == "Newcomer"
    assert any("Newcomer" in text_of(tag) for tag in page.select(".rail .who"))
    assert photograph(content, "holiday/two.jpg")["faces"][1]["cluster"] == "Unknown 7"
    made.build("given-share.html", matches=[path], share=True)


def test_names_and_file_names_stay_text(page: BeautifulSoup, content: dict[str, Any]) -> None:
    scripts = [tag for tag in page.find_all("script") if not tag.get("type")]
    assert len(scripts) == 2
    assert not page.select("[onerror], main b i, main i, .name img")
    names = {person["name"] for person in content["people"]}
    assert HOSTILE in names
    assert "person-01" in names  # without a name the id stands for it
    policy = page.find("meta", {"http-equiv": "Content-Security-Policy"})
    assert isinstance(policy, Tag)
    assert str(policy["content"]).startswith("default-src 'none'")
    assert "unsafe" not in str(policy["content"]).split("script-src")[1]


def test_nothing_is_loaded_from_anywhere(page: BeautifulSoup, content: dict[str, Any]) -> None:
    assert not page.select("iframe, object, embed, base, script[src], img[src]")
    assert all(uri.startswith("data:image/webp;base64,") for uri in content["pictures"])
    for style in [tag.text for tag in page.find_all("style")] + [
        str(tag["style"]) for tag in page.select("[style]")
    ]:
        assert "@import" not in style
        assert all(url.strip("'").startswith("data:") for url in re.findall(r"url\(([^)]*)", style))
    for link in page.select("[href]"):
        address = str(link["href"])
        outside = address.startswith("https://people.example/person-") and link.name == "a"
        assert outside or address.startswith(("#", "data:,"))


def test_the_first_sentence_says_what_was_found(page: BeautifulSoup) -> None:
    assert text_of(page.h1) == "Found 1 person in 3 of 6 photographs; 2 faces are nobody you know"
    lead = text_of(page.select_one(".lead"))
    assert "1 photograph has no face" in lead
    assert "1 photograph could not be read" in lead
    assert "About 1\u202f% of strangers’ faces are taken for somebody." in lead


def test_the_rail_counts_photographs_and_faces(page: BeautifulSoup) -> None:
    rail = [text_of(tag) for tag in page.select(".rail .who")]
    assert rail == [f"{HOSTILE} 3", "Doubtful 1", "Unknown 2", "No face 1", "Not read 1"]


def test_scores_show_matches_by_certainty_and_fold_the_rest(page: BeautifulSoup) -> None:
    part = view(page, "people")
    rows = [text_of(row) for row in part.select("table.people tbody tr")]
    verdicts = [re.findall("match|possible|unknown", row)[0] for row in rows]
    assert verdicts == ["match"] * 2 + ["possible"] * (len(rows) - 2)
    assert "more than 99\u202f% likely" in rows[0]
    assert "Not found: " in text_of(part)


def test_pictures_are_in_the_page_once(content: dict[str, Any]) -> None:
    assert len(set(content["pictures"])) == len(content["pictures"])
    missing = [one for one in content["gallery"] if "picture" not in one]
    assert missing
    assert all("cannot be read" in one["missing"] for one in missing)
    assert "cannot be read" in photograph(content, "gone.jpg")["missing"]


def test_the_same_bytes_twice(made: Made) -> None:
    first = made.build("first.html").read_bytes()
    assert made.build("first.html", threads=1).read_bytes() == first
    index = made.folder / "results" / "first" / "index.html"
    assert content_of(BeautifulSoup(index.read_text(), "html.parser"))


def test_the_audit_is_shown_with_pictures_and_stays_text(page: BeautifulSoup) -> None:
    kinds = view(page, "gallery").select("details.kind")
    assert [text_of(kind.b) for kind in kinds] == [
        *("Another person", "No usable face", "One photograph")
    ]
    (row,) = kinds[0].select("tbody tr")
    assert HOSTILE in row.get_text()
    assert "0.81" in row.get_text()
    assert len(row.select(".face[style]")) == 2
    assert not kinds[1].select(".face[style]")
    assert len(kinds[2].select("tbody tr")) == 40
    assert "5 more rows" in kinds[2].get_text()
    assert "the file is empty" in text_of(view(page, "gallery"))


def test_distances_and_the_evaluation_are_shown(page: BeautifulSoup, made: Made) -> None:
    part = view(page, "sure")
    text = text_of(part)
    assert "99.6\u202f%" in text
    assert "1\u202f% — asked for 1.0000 0 of 30 1.6\u202f% (0.4\u202f% to 3\u202f%)" in text
    assert "Nearest to somebody else" in text
    assert HOSTILE in text
    assert "threshold 1.000" in text
    charts = part.select("svg")
    assert len(charts) == 4  # distances; histogram, ROC, CMC
    for chart in charts:
        assert "var(--sure)" in str(chart)
        assert "#0" not in str(chart).replace('"#', "")
        assert "http" not in str(chart).replace("http://www.w3.org/", "")
    bare = made.read("bare.html", evaluation=None)
    assert "was not measured" in text_of(bare.select_one(".lead"))


def test_many_photographs_have_their_pictures_in_a_folder(made: Made) -> None:
    entry = made.read("large.html", one_page=3)
    folder = made.folder / "results" / "large"
    pictures = content_of(entry)["pictures"]
    assert "data:image" not in str(entry)
    on_disk = {path.relative_to(folder).as_posix() for path in folder.rglob("*.webp")}
    assert set(pictures) <= on_disk
    places = json.loads(entry.select_one("#place").get_text())  # type: ignore[union-attr]
    assert places["pictures"] == "large/"
    rail = str(entry.select_one(".rail .face[style]"))
    assert "url('large/pictures/" in rail.replace("&#39;", "'")
    first = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    made.build("large.html", one_page=3, threads=1)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == first
    made.build("large.html")
    assert [path.name for path in folder.rglob("*")] == ["index.html"]


def test_a_copy_to_give_away_tells_of_nobody_else(made: Made) -> None:
    page = made.read("share.html", share=True)
    content = content_of(page)
    assert content["share"] is True
    faces = [face for one in content["photographs"] for face in one.get("faces", [])]
    for face in faces:
        assert len(face.get("candidates", [])) == (face["verdict"] == "match")
    assert {one["id"] for one in content["people"]} == {PEOPLE[0]}
    text = str(page)
    for secret in ("person-04", '"sha256":', '"file":', "../queries", "queries=", str(made.folder)):
        assert secret not in text, secret
    assert not page.select('[data-view="gallery"]')


def test_how_it_was_made_is_shown(page: BeautifulSoup, made: Made, tmp_path: Path) -> None:
    text = text_of(view(page, "made"))
    for said in (
        *("28 February 2026, 23:30 UTC", "0.1.0", "c0ffee", "not committed", "queries='a b'"),
        *("made-up", "f" * 32, "ab" * 32, "MIT", "source.onnx", "https://weights.example/<b>"),
        *("1 no face", "numpy 2.5.5", "P, 2 cores, 8.0 GB", "61.5", "500", "3" * 64),
    ):
        assert said in text, said
    assert "says nothing of how clear a face is" in text  # the made-up model's entry has no length
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
        (line,) = (p for p in told.select("p") if "Annoy finds" in p.get_text())
        assert f"{100 * recall:.0f}\u202f%" in line.get_text()
        assert ("match.search_k" in line.get_text()) == ("bad" in line["class"]) == low
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
    page = made.read("open.html", threshold=Threshold(None, "None: no threshold."))
    assert "no threshold" in text_of(view(page, "sure"))
    empty = made.folder / "empty"
    for name, schema in (("queries", FACES), ("matches", MATCHES)):
        write_table(empty / f"{name}.parquet", pa.Table.from_pylist([], schema), ORIGIN)
    page = made.read(
        "empty.html",
        query_tables=[empty / "queries.parquet"],
        matches=[empty / "matches.parquet"],
    )
    assert text_of(page.h1) == "Nobody you know was found in 0 photographs"
