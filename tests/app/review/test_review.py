"""The review: what comes first, what is written, undone, refused; and how it looks at others."""

import io
from pathlib import Path

import pyarrow as pa
import pytest
from fastapi.testclient import TestClient
from made_up_review import EACH, ORIGIN, MadeUp, write_results
from made_up_site import client
from PIL import Image
from visage.layout import Results
from visage.people.labels import Say, read_labels
from visage.store.faces import FACES
from visage.store.tables import read_table, write_table

DOUBTS = [0.2, 0.98, 1.1, 1.03, 1.7]  # clear, 2nd, 4th, 3rd, clear: from the threshold 1.0
ORDER = ["q/000001.jpg", "q/000003.jpg", "q/000002.jpg"]


@pytest.fixture
def page(tmp_path: Path) -> TestClient:
    write_results(tmp_path, DOUBTS)
    return client(tmp_path, lookup=MadeUp())


def following(page: TestClient, **query: str) -> dict:
    return page.get("/review/next", params=query).json()["item"]


def say(page: TestClient, item: dict, what: str, person: str = "", **others: object) -> dict:
    sent = {"key": item["key"], "say": what, "person": person, "seen": item["seen"], **others}
    answer = page.post("/review/say", json=sent)
    assert answer.status_code == 200, answer.text
    return answer.json()


def walk(page: TestClient) -> list[dict]:
    """Look at everything, putting each thing off."""
    items: list[dict] = []
    item = following(page)
    while item and item["key"] not in {one["key"] for one in items}:
        items.append(item)
        item = following(page, after=item["key"])
    return items


def labels(folder: Path) -> list[tuple[str, Say, str]]:
    found = read_labels(folder / "labels.tsv").statements
    return [(one.image, one.say, one.person) for one in found]


def test_nearest_to_the_threshold_first_then_clusters_then_the_audit(page: TestClient) -> None:
    items = walk(page)
    assert [item["kind"] for item in items] == [*["face"] * 3, *["cluster"] * 2, "finding"]
    assert [item["face"]["image"] for item in items[:3]] == ORDER
    assert [(item["name"], item["count"]) for item in items[3:5]] == [
        ("unknown-00", EACH + 2),
        ("unknown-01", EACH + 1),
    ]
    assert [item["number"] for item in items] == [1, 2, 3, 4, 5, 6]
    assert {item["of"] for item in items} == {6}
    first = items[0]
    assert [one["name"] for one in first["candidates"]] == ["Anna", "Bert", "Carl"]
    assert page.get("/" + first["face"]["picture"]).status_code == 200
    finding = items[-1]
    assert finding["other"]["id"] == "carl"
    assert finding["move"].startswith("mv ") and finding["move"].endswith("carl/")


def test_yes_no_and_another_one(page: TestClient, tmp_path: Path) -> None:
    first = following(page)
    say(page, first, "is", "anna")
    second = following(page, after=first["key"])
    assert (second["number"], second["of"]) == (2, 6)
    say(page, second, "not", "anna")
    third = following(page, after=second["key"])
    say(page, third, "is", "Somebody New")
    assert labels(tmp_path) == [
        (ORDER[0], Say.IS, "anna"),
        (ORDER[1], Say.NOT, "anna"),
        (ORDER[2], Say.IS, "Somebody New"),
    ]
    assert following(page)["kind"] == "cluster"  # all three are decided
    again = page.get("/review/next", params={"at": second["key"]}).json()["item"]
    assert [one["id"] for one in again["candidates"]] == ["bert", "carl"]


def test_what_was_said_is_taken_back(page: TestClient, tmp_path: Path) -> None:
    before = b"# mine\nsha256\timage\tx\ty\tw\th\tperson\tsay\tsource\tdate\n"
    (tmp_path / "labels.tsv").write_bytes(before)
    first = following(page)
    undo = say(page, first, "ignore")["undo"]
    assert labels(tmp_path) == [(ORDER[0], Say.IGNORE, "")]
    assert page.post(f"/review/undo/{undo}").json() == {"lines": 1}
    assert (tmp_path / "labels.tsv").read_bytes() == before
    assert page.post(f"/review/undo/{undo}").status_code == 404
    assert following(page)["key"] == first["key"]


def test_a_cluster_is_named_at_once_and_single_faces_are_struck_out(
    page: TestClient, tmp_path: Path
) -> None:
    cluster = next(item for item in walk(page) if item["kind"] == "cluster")
    struck = cluster["faces"][1]
    undo = say(page, cluster, "is", "Dora", struck=[struck["key"]])
    assert undo["said"] == f"{EACH + 1} faces are Dora."
    said = labels(tmp_path)
    assert (struck["image"], Say.NOT, "unknown-00") in said
    assert [(say, who) for _, say, who in said].count((Say.IS, "Dora")) == EACH + 1
    assert "unknown-00" not in {item.get("name") for item in walk(page)}


def test_two_people_do_not_overwrite_each_other(tmp_path: Path) -> None:
    write_results(tmp_path, DOUBTS)
    one, other = (client(tmp_path, lookup=MadeUp()) for _ in range(2))
    mine, theirs = following(one), following(other)
    say(one, mine, "is", "anna")
    sent = {"key": theirs["key"], "say": "is", "person": "bert", "seen": theirs["seen"]}
    refused = other.post("/review/say", json=sent)
    assert refused.status_code == 409
    assert "is anna" in refused.json()["detail"]
    assert labels(tmp_path) == [(ORDER[0], Say.IS, "anna")]
    seen = other.get("/review/next", params={"at": theirs["key"]}).json()["item"]
    say(other, seen, "is", "bert")  # knowing it, one may say otherwise
    assert [person for *_, person in labels(tmp_path)] == ["anna", "bert"]


def test_the_finding_is_acted_on(page: TestClient, tmp_path: Path) -> None:
    finding = walk(page)[-1]
    say(page, finding, "is", "carl")
    assert labels(tmp_path) == [("bert/a.jpg", Say.IS, "carl")]
    assert "finding" not in {item["kind"] for item in walk(page)}


def test_two_photographs_of_one_folder_are_no_question_of_who(tmp_path: Path) -> None:
    write_results(tmp_path, DOUBTS)
    audit = tmp_path / "results/gallery/audit.tsv"
    audit.write_text(
        audit.read_text()
        .replace("another_person", "near_duplicate")
        .replace("\tcarl\t", "\tbert\t")
    )
    finding = walk(client(tmp_path, lookup=MadeUp()))[-1]
    assert finding["person"]["id"] == "bert"
    assert finding["other"] is None and not finding["move"]  # but the other picture is shown
    assert finding["other_face"]["image"] == "carl/a.jpg"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"key": "face-none.0"}, 404),
        ({"say": "maybe"}, 422),
        ({"person": ""}, 400),
        ({"person": "../../etc"}, 400),
        ({"person": "a" * 250}, 400),
    ],
)
def test_what_is_refused(page: TestClient, tmp_path: Path, change: dict, status: int) -> None:
    item = following(page)
    sent = {"key": item["key"], "say": "is", "person": "anna", "seen": item["seen"]}
    assert page.post("/review/say", json=sent | change).status_code == status
    assert not (tmp_path / "labels.tsv").exists()
    assert page.get("/review/picture/gallery/none.0").status_code == 404
    assert page.get("/review/picture/cache/none.0").status_code == 404


def test_labels_from_elsewhere_count_at_once(page: TestClient, tmp_path: Path) -> None:
    first = following(page)
    line = f"sha256\timage\tperson\tsay\n\t{ORDER[0]}\tanna\tis\n"
    (tmp_path / "labels.tsv").write_text(line)
    assert following(page)["key"] != first["key"]


def test_a_face_of_a_photograph_that_lies_is_shown_upright(
    page: TestClient, tmp_path: Path
) -> None:
    table = Results(tmp_path / "results").queries.table(0)
    rows = [row | {"turn": 90} for row in read_table(table).to_pylist()]
    write_table(table, pa.Table.from_pylist(rows, FACES), ORIGIN)
    face = following(page)["face"]
    photograph = tmp_path / "queries" / face["image"]
    photograph.parent.mkdir(parents=True)
    Image.new("RGB", (200, 100)).save(photograph)
    with Image.open(io.BytesIO(page.get("/" + face["whole"]).content)) as whole:
        assert whole.size == (100, 200)
