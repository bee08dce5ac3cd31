"""Every path under a results folder, and which of its folders are the workflow's own.

The Snakefile imports this module, so it needs the standard library only. A path may hold wildcards:
`Results("results").set("{set}").table("{shard}")` is what a rule declares.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

#: The file that says that a folder is a results folder.
MARKER = ".results-of-visage"
#: What the folders of the report hold, as a regular expression; they are made anew as a whole. The
#: last is Snakemake's.
REPORT_FILES = r"index\.html|pictures/[0-9a-f]+/[0-9a-f]+\.webp|\.snakemake_timestamp"

GALLERY, QUERIES = SETS = ("gallery", "queries")
OWN_FOLDERS = (
    *SETS,
    *("report", "share", "settings", "cache", "logs", "benchmarks", "forgotten", "exports"),
    "labels",
)

#: The stages that have settings.
StageName = Literal[
    "import",
    "labels",
    "names",
    "index",
    "audit",
    "evaluate",
    "match",
    "unknown",
    "xmp",
    "score",
    "report",
]
#: What lies in `settings/`: a file a stage, what the run was asked, whose the results are.
SETTINGS = (*get_args(StageName), "run", "sets")


def linked_folders(results: str) -> str:
    """Give the folder of links to the folders of a gallery that has several."""
    return f"{results}/{GALLERY}/folders"


@dataclass(frozen=True)
class SetFolder:
    """The part of the results that is about one set."""

    root: Path

    @property
    def manifests(self) -> Path:
        """The folder of the manifests."""
        return self.root / "manifests"

    @property
    def tables(self) -> Path:
        """The folder of the faces tables."""
        return self.root / "tables"

    @property
    def vectors(self) -> Path:
        """The folder of the `.vector` files, where they do not lie beside the images."""
        return self.root / "vectors"

    @property
    def matches(self) -> Path:
        """The folder of the matches tables and `<image>.json` files."""
        return self.root / "matches"

    @property
    def listing(self) -> Path:
        """How many files the set's folder has, and how many were left out by which rule."""
        return self.root / "listing.json"

    @property
    def labels(self) -> Path:
        """The folder of what other programs know about the set's faces."""
        return self.root / "labels"

    def notes(self, shard: int | str) -> Path:
        """Say which files beside a shard's images may tell of faces, and their state."""
        return self.root / "notes" / f"{shard}.jsonl"

    def imported(self, shard: int | str) -> Path:
        """Give what other programs say about a shard's faces, in the form of `labels.tsv`."""
        return self.labels / f"{shard}.tsv"

    def manifest(self, shard: int | str) -> Path:
        """Say what a shard is to embed."""
        return self.manifests / f"{shard}.jsonl"

    def table(self, shard: int | str) -> Path:
        """Give the faces table of a shard."""
        return self.tables / f"{shard}.parquet"

    def match(self, shard: int | str) -> Path:
        """Give the matches table of a shard; of the queries only."""
        return self.matches / f"{shard}.parquet"

    def vector(self, image: str) -> Path:
        """Give the `.vector` file of an image."""
        return self.vectors / f"{image}.vector"


@dataclass(frozen=True)
class Results:
    """A results folder."""

    root: Path

    def __post_init__(self) -> None:
        """Take text for a path, too."""
        object.__setattr__(self, "root", Path(self.root))

    def set(self, name: str) -> SetFolder:
        """Give the part about a set of `SETS`."""
        return SetFolder(self.root / name)

    @property
    def gallery(self) -> SetFolder:
        """The part about the gallery."""
        return self.set(GALLERY)

    @property
    def queries(self) -> SetFolder:
        """The part about the queries."""
        return self.set(QUERIES)

    # The index.

    @property
    def faces(self) -> Path:
        """The gallery's faces, in the order of `face.db`."""
        return self.gallery.root / "faces.parquet"

    @property
    def audit(self) -> Path:
        """What looks wrong in the gallery."""
        return self.gallery.root / "audit.tsv"

    # What people said.

    @property
    def labelled(self) -> Path:
        """The faces of both sets that somebody said something about."""
        return self.root / "labels" / "labelled.parquet"

    @property
    def label_findings(self) -> Path:
        """What of the labels a person should look at; the audit takes it in."""
        return self.root / "labels" / "findings.tsv"

    # What people read.

    @property
    def evaluation(self) -> Path:
        """How well people are told apart: threshold and calibration."""
        return self.root / "evaluation.json"

    @property
    def scores(self) -> Path:
        """Who is in which group."""
        return self.root / "scores.tsv"

    @property
    def images(self) -> Path:
        """What became of every image."""
        return self.root / "images.tsv"

    @property
    def faces_table(self) -> Path:
        """One row a face of the queries: where, who, how sure."""
        return self.root / "faces.tsv"

    @property
    def unknown(self) -> Path:
        """Clusters of people nobody knows."""
        return self.root / "unknown.tsv"

    @property
    def clusters(self) -> Path:
        """The faces of the queries that are nobody's, and the clusters they are in."""
        return self.queries.root / "clusters.parquet"

    @property
    def together(self) -> Path:
        """Who is in pictures with whom."""
        return self.root / "together.tsv"

    @property
    def provenance(self) -> Path:
        """What the scores were made from."""
        return self.root / "provenance.json"

    @property
    def report(self) -> Path:
        """The page to look at."""
        return self.root / "report.html"

    @property
    def report_folder(self) -> Path:
        """The same as a folder, with its pictures where they are many."""
        return self.root / "report"

    @property
    def share(self) -> Path:
        """The report to give away: strangers blurred, no links to files."""
        return self.root / "share.html"

    @property
    def share_folder(self) -> Path:
        """The same as a folder."""
        return self.root / "share"

    # What the workflow keeps for itself.

    @property
    def marker(self) -> Path:
        """The file that says that the folder is a results folder."""
        return self.root / MARKER

    def settings(self, stage: str) -> Path:
        """Give the file of the settings that decide a stage's result."""
        return self.root / "settings" / f"{stage}.json"

    @property
    def cache(self) -> Path:
        """Embeddings and hashes, by content; outlives everything else."""
        return self.root / "cache"

    @property
    def progress(self) -> Path:
        """The folder in which embed jobs say how far they are."""
        return self.cache / "progress"

    @property
    def told(self) -> Path:
        """Digests of the matches that the runs so far have told of."""
        return self.cache / "told.txt"

    def log(self, name: str) -> Path:
        """Give the log of a rule or, with a slash, of one of its jobs."""
        return self.root / "logs" / f"{name}.log"

    @property
    def benchmarks(self) -> Path:
        """The folder of Snakemake's benchmarks: a file a rule, or a folder with a file a job."""
        return self.root / "benchmarks"

    @property
    def forgotten(self) -> Path:
        """The folder of reports of what was forgotten."""
        return self.root / "forgotten"

    @property
    def written(self) -> Path:
        """The folder of notes on which sidecars beside the images we changed last."""
        return self.exports / "xmp"

    @property
    def exports(self) -> Path:
        """The folder of what goes to other programs."""
        return self.root / "exports"
