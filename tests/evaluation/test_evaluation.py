"""The gallery's evaluation: against the search itself, numbers by hand, and known overlap."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from conftest import REPO, Workflow
from PIL import Image
from searching import searched
from visage.audit.audit import read_audit
from visage.config import Match
from visage.errors import VisageError
from visage.evaluation import calibration, metrics, protocol
from visage.evaluation.confusions import false_alarms, misses
from visage.evaluation.details import with_details
from visage.evaluation.evaluate import evaluate_gallery, write_evaluation
from visage.evaluation.protocol import Trials
from visage.evaluation.searched import Evaluated, search_gallery
from visage.report.evaluation import write_page
from visage.search.calibration import Calibration, probabilities, read_evaluation
from visage.search.copies import number_photographs, same_files
from visage.search.exact import ExactSearch
from visage.search.faces import Faces, unit
from visage.search.gallery import Gallery
from visage.search.neighbours import compare
from visage.search.rankings import RANKINGS
from visage.search.threshold import Threshold, resolve_threshold
from visage.store.arrow import texts
from visage.store.faces import FACES
from visage.store.tables import Origin, read_table, write_table

PUBLISHED = {"normalized": 1.128, "raw": None}
NEAR = 0.01  # the made-up photographs of a person are as near to each other as SFace's copies
DIMENSION = 16


def people(rng: np.random.Generator, number: int, photographs: int, spread: float) -> np.ndarray:
    """Faces of people around centres of their own, (number · photographs, DIMENSION)."""
    centres = unit(rng.normal(size=(number, DIMENSION)).astype(np.float32))
    noise = rng.normal(size=(number, photographs, DIMENSION)) * spread
    return (centres[:, None] + noise).astype(np.float32).reshape(-1, DIMENSION)


def gallery_table(
    vectors: np.ndarray, persons: list[str], hashes: list[str] | None = None
) -> pa.Table:
    rows = [
        {
            "image": f"{person}/{number}.jpg",
            "person": person,
            "sha256": hashes[number] if hashes else f"{number:04}",
            "face": 0,
            "x": 1.0,
            "y": 2.0,
            "w": 30.0,
            "h": 40.0,
            "embedding": vector.tolist(),
        }
        for number, (person, vector) in enumerate(zip(persons, vectors, strict=True))
    ]
    return pa.Table.from_pylist(rows, FACES)


def written(folder: Path, table: pa.Table) -> Path:
    write_table(folder / "faces.parquet", table, Origin("a-model", "f" * 32))
    return folder / "faces.parquet"


def evaluated(folder: Path, table: pa.Table, **own: Any) -> tuple[dict, Evaluated]:
    settings: dict[str, Any] = {"ranking": "mean", "normalize": True, "fpir": 0.01}
    settings |= {"published": 1.128, "near": NEAR} | own
    return evaluate_gallery(written(folder, table), **settings)


def trials_of(own: Any, other: Any, rank: Any) -> Trials:
    nobody, parts = np.zeros(len(own), np.int64), np.empty((len(own), 0), np.float32)
    columns = np.array(own, float), np.array(other, float), nobody, np.array(rank)
    return Trials(*columns, parts, nobody[:0])


# --- the searches --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ranking", "normalize"),
    [
        ("nearest", True),
        ("nearest", False),
        ("mean", True),
        ("mean", False),
        ("likelihood", True),
        ("likelihood", False),
    ],
)
def test_one_pass_gives_what_searching_the_rest_gives(ranking: str, normalize: bool) -> None:
    rng = np.random.default_rng(5)
    persons = [str(code) for code in rng.integers(0, 6, 40)] + ["alone", "twice", "twice"]
    vectors = rng.normal(size=(len(persons), DIMENSION)).astype(np.float32) + 0.3
    hashes = [f"{number:04}" for number in range(len(persons))]
    vectors[-1], hashes[-1] = vectors[-2], hashes[-2]  # a person with two copies of one photograph
    found = search_gallery(gallery_table(vectors, persons, hashes), ranking, normalize, NEAR)
    hashes_here = found.rows["sha256"].to_pylist()
    rows = [int(image.split("/")[1][:-4]) for image in texts(found.rows["image"])]
    for place, row in enumerate(rows):
        rest = [r for r in range(len(persons)) if hashes[r] != hashes_here[place]]
        probe = vectors[row : row + 1]
        labels = [persons[r] for r in rest]
        answer, gallery = searched(vectors[rest], labels, probe, ranking, normalize, 5, 100)
        ordered = [gallery.people[code] for code in answer.person]
        distance = dict(zip(ordered, answer.distance.tolist(), strict=True))
        own, other, other_person, own_rank = (part[place] for part in found.trials[:4])
        strangers = [person for person in ordered if person != persons[row]]
        assert found.faces.people[other_person] == strangers[0]
        assert other == pytest.approx(distance[strangers[0]], abs=1e-3)
        if persons[row] in distance:
            assert own == pytest.approx(distance[persons[row]], abs=1e-3)
            assert own_rank == ordered.index(persons[row]) + 1
        else:
            assert np.isnan(own)
            assert own_rank == 0
    assert {persons[r] for r, n in zip(rows, found.trials.rank, strict=True) if n == 0} == {
        "alone",
        "twice",
    }


def test_copies_of_copies_are_one_photograph_however_little_memory_there_is() -> None:
    rng = np.random.default_rng(8)
    codes = rng.integers(0, 4, 300)
    vectors = unit(rng.normal(size=(300, 3)).astype(np.float32))
    files = [str(number) for number in rng.integers(0, 250, 300)]
    near = 0.2
    found = compare(vectors, [str(code) for code in codes], near)
    edges = [(a, b) for a, b in zip(*found.near_pairs, strict=True) if codes[a] == codes[b]]
    edges += [
        (a, b) for a in range(300) for b in range(a) if (codes[a], files[a]) == (codes[b], files[b])
    ]
    # By hand: what the audit calls near duplicates, joined until nothing moves.
    wanted = list(range(300))
    while any(wanted[a] != wanted[b] for a, b in edges):
        for a, b in edges:
            wanted[a] = wanted[b] = min(wanted[a], wanted[b])
    assert 4 < len(set(wanted)) < 250
    for memory in (400, 0):
        same = same_files(codes, files)
        assert number_photographs(vectors, codes, same, near, memory).tolist() == wanted


def test_little_memory_changes_nothing() -> None:
    rng = np.random.default_rng(1)
    codes = np.sort(rng.integers(0, 9, 70))
    codes = np.unique(codes, return_inverse=True)[1]
    vectors, labels = people(rng, 70, 1, 0.1), [f"p{code}" for code in codes]
    for kind in RANKINGS.values():
        fitted = kind(Faces.of(vectors, labels, True))
        at_once = protocol.search(fitted, np.arange(70))
        one_by_one = protocol.search(fitted, np.arange(70), memory_mb=0)
        for one, other in zip(at_once, one_by_one, strict=True):
            np.testing.assert_allclose(np.asarray(one), np.asarray(other), atol=1e-4)


def test_the_same_photograph_under_two_people_is_not_searched_for(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    vectors = people(rng, 8, 30, 0.05)
    persons = [f"p{number // 30}" for number in range(240)]
    hashes = [f"{number:04}" for number in range(240)]
    vectors[35], hashes[35] = vectors[0], hashes[0]
    result, _ = evaluated(tmp_path, gallery_table(vectors, persons, hashes))
    assert result["gallery"]["misfiled"] == 2
    assert result["gallery"]["strangers_searches"] == 238
    assert result["rank_one"]["value"] == 1
    assert result["threshold"] > 0.1  # a distance of 0 between two people would have ruined it


# --- the rates -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("other", "fpir", "expected"),
    [
        (range(1, 100), 0.01, 1),  # 1 of 99 + 1
        (range(1, 100), 0.0299, 2),
        (range(1, 100), 0.1, 10),
        (range(1, 99), 0.01, None),  # one short
        ([5, 3, 3, 3, 9, 7, 8, 6, 4], 0.2, None),  # 2 allowed, but the 3 nearest are as near
        ([5, 3, 3, 3, 9, 7, 8, 6, 4], 0.35, 3),
        ([], 0.5, None),
    ],
)
def test_the_threshold_of_a_rate(other: list, fpir: float, expected: float | None) -> None:
    assert metrics.threshold_at(np.array(list(other), float), fpir) == expected


def test_rates_worked_out_by_hand() -> None:
    trials = trials_of(
        own=[0.2, 0.4, 0.6, 0.9, np.nan],
        other=[0.8, 0.3, 1.0, 1.2, 0.5],
        rank=[1, 2, 1, 1, 0],
    )
    assert metrics.rank_one(trials) == 0.75
    assert metrics.cmc(trials, 3) == [0.75, 1, 1]
    assert metrics.fpir_at(trials, 0.5) == 0.4  # 0.3 and 0.5 of five
    assert metrics.fnir_at(trials, 0.6) == 0.5  # one is second, one is too far, of four
    assert metrics.fnir_at(trials, 0.1) == 1
    points = metrics.det(trials, np.arange(5))
    np.testing.assert_allclose([p.fpir for p in points], np.arange(1, 6) / 6)
    np.testing.assert_allclose([p.fnir.value for p in points], [0.75, 0.75, 0.5, 0.25, 0.25])
    # A photograph of a known person in which no face was found is searched for and missed.
    failed = trials._replace(failed=np.array([0]))
    assert metrics.rank_one(failed) == 0.6
    assert metrics.cmc(failed, 3) == [0.6, 0.8, 0.8]
    assert metrics.fnir_at(failed, 0.6) == 0.6
    assert metrics.fpir_at(failed, 0.5) == 0.4


def test_intervals_are_those_of_people_not_of_photographs() -> None:
    # Two of 20 people are always missed. By photographs (2,000 of them) 10 % would be certain to
    # 1.3 percentage points; by people the interval is that of 2 of 20 draws.
    codes = np.repeat(np.arange(20), 100)
    missed = codes < 2
    trials = trials_of(
        np.where(missed, 1.9, 0.1), np.linspace(1.0, 1.5, len(codes)), np.ones(len(codes), int)
    )
    (point,) = metrics.operating_points(trials, codes, [0.1])
    assert point.fnir is not None
    assert point.fnir.value == pytest.approx(0.1)
    assert (point.fnir.low, point.fnir.high) == (0.0, 0.25)  # quantiles of Binomial(20, 0.1) / 20
    assert point.false_alarms == 200
    wilson = calibration.wilson(0.5, 100)
    assert (wilson.low, wilson.high) == (
        pytest.approx(0.4038, abs=1e-4),
        pytest.approx(0.5962, abs=1e-4),
    )


@pytest.mark.parametrize("ranking", ["nearest", "mean", "likelihood"])
def test_fresh_strangers_are_taken_for_somebody_as_often_as_asked(ranking: str) -> None:
    rng = np.random.default_rng(11)
    fpir, number, fresh, rates = 0.05, 150, 1000, []
    for _ in range(8):
        known = people(rng, number, 4, 0.15)
        persons = [f"{code:03}" for code in np.repeat(np.arange(number), 4)]
        found = search_gallery(gallery_table(known, persons), ranking, True, NEAR)
        threshold = metrics.threshold_at(metrics.strangers(found.trials), fpir)
        assert threshold is not None
        probes = found.faces.space(people(rng, fresh, 1, 0.15))
        answer = found.ranking.candidates(probes, ExactSearch(found.faces, 1), 1)
        rates.append(float((answer.distance <= threshold).mean()))
    # Each rate varies with its fresh strangers, and with the people who set its threshold.
    error = np.sqrt(fpir * (1 - fpir) * (1 / fresh + 1 / number) / len(rates))
    assert abs(np.mean(rates) - fpir) < 3 * error


def test_the_promised_rate_is_checked_on_people_held_out(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    persons = [f"{code:03}" for code in np.repeat(np.arange(200), 3)]
    table = gallery_table(people(rng, 200, 3, 0.12), persons)
    result, found = evaluated(tmp_path, table, fpir=0.05)
    sizes = {(size["people"], size["fpir"]): size for size in result["held_out"]}
    assert {people for people, _ in sizes} == {20, 60, 180}
    # By hand, for one part: every fortieth person, searched for by all others.
    trials, codes = found.trials, found.faces.codes
    inside = codes % protocol.PARTS == 4
    vectors = found.faces.vectors
    part = RANKINGS["mean"](
        Faces.of(vectors[inside], [persons[r] for r in np.flatnonzero(inside)], True)
    )
    answer = part.candidates(vectors[~inside], ExactSearch(part.faces, 1), 1)
    np.testing.assert_allclose(answer.distance, trials.parts[~inside, 4], atol=1e-3)
    own = protocol.search(part, np.arange(inside.sum()))
    np.testing.assert_allclose(own.other, trials.parts[inside, 4], atol=1e-3)
    large = sizes[180, 0.1]
    assert large["measured"] == pytest.approx(0.1, rel=0.15)
    # Of five rates of twenty people's galleries one alone would be off by half.
    assert sizes[20, 0.1]["measured"] == pytest.approx(0.1, rel=0.2)
    assert large["searches"] == 60
    assert sizes[20, 0.003]["threshold"] is None  # too few photographs for such a rate
    assert sizes[20, 0.1]["threshold"] > large["threshold"]  # more people, more false alarms


def test_the_prior_is_the_share_of_known_people() -> None:
    line = Calibration(slope=-10.0, intercept=10.0)
    assert line.with_prior(0.5) == line
    # At even odds for as many strangers as known, one in ten for nine times as many.
    assert line.with_prior(0.1).probability(np.array([1.0]))[0] == pytest.approx(0.1)


def test_the_calibration_error_is_the_mean_distance_from_the_truth() -> None:
    right = np.array([1, 1, 1, 0, 0, 0, 0, 1], float)
    said = np.array([0.95, 0.95, 0.95, 0.95, 0.05, 0.05, 0.05, 0.05])
    bins = calibration.binned(said, right, np.ones(8))
    assert [(b.predicted, b.observed.value) for b in bins] == [(0.05, 0.25), (0.95, 0.75)]
    assert calibration.calibration_error(bins) == pytest.approx(0.2)
    assert calibration.calibration_error([]) is None


def test_what_was_learnt_comes_back_from_the_file_to_the_last_digit(tmp_path: Path) -> None:
    rng = np.random.default_rng(9)
    off = np.full(DIMENSION, 0.15, np.float32)  # all faces have something in common
    persons = [f"{code:03}" for code in np.repeat(np.arange(120), 3)]
    table = gallery_table(people(rng, 120, 3, 0.1) + off, persons)
    result, found = evaluated(tmp_path, table, ranking="likelihood")
    write_evaluation(tmp_path / "evaluation.json", result)
    learnt = read_evaluation(tmp_path / "evaluation.json").learnt
    assert learnt.within == found.ranking.learnt.within
    assert learnt.centre is not None
    assert (learnt.centre == found.ranking.learnt.centre).all()
    gallery = Gallery.open(
        tmp_path / "faces.parquet", Match(), True, PUBLISHED, tmp_path / "evaluation.json"
    )
    probes = people(rng, 5, 1, 0.1) + off
    answer = found.ranking.candidates(found.faces.space(probes), gallery.search, 3)
    again, _ = gallery.find(probes, 3)
    assert [gallery.people.ids[p] for p in again.person] == [
        found.faces.people[p] for p in answer.person
    ]
    np.testing.assert_allclose(again.distance, answer.distance, atol=1e-6)


# --- what follows for the matches ----------------------------------------------------------------


def known_gallery(number: int = 40, photographs: int = 10, spread: float = 0.15) -> pa.Table:
    rng = np.random.default_rng(3)
    persons = [f"p{code:02}" for code in np.repeat(np.arange(number), photographs)]
    return gallery_table(people(rng, number, photographs, spread), persons)


def test_the_gallery_sets_the_threshold(tmp_path: Path) -> None:
    result, found = evaluated(tmp_path, known_gallery())
    write_evaluation(tmp_path / "evaluation.json", result)
    own = tmp_path / "evaluation.json"

    def threshold_of(setting: Any) -> Threshold:
        return resolve_threshold(setting, PUBLISHED, found.ranking, read_evaluation(own))

    threshold = threshold_of("auto")
    assert threshold.value == result["threshold"] != 1.128
    assert "400 photographs" in threshold.source
    assert threshold_of(0.9).value == 0.9
    assert threshold_of(None).value is None
    assert result["operating"][1]["false_alarms"] == 4  # 1 % of 400
    vectors = known_gallery()["embedding"].to_pylist()
    unlike = [
        np.linalg.norm(np.subtract(*unit(np.array([a, b]))))
        for a, b in zip(vectors[:390], vectors[10:], strict=True)
    ]
    assert 0 < result["same_face"] < np.quantile(unlike, 0.02)
    laxer, _ = evaluated(tmp_path, known_gallery(), fpir=0.2)
    assert laxer["threshold"] > result["threshold"]


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (known_gallery(19, 10), ["190 photographs of 19 people", "199 photographs"]),
        (known_gallery(4, 60), ["240 photographs of 4 people", "5 people"]),
        (known_gallery(300, 1), ["0 of them with more than one"]),
        (known_gallery(1, 1), ["1 photographs of 1 people"]),
        (known_gallery(1, 3), ["3 photographs of 1 people"]),
    ],
)
def test_a_gallery_too_small_falls_back_and_says_so(
    tmp_path: Path, table: pa.Table, says: list[str]
) -> None:
    result, found = evaluated(tmp_path, table)
    write_evaluation(tmp_path / "evaluation.json", result)
    own = read_evaluation(tmp_path / "evaluation.json")
    threshold = resolve_threshold("auto", PUBLISHED, found.ranking, own)
    assert threshold.value == 1.128
    write_page(tmp_path / "page.html", with_details(result, found), tmp_path / "no-such-folder")
    page = (tmp_path / "page.html").read_text()
    for words in ["too small", *says]:
        assert words in threshold.source
        assert words in page
    assert "1.128" in page
    assert read_evaluation(tmp_path / "evaluation.json").calibration is None
    _, raw = evaluated(tmp_path, table, normalize=False)
    assert resolve_threshold("auto", PUBLISHED, raw.ranking, own).value is None


def test_the_original_s_ranking_gets_no_threshold(tmp_path: Path) -> None:
    result, _ = evaluated(tmp_path, known_gallery(), ranking="visage")
    assert result["threshold"] is None
    assert result["calibration"] is None
    assert "visage" in result["summary"]


def test_labels_that_mean_nothing_give_no_threshold(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    vectors = rng.normal(size=(400, DIMENSION)).astype(np.float32)
    result, _ = evaluated(tmp_path, gallery_table(vectors, [f"p{n % 40}" for n in range(400)]))
    if result["calibration"] is None:
        assert result["threshold"] is None
    assert result["rank_one"]["value"] < 0.2


@pytest.mark.parametrize("text", ["", "{", "[]", '{"threshold": "x"}', '{"threshold": 1.0}'])
def test_a_damaged_evaluation_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "evaluation.json").write_text(text)
    with pytest.raises(VisageError, match=r"evaluation\.json"):
        read_evaluation(tmp_path / "evaluation.json")
    with pytest.raises(VisageError, match="missing"):
        read_evaluation(tmp_path / "other.json")


def test_probabilities_of_one_face_fall_with_distance_and_share() -> None:
    line = Calibration(slope=-10.0, intercept=10.0)
    assert line.probability(np.array([1.0]))[0] == 0.5
    assert (np.diff(line.probability(np.linspace(0, 2, 50))) <= 0).all()
    probe = np.array([0, 0, 0, 1, 1])
    distance = np.array([1.0, 1.0, 1.8, 0.5, 1.5])
    found = probabilities(probe, distance, line)
    # Odds 1, 1 and e^−8: two who are as near share what one alone would have.
    assert found[0] == found[1] == pytest.approx(1 / (3 + np.exp(-8)))
    assert found[2] < found[1]
    assert found[3] > 0.99 > found[4]
    assert np.bincount(probe, found).max() < 1
    assert np.isnan(probabilities(probe, distance, None)).all()
    assert np.isfinite(probabilities(probe, distance * 1e6, line)).all()


def test_the_probability_is_reliable_on_people_it_has_not_seen(tmp_path: Path) -> None:
    rng = np.random.default_rng(6)
    fit_on, _ = evaluated(tmp_path, known_gallery(120, 5, 0.19), fpir=0.05)
    line = Calibration(**fit_on["calibration"])
    vectors = people(rng, 120, 5, 0.19)
    persons = [str(number // 5) for number in range(600)]
    fresh = search_gallery(gallery_table(vectors, persons), "mean", True, NEAR)
    known = metrics.mated(fresh.trials)
    right, wrong = line.probability(fresh.trials.own[known]), line.probability(fresh.trials.other)
    for low in np.arange(0, 1, 0.2):
        inside = [((part >= low) & (part < low + 0.2)).sum() for part in (right, wrong)]
        if sum(inside) >= 50:
            assert low - 0.1 <= inside[0] / sum(inside) <= low + 0.3
    curve = [(b["predicted"], b["observed"]["value"]) for b in fit_on["reliability"]]
    assert curve == sorted(curve)


# --- the page ------------------------------------------------------------------------------------


def test_the_page_is_whole_and_the_same_every_time(tmp_path: Path) -> None:
    table = known_gallery()
    persons = table["person"].to_pylist()
    persons = ["<script>alert(1)</script>" if person == "p03" else person for person in persons]
    table = table.set_column(1, "person", pa.array(persons))
    result, found = evaluated(tmp_path, table)
    pages = []
    for name in ("one.html", "two.html"):
        write_page(tmp_path / name, with_details(result, found), tmp_path)
        pages.append((tmp_path / name).read_bytes())
    assert pages[0] == pages[1]
    page = pages[0].decode()
    assert page.count("<svg") == 4
    assert page.count("<script") == 1  # of our own, for light and dark
    assert "cannot be read" in page  # the photographs do not exist
    assert "http" not in page.replace("http://www.w3.org/", "").replace("http-equiv", "")
    alarms, missed = false_alarms(found), misses(found)
    assert [a.distance for a in alarms] == sorted(a.distance for a in alarms)
    assert [m.distance for m in missed] == sorted((m.distance for m in missed), reverse=True)
    assert all(a.person != a.other for a in alarms)
    assert all(m.person == m.other and m.image != m.other_image for m in missed)


# --- the workflow --------------------------------------------------------------------------------


def test_friends_by_the_workflow(tmp_path: Path, shared_faces: Path) -> None:
    """The one slow test here: some 250 real photographs."""
    friends = shared_faces / "friends"
    (tmp_path / "config.yaml").write_text(
        f"gallery: {friends / 'gallery'}\nqueries: {friends / 'queries'}\nnames: null\nshards: 1\n"
    )
    workflow = Workflow(tmp_path)
    workflow.succeed("results/scores.tsv", "--configfile", "config.yaml")
    result = json.loads((tmp_path / "results/evaluation.json").read_text())
    assert result["gallery"]["people"] == 6
    assert result["rank_one"]["value"] > 0.98
    assert result["threshold"] == result["operating"][1]["threshold"]
    assert result["operating"][1]["false_alarms"] == 2  # 1 % of 245 + 1
    assert result["operating"][1]["fnir"]["value"] < 0.04
    assert f"{result['threshold']:.4f}" in workflow.log("match_shard")
    matches = read_table(tmp_path / "results/queries/matches/0.parquet").to_pandas()
    assert matches["probability"].between(0, 1).all()
    for _, face in matches.groupby(["image", "face"]):
        assert face.sort_values("distance")["probability"].is_monotonic_decreasing
    named = matches[matches["verdict"] == "match"].groupby("image")["id"].apply(sorted).to_dict()
    everybody = ["Chandler", "Joey", "Monica", "Phoebe", "Rachel", "Ross"]
    assert named == {"Rachel.png": ["Rachel"], "friends1.jpg": everybody, "friends2.jpg": everybody}
    scores = workflow.scores()
    assert sorted(scores["ID"]) == everybody
    assert (scores["Probability"].astype(float) > 0.9).all()
    page = (tmp_path / "results/evaluation.html").read_text()
    assert page.count("data:image/") > 20
    # An evaluation that is gone takes with it what was judged by it.
    (tmp_path / "results/evaluation.json").unlink()
    printed = workflow.succeed("results/scores.tsv", "-n", "--configfile", "config.yaml")
    assert "match_shard" in printed
    assert "embed_shard" not in printed.split("Job stats")[-1]


def test_the_same_shot_in_another_size_is_no_second_photograph(
    tmp_path: Path, photographs: Path
) -> None:
    """Real photographs: one saved anew, smaller and cut; another person's once more as it is."""
    gallery = tmp_path / "gallery"
    shutil.copytree(photographs / "gallery", gallery)
    original = gallery / "grace-hopper/portrait.jpg"
    with Image.open(original) as image:
        width, height = image.size
        cut = image.convert("RGB").crop((width // 25, height // 30, width, height))
        cut.resize((cut.width * 2 // 3, cut.height * 2 // 3)).save(
            gallery / "grace-hopper/thumbnail.jpg", quality=70
        )
    shutil.copy(gallery / "eileen-collins/astronaut.png", gallery / "eileen-collins/copy.png")
    settings = {"gallery": "gallery", "queries": str(photographs / "queries"), "names": None}
    (tmp_path / "config.yaml").write_text(json.dumps(settings))
    workflow = Workflow(tmp_path)
    targets = ("results/evaluation.html", "results/gallery/audit.tsv")
    workflow.succeed(*targets, "--configfile", "config.yaml")

    counts = json.loads((tmp_path / "results/evaluation.json").read_text())["gallery"]
    assert (counts["photographs"], counts["same_file"], counts["near_copies"]) == (6, 1, 1)
    # Only Barack Obama has two photographs that are not of one shot.
    assert (counts["people_with_two"], counts["known_searches"]) == (1, 2)
    page = (tmp_path / "results/evaluation.html").read_text()
    assert "1 byte for byte, 1 nearly" in page
    audit = read_audit(tmp_path / "results/gallery/audit.tsv")
    twice = audit[audit["kind"] == "near_duplicate"]
    assert sorted(twice["person"]) == ["eileen-collins", "grace-hopper"]  # one definition for both
    assert twice["distance"].max() > 0.05, "copies that are too easy"


def test_the_docs_tell_the_minimum() -> None:
    text = (REPO / "docs/accuracy.md").read_text()
    assert "2 / `fpir`" in text
