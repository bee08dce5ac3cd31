"""The workflow end to end, on real photographs with the real models."""

import hashlib
import json
import os
import shutil
import time
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
import pytest
from conftest import Workflow, kill, project_copy
from PIL import Image
from small_run import CONFIG, people_and_queries
from visage.store.tables import read_origin, read_table

NOTHING = "Nothing to be done"


def digests(folder: Path, pattern: str) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.glob(pattern))
    }


SCORES = "results/scores.tsv"
IMAGES = "results/images.tsv"


def test_the_demo_names_who_is_known_and_nobody_else(demo: Workflow) -> None:
    scores = demo.scores()
    matched = scores[scores["Verdict"] == "match"]
    best = {(row.Group, row.ID): row for row in scores.itertuples()}
    for group in ("known", "hidden", "several"):
        assert best[group, "barack-obama"].Verdict == "match", group
    # Two halves of one photograph: what they show of the face is not the same, so both count.
    hidden = best["hidden", "barack-obama"]
    assert (hidden.Images, hidden.Hits) == (2, 4)
    assert set(matched["Group"]) == {"known", "hidden", "several"}
    assert set(matched.loc[matched["Group"] != "several", "ID"]) == {"barack-obama"}

    lists = demo.folder / "results/queries/matches"
    (portrait,) = (p for p in lists.rglob("*.json") if p.parent.name == "known")
    first = json.loads(portrait.read_text())[0]
    assert (first["id"], first["name"]) == ("barack-obama", "Barack Obama")
    assert json.loads((lists / "nobody/cat.png.json").read_text()) == []
    # Joe Biden is in two photographs and in no gallery: nobody's match in either.
    (stranger,) = (p for p in lists.rglob("*.json") if p.parent.name == "stranger")
    assert min(person["distance"] for person in json.loads(stranger.read_text())) > 1.128
    faces = pd.concat(
        read_table(path).to_pandas() for path in sorted(lists.glob("*.parquet"))
    ).query("image == 'several/four-people.jpg' and rank == 1")
    assert sorted(faces["verdict"]) == ["match", "match", "match", "unknown"]

    images = pd.read_csv(demo.folder / "results/images.tsv", sep="\t", keep_default_na=False)
    assert images.loc[images["status"] == "no_face", "reason"].str.len().gt(0).all()
    assert (images["status"] == "no_face").sum() == 1
    assert (demo.folder / "results/report.html").stat().st_size > 10_000


def test_a_second_run_does_nothing(demo_copy: Workflow) -> None:
    for target in ((), ("results/scores.tsv",), ("results/report.html",)):
        assert NOTHING in demo_copy.succeed(*target)
        assert NOTHING in demo_copy.succeed(*target, "--workflow-profile", "none")


def test_the_files_of_the_original_are_there(demo: Workflow) -> None:
    results = demo.folder / "results"
    labels = json.loads((results / "gallery/face.json").read_text())
    vectors = {p.parent.name: json.loads(p.read_text()) for p in results.rglob("*.vector")}
    assert set(labels) <= set(vectors)
    assert all(len(vector) == 128 for vector in vectors.values())

    from annoy import AnnoyIndex

    index = AnnoyIndex(128, "euclidean")
    index.load(str(results / "gallery/face.db"))
    assert index.get_n_items() == len(labels)
    vector = np.array(vectors["grace-hopper"])
    item = index.get_nns_by_vector(list(vector / np.linalg.norm(vector)), 1)[0]
    assert labels[item] == "grace-hopper"


def test_vectors_are_for_their_owner_only(demo: Workflow) -> None:
    results = demo.folder / "results"
    private = [*results.rglob("*.vector"), *results.rglob("*.parquet")]
    assert private
    assert {path.stat().st_mode & 0o077 for path in private} == {0}


def test_what_changes_is_redone_and_no_more(finished: Workflow, photographs: Path) -> None:
    workflow, folder = finished, finished.folder
    total = len([p for p in folder.glob("*/*/*.*") if p.parts[-3] in ("gallery", "queries")])
    assert workflow.embedded() == total

    first, second, *_ = sorted((folder / "queries").rglob("*.*"))
    table = folder / "results/gallery/tables/0.parquet"
    untouched = table.stat().st_mtime_ns

    shutil.copy2(photographs / "gallery/eileen-collins/astronaut.png", folder / "queries/a.png")
    first.rename(first.with_name("renamed" + first.suffix))
    os.utime(second)
    workflow.succeed(SCORES, *CONFIG)
    assert workflow.embedded() == 1, "one added, one renamed, one touched"
    first.with_name("renamed" + first.suffix).rename(first)
    with Image.open(first) as image:
        image.convert("RGB").resize((300, 300)).save(first.with_suffix(".jpg"), "JPEG")
    workflow.succeed(SCORES, *CONFIG)
    assert workflow.embedded() == 1, "changed"
    # Queries came and went; the gallery's table was not made again.
    assert table.stat().st_mtime_ns == untouched
    workflow.succeed(SCORES, *CONFIG, "--config", "shards=3")
    assert workflow.embedded() == 0, "other shards"
    shutil.rmtree(folder / "results/cache/hashes")
    first.unlink(missing_ok=True)
    vectors = set((folder / "results/queries/vectors").rglob("*.vector"))
    workflow.succeed(SCORES, *CONFIG)
    assert workflow.embedded() == 0, "the former shards, one deleted, none of the hashes known"
    left = set((folder / "results/queries/vectors").rglob("*.vector"))
    images = {str(p.relative_to(folder / "queries")) for p in (folder / "queries").rglob("*.*")}
    kept = {str(p.relative_to(folder / "results/queries/vectors"))[:-7] for p in left}
    assert kept <= images
    assert left <= vectors


def test_another_model_redoes_everything(finished: Workflow) -> None:
    results = finished.folder / "results"
    before = finished.embedded()
    assert before
    tables = sorted(results.rglob("tables/*.parquet"))
    old = {read_origin(path).fingerprint for path in tables}
    finished.succeed(SCORES, *CONFIG, "--config", "model=sface-yunet-mirror")
    assert finished.embedded() == before
    new = {read_origin(path).fingerprint for path in tables}
    assert len(old) == len(new) == 1
    assert old != new
    origin = read_origin(results / "gallery/faces.parquet")
    assert {origin.fingerprint} == new


WITHOUT = ("--workflow-profile", "none")


@pytest.mark.parametrize(
    ("target", "profile"),
    [
        ("all", ()),
        pytest.param("results/scores.tsv", WITHOUT, marks=pytest.mark.long),
        pytest.param("all", WITHOUT, marks=pytest.mark.long),
        pytest.param("results/scores.tsv", (), marks=pytest.mark.long),
    ],
)
def test_a_job_that_failed_is_made_up_for(
    finished: Workflow,
    tmp_path: Path,
    photographs: Path,
    target: str,
    profile: tuple[str, ...],
) -> None:
    """Snakemake notes a failed job as done; the same command again must still do the work."""
    project, folder = tmp_path / "project", finished.folder
    workflow = Workflow(folder, project_copy(project))
    workflow.succeed(target, *profile, *CONFIG)
    scores = (folder / "results/scores.tsv").read_bytes()

    # One more image, and the weights damaged for one run: its shard's job fails.
    shutil.copy2(photographs / "queries/several/four-people.jpg", folder / "queries/more.jpg")
    weights = project / "weights/face_recognition_sface_2021dec_float32.onnx"
    good = weights.read_bytes()
    stat = weights.stat()
    weights.write_bytes(good[:-1] + b"?")
    os.utime(weights, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    printed = workflow.fail(target, *profile, *CONFIG)
    assert weights.name in printed

    weights.write_bytes(good)
    os.utime(weights, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    printed = workflow.succeed(target, *profile, *CONFIG)
    assert NOTHING not in printed
    assert (folder / "results/scores.tsv").read_bytes() != scores
    tables = (folder / "results/queries/tables").glob("*.parquet")
    assert any("more.jpg" in read_table(path)["image"].to_pylist() for path in tables)
    assert NOTHING in workflow.succeed(target, *profile, *CONFIG)


def many_photographs(folder: Path, photographs: Path, number: int) -> Workflow:
    """A gallery of variations of real photographs, enough to be killed in the middle."""
    workflow = people_and_queries(folder, photographs)
    with Image.open(photographs / "gallery/grace-hopper/portrait.jpg") as image:
        image.load()
        for step in range(number):
            size = 300 + step
            image.resize((size, size)).save(folder / f"gallery/grace-hopper/{step:03}.png")
    return workflow


@pytest.mark.long
def test_a_killed_job_loses_nothing(tmp_path: Path, photographs: Path) -> None:
    number = 250
    calm = many_photographs(tmp_path / "calm", photographs, number)
    calm.succeed(SCORES, IMAGES, *CONFIG)

    killed = many_photographs(tmp_path / "killed", photographs, number)
    run = killed.start(SCORES, IMAGES, *CONFIG)
    cache = killed.folder / "results/cache"
    deadline = time.monotonic() + 120
    while not list(cache.glob("*/*.parquet")) and time.monotonic() < deadline:
        time.sleep(0.05)
    for child in psutil.Process(run.pid).children(recursive=True):
        kill(child.pid)
    assert run.wait() != 0
    saved = sum(
        len(read_table(path, ["sha256"]))
        for path in cache.glob("*/*.parquet")
        if path.parent.name != "hashes"
    )
    assert saved > 0
    killed.embedded()
    killed.succeed(SCORES, IMAGES, *CONFIG)
    assert killed.embedded() <= number + 6 - saved
    for name in ("scores.tsv", "images.tsv", "gallery/face.db", "gallery/tables/0.parquet"):
        one, other = (w.folder / "results" / name for w in (calm, killed))
        assert one.read_bytes() == other.read_bytes(), name


ODD_NAMES = [
    "with blank.jpg",
    'quote\'s "and" more.jpg',
    "{brace} {{two}} {wildcards}.jpg",
    "100% $HOME `id`;#&.jpg",
    "new\nline.jpg",
    "emoji 😀 ünïcödé.jpg",
    "-leading dash.jpg",
    "x" * 240 + ".jpg",
]


def test_any_name_the_file_system_allows_works(tmp_path: Path, photographs: Path) -> None:
    source = photographs / "queries/known/portrait.jpg"
    person = "O'Neil {x} %d\n$(id)"
    (tmp_path / "gallery" / person).mkdir(parents=True)
    shutil.copy2(
        photographs / "gallery/barack-obama/speech.jpg", tmp_path / "gallery" / person / "a b.jpg"
    )
    (tmp_path / "queries/-group").mkdir(parents=True)
    for name in ODD_NAMES:
        shutil.copy2(source, tmp_path / "queries/-group" / name)
    raw = os.fsencode(tmp_path) + b"/queries/caf\xe9.jpg"
    Path(os.fsdecode(raw)).write_bytes(source.read_bytes())
    (tmp_path / "config.yaml").write_text("gallery: gallery\nqueries: queries\nshards: 2\n")
    workflow = Workflow(tmp_path)
    workflow.succeed(SCORES, IMAGES, *CONFIG)
    scores = workflow.scores()
    assert set(scores["ID"]) == {person}
    assert set(scores["Verdict"]) == {"match"}
    images = pd.read_csv(tmp_path / IMAGES, sep="\t", keep_default_na=False)
    assert set(images["status"]) == {"ok"}
    assert len(images) == len(ODD_NAMES) + 2
    # Each can be asked for by its name, too, after its sidecars are gone.
    lists = tmp_path / "results/queries/matches/-group"
    vectors = tmp_path / "results/queries/vectors/-group"
    paths = [lists / f"{name}.json" for name in ODD_NAMES[:6]]
    paths += [vectors / f"{name}.vector" for name in ODD_NAMES[:6]]
    before = {path: path.read_bytes() for path in paths}
    for path in paths:
        path.unlink()
    workflow.succeed(*[str(path.relative_to(tmp_path)) for path in paths], *CONFIG)
    assert {path: path.read_bytes() for path in paths} == before
    # A name that is not UTF-8 has its sidecars under the very same bytes.
    lists_of_raw = raw.replace(b"/queries/", b"/results/queries/matches/") + b".json"
    assert Path(os.fsdecode(lists_of_raw)).is_file()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--config", "galery=gallery"], ["galery", "gallery"]),
        (["--config", "shards=many"], ["shards", "many"]),
        (["--config", "gallery=galery"], ["gallery", "galery"]),
        (["--config", "gallery=empty"], ["gallery", "no image"]),
        (["--config", "gallery=queries/known", "queries=gallery"], ["<gallery>/<person>/<image>"]),
        (["--config", "model=sface-yunnet"], ["sface-yunnet", "sface-yunet"]),
        (["--config", "names=nobody.json"], ["names", "nobody.json"]),
    ],
)
def test_a_bad_config_stops_the_run_before_any_job(
    tmp_path: Path, photographs: Path, arguments: list[str], words: list[str]
) -> None:
    workflow = people_and_queries(tmp_path, photographs)
    (tmp_path / "empty").mkdir()
    printed = workflow.fail(SCORES, *CONFIG, *arguments)
    for word in words:
        assert word in printed
    assert "Traceback" not in printed
    assert not list(tmp_path.glob("results/*/tables/*"))
