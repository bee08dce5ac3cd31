"""Results whose source is gone, and results of a run with more shards: read off the rules.

When a job fails, Snakemake deletes its output and takes note of its input as if it had succeeded.
A later run that finds the final table still there has nothing to do by its own rules, and the old
table would pass for the new one. A result whose source is missing is therefore no result, however
it came about.
"""

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

_WILDCARD = re.compile(r"\{(\w+)(?:,[^{}]*)?\}")


class Step(NamedTuple):
    """One job that the rules allow: what it makes, and what of that other jobs have made."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


def steps(rules: Iterable[Any], root: Path, values: Mapping[str, Sequence[str]]) -> list[Step]:
    """Give every job that makes something below a folder.

    Args:
        rules: Snakemake's rules.
        root: The results folder, as it stands in the rules.
        values: What each wildcard can be; rules with other wildcards make single files out of
            tables when somebody asks for them, and are left out.

    Returns:
        The jobs. Inputs that are functions are left out: they give what is not made by a rule, the
        manifests and settings that the main process writes, and the model's files.
    """
    found = []
    for rule in rules:
        patterns = [str(file) for file in rule.output]
        names = {name for pattern in patterns for name in _WILDCARD.findall(pattern)}
        if names <= set(values) and any(is_below(pattern, root) for pattern in patterns):
            sources = [str(file) for file in rule.input if not _is_function(file)]
            found += list(_jobs(rule, patterns, sources, {name: values[name] for name in names}))
    made = {file for step in found for file in step.outputs}
    return [Step(tuple(f for f in step.inputs if f in made), step.outputs) for step in found]


def _jobs(
    rule: Any, patterns: list[str], sources: list[str], values: Mapping[str, Sequence[str]]
) -> Iterator[Step]:
    for chosen in itertools.product(*values.values()):
        wildcards = dict(zip(values, chosen, strict=True))
        outputs = tuple(_fill(pattern, wildcards) for pattern in patterns)
        if rule.is_producer(outputs[0]):  # its constraints allow these values
            yield Step(tuple(_fill(source, wildcards) for source in sources), outputs)


def stale(jobs: Sequence[Step]) -> dict[str, str]:
    """Give each result that is there though a source of it is gone, with that source."""
    exists = {file: Path(file).exists() for step in jobs for file in step.outputs}
    found: dict[str, str] = {}
    changed = True
    while changed:
        changed = False
        for step in jobs:
            gone = next((file for file in step.inputs if not exists[file]), None)
            for output in step.outputs if gone else ():
                if exists[output] and gone:
                    exists[output], found[output], changed = False, gone, True
    return found


def steps_before(dag: Any, result: Path, benchmarks: Path) -> list[str]:
    """Give the steps whose jobs come before a result, under the names their benchmarks have.

    Args:
        dag: Snakemake's, with all jobs planned; those that have nothing to do are in it, too.
        result: A file that a job makes.
        benchmarks: The folder of Snakemake's benchmarks.

    Returns:
        Sorted; empty where no job makes the result.
    """
    makers = [job for job in dag.jobs if any(Path(file) == result for file in job.output)]
    before = set(dag.bfs(dag.dependencies, *makers)) - set(makers)
    found = {str(job.benchmark) for job in before if job.benchmark}
    inside = [file for file in found if is_below(file, benchmarks)]  # not an outer workflow's
    return sorted({step_of(Path(file), benchmarks) for file in inside})


def step_of(benchmark: Path, benchmarks: Path) -> str:
    """Give the step that a benchmark is of: its own name, or that of the folder of its jobs."""
    return benchmark.relative_to(benchmarks).parts[0].removesuffix(".tsv")


def beyond(rules: Iterable[Any], root: Path, jobs: Sequence[Step]) -> list[Path]:
    """Give the results of shards that there are no more."""
    made = {file for step in jobs for file in step.outputs}
    patterns = {str(file) for rule in rules for file in rule.output}
    numbered = [p for p in patterns if "{shard" in p and is_below(p, root)]
    found = {str(path): path for pattern in numbered for path in _matching(pattern, root)}
    return [path for name, path in sorted(found.items()) if name not in made]


def _matching(pattern: str, root: Path) -> Iterator[Path]:
    regex = re.compile(_regex(pattern))
    below = Path(pattern).relative_to(root).as_posix()
    for path in root.glob(_WILDCARD.sub("*", below)):
        if regex.fullmatch(str(path)):
            yield path


def _regex(pattern: str) -> str:
    """Give the regular expression of a shard's results; the number is one, a name is one part."""
    parts = re.split(r"(\{\w+(?:,[^{}]*)?\})", pattern)
    return "".join(
        (r"\d+" if part.startswith("{shard") else "[^/]+")
        if part.startswith("{")
        else re.escape(part)
        for part in parts
    )


def _fill(pattern: str, wildcards: Mapping[str, str]) -> str:
    return _WILDCARD.sub(lambda found: wildcards.get(found[1], found[0]), pattern)


def _is_function(file: Any) -> bool:
    return callable(file) or callable(getattr(file, "_file", None))


def is_below(path: str, root: Path) -> bool:
    """Tell whether a path of a rule lies below a folder, both as they are written."""
    return Path(path).is_relative_to(root)
