"""What the main process does between reading the Snakefile and planning the jobs.

Only then are the rules, the targets and the command's own settings known. Nothing that lies on the
disk is changed unless jobs are really to be run.
"""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from snakemake.exceptions import WorkflowError
from snakemake.logging import logger

from visage.config import Config, missing_folder
from visage.errors import VisageError
from visage.layout import GALLERY, Results, StageName
from visage.models.registry import Registry
from visage.sets.existing import files_of, listed
from visage.sets.folders import link_folders
from visage.sets.regions import read_regions
from visage.store.files import remove_if_old
from visage.store.kinds import looks_right
from visage.store.lock import claim
from visage.workflow import ownership
from visage.workflow.clock import date_back
from visage.workflow.drafts import Drafts
from visage.workflow.manifests import write_listing
from visage.workflow.plan import Plan
from visage.workflow.settings import stages
from visage.workflow.staleness import Step, beyond, is_below, stale, steps, steps_before

log = logging.getLogger(__name__)


class Planner:
    """The preparations of one import of the workflow."""

    def __init__(
        self,
        workflow: Any,
        config: Config,
        registry: Registry,
        plan: Plan,
        results: Results,
        weights: Path,
        demo: str,
        command: str,
    ) -> None:
        """Have `prepare` and `note_run` called in time.

        Args:
            workflow: Snakemake's object of the whole workflow.
            config: The checked config.
            registry: The content of config/models.yaml.
            plan: What follows from the config.
            results: The results folder as the working folder sees it, behind a module's prefix.
            weights: The folder of the models' files.
            demo: The folder of the demo.
            command: What repeats this run.
        """
        self._workflow = workflow
        self._config = config
        self._registry = registry
        self._plan = plan
        self._results = results
        self._weights = weights
        self._demo = demo
        self._command = command
        self._drafts = Drafts(real=False)
        if workflow.is_main_process:
            _around_planning(workflow, self.prepare, self.note_run)

    def manifest(self, wildcards: Any, prefixed: bool = False) -> str:
        """Give the manifest of a shard, or what stands in for it while only planning.

        Args:
            wildcards: `set` and `shard`.
            prefixed: As this process sees it; a rule's own paths get a module's prefix later.
        """
        return self._input(
            lambda folder: folder.set(wildcards.set).manifest(wildcards.shard), prefixed
        )

    def notes(self, wildcards: Any) -> str:
        """Give the list of what other programs wrote beside the images of a shard."""

        def path(folder: Results) -> Path:
            return folder.set(wildcards.set).notes(wildcards.shard)

        return self._input(path)

    def settings(self, stage: StageName) -> Callable[[Any], str]:
        """Give the function that gives the settings of a stage, as a rule takes its input."""
        return lambda _wildcards: self._input(lambda folder: folder.settings(stage))

    def _input(self, path: Callable[[Results], Path], prefixed: bool = False) -> str:
        own = Results(Path(self._config.results))
        return self._drafts[path(self._results)] or str(path(self._results if prefixed else own))

    def prepare(self) -> None:
        """List both sets, write settings, remove what no longer follows; if results are asked for.

        Raises:
            VisageError: A folder or file of the config is missing or gives nothing, or the results
                may not be made.
        """
        _drop_weights(self._workflow, self._weights)
        if not _is_asked_for(self._workflow, self._results.root):
            return
        real = self._workflow.executor_plugin is not None and not self._workflow.dryrun
        self._check()
        self._drafts = Drafts(real)
        with _writing(self._results.root):
            if real:
                claim(self._results.root)
                ownership.mark(self._results)
                date_back(self._results.root)
            self._write(self._drafts.write)
            self._clear(real)

    def note_run(self) -> None:
        """Write down what the record of the scores says of this run and only the plan knows.

        Raises:
            VisageError: The results cannot be written.
        """
        if not self._drafts.real:
            return
        steps = steps_before(self._workflow.dag, self._results.provenance, self._results.benchmarks)
        record = {"command": self._command, "steps": steps}
        with _writing(self._results.root):
            self._drafts.write(self._results.settings("run"), json.dumps(record) + "\n")

    def _check(self) -> None:
        config = self._config
        if config.person or config.image:
            raise VisageError(
                "person and image are for the target forget: snakemake --cores 1 forget --config "
                "person=ID. Targets go before --config."
            )
        last = config.retain_until
        if last and date.today() > last:
            raise VisageError(
                f"retain_until: {last} has passed, so nothing is computed any more. Delete the "
                f"results in {self._results.root.absolute()} with: snakemake --cores 1 "
                "delete_results (the photographs are yours to delete). Or set a later day, if they "
                "may be kept."
            )
        ownership.check(self._results)
        ownership.check_report(self._results)
        ownership.check_subject(config, self._results, self._demo)
        regions = config.faces.regions
        if regions and not Path(regions).is_file():
            raise VisageError(f"faces.regions: there is no file {Path(regions).absolute()}.")
        if regions:
            read_regions(Path(regions))  # its errors come before any job
        if config.index.existing:
            files_of(config.index.existing)
        names = self._plan.names
        if names and not self._is_made(names) and not Path(names).is_file():
            raise VisageError(
                f"names: there is no file {Path(names).absolute()}. Correct the path, or set names "
                "to null to do without."
            )
        if config.gallery is None and not config.index.existing and not self._plan.says:
            log.warning(
                "Nobody is known yet: gallery is null, and there is no %s. Faces are found all the "
                "same; then say who some are, with `visage label is PERSON PHOTO` or in the "
                "review, and run the workflow again.",
                config.labels or "labels file",
            )
        for name in self._listed():
            for folder in config.folders(name):
                if not Path(folder).is_dir():
                    raise missing_folder(name, folder)

    def _listed(self) -> list[str]:
        """Give the sets that this process lists, not a job after the one that makes them."""
        return [name for name in listed(self._config) if name not in self._plan.awaited]

    def _write(self, write: Callable[[Path, str], object]) -> None:
        config, plan = self._config, self._plan
        names = self._listed()
        with self._roots(names) as roots:
            write_listing(config, self._results, plan.fingerprint, names, write, roots)
        made = stages(config, self._registry, plan, self._results, self._is_made)
        for stage, settings in made.items():
            write(self._results.settings(stage), settings.text())
        write(self._results.settings("sets"), ownership.text(config))

    @contextmanager
    def _roots(self, names: list[str]) -> Iterator[dict[str, Path]]:
        """Give the folder of each set; of a gallery of several, while only planning, one aside."""
        config = self._config
        roots = {name: Path(config.folder(name)) for name in names}
        if GALLERY not in names or len(config.galleries) < 2:
            yield roots
        elif self._drafts.real:
            link_folders(config.galleries, roots[GALLERY])
            yield roots
        else:
            with TemporaryDirectory(prefix="visage-plan-") as folder:
                link_folders(config.galleries, Path(folder))
                yield roots | {GALLERY: Path(folder)}

    def _is_made(self, path: str) -> bool:
        files = (str(file) for rule in self._workflow.rules for file in rule.output)
        return any(Path(file) == Path(path) for file in files)

    def _clear(self, real: bool) -> None:
        """Remove results without a source; while only planning, have the plan make them again."""
        rules, root = list(self._workflow.rules), self._results.root
        jobs = self._steps(rules)
        found = stale(jobs)
        if not real:
            self._workflow.dag.forcefiles.update(found)
            return
        for result, source in found.items():
            if not Path(result).is_dir():  # a folder goes when its files are made again
                logger.info(f"{result} is removed: {source}, which it was made from, is gone")
                Path(result).unlink(missing_ok=True)
        for path in filter(looks_right, beyond(rules, root, jobs)):
            path.unlink(missing_ok=True)
        if not self._plan.says:  # nobody says anything any more
            for path in (self._results.label_findings, self._results.labelled):
                path.unlink(missing_ok=True)
        _remove_temporaries(root)

    def _steps(self, rules: list[Any]) -> list[Step]:
        shards = [str(shard) for shard in range(self._config.shards)]
        return steps(rules, self._results.root, {"set": ["gallery", "queries"], "shard": shards})


@contextmanager
def _writing(root: Path) -> Iterator[None]:
    """Say what to do where the results cannot be written."""
    try:
        yield
    except OSError as error:
        raise VisageError(
            f"results: {root.absolute()} cannot be written: {error.strerror} "
            f"({error.filename}). Make room, change its permissions, or give another folder: "
            "--config results=FOLDER"
        ) from error


def _around_planning(workflow: Any, before: Callable[[], None], after: Callable[[], None]) -> None:
    """Have something done when all rules and targets are known, and when all jobs are.

    Snakemake offers no such moment: while it reads the Snakefile, neither the targets nor --dry-run
    are known to it, and `onstart` comes when the jobs are planned.
    """
    build = workflow._build_dag

    def prepared() -> None:
        try:
            before()
            build()
            after()
        except VisageError as error:
            raise WorkflowError(str(error)) from None

    workflow._build_dag = prepared


def _is_asked_for(workflow: Any, root: Path) -> bool:
    """Tell whether the targets need anything below a folder, as far as the rules say."""
    files = [str(file) for file in workflow.dag.targetfiles]
    seen, waiting = set(), list(workflow.dag.targetrules)
    waiting += [rule for file in files for rule in workflow.rules if rule.is_producer(file)]
    if any(is_below(file, root) for file in files):
        return True
    while waiting:
        rule = waiting.pop()
        if rule in seen:
            continue
        seen.add(rule)
        sources = [file for file in rule.input if not callable(file)]
        if any(is_below(str(file), root) for file in (*rule.output, *sources)):
            return True
        waiting += [r for file in sources for r in workflow.rules if _makes(r, str(file))]
    return False


def _drop_weights(workflow: Any, weights: Path) -> None:
    """Take a model's file that is there off the targets: only for missing ones there is a rule."""
    targets = workflow.dag.targetfiles
    there = [file for file in targets if is_below(str(file), weights) and Path(file).exists()]
    targets.difference_update(there)


def _makes(rule: Any, file: str) -> bool:
    return "{" not in file and rule.is_producer(file)


def _remove_temporaries(results: Path) -> None:
    """Remove what killed jobs left half-written; not the files that are being written now."""
    for path in _temporaries(results):
        remove_if_old(path)


def _temporaries(results: Path) -> Iterator[Path]:
    for folder in ("", "*/", "*/tables/", "*/matches/", "cache/*/"):
        yield from results.glob(f"{folder}.visage-*")
