"""From vectors to `<image>.json` and scores.tsv, against values worked out by hand."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from visage.config import Match
from visage.errors import VisageError
from visage.score.found import count_found
from visage.score.score import score
from visage.search.gallery import Gallery
from visage.search.index import build_index
from visage.search.match import extract_match, match_shard, remove_old_lists
from visage.search.once import GIVEN_AWAY, NEARER
from visage.store.faces import FACES
from visage.store.matches import MATCHES
from visage.store.tables import Origin, read_table, write_table
from visage.store.text import unguard

ORIGIN = Origin("m", "f" * 64)
ODD = [
    "<script>",
    "tab\there",
    "new\nline",
    'quo"te',
    "{brace}",
    "%s 😀",
    "-dash",
    "NA",
    "'",
    "c\rr",
]


def face(image: str, embedding: list[float] | None, number: int = 0) -> dict[str, Any]:
    status = {"status": "ok"} if embedding else {"status": "no_face", "reason": "none found"}
    label = image.rpartition("/")[0]
    own = {"image": image, "person": label, "group": label, "face": number}
    return own | status | {"embedding": embedding}


class Run:
    """A gallery and queries in a folder, matched and scored with the settings given."""

    def __init__(self, folder: Path, gallery: list[dict], names: dict | None = None) -> None:
        self.folder = folder
        self.gallery = gallery
        self.names: Path | None = None
        self.match = Match(ranking="nearest")
        if names is not None:
            self.names = folder / "names.json"
            self.names.write_text(json.dumps(names))

    def __call__(
        self,
        queries: list[dict],
        normalize: bool = True,
        threshold: float | None = None,
        origin: Origin = ORIGIN,
        **match: Any,
    ) -> pa.Table:
        folder = self.folder
        write_table(folder / "g", pa.Table.from_pylist(self.gallery, FACES), ORIGIN)
        write_table(folder / "q", pa.Table.from_pylist(queries, FACES), origin)
        faces, annoy = folder / "faces.parquet", folder / "face.db"
        build_index([folder / "g"], faces, annoy, folder / "face.json", normalize, 10, 42)
        self.match = self.match.replace(**match)
        matches = folder / "m" / "0.parquet"
        settings = self.match.replace(threshold=threshold)
        published = {"normalized": None, "raw": None}
        opened = Gallery.open(faces, settings, normalize, published, names=self.names)
        sidecar = lambda image: folder / "m" / f"{image}.json"  # noqa: E731
        match_shard(folder / "q", opened, matches, sidecar, settings.results)
        return read_table(matches)

    def json(self, image: str) -> list[dict]:
        """Read the list of an image; the one extracted from the table has the same bytes."""
        path, extracted = self.folder / "m" / f"{image}.json", self.folder / "x.json"
        own = (self.match.ranking, self.match.results)
        extract_match(self.folder / "q", self.folder / "m/0.parquet", image, extracted, *own)
        assert path.read_bytes() == extracted.read_bytes()
        return json.loads(path.read_text())

    def scores(self, links: str | None = None) -> pd.DataFrame:
        """Score and read the table back as texts."""
        output = self.folder / "scores.tsv"
        score([self.folder / "m/0.parquet"], self.names, links, self.match.results, output)
        return pd.read_csv(output, sep="\t", keep_default_na=False, dtype=str).map(unguard)


# The preset's way: raw vectors, Annoy, 50 neighbours, the -0.5 rule. Everybody is a neighbour.
PRESET = [
    face("amy/1.jpg", [0, 4.75]),
    face("bob/1.jpg", [3, 4]),
    face("bob=2/1.jpg", [6, 8]),  # the same person: a label counts up to its first "="
    face("cat/1.jpg", [0, 6]),
    face("cat/2.jpg", [8, 6]),
    face("cat/3.jpg", [12, 5]),
    face("cat/4.jpg", [8, 15]),
    face("dan/1.jpg", [0, 5.126]),
]
NAMES = {"amy": "Amy", "bob": "Sam", "dan": "Sam"}  # bob and dan are namesakes, cat has no name


@pytest.fixture
def preset(tmp_path: Path) -> Run:
    run = Run(tmp_path, PRESET, NAMES)
    queries = [
        face("a.jpg", [1e-9, 0]),
        face("b.jpg", [0, 5]),
        face("none.jpg", None),
        face("g/c.jpg", [0, 6]),
    ]
    run(queries, normalize=False, search="annoy", ranking="visage")
    return run


def test_annoys_recall_is_in_the_table(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    run = Run(
        tmp_path, [face(f"p{n % 40}/{n}.jpg", rng.normal(size=24).tolist()) for n in range(400)]
    )
    queries = [face(f"{n}.jpg", rng.normal(size=24).tolist()) for n in range(30)]
    low = run(queries, search="annoy", search_k=1)["recall"].to_numpy()
    high = run(queries, search="annoy", search_k=100_000)["recall"].to_numpy()
    assert set(low) == {low[0]} and low[0] < 0.95
    assert set(high) == {1.0}
    assert set(run(queries, search="exact")["recall"].to_pylist()) == {None}


def test_preset_lists(preset: Run) -> None:
    # From (0, 0): amy 4.75; bob 5 and 10, 5 - 0.5; cat 6, 10, 13 and 17, 6 - 3 x 0.5; dan 5.126.
    # bob and cat are equal, and bob's first face was met before cat's.
    assert preset.json("a.jpg") == [
        {"id": "bob", "distance": 4.5, "hits": 2, "name": "Sam"},
        {"id": "cat", "distance": 4.5, "hits": 4},
        {"id": "amy", "distance": 4.75, "hits": 1, "name": "Amy"},
        {"id": "dan", "distance": 5.13, "hits": 1, "name": "Sam"},
    ]
    # From (0, 5): amy 0.25; bob sqrt(9 + 1) = 3.1623 and more; cat 1 and more; dan 0.126.
    assert preset.json("b.jpg") == [
        {"id": "cat", "distance": -0.5, "hits": 4},
        {"id": "dan", "distance": 0.13, "hits": 1, "name": "Sam"},
        {"id": "amy", "distance": 0.25, "hits": 1, "name": "Amy"},
        {"id": "bob", "distance": 3.16 - 0.5, "hits": 2, "name": "Sam"},
    ]
    assert preset.json("none.jpg") == []


def test_preset_scores(preset: Run) -> None:
    rows = preset.scores()
    columns = ["Score", "Hits", "Avg Distance", "ID", "Name"]
    assert rows.columns[:5].tolist() == columns
    # cat: 8 hits, (4.5 x 4 - 0.5 x 4) / 8 = 2, 8 / 2 = 4
    # bob: 4 hits, (4.5 x 2 + 2.66 x 2) / 4 = 3.58, 4 / 3.58 = 1.117
    # amy: 2 hits, (4.75 + 0.25) / 2 = 2.5, 2 / 2.5 = 0.8
    # dan: 2 hits, (5.13 + 0.13) / 2 = 2.63, 2 / 2.63 = 0.760
    assert rows[rows["Group"] == ""][columns].to_numpy().tolist() == [
        ["4.00", "8", "2.00", "cat", "cat"],
        ["1.12", "4", "3.58", "bob", "Sam"],
        ["0.80", "2", "2.50", "amy", "Amy"],
        ["0.76", "2", "2.63", "dan", "Sam"],
    ]
    # In group g, from (0, 6): cat 0 - 3 x 0.5 = -1.5, for which the original's score is -2.67: the
    # average counts as 0.01, 4 / 0.01. dan 0.874, 1 / 0.87. amy 1.25, 1 / 1.25. bob:
    # sqrt(9 + 4) = 3.606, 3.61 - 0.5 = 3.11, 2 / 3.11.
    assert rows[rows["Group"] == "g"][columns].to_numpy().tolist() == [
        ["400.00", "4", "-1.50", "cat", "cat"],
        ["1.15", "1", "0.87", "dan", "Sam"],
        ["0.80", "1", "1.25", "amy", "Amy"],
        ["0.64", "2", "3.11", "bob", "Sam"],
    ]
    assert set(rows["Verdict"]) == {"possible"}  # the original has no threshold


# Between directions of an angle t the distance is 2 sin(t / 2): amy at 0 and 90 degrees, bob at 60,
# cat at 180.
CIRCLE = [
    face("amy/1.jpg", [10, 0]),
    face("amy/2.jpg", [0, 3]),
    face("bob/1.jpg", [0.5, 0.75**0.5]),
    face("cat/1.jpg", [-4, 0]),
]


def test_several_faces_in_a_picture(tmp_path: Path) -> None:
    run = Run(tmp_path, CIRCLE)
    queries = [face("g/two.jpg", [2, 0], 0), face("g/two.jpg", [-3, 4], 1)]
    table = run(queries, threshold=1.2, neighbours=3)
    # The first face is at 0 degrees. The second, (-0.6, 0.8), has the cosines -0.6 to amy's first,
    # 0.8 to her second, -0.3 + 0.69282 = 0.39282 to bob and 0.6 to cat; sqrt(2 - 2 cos): 1.7889,
    # 0.63246, 1.10198 and 0.89443.
    rows = table.select(["face", "rank", "id", "hits", "nearest", "verdict"]).to_pylist()
    assert [tuple(row.values()) for row in rows] == [
        (0, 1, "amy", 2, "amy/1.jpg", "match"),
        (0, 2, "bob", 1, "bob/1.jpg", "possible"),
        (0, 3, "cat", 0, "cat/1.jpg", "unknown"),
        # amy is in the picture once; cat is near enough to be the second face.
        (1, 1, "cat", 1, "cat/1.jpg", "match"),
        (1, 2, "amy", 1, "amy/2.jpg", "possible"),
        (1, 3, "bob", 1, "bob/1.jpg", "possible"),
    ]
    assert table["reason"].to_pylist() == ["", "", "", GIVEN_AWAY, NEARER, ""]
    distances = [0, 1, 2, 0.89443, 0.63246, 1.10198]
    assert table["distance"].to_pylist() == pytest.approx(distances, abs=1e-5)
    assert run.json("g/two.jpg") == [
        {"id": "amy", "distance": 0.0, "hits": 2, "face": 0},
        {"id": "cat", "distance": 0.8944, "hits": 1, "face": 1},
        {"id": "bob", "distance": 1.0, "hits": 1, "face": 0},
    ]
    scored = run.scores("https://example.org/{id}")
    assert scored.drop(columns="Link").to_numpy().tolist() == [
        ["200.00", "2", "0.00", "amy", "amy", "g", "1", "0.0000", "", "match"],
        ["1.12", "1", "0.89", "cat", "cat", "g", "1", "0.8944", "", "match"],
        ["1.00", "1", "1.00", "bob", "bob", "g", "1", "1.0000", "", "possible"],
    ]
    assert scored["Link"][0] == "https://example.org/amy"
    # Whoever reads only the first person of each face finds the same people as the scores.
    assert count_found([tmp_path / "m/0.parquet"])["named"] == 2
    twice = run(queries, threshold=1.2, neighbours=3, once_per_image=False)
    assert twice["verdict"].to_pylist().count("match") == 2
    assert set(twice["id"].to_pylist()[::3]) == {"amy"}


def test_a_crowd_loses_nobody(tmp_path: Path) -> None:
    corners = [[5.0, 0.0], [0.0, 5.0], [-5.0, 0.0], [0.0, -5.0]]
    run = Run(tmp_path, [face(f"p{n}/1.jpg", corner) for n, corner in enumerate(corners)])
    run([face("crowd.jpg", corner, n) for n, corner in enumerate(corners)], threshold=1, results=2)
    assert len(run.json("crowd.jpg")) == 2
    assert set(run.scores()["ID"]) == {"p0", "p1", "p2", "p3"}


def test_odd_names_survive(tmp_path: Path) -> None:
    gallery = [face(f"{name}/1.jpg", [1, number]) for number, name in enumerate(ODD)]
    # `read_names` puts blanks for tabs and line ends in a name; an id stays as it is.
    names = {name: " ".join(f"{name} & son".split()) for name in ODD if name != "NA"}
    run = Run(tmp_path, gallery, names)
    images = [f"{name}/{name}.jpg" for name in ODD]
    table = run([face(image, [1, 0]) for image in images])
    assert table["image"].unique().to_pylist() == images
    for image in images:
        assert {person["id"]: person.get("name") for person in run.json(image)} == {
            name: names.get(name) for name in ODD
        }
    rows = run.scores()
    assert set(rows["ID"]) == set(rows["Group"]) == set(ODD)
    assert set(rows["Name"]) == {*names.values(), "NA"}
    assert len(rows) == len(ODD) ** 2


@pytest.mark.parametrize("ranking", ["nearest", "mean", "visage"])
@pytest.mark.parametrize("search", ["exact", "annoy"])
def test_one_person_of_one_image(tmp_path: Path, ranking: str, search: str) -> None:
    run = Run(tmp_path, [face("amy/1.jpg", [3, 4])])
    run([face("q.jpg", [3, 4])], ranking=ranking, search=search)
    assert run.json("q.jpg") == [{"id": "amy", "distance": 0.0, "hits": 1}]
    first = (tmp_path / "m/0.parquet").read_bytes()
    run([face("q.jpg", [3, 4])])
    assert (tmp_path / "m/0.parquet").read_bytes() == first


@pytest.mark.parametrize("queries", [[], [face("none.jpg", None)]])
def test_nothing_to_match(tmp_path: Path, queries: list[dict]) -> None:
    run = Run(tmp_path, CIRCLE)
    table = run(queries)
    assert table.num_rows == 0
    assert table.schema.names == MATCHES.names
    assert len(run.scores()) == 0
    assert [path.name for path in tmp_path.glob("m/*.json")] == ["none.jpg.json"] * len(queries)


def test_refusals(tmp_path: Path) -> None:
    run = Run(tmp_path, CIRCLE)
    with pytest.raises(VisageError, match="different models"):
        run([face("q.jpg", [1, 0])], origin=Origin("n", "0" * 64))
    with pytest.raises(VisageError, match="have 3 numbers a face, the gallery's 2"):
        run([face("q.jpg", [1, 0, 0])])
    run([face("q.jpg", [1, 0])])
    with pytest.raises(VisageError, match=r"no image 'gone\.jpg'"):
        extract_match(
            tmp_path / "q", tmp_path / "m/0.parquet", "gone.jpg", tmp_path / "x", "mean", 9
        )


def test_old_lists_go(tmp_path: Path) -> None:
    run = Run(tmp_path, CIRCLE)
    run([face("q.jpg", [1, 0]), face("g/old.jpg", [1, 0])])
    run([face("q.jpg", [1, 0])])
    remove_old_lists(tmp_path / "m", tmp_path / "q", 0, 1)
    assert [path.name for path in (tmp_path / "m").rglob("*.json")] == ["q.jpg.json"]
