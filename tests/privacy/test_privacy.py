"""Forgetting, the deny list, the date of retention, and that nothing leaves the machine."""

import base64
import hashlib
import json
import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from conftest import Workflow
from PIL import Image
from visage.errors import VisageError
from visage.privacy.sweep import Sweeper, Traces
from visage.search.faces import unit
from visage.sets.deny import DenyList, read_deny, write_deny
from visage.sets.listing import Entry, Stat
from visage.store.arrow import lists
from visage.store.faces import FACES
from visage.store.tables import Origin, read_table, write_table

PERSON, NAME = "grace-hopper", "Grace Hopper"


def project(folder: Path, photographs: Path, **config: object) -> Workflow:
    for person in ("barack-obama", PERSON):
        shutil.copytree(photographs / "gallery" / person, folder / "gallery" / person)
    for query in ("known", "stranger"):
        shutil.copytree(photographs / "queries" / query, folder / "queries" / query)
    shutil.copy(photographs / "performers.json", folder / "names.json")
    settings = {"gallery": "gallery", "queries": "queries", "names": "names.json", "shards": 1}
    (folder / "config.yaml").write_text(json.dumps(settings | config))
    return Workflow(folder)


def everything(folder: Path) -> bytes:
    """Read all files of the results and of Snakemake's notes: tables decoded, names too."""
    parts = []
    for root in (folder / "results", folder / ".snakemake"):
        for path in sorted(root.rglob("*")):
            if path.is_file():
                parts += [str(path).encode(), path.read_bytes()]
                if path.suffix == ".parquet":
                    parts.append(repr(pq.read_table(path, partitioning=None).to_pylist()).encode())
                    parts.append(binary(path))
    return b"\n".join(parts)


def binary(path: Path) -> bytes:
    """Give all floats of a table as they lie in memory."""
    table = pq.read_table(path, partitioning=None)
    if "embedding" in table.column_names:
        return lists(table["embedding"]).flatten().to_numpy().tobytes()
    if "faces" in table.column_names:
        faces = lists(table["faces"]).flatten()
        return (
            lists(pa.chunked_array([pc.struct_field(faces, "embedding")]))
            .flatten()
            .to_numpy()
            .tobytes()
        )
    return b""


def test_a_forgotten_person_is_nowhere_and_does_not_come_back(
    tmp_path: Path, photographs: Path
) -> None:
    workflow = project(tmp_path, photographs, sidecars="beside")
    config = ("--configfile", "config.yaml")
    # The vector of a photograph that is long gone is nobody's, and must not outlive this either.
    shutil.copy(photographs / "gallery/eileen-collins/astronaut.png", tmp_path / "queries/old.png")
    old = hashlib.sha256((tmp_path / "queries/old.png").read_bytes()).hexdigest()
    workflow.succeed("results/scores.tsv", "results/images.tsv", *config)
    (photograph,) = (p for p in (tmp_path / "gallery" / PERSON).iterdir() if p.suffix != ".vector")
    embedding = np.array(json.loads(Path(f"{photograph}.vector").read_text()), np.float32)
    sha256 = hashlib.sha256(photograph.read_bytes()).hexdigest()
    indexed = unit(embedding[None])[0][:4].tobytes()  # as in face.db
    traces = [PERSON.encode(), NAME.encode(), sha256.encode(), embedding[:6].tobytes(), indexed]
    before = everything(tmp_path)
    assert all(trace in before for trace in traces)
    assert old.encode() in before
    (tmp_path / "queries/old.png").unlink()

    assert "barack-obama" in workflow.fail("forget", *config, "--config", "person=barack-obana")
    assert "Targets go before" in workflow.fail(*config, "--config", f"person={PERSON}")
    printed = workflow.succeed("forget", *config, "--config", f"person={PERSON}")
    assert "results/forgotten/" in printed

    after = everything(tmp_path)
    for trace in (*traces, old.encode()):
        assert trace not in after, trace
    assert PERSON not in (tmp_path / "config/deny.tsv").read_text()
    assert sha256 not in (tmp_path / "config/deny.tsv").read_text()
    assert (tmp_path / "config/deny.tsv").stat().st_mode & 0o077 == 0
    assert photograph.exists()
    assert not Path(f"{photograph}.vector").exists()
    scores = workflow.scores()  # made again, of who remains
    assert set(scores["ID"]) == {"barack-obama"}
    assert set(pd.read_csv(tmp_path / "results/images.tsv", sep="\t")["set"]) == {
        "gallery",
        "queries",
    }

    # Under the same name or another, as a gallery image or a query: it does not come back.
    shutil.copytree(photograph.parent, tmp_path / "gallery/somebody-else")
    shutil.copy(photograph, tmp_path / "queries/holiday.jpg")
    workflow.succeed("results/scores.tsv", "results/images.tsv", *config)
    after = everything(tmp_path)
    for trace in traces:
        assert trace not in after, trace
    images = pd.read_csv(tmp_path / "results/images.tsv", sep="\t").set_index("image")
    assert images.loc["holiday.jpg", "status"] == "denied"
    assert "Nothing to be done" in workflow.succeed("results/scores.tsv", *config)


def test_a_forgotten_photograph_takes_nothing_else_along(finished: Workflow) -> None:
    workflow, folder = finished, finished.folder
    config = ("--configfile", "config.yaml")
    (query,) = (folder / "queries/known").iterdir()
    (other,) = (folder / "queries/stranger").iterdir()
    kept = read_table_of(folder, other)
    before = workflow.embedded()
    workflow.succeed("forget", *config, "--config", f"image=queries/known/{query.name}")
    assert workflow.embedded() == 0 < before  # the rest came from the cache
    assert read_table_of(folder, other) == kept
    after = everything(folder)
    assert f"known/{query.name}".encode() not in after
    assert hashlib.sha256(query.read_bytes()).hexdigest().encode() not in after
    assert query.exists()


def pictures(folder: Path) -> set[str]:
    """Give the SHA-256 of every picture of the report: in its pages, and in the folder of pages."""
    report = folder / "results/report"
    found = {path.read_bytes() for path in report.rglob("*") if path.suffix == ".webp"}
    for page in (folder / "results/report.html", *report.rglob("*.html")):
        inline = re.findall(r"data:image/webp;base64,([A-Za-z0-9+/=]+)", page.read_text())
        found |= {base64.b64decode(text) for text in inline}
    return {hashlib.sha256(data).hexdigest() for data in found}


@pytest.mark.long
def test_nobody_forgotten_is_left_in_a_report_of_many_pages(
    tmp_path: Path, photographs: Path
) -> None:
    """Pages and pictures are those of a project in which the person never was."""
    targets = ("results/report.html", "results/images.tsv")
    config = ("--configfile", "config.yaml")
    made = {}
    for name in ("with", "without"):
        workflow = project(tmp_path / name, photographs, sidecars="none")
        queries, person = workflow.folder / "queries", workflow.folder / "gallery" / PERSON
        shutil.rmtree(queries / "known")  # another photograph of the person, a query of its own
        Image.new("RGB", (16, 16), "teal").save(queries / "0.png")
        for number in range(1, 1001):  # one more than fits into one page
            shutil.copy(queries / "0.png", queries / f"{number}.png")
        if name == "with":
            (photograph,) = person.iterdir()
            shutil.copy(photograph, queries / "the-same.jpg")
            shutil.copytree(person, person.parent / "somebody-else")
        else:
            shutil.rmtree(person)
        workflow.succeed(*targets, *config)
        made[name] = pictures(workflow.folder)
    assert len(made["with"] - made["without"]) > 2  # the photograph, its face, the gallery's
    workflow = Workflow(tmp_path / "with")
    before = everything(workflow.folder)
    assert PERSON.encode() in before
    assert NAME.encode() in before

    workflow.succeed("forget", *config, "--config", f"person={PERSON}")
    after = everything(workflow.folder)
    assert PERSON.encode() not in after
    assert NAME.encode() not in after
    assert list((workflow.folder / "results/report/pictures").rglob("*.webp"))
    assert pictures(workflow.folder) == made["without"]
    images = pd.read_csv(workflow.folder / "results/images.tsv", sep="\t").set_index("image")
    assert images.loc["the-same.jpg", "status"] == "denied"


def read_table_of(folder: Path, query: Path) -> list[dict]:
    tables = (folder / "results/queries/tables").glob("*.parquet")
    rows = [row for path in tables for row in read_table(path).to_pylist()]
    return [row for row in rows if row["image"].endswith(query.name)]


def test_whatever_holds_an_embedding_is_its_owner_s_alone(demo_copy: Workflow) -> None:
    """Every file that a run leaves is searched for all embeddings, whatever its name says."""
    folder = demo_copy.folder
    vector = f"results/gallery/vectors/{PERSON}/portrait.jpg.vector"
    (folder / vector).unlink()
    demo_copy.succeed(vector)  # by the rule that makes a single one
    traces = Traces()
    for path in (folder / "results").glob("*/tables/*.parquet"):
        for embedding in read_table(path)["embedding"].drop_null().to_pylist():
            traces.add_embedding(np.array(embedding, np.float32))
    assert len(traces.heads) >= 5  # a model whose embeddings have length 1 gives one of each face
    folders = [folder / "results", folder / ".snakemake"]
    found = {path for path, what in Sweeper(traces, []).search(folders).left}
    kinds = {path.suffix for path in found}
    assert kinds == {".parquet", ".db", ".vector"}
    named = {path.relative_to(folder).as_posix() for path in found}
    assert {"results/gallery/face.db", "results/gallery/faces.parquet", vector} <= named
    assert any(name.startswith("results/cache/") for name in named)
    assert {path: oct(path.stat().st_mode & 0o777) for path in found} == dict.fromkeys(
        found, "0o600"
    )
    # What holds none is public: it was not the umask that was strict.
    assert (folder / "results/scores.tsv").stat().st_mode & 0o777 == 0o644


def test_the_search_finds_what_is_planted_anywhere(tmp_path: Path) -> None:
    """A proof that finds nothing is worth something only if it would have found it."""
    embedding = np.linspace(-1, 1, 8, dtype=np.float32)
    traces = Traces({"jane-doe", "Zoë O'Hara", "7"}, {"jane-doe/a b.jpg"}, {"f" * 64})
    traces.add_embedding(embedding)
    row = {"image": "else/x.jpg", "person": "else", "status": "ok", "face": 0, "reason": ""}
    planted = {
        "id.tsv": "Score\tID\n3\tjane-doe\n",
        "list.json": '["else", "7"]',
        "page.html": "<td>Zo&euml; or Zoë O&#x27;Hara</td>",
        "escaped.json": json.dumps({"name": "Zoë O'Hara"}),
        "address.txt": "see /people/jane-doe/a%20b.jpg.",
        "hash.log": f"INFO {'f' * 64} read",
        "floats.vector": json.dumps(embedding.astype(float).tolist()),
        "jane-doe/a b.jpg.vector": "[]",
        "b64/cmVzdWx0cy9qYW5lLWRvZS94": "{}",
        "face.db": b"\0\1\2" + embedding.tobytes(),
        "unit.db": unit(embedding[None])[0].tobytes(),
        "ids.parquet": [row | {"person": "7"}],
        "vectors.parquet": [row | {"embedding": embedding}],
        "reasons.parquet": [row | {"reason": "a copy of jane-doe/a b.jpg"}],
    }
    innocent = {
        "other.tsv": "Score\tID\n7\tjane-doerr\n7\tmary-jane-doe\n",
        "rank.json": '[{"rank": 7}]',
        "fine.parquet": [row | {"embedding": -embedding}],
        "more/b/jane-doe-2.jpg.vector": "[1.0, 2.0, 3.0, 4.0, 5.0]",
    }
    for name, content in (planted | innocent).items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, list):
            write_table(path, pa.Table.from_pylist(content, FACES), Origin("m", "f"))
        else:
            path.write_bytes(content.encode() if isinstance(content, str) else content)
    found = Sweeper(traces, ["queries/x.jpg"]).search([tmp_path])
    assert {path.relative_to(tmp_path).as_posix() for path, _ in found.left} == set(planted)
    assert found.files == len(planted) + len(innocent)


def test_a_word_that_remaining_photographs_bear_is_looked_for_as_an_id_only() -> None:
    sweeper = Sweeper(Traces({"jane", "holiday"}), ["queries/holiday/jane-2.jpg", "more"])
    assert sweeper.vague == {"holiday"}
    assert Sweeper(Traces({"null", "jane"}), []).vague == {"null"}  # in every file of settings


def test_the_deny_list_is_read_strictly(tmp_path: Path) -> None:
    path = tmp_path / "deny.tsv"
    deny = DenyList()
    deny.add("person", "jane")
    deny.add("person", "jane")
    deny.add("image", "queries/a\tb.jpg")
    write_deny(path, deny)
    assert "jane" not in path.read_text()
    again = read_deny(str(path))
    assert len(again.lines) == 2
    assert again.leaves_out("gallery", Entry("jane/deeper/x.jpg", Stat(1, 1)))
    assert not again.leaves_out("gallery", Entry("janet/x.jpg", Stat(1, 1)))
    assert not again.leaves_out("queries", Entry("jane/x.jpg", Stat(1, 1)))
    assert again.leaves_out("queries", Entry("a\tb.jpg", Stat(1, 1)))

    path.write_text("# by hand\nperson\tjohn\n")
    assert read_deny(str(path)).leaves_out("gallery", Entry("john/x.jpg", Stat(1, 1)))
    for text, words in {
        "people\tjohn\n": "line 1",
        "person john\n": "line 1",
        "person\thmac-sha256:00\n": "salt",
        "\xff": "cannot be read",
    }.items():
        path.write_text(text, encoding="latin-1")
        with pytest.raises(VisageError, match=words):
            read_deny(str(path))
    with pytest.raises(VisageError, match="no file"):
        read_deny(str(tmp_path / "dney.tsv"))


def test_after_the_date_results_can_only_be_deleted(finished: Workflow) -> None:
    workflow, folder = finished, finished.folder
    with (folder / "config.yaml").open("a") as file:
        file.write("sidecars: beside\n")
    config = ("--configfile", "config.yaml")
    workflow.succeed("results/scores.tsv", *config, "--config", "retain_until=2999-12-31")
    printed = workflow.fail("results/scores.tsv", *config, "--config", "retain_until=2020-01-31")
    assert "retain_until: 2020-01-31 has passed" in printed
    assert "delete_results" in printed
    assert (folder / "results/scores.tsv").exists()  # nothing is deleted unasked
    assert "not a day" in workflow.fail(*config, "--config", "retain_until=2030-02-30")
    workflow.succeed("delete_results", *config, "--config", "retain_until=2020-01-31")
    left = {path.name for path in (folder / "results").rglob("*") if path.is_file()}
    assert left <= {"delete_results.log", ".running", ".running-process"}
    assert not list(folder.glob("gallery/**/*.vector"))
    assert list(folder.glob("gallery/*/*.*")), "photographs are the user's"
