"""Every key of the config that decides a result stands in a file that the stage depends on."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from conftest import REPO, Workflow
from visage.config import Config, load
from visage.config.describe import leaves, schema
from visage.errors import VisageError
from visage.layout import Results
from visage.models.fingerprint import fingerprint
from visage.models.registry import load_registry
from visage.resources import MODELS
from visage.sets.existing import listed
from visage.workflow import plan
from visage.workflow.manifests import write_listing
from visage.workflow.settings import ReportSettings, stages

REGISTRY = load_registry(MODELS)
JUDGED = {"match", "score", "report"}
EMBED = {"embed", "score"}
# Key → another value, and the stages whose results it decides. `score` writes the whole config
# down (provenance.json), so every key is among its settings.
# Rules that make no result; they run when they are asked for.
BY_NAME = {
    *("forget", "delete_results", "fetch_names", "fetch_gallery"),
    *("export_stash", "revert_stash", "export_csv"),
}
UNRECORDED = ("page", "stash", "stashbox", "select")  # sections for commands of their own
KEYS: dict[str, tuple[Any, set[str]]] = {
    "gallery": ("other/gallery", {*EMBED, "labels", "index", "evaluate", "report"}),
    "queries": ("other/queries", {*EMBED, "labels", "index", "report"}),
    "labels": ("none.tsv", {"labels", "index", "audit", "match", "unknown", "score"}),
    "import_labels": (["xmp"], {"labels", *EMBED}),
    "people": ("people.tsv", {"labels", "index", "audit", "names", "score"}),
    "weights": ("elsewhere", {"score"}),
    "xmp": ("results", {"xmp", "score"}),
    "confirm": (True, set()),
    "unknown.min_faces": (7, {"unknown", "score"}),
    "names": ("names.json", {*JUDGED, "audit", "labels"}),
    "links": ("https://example.org/{id}", {"score", "report"}),
    "results": ("elsewhere", set()),  # other results altogether
    "exclude": (["*.png"], EMBED),
    "shards": (3, {"embed", "match", "score"}),
    "import_vectors": (True, EMBED),
    "sidecars": ("none", {"embed", "match", "score"}),
    # With its published thresholds, which differ from the usual model's.
    "model": (
        "sface-yunet-mirror",
        {*EMBED, *JUDGED, "labels", "audit", "evaluate", "unknown"},
    ),
    "gpu": ("never", {"score"}),
    "deny": ("deny.tsv", {*EMBED, "labels"}),
    "retain_until": ("2999-12-31", {"score"}),
    "person": ("somebody", set()),  # said for one target only, and never written down
    "image": ("a.jpg", set()),
    "faces.keep": ("largest", EMBED),
    "faces.min_confidence": (0.7, EMBED),
    "faces.min_size": (30, EMBED),
    "faces.min_quality": (7.5, {*EMBED, "labels"}),
    "faces.no_face": ("whole_image", EMBED),
    "faces.regions": ("regions.tsv", EMBED),
    "sprites.files": (["*_sprite.jpg"], EMBED),
    "sprites.columns": (5, EMBED),
    "sprites.rows": (5, EMBED),
    "index.normalize": (False, {*JUDGED, "index", "evaluate", "unknown"}),
    "index.trees": (10, {"index", "score"}),
    "index.seed": (1, {"index", "score"}),
    "index.jobs": (2, {"index", "score"}),
    "index.existing": ("existing", {"embed", "import", "index", "score"}),
    "match.search": ("annoy", JUDGED),
    "match.neighbours": (20, JUDGED),
    "match.results": (5, JUDGED),
    "match.search_k": (20_000, JUDGED),
    "match.ranking": ("mean", {*JUDGED, "evaluate"}),
    "match.fpir": (0.1, {*JUDGED, "evaluate"}),
    "match.threshold": (1.0, JUDGED),
    "match.once_per_image": (False, JUDGED),
    "match.count_copies": (True, JUDGED),
    "match.known_share": (0.25, JUDGED),
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with all that the configs name."""
    monkeypatch.chdir(tmp_path)
    for name in ("gallery/ann/a.jpg", "other/gallery/ann/a.jpg", "queries/b.jpg"):
        for path in (Path(name), Path("other/queries/b.jpg")):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
    Path("queries/c.png").touch()
    Path("names.json").write_text("{}")
    Path("old.json").write_text("{}")
    Path("labels.tsv").write_text("sha256\timage\n")
    Path("people.tsv").write_text("id\tsame_as\tname\n")
    Path("deny.tsv").write_text("content\tabc\t\n")
    Path("regions.tsv").write_text("image\tx\ty\tw\th\nann/a.jpg\t0\t0\t9\t9\n")
    Path("existing").mkdir()
    Path("existing/face.db").touch()
    Path("existing/face.json").touch()
    return tmp_path


def files(config: Config) -> dict[str, str]:
    """Give what the main process writes for a config: stage → text."""
    facts = plan.make(config, REGISTRY, "resources/demo")
    results = Results(Path(config.results))
    made = stages(config, REGISTRY, facts, results)
    found = {str(stage): settings.text() for stage, settings in made.items()}
    manifests: list[str] = []
    sets = listed(config)
    mark = fingerprint(REGISTRY, REGISTRY.model(config.model))
    write_listing(config, results, mark, sets, lambda _, text: manifests.append(text))
    return found | {"embed": "".join(manifests)}


def test_no_key_is_forgotten() -> None:
    known = {key for key, _ in leaves(schema()) if key.partition(".")[0] not in UNRECORDED}
    assert set(KEYS) == known, "say which stages the key decides"


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.usefixtures("folder")
def test_a_key_changes_the_files_of_its_stages_and_no_others(key: str) -> None:
    base = {"gallery": "gallery", "queries": "queries", "names": "old.json", "shards": 2}
    value, expected = KEYS[key]
    section, _, name = key.rpartition(".")
    changed = base | ({section: {name: value}} if section else {name: value})
    before, after = files(load(base)), files(load(changed))
    different = {stage for stage in before | after if before.get(stage) != after.get(stage)}
    if key == "results":
        different -= {"embed", "match", "score"}  # these name folders below the results
    assert different == expected


@pytest.mark.usefixtures("folder")
def test_another_content_of_the_names_file_is_another_setting() -> None:
    config = load({"gallery": "gallery", "queries": "queries", "names": "names.json"})
    before = files(config)
    Path("names.json").write_text('{"ann": "Ann"}')
    after = files(config)
    changed = {stage for stage in before if before[stage] != after[stage]}
    assert changed == {"audit", "labels", *JUDGED}


def test_settings_come_back_as_they_were_written(folder: Path) -> None:
    config = load(
        {"match": {"threshold": 1.25}, "names": "names.json", "retain_until": "2999-01-01"}
    )
    facts = plan.make(config, REGISTRY, "resources/demo")
    made = stages(config, REGISTRY, facts, Results(Path("results")))
    for stage, settings in made.items():
        path = folder / f"{stage}.json"
        path.write_text(settings.text())
        assert type(settings).read(path) == settings
    report = ReportSettings.read(folder / "report.json")
    assert report.match.threshold == 1.25


def test_every_script_with_settings_has_them_as_its_rules_input() -> None:
    """And no rule hands over as a parameter what decides a result."""
    # Only where things are, and what is the rule's own.
    places = {
        "registry",
        "weights",
        "cache",
        "results",
        "home",
        "sets",
        "deny",
        "share",
        "workflow",
    }
    for path in (REPO / "rules").glob("*.smk"):
        for rule in re.split(r"\n\s*(?=rule \w+:)", path.read_text())[1:]:
            script = re.search(r'"\.\./scripts/(\w+)\.py"', rule)
            name = re.match(r"rule (\w+)", rule.strip())
            assert name
            if not script or name[1] in BY_NAME:
                continue
            reads = re.search(r"Settings\.read\(", (REPO / f"scripts/{script[1]}.py").read_text())
            # The names' own rule only has to run again.
            told = "settings=PLANNER.settings(" in rule
            assert bool(reads) == told or name[1] == "merge_names", name[1]
            params = re.search(r"params:\n(.*?)\n    \w", rule, re.DOTALL)
            given = set(re.findall(r"^\s{8,}(\w+)=", params[1], re.MULTILINE)) if params else set()
            assert given <= places, name[1]


CHANGED = (
    *("match={threshold: 0.9, ranking: nearest}", "index={normalize: false}"),
    *("names=other.json", "links=https://example.org/{id}"),
)


def test_without_snakemakes_notes_a_change_gives_what_a_fresh_run_gives(
    demo_copy: Workflow, tmp_path: Path
) -> None:
    """In another number of shards, too."""
    names = demo_copy.folder / "resources/demo/performers.json"
    other = demo_copy.folder / "other.json"
    other.write_text(json.dumps(dict.fromkeys(json.loads(names.read_text()), "Another Name")))
    shutil.copystat(names, other)  # older than every result
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    shutil.copytree(demo_copy.folder / "resources", fresh / "resources")
    shutil.copy2(other, fresh / "other.json")
    # Known embeddings only spare the time.
    shutil.copytree(demo_copy.folder / "results/cache", fresh / "results/cache")
    shutil.rmtree(demo_copy.folder / ".snakemake")
    targets = ("results/scores.tsv", "results/gallery/audit.tsv")
    demo_copy.succeed(*targets, "--config", *CHANGED)
    Workflow(fresh).succeed(*targets, "--config", *CHANGED, "shards=1")
    for name in ("scores.tsv", "gallery/audit.tsv", "gallery/face.db"):
        one, two = (f / "results" / name for f in (demo_copy.folder, fresh))
        assert one.read_bytes() == two.read_bytes(), name


@pytest.mark.usefixtures("folder")
def test_a_model_that_says_nothing_of_quality_is_not_asked_for_it() -> None:
    base = {"gallery": "gallery", "queries": "queries", "names": "old.json", "model": "buffalo_l"}
    for least in ("auto", 0):
        plan.make(load(base | {"faces": {"min_quality": least}}), REGISTRY, "resources/demo")
    with pytest.raises(VisageError, match=r"faces\.min_quality: 0\.5 cannot be asked of buffalo_l"):
        plan.make(load(base | {"faces": {"min_quality": 0.5}}), REGISTRY, "resources/demo")
