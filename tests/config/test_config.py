import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import ValidationError
from snakemake.cli import parse_config
from visage.config import Config, load, missing_folder
from visage.config import __main__ as command
from visage.config.describe import leaves, schema
from visage.config.generated import files
from visage.errors import VisageError

CONFIG = Path(__file__).parents[2] / "config"
# On a busy machine an example may take its time.
QUIET = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
SCHEMA = schema()
LEAVES = dict(leaves(SCHEMA))


def nested(key: str, value: Any) -> dict:
    """Give the config that sets one dotted key."""
    for name in reversed(key.split(".")):
        value = {name: value}
    return value


def looked_up(config: Any, key: str) -> Any:
    for name in key.split("."):
        config = getattr(config, name)
    return config


def complaints(config: Any) -> list[str]:
    """Give the lines of the error, one for each mistake."""
    with pytest.raises(VisageError) as error:
        load(config)
    return [line.strip() for line in str(error.value).splitlines()[1:-1]]


def test_config_yaml_holds_every_default_and_nothing_else() -> None:
    assert (
        yaml.safe_load((CONFIG / "config.yaml").read_text(encoding="utf-8")) == load({}).as_data()
    )


def test_every_line_of_the_schema_is_usable() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    for key, part in LEAVES.items():
        assert part["description"].endswith("."), key
        Draft202012Validator(part).validate(part["default"])


@pytest.mark.parametrize("path", files(), ids=lambda path: path.name)
def test_what_is_made_from_the_models_is_as_they_say(path: Path) -> None:
    mend = "mend it with: PYTHONPATH=scripts python -m visage.config --fix"
    assert path.read_text(encoding="utf-8") == files()[path], mend


def test_fix_mends_what_is_made_from_the_models(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = {tmp_path / "README.md": "new\n"}
    (tmp_path / "README.md").write_text("old\n")
    monkeypatch.setattr(command, "files", lambda: wanted)
    monkeypatch.setattr(sys, "argv", ["config"])
    assert command.main() == 1
    assert (tmp_path / "README.md").read_text() == "old\n"
    monkeypatch.setattr(sys, "argv", ["config", "--fix"])
    assert command.main() == 0
    assert (tmp_path / "README.md").read_text() == "new\n"
    monkeypatch.setattr(sys, "argv", ["config"])
    assert command.main() == 0


def test_preset_is_the_original_program() -> None:
    preset = load(yaml.safe_load((CONFIG / "visage-ml.yaml").read_text(encoding="utf-8")))
    assert preset.model == "facenet512-retinaface"
    assert preset.faces.as_data() == {
        "keep": "largest",
        "min_confidence": 0.9,
        "min_size": 0,
        "min_quality": 0,
        "no_face": "whole_image",
        "regions": None,
    }
    index = {"normalize": False, "trees": 100, "seed": 42, "jobs": 1, "existing": None}
    assert preset.index.as_data() == index
    assert preset.match.as_data() == {
        "search": "annoy",
        "neighbours": 50,
        "results": 10,
        "search_k": 10000,
        "known_share": 0.5,
        "count_copies": True,
        "once_per_image": True,  # without a threshold there is no match
        "ranking": "visage",
        "fpir": 0.01,
        "threshold": None,
    }


def test_all_mistakes_are_told_at_once() -> None:
    lines = complaints(
        {
            "galery": "people",
            "shards": 5001,
            "results": "out/{set}",
            "links": "https://example.org/people",
            "faces": {"keep": "larges", "min_confidence": float("nan")},
            "match": {"neighbours": "many", "treshold": 1, "threshold": -1},
            "index": "fast",
        }
    )
    assert set(lines) == {
        "galery: there is no such key; did you mean gallery?",
        "shards: 5001 is not an integer from 1 to 5000 (default: 4)",
        "results: 'out/{set}' is not a folder without { } or * in its path (default: results)",
        "links: 'https://example.org/people' is not an address that begins with http:// or "
        "https:// and has {id} in it once or null (default: null)",
        "faces.keep: 'larges' is not all or largest (default: all); did you mean largest?",
        "faces.min_confidence: nan is not a number from 0 to 1 (default: 0.6)",
        "match.neighbours: 'many' is not an integer from 1 to 10000 (default: 50)",
        "match.treshold: there is no such key; did you mean match.threshold?",
        "match.threshold: -1.0 is not auto, a number above 0 or null (default: auto)",
        "index: 'fast' is not a section with the keys normalize, trees, seed, jobs, existing",
    }


@pytest.mark.parametrize(
    ("config", "hint"),
    [
        ({"threshold": 1}, "did you mean match.threshold?"),  # the right key at the wrong place
        ({"match": {"normalize": True}}, "did you mean index.normalize?"),
        ({"match": {"neighbors": 9}}, "did you mean match.neighbours?"),
        ({"tress": 9}, "did you mean index.trees?"),
        ({"Gallery": "a"}, "did you mean gallery?"),
        ({"faces.keep": "all"}, "write keep in the section faces"),
        ({"match": {"zzz": 1}}, "the keys here are search, neighbours"),
        ({False: 1}, "no such key"),
    ],
)
def test_unknown_key_gets_a_hint(config: dict, hint: str) -> None:
    (line,) = complaints(config)
    assert hint in line


@QUIET
@given(st.sampled_from(sorted(LEAVES)), st.data())
def test_any_slip_of_the_finger_in_a_key_is_caught(key: str, data: st.DataObject) -> None:
    section, dot, name = key.rpartition(".")
    at = data.draw(st.integers(0, len(name) - 2))
    slip = name[:at] + name[at + 1] + name[at] + name[at + 2 :]  # two letters swapped
    if slip == name:
        slip = name[:at] + name[at + 1 :]
    (line,) = complaints(nested(section + dot + slip, 1))
    assert line == f"{section}{dot}{slip}: there is no such key; did you mean {key}?"


SINGLE = sorted(
    key
    for key, part in LEAVES.items()
    if "array" not in {one.get("type") for one in (part, *part.get("anyOf", ()))}
)


@QUIET
@given(st.sampled_from(SINGLE), st.sampled_from([[], {"a": 1}, ["all"], float("inf")]))
def test_no_key_takes_a_value_of_the_wrong_type(key: str, value: Any) -> None:
    (line,) = complaints(nested(key, value))
    assert line.startswith(f"{key}: ")
    assert "(default: " in line


@QUIET
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "shards": st.integers(1, 5000),
            "import_vectors": st.booleans(),
            "names": st.none() | st.just("people.json"),
            "faces": st.none()
            | st.fixed_dictionaries({}, optional={"min_confidence": st.floats(0, 1)}),
            "match": st.fixed_dictionaries(
                {"threshold": st.just("auto") | st.none() | st.floats(0.001, 2)},
                optional={"ranking": st.sampled_from(["nearest", "mean", "visage"])},
            ),
        },
    )
)
def test_what_is_given_stays_and_the_rest_is_default(config: dict) -> None:
    loaded = load(config)
    assert load(loaded.as_data()) == loaded
    for key, part in LEAVES.items():
        section = config.get(key.split(".")[0], {}) if "." in key else config
        name = key.rpartition(".")[2]
        expected = section[name] if section and name in section else part["default"]
        found = looked_up(loaded, key)
        assert (list(found) if isinstance(found, tuple) else found) == expected


def test_a_config_cannot_be_changed_but_replaced_with_a_checked_one() -> None:
    config = Config()
    with pytest.raises(ValidationError, match="frozen"):
        config.faces.keep = "largest"
    assert config.replace(shards=8).shards == 8
    assert config.shards == 4
    with pytest.raises(ValidationError):
        config.replace(shards=0)
    with pytest.raises(ValidationError):
        config.faces.replace(kep="all")


@pytest.mark.parametrize(
    ("key", "given", "taken"),
    [
        ("match.neighbours", "20", 20),
        ("match.search_k", "1e4", 10000),  # text by YAML's rules
        ("shards", 8.0, 8),
        ("faces.min_confidence", 1, 1.0),
        ("match.threshold", "1.1", 1.1),
        ("match.threshold", "null", None),
        ("index.normalize", "false", False),
        ("names", "null", None),
        ("sidecars", "none", "none"),
        ("gallery", "./my people//", "my people"),
        ("results", "out/", "out"),
        ("queries", "-{strange}*\n…", "-{strange}*\n…"),
    ],
)
def test_one_meaning_has_one_value(key: str, given: Any, taken: Any) -> None:
    value = looked_up(load(nested(key, given)), key)
    assert value == taken
    assert type(value) is type(taken)


@pytest.mark.parametrize(
    ("config", "key", "remedy"),
    [
        ({"gallery": "a", "results": "a/out"}, "results", "give another"),
        ({"results": "."}, "results", "a folder of its own"),
        ({"results": "/"}, "results", "a folder of its own"),
        ({"results": ".."}, "results", "a folder of its own"),
        ({"results": "~"}, "results", "a folder of its own"),
        ({"results": str(CONFIG)}, "results", "a folder of the workflow itself"),
        ({"names": "results/gallery/names.json"}, "names", "move it"),
        ({"deny": "results/logs/deny.tsv"}, "deny", "move it"),
        ({"labels": "results/labels/labels.tsv"}, "labels", "move it"),
        ({"index": {"existing": "results/gallery"}}, "index.existing", "move it"),
        ({"queries": "s3://bucket/photographs"}, "queries", "mount the storage"),
        ({"results": "a", "gallery": "a/gallery"}, "gallery", "move the photographs"),
        (
            {"match": {"search": "annoy", "neighbours": 5}},
            "match.results",
            "raise match.neighbours",
        ),
        ({"match": {"search": "annoy", "search_k": 10}}, "match.search_k", "raise it"),
        ({"match": {"threshold": 10}}, "match.threshold", "index.normalize: true"),
        ({"import_vectors": True, "sidecars": "beside"}, "import_vectors", "set sidecars"),
    ],
)
def test_contradictions_are_refused(config: dict, key: str, remedy: str) -> None:
    (line,) = complaints(config)
    assert line.startswith(f"{key}: ")
    assert remedy in line


# `stash.queries` is a folder of another machine.
PATHS = [
    key
    for key, part in LEAVES.items()
    if any(f"'title': 'a {kind}" in str(part) for kind in ("file", "folder"))
    and key != "stash.queries"
]


@pytest.mark.parametrize("key", PATHS)
def test_an_address_is_no_path_whatever_the_key(key: str) -> None:
    (line,) = complaints(nested(key, "s3://bucket/a"))
    assert line.startswith(f"{key}: 's3://bucket/a' is an address, and"), line
    assert "docs/clusters.md" in line


def test_what_only_looks_like_a_contradiction_is_fine() -> None:
    load({"gallery": "faces", "queries": "faces2", "results": "faces3"})
    load({"gallery": "out/people", "queries": "out/scenes", "results": "out"})
    load({"match": {"neighbours": 5}})  # exact search looks at every face
    load({"match": {"threshold": 10}, "index": {"normalize": False}})


def test_one_folder_may_be_the_other_or_inside_it() -> None:
    for gallery, queries in (("a", "./a/"), ("a", "a/b"), ("a/b", "a")):
        assert load({"gallery": gallery, "queries": queries}).sets_overlap
    assert not load({"gallery": "faces", "queries": "faces2"}).sets_overlap
    alone = load({"gallery": None, "queries": "a"})
    assert not alone.sets_overlap
    assert alone.folder("gallery") == "a"


def test_links_do_not_hide_that_one_folder_is_inside_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("people/scenes").mkdir(parents=True)
    Path("queries").symlink_to("people/scenes")
    assert load({"gallery": "people", "queries": "queries"}).sets_overlap


def test_missing_folder_names_the_nearest_one(tmp_path: Path) -> None:
    (tmp_path / "My Photos" / "people").mkdir(parents=True)
    (tmp_path / "notes.txt").write_text("")
    message = str(missing_folder("gallery", f"{tmp_path}/my fotos/people"))
    assert message.startswith(f"gallery: there is no folder {tmp_path}/my fotos/people; ")
    assert f"did you mean {tmp_path}/My Photos/people?" in message
    assert "--config gallery=FOLDER" in message
    assert "is a file" in str(missing_folder("queries", f"{tmp_path}/notes.txt"))
    assert "did you mean" not in str(missing_folder("queries", f"{tmp_path}/zzz/people"))


def run_snakemake(folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    (folder / "Snakefile").write_text(
        "from visage.config import load\n"
        "config = load(config)\n"
        "print('TAKEN', config.gallery, config.match.as_data(), config.names)\n"
        "rule all:\n    shell: 'true'\n"
    )
    return subprocess.run(
        [sys.executable, "-m", "snakemake", "-n", "--cores", "1", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(CONFIG.parent / "scripts")},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_values_arrive_from_the_command_line(tmp_path: Path) -> None:
    match = "match={neighbours: 20, threshold: 1.5}"
    done = run_snakemake(tmp_path, "--config", "gallery=./2024", match, "names=null")
    expected = {**Config().match.as_data(), "neighbours": 20, "threshold": 1.5}
    assert f"TAKEN 2024 {expected} None" in done.stdout, done.stderr
    wrong = run_snakemake(tmp_path, "--config", "gallery=2024", "match={neighbors: 20}")
    assert wrong.returncode != 0
    assert "write ./ before it" in wrong.stderr + wrong.stdout
    assert "did you mean match.neighbours?" in wrong.stderr + wrong.stdout


@pytest.mark.parametrize(
    "typed", ["0005", "1e5", "True", "5", "0x10", "1_000", "a=b", "null", "~", "no"]
)
def test_an_id_that_looks_like_a_number_is_taken_as_typed(typed: str) -> None:
    parsed = parse_config([f"person={typed}", "shards=3"])
    config = load(parsed, [f"person={typed}", "shards=3"])
    assert (config.person, config.shards) == (typed, 3)


def test_a_list_on_the_command_line_is_the_gallery() -> None:
    arguments = ["gallery=[a, b/0005]"]
    assert load(parse_config(arguments), arguments).galleries == ("a", "b/0005")


def test_what_holds_for_each_of_several_galleries_is_one_mistake(tmp_path: Path) -> None:
    folders = [str(tmp_path / name) for name in ("a", "b", "queries")]
    for folder in folders:
        Path(folder).mkdir()
    *gallery, queries = folders
    with pytest.raises(VisageError, match="has a mistake:"):
        load({"gallery": gallery, "queries": queries, "results": f"{queries}/results"})
