"""What decides the result of each stage: typed, and a file that is an input of the stage's rule.

Snakemake's own notes of a rule's parameters lie in the folder it was started in. Results outlive
them: they are copied, made from another folder, kept by a container that keeps nothing else. So
what decides a result is written under `results/settings/`, only when it changes, and a script takes
its settings from there. What decides images' embeddings stands in the manifests.

The Snakefile imports this module, so nothing heavy is imported here.
"""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Literal, Self

from visage.config import Config, Index, Match
from visage.config.section import Section
from visage.layout import Results, StageName
from visage.models.entries import ModelEntry, Registry, Thresholds
from visage.sets.deny import read_deny
from visage.sets.existing import files_of
from visage.workflow.plan import Plan


class UserFile(Section):
    """A file of the user's: where it is and what was in it."""

    path: str
    sha256: str | None  # None: a rule makes it, so Snakemake sees it change


class Stage(Section):
    """The settings of one stage."""

    @classmethod
    def read(cls, path: str | Path) -> Self:
        """Read the file that the rule has as its input."""
        return cls.model_validate_json(Path(path).read_text(encoding="utf-8"))

    def text(self) -> str:
        """Give what the file holds."""
        data = self.as_data()
        return json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


class ImportSettings(Stage):
    """Of `import_index`: the original program's index taken as the gallery."""

    existing: str
    stamps: tuple[tuple[int, int], ...]  # size and mtime_ns of its files
    model: str
    fingerprint: str
    denied: str | None


class LabelSettings(Stage):
    """Of `import_labels` and `apply_labels`: what was said, brought together with the faces."""

    gallery: str
    queries: str
    kinds: tuple[str, ...]  # the config's `import_labels`
    labels: UserFile | None
    people: UserFile | None
    names: UserFile | None
    model: str
    fingerprint: str
    min_quality: float | Literal["auto"]
    denied: str | None

    def folder(self, name: str) -> str:
        """Give the folder of a set."""
        return {"gallery": self.gallery, "queries": self.queries}[name]


class NamesSettings(Stage):
    """Of `merge_names`."""

    people: UserFile | None
    names: UserFile | None


class IndexSettings(Stage):
    """Of `build_index`."""

    index: Index
    says: bool  # whether labels have a part in it
    people: UserFile | None
    queries_from_gallery: str  # what stands before a query's path, seen from the gallery's folder


class AuditSettings(Stage):
    """Of `audit_gallery`."""

    published: Thresholds
    names: UserFile | None
    says: bool
    people: UserFile | None


class EvaluateSettings(Stage):
    """Of `evaluate_gallery`."""

    gallery: str
    ranking: str
    fpir: float
    normalize: bool
    published: Thresholds


class MatchSettings(Stage):
    """Of `match_shard` and `extract_match`."""

    match: Match
    normalize: bool
    published: Thresholds
    names: UserFile | None
    lists: str | None  # folder of the <image>.json files
    shards: int
    says: bool
    overlapping: bool  # the two sets have photographs in common


class UnknownSettings(Stage):
    """Of `cluster_unknown`."""

    min_faces: int
    normalize: bool
    published: Thresholds
    says: bool


class XmpSettings(Stage):
    """Of `export_xmp`."""

    photographs: str
    sidecars: str
    says: bool
    denied: str | None


class ScoreSettings(Stage):
    """Of `score_matches`, which also writes down everything else."""

    config: Config
    model: ModelEntry
    names: UserFile | None


class ReportSettings(Stage):
    """Of `build_report`."""

    gallery: str
    queries: str
    links: str | None
    match: Match
    normalize: bool
    published: Thresholds
    names: UserFile | None


def stages(
    config: Config,
    registry: Registry,
    plan: Plan,
    results: Results,
    is_made: Callable[[str], bool] = lambda _: False,
) -> dict[StageName, Stage]:
    """Give the settings of every stage that has some.

    Args:
        config: The checked config.
        registry: The content of config/models.yaml.
        plan: What follows from the config.
        results: The results folder.
        is_made: Whether a rule makes a file.
    """
    entry, match = registry.model(config.model), config.match
    published, normalize = entry.threshold, config.index.normalize
    gallery = config.folder("gallery")
    names, people = _user_file(plan.names, is_made), _user_file(config.people, is_made)
    settings: dict[StageName, Stage] = {
        "index": IndexSettings(
            index=config.index,
            says=plan.says,
            people=people,
            queries_from_gallery=plan.queries_from_gallery,
        ),
        "audit": AuditSettings(published=published, names=names, says=plan.says, people=people),
        "evaluate": EvaluateSettings(
            gallery=gallery,
            ranking=match.ranking,
            fpir=match.fpir,
            normalize=normalize,
            published=published,
        ),
        "match": MatchSettings(
            match=match,
            normalize=normalize,
            published=published,
            names=names,
            lists=plan.lists,
            shards=config.shards,
            says=plan.says,
            overlapping=config.sets_overlap,
        ),
        "unknown": UnknownSettings(
            min_faces=config.unknown.min_faces,
            normalize=normalize,
            published=published,
            says=plan.says,
        ),
        "score": ScoreSettings(config=_recorded(config), model=entry, names=names),
        "report": ReportSettings(
            gallery=gallery,
            queries=config.queries,
            links=config.links,
            match=match,
            normalize=normalize,
            published=published,
            names=names,
        ),
    }
    if config.index.existing:
        settings["import"] = _import_settings(config, config.index.existing, plan.fingerprint)
    if config.people:
        settings["names"] = NamesSettings(people=people, names=names)
    if plan.says:
        settings["labels"] = LabelSettings(
            gallery=gallery,
            queries=config.queries,
            kinds=config.import_labels,
            labels=_user_file(plan.labels, is_made),
            people=people,
            names=names,
            model=config.model,
            fingerprint=plan.fingerprint,
            min_quality=config.faces.min_quality,
            denied=_digest(config.deny),
        )
    if config.xmp != "none":
        beside = config.xmp == "beside"
        settings["xmp"] = XmpSettings(
            photographs=config.queries,
            sidecars=config.queries if beside else str(results.queries.root / "xmp"),
            says=plan.says,
            denied=_digest(config.deny),
        )
    return settings


def _recorded(config: Config) -> Config:
    """Give what is written down of the config.

    Not what is said on the command line for one target only, perhaps about somebody who is to be
    forgotten, nor what is for commands of their own.
    """
    usual = Config()
    others = {name: getattr(usual, name) for name in ("page", "stash", "stashbox", "select")}
    return config.replace(person=None, image=None, confirm=False, **others)


def _import_settings(config: Config, existing: str, fingerprint: str) -> ImportSettings:
    stats = [Path(path).stat() for path in files_of(existing)]
    return ImportSettings(
        existing=existing,
        stamps=tuple((stat.st_size, stat.st_mtime_ns) for stat in stats),
        model=config.model,
        fingerprint=fingerprint,
        denied=_digest(config.deny),
    )


def _digest(deny: str | None) -> str | None:
    """Give a digest of the deny list, where there is one."""
    read_deny(deny)  # its errors come before any job
    path = Path(deny) if deny else None
    return sha256_of(path) if path and path.exists() else None


def _user_file(path: str | None, is_made: Callable[[str], bool]) -> UserFile | None:
    if not path:
        return None
    made = is_made(path)
    return UserFile(path=path, sha256=None if made else sha256_of(Path(path)))


def sha256_of(path: Path) -> str:
    """Give the SHA-256 of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
