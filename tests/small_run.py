"""A small project and one finished run of it, where many tests begin; a plugin of pytest."""

import shutil
from pathlib import Path

import pytest
from conftest import Workflow, made_once

CONFIG = ("--configfile", "config.yaml")
RUN = ("results/scores.tsv", "results/images.tsv", *CONFIG)


def people_and_queries(folder: Path, photographs: Path) -> Workflow:
    """Two people, three queries, one shard: a run of seconds with every kind of job in it."""
    for person in ("barack-obama", "grace-hopper"):
        shutil.copytree(photographs / "gallery" / person, folder / "gallery" / person)
    for query in ("known", "nobody", "stranger"):
        shutil.copytree(photographs / "queries" / query, folder / "queries" / query)
    (folder / "config.yaml").write_text("gallery: gallery\nqueries: queries\nshards: 1\n")
    return Workflow(folder)


@pytest.fixture(scope="session")
def calm(tmp_path_factory: pytest.TempPathFactory, photographs: Path) -> Workflow:
    """What an undisturbed run leaves; other tests look at it too: run nothing in it."""
    folder = made_once(
        tmp_path_factory,
        "calm",
        lambda folder: people_and_queries(folder, photographs).succeed(*RUN),
    )
    return Workflow(folder)


@pytest.fixture
def finished(calm: Workflow, tmp_path: Path) -> Workflow:
    """A finished run to do anything with; modification times are those of the original."""
    shutil.copytree(calm.folder, tmp_path / "finished", symlinks=True)
    return Workflow(tmp_path / "finished")
