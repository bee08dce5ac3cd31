"""Labels in the workflow: libraries without folders, a word that sticks, what others know."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from conftest import Workflow
from people.importing.test_reading_xmp import DIGIKAM, HEAD, TAIL
from typer.testing import CliRunner
from visage.audit.audit import read_audit
from visage.cli import app
from visage.store.tables import read_table

TARGETS = ("results/scores.tsv", "results/gallery/audit.tsv")


def library(demo: Workflow, folder: Path) -> Workflow:
    """Put all photographs of the demo into one folder, with what was embedded already."""
    source = demo.folder / "resources/demo"
    shutil.copytree(source / "queries", folder / "photos")
    shutil.copytree(source / "gallery", folder / "photos/people")
    shutil.copytree(demo.folder / "results/cache", folder / "results/cache")
    return Workflow(folder)


def label(workflow: Workflow, *words: str) -> None:
    options = ["--labels", str(workflow.folder / "labels.tsv")]
    options += ["--results", str(workflow.folder / "results")]
    done = CliRunner().invoke(app, ["label", *options, *words], catch_exceptions=False)
    assert done.exit_code == 0, done.output


def verdicts(workflow: Workflow) -> dict[tuple[str, str], str]:
    scores = workflow.scores()
    keys = zip(scores["Group"], scores["ID"], strict=True)
    return dict(zip(keys, scores["Verdict"], strict=True))


@pytest.fixture(scope="module")
def settled(demo: Workflow, tmp_path_factory: pytest.TempPathFactory) -> Workflow:
    """A library of which nobody said anything yet."""
    workflow = library(demo, tmp_path_factory.mktemp("library"))
    printed = workflow.succeed(*TARGETS, *ALONE)
    assert "visage label is" in printed
    return workflow


ALONE = ("--config", "gallery=null", "queries=photos", "names=null", "shards=2")


def test_a_library_without_folders_knows_whom_it_is_told(settled: Workflow) -> None:
    assert settled.scores().empty
    assert settled.embedded() == 0
    photos = settled.folder / "photos"
    label(settled, "is", "obama", str(photos / "people/barack-obama/speech.jpg"))
    label(settled, "not", "obama", str(photos / "known/portrait.jpg"))
    label(settled, "ignore", "--face", "2", str(photos / "several/four-people.jpg"))
    # Two corners of the wall: no face is found there, one is made all the same.
    label(settled, "is", "zoe-new", "--box", "5,5,60,60", str(photos / "nobody/cat.png"))
    printed = settled.succeed(*TARGETS, *ALONE)
    assert settled.embedded() == 0 and "embed_shard" not in printed
    found = verdicts(settled)
    assert found["people", "obama"] == "given"
    assert found["nobody", "zoe-new"] == "given"
    assert found["hidden", "obama"] == "match"
    assert ("known", "obama") not in found
    matches = pd.concat(
        read_table(path).to_pandas()
        for path in (settled.folder / "results/queries/matches").glob("*.parquet")
    )
    four = matches[matches["image"] == "several/four-people.jpg"]
    assert set(four["face"]) == {0, 1, 3}
    people = json.loads((settled.folder / "results/gallery/face.json").read_text())
    assert sorted(people) == ["obama", "zoe-new"]
    # Somebody who is in no folder, only in a label, is forgotten all the same.
    settled.succeed("forget", *ALONE, "person=zoe-new")
    assert "zoe-new" not in (settled.folder / "labels.tsv").read_text()
    assert "obama" in (settled.folder / "labels.tsv").read_text()
    for root in ("results", ".snakemake"):
        for path in (settled.folder / root).rglob("*"):
            assert not path.is_file() or b"zoe-new" not in path.read_bytes(), path
    assert verdicts(settled)["people", "obama"] == "given"
    assert list(json.loads((settled.folder / "results/gallery/face.json").read_text())) == ["obama"]


def test_one_folder_in_the_other_and_what_other_programs_know(
    demo: Workflow, tmp_path: Path
) -> None:
    workflow = library(demo, tmp_path)
    photos = tmp_path / "photos"
    for image, name in (("several/four-people.jpg", "Grace"), ("known/portrait.jpg", "Barack")):
        packet = DIGIKAM.replace("Ann", name)
        if "portrait" in image:
            packet = packet.replace('x="0.3" stArea:y="0.2"', 'x="0.54" stArea:y="0.22"')
        else:  # the fourth face
            packet = packet.replace(
                'x="0.3" stArea:y="0.2" stArea:w="0.4" stArea:h="0.2"',
                'x="0.817" stArea:y="0.235" stArea:w="0.06" stArea:h="0.2"',
            )
        (photos / f"{image}.xmp").write_text(HEAD + packet + TAIL, encoding="utf-8")
    (photos / "hidden/cut-left.jpg.xmp").write_text("<half", encoding="utf-8")
    (tmp_path / "people.tsv").write_text(
        "id\tsame_as\tname\nGrace\tgrace-hopper\t\ngrace-hopper\t\tRear Admiral\n"
        "Barack\tbarack-obama\t\n"
    )
    config = [
        *("--config", "gallery=photos/people", "queries=photos", "names=null", "shards=1"),
        *("import_labels=[xmp]", "people=people.tsv"),
    ]
    workflow.succeed(*TARGETS, *config)
    assert workflow.embedded() == 0
    scores = workflow.scores().set_index(["Group", "ID"])
    for group in ("people", "several"):
        assert scores.loc[(group, "grace-hopper"), "Verdict"] == "given"
    assert scores.loc[("known", "barack-obama"), "Verdict"] == "given"
    assert scores.loc[("hidden", "barack-obama"), "Verdict"] == "match"
    assert set(scores["Name"]) >= {"Rear Admiral"}
    audit = read_audit(tmp_path / "results/gallery/audit.tsv")
    broken = audit[audit["kind"] == "label"]
    assert "cut-left.jpg.xmp is not used: it is not XML" in broken["detail"].iloc[0]
    # An edited sidecar redoes its shard's labels, and embeds nothing.
    (photos / "known/portrait.jpg.xmp").unlink()
    printed = workflow.succeed(*TARGETS, *config)
    assert "import_labels" in printed and "embed_shard" not in printed
    assert verdicts(workflow)["known", "barack-obama"] == "match"
    assert "Nothing to be done" in workflow.succeed(*TARGETS, *config)
