"""The whole config: the keys of the top level, and the sections."""

from collections.abc import Iterator
from datetime import date
from itertools import chain
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from visage.config.agreement import (
    Contradiction,
    check_local,
    check_own_files,
    check_results,
    check_search,
    check_threshold,
    check_vectors,
    overlap,
)
from visage.config.faces import Faces
from visage.config.index import Index
from visage.config.match import Match
from visage.config.page import Page
from visage.config.section import AddressOfId, File, Folder, OwnFile, OwnFolder, Section
from visage.config.select import Select
from visage.config.sprites import Sprites
from visage.config.stash import Stash
from visage.config.stashbox import Stashbox
from visage.config.unknown import Unknown
from visage.layout import GALLERY, QUERIES, linked_folders

#: The kind of error that tells of keys which are right by themselves but cannot go together.
CONTRADICTION = "contradiction"

_Day = Annotated[date, Field(title="a date as 2030-12-31")]
_ModelName = Annotated[str, Field(title="the name of an entry of config/models.yaml", min_length=1)]
_Person = Annotated[str, Field(title="the id of a person", min_length=1)]
_Pattern = Annotated[str, Field(title="a pattern as in a .gitignore file", min_length=1)]
# A list in YAML.
_Folders = Annotated[tuple[Folder, ...], Field(strict=False, min_length=1)]
_Image = Annotated[str, Field(title="the path of an image", min_length=1)]


class Config(Section):
    """Everything a run can be told."""

    gallery: Folder | _Folders | None = Field(
        default="resources/demo/gallery",
        description="The labelled photographs, as `<person>/<image>`. The name of a folder of the "
        "first level is the person's id; deeper folders belong to the same person. With null, only "
        "`labels` say who is who. It may be the folder of the queries, one in it, or around it. A "
        "list of folders is one gallery: a photograph is `<person>/<folder>/<image>` then.",
    )
    queries: Folder = Field(
        default="resources/demo/queries",
        description="The photographs to be identified, as `<image>` or `<group>/<image>`. Every "
        "group (a scene, an album) is scored by itself.",
    )
    exclude: tuple[_Pattern, ...] = Field(
        default=(),
        strict=False,  # a list in YAML
        description="What of both sets is left out, in the syntax of a `.gitignore` file, on top "
        "of what systems leave between photographs (docs/formats.md). How many is said.",
    )
    labels: OwnFile = Field(
        default="labels.tsv",
        description="TSV file of what people said about faces: `visage label` and the review add "
        "to it. It need not exist.",
    )
    import_labels: tuple[Literal["xmp", "picasa", "digikam"], ...] = Field(
        default=(),
        strict=False,  # a list in YAML
        description="What other programs know about faces is taken for labels: regions and names "
        "in XMP (inside the photographs, and in `a.jpg.xmp` or `a.xmp`), in Picasa's `.picasa.ini` "
        "(with its `contacts.xml` in the set's folder), in digiKam's `digikam4.db` (in the set's "
        "folder or above it).",
    )
    people: File | None = Field(
        default=None,
        description="TSV file with the columns `id`, `same_as`, `name`: ids that are one person, "
        "and what people are called here.",
    )
    names: File | None = Field(
        default="resources/demo/performers.json",
        description="JSON file that gives names to ids, in any of the forms `{id: name}`, "
        '`{id: {name, image, country}}` and `{"stashdb.org:id": {name, country, image_url}}`. With '
        "null, people go by their ids.",
    )
    links: AddressOfId | None = Field(
        default=None,
        description="Address of a person's page, `{id}` standing for the id, for instance "
        "`https://stashdb.org/performers/{id}`. With null, only people whose stash-box the names "
        "file tells have a link.",
    )
    results: OwnFolder = Field(
        default="results",
        description="Where everything the workflow makes goes, the cache of embeddings too.",
    )
    weights: Folder = Field(
        default="weights",
        description="Where the models' files lie; a relative path starts at the workflow's own "
        "folder. Give a path from the root for a folder that many clones share, or one that can be "
        "written where the clone's cannot.",
    )
    shards: int = Field(
        default=4,
        ge=1,
        le=5000,
        description="Number of tables each set is split into, one job each; about one for every "
        "thousand images. A change costs jobs, but no image is embedded again.",
    )
    import_vectors: bool = Field(
        default=False,
        description="Take existing `.vector` files beside the images as embeddings of `model` "
        "instead of computing them. They must come from that model.",
    )
    sidecars: Literal["results", "beside", "none"] = Field(
        default="results",
        description="Where `<image>.vector` and `<image>.json` go: below `results`, beside each "
        "image (as the original program did), or nowhere. The tables hold the same in any case.",
    )
    xmp: Literal["none", "results", "beside"] = Field(
        default="none",
        description="Where `<image>.xmp` goes, which tells other programs who was found: nowhere, "
        "below `results`, or beside each image. What others wrote there stays; the photographs "
        "themselves are never changed.",
    )
    model: _ModelName = Field(
        default="sface-yunet",
        description="Detector and recogniser, with engine, alignment and weights. `sface-yunet` is "
        "small and quick; `facenet512-retinaface` is the original program's pair and needs "
        "TensorFlow.",
    )
    gpu: Literal["auto", "always", "never"] = Field(
        default="auto",
        description="Whether an embed job asks for a GPU, if `model` can use one (TensorFlow, "
        "PyTorch, ONNX Runtime): auto asks where this machine has one, always serves clusters "
        "whose GPUs are in other machines.",
    )
    deny: OwnFile | None = Field(
        default="config/deny.tsv",
        description="TSV file of people and photographs that are left out; `forget` adds to it. "
        "The default need not exist. With null, nothing is left out and `forget` refuses to run.",
    )
    retain_until: _Day | None = Field(
        default=None,
        description="The last day on which results may be kept. After it the workflow does nothing "
        "but `forget` and `delete_results`. Null: no limit.",
    )
    person: _Person | None = Field(
        default=None,
        description="For the target `forget` only: the person whose vectors and results are "
        "removed, the name of their folder in the gallery.",
    )
    confirm: bool = Field(
        default=False,
        description="For the targets `export_stash` and `revert_stash` only: make the changes, "
        "instead of only writing down what they would be.",
    )
    image: _Image | None = Field(
        default=None,
        description="For the target `forget` only: the photograph whose vectors and results are "
        "removed, by its path, or by `gallery/<path>` or `queries/<path>`.",
    )
    faces: Faces = Faces()
    sprites: Sprites = Sprites()
    index: Index = Index()
    match: Match = Match()
    unknown: Unknown = Unknown()
    page: Page = Page()
    stashbox: Stashbox = Stashbox()
    stash: Stash = Stash()
    select: Select = Select()

    def folder(self, name: str) -> str:
        """Give the folder of a set, `gallery` or `queries`; of several one with links to them."""
        first, *others = self.folders(name)
        return linked_folders(self.results) if others else first

    def folders(self, name: str) -> tuple[str, ...]:
        """Give the folders that a set is made of; the queries' where only labels make a gallery."""
        return (self.queries,) if name == QUERIES else self.galleries or (self.queries,)

    @property
    def galleries(self) -> tuple[str, ...]:
        """The folders of the gallery; none where only labels say who is who."""
        if isinstance(self.gallery, tuple):
            return self.gallery
        return (self.gallery,) if self.gallery else ()

    @property
    def sets_overlap(self) -> bool:
        """Whether a photograph may be in both sets: one folder is the other, or inside it."""
        return any(overlap(folder, self.queries) for folder in self.galleries)

    @model_validator(mode="after")
    def _check_agreement(self) -> Self:
        found = list(self._contradictions())
        if found:
            raise PydanticCustomError(CONTRADICTION, "the keys contradict", {"found": found})
        return self

    def _contradictions(self) -> Iterator[Contradiction]:
        match, normalize = self.match, self.index.normalize
        own = {
            "names": self.names,
            "labels": self.labels,
            "people": self.people,
            "deny": self.deny,
            "faces.regions": self.faces.regions,
            "index.existing": self.index.existing,
        }
        paths = {
            "queries": self.queries,
            "results": self.results,
            "weights": self.weights,
            "stashbox.names": self.stashbox.names,
            "stash.gallery": self.stash.gallery,
            "stash.names": self.stash.names,
            **own,
        }
        checks = {
            ("gallery", "queries", "results"): chain.from_iterable(
                check_results(self.results, folder, self.queries)
                for folder in self.folders(GALLERY)
            ),
            ("gallery",): chain.from_iterable(
                check_local({"gallery": folder}) for folder in self.galleries
            ),
            ("results", *own): check_own_files(self.results, own),
            tuple(paths): check_local(paths),
            ("match",): check_search(match),
            ("match.threshold", "index.normalize"): check_threshold(match.threshold, normalize),
            ("import_vectors", "sidecars"): check_vectors(self.import_vectors, self.sidecars),
        }
        for keys, lines in checks.items():
            yield from (Contradiction(keys, line) for line in lines)
