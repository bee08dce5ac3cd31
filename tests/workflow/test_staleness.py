from pathlib import Path

from visage.workflow.staleness import Step, beyond, stale, steps


class Rule:
    """Stands for Snakemake's."""

    def __init__(self, output: list[str], input: list, allowed: str = "") -> None:
        self.output, self.input, self._allowed = output, input, allowed

    def is_producer(self, path: str) -> bool:
        return self._allowed in path


def make(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()


def rules(root: Path) -> list[Rule]:
    return [
        Rule([f"{root}/{{set}}/{{shard}}.parquet"], [lambda _: "manifest"]),
        Rule([f"{root}/faces"], [f"{root}/gallery/0.parquet", f"{root}/gallery/1.parquet"]),
        Rule([f"{root}/matches/{{shard}}.parquet"], [f"{root}/queries/{{shard}}.parquet", "names"]),
        Rule([f"{root}/report"], [f"{root}/matches/0.parquet", f"{root}/matches/1.parquet"]),
        Rule([f"{root}/vectors/{{image}}"], [f"{root}/gallery/0.parquet"]),
        Rule(["elsewhere/{shard}"], []),
    ]


VALUES = {"set": ["gallery", "queries"], "shard": ["0", "1"]}


def test_a_result_goes_with_its_source_and_takes_what_follows_along(tmp_path: Path) -> None:
    jobs = steps(rules(tmp_path), tmp_path, VALUES)
    for step in jobs:
        make(tmp_path, *(str(Path(file).relative_to(tmp_path)) for file in step.outputs))
    assert stale(jobs) == {}
    (tmp_path / "queries/1.parquet").unlink()
    gone = {Path(file).relative_to(tmp_path).as_posix() for file in stale(jobs)}
    assert gone == {"matches/1.parquet", "report"}
    (tmp_path / "gallery/0.parquet").unlink()
    assert f"{tmp_path}/faces" in stale(jobs)


def test_what_the_user_gives_is_no_step(tmp_path: Path) -> None:
    jobs = steps(rules(tmp_path), tmp_path, VALUES)
    assert Step((f"{tmp_path}/queries/0.parquet",), (f"{tmp_path}/matches/0.parquet",)) in jobs
    assert not any("elsewhere" in file or "vectors" in file for s in jobs for file in s.outputs)


def test_constraints_of_a_rule_count(tmp_path: Path) -> None:
    only = Rule([f"{tmp_path}/{{set}}/{{shard}}.parquet"], [], allowed="/queries/")
    made = {file for step in steps([only], tmp_path, VALUES) for file in step.outputs}
    assert made == {f"{tmp_path}/queries/{shard}.parquet" for shard in (0, 1)}


def test_shards_there_are_no_more_are_found_and_nothing_else(tmp_path: Path) -> None:
    own = ("gallery/1.parquet", "gallery/12.parquet", "matches/7.parquet")
    make(tmp_path, *own, "gallery/notes.parquet", "gallery/old/3.parquet", "3.parquet")
    jobs = steps(rules(tmp_path), tmp_path, VALUES)
    found = [
        path.relative_to(tmp_path).as_posix() for path in beyond(rules(tmp_path), tmp_path, jobs)
    ]
    assert found == ["gallery/12.parquet", "matches/7.parquet"]
