"""What the register offers: a line a model, for people who choose one."""

import importlib.util
from dataclasses import dataclass
from pathlib import Path

from visage.models.detectors import kind_of as kind_of_detector
from visage.models.engines import ENGINES
from visage.models.entries import ModelEntry, Registry


@dataclass(frozen=True)
class Offer:
    """A model of the register, and how far it is installed."""

    name: str
    recogniser: str
    detector: str
    engine: str
    dimension: int  # floats in an embedding
    bytes: int  # of its files together
    licences: tuple[str, ...]  # of its files, each once
    business: bool  # whether all of them may be used for business
    quality: bool  # whether its embeddings say how clear a face is (`faces.min_quality`)
    published: str | None  # accuracy, as its authors state it
    weights_here: bool
    lacks: tuple[str, ...]  # commands that install what is missing

    @property
    def ready(self) -> bool:
        """Whether it would run now, without fetching or installing anything."""
        return self.weights_here and not self.lacks


def offers(registry: Registry, weights: Path) -> list[Offer]:
    """List the models, in the order of the register; `weights` is the folder of their files."""
    return [_offer(registry, name, weights) for name in registry.models]


def _offer(registry: Registry, name: str, weights: Path) -> Offer:
    entry = registry.model(name)
    files = [registry.file(file) for file in entry.files]
    return Offer(
        name=name,
        recogniser=entry.recognizer if entry.recognizer != "onnx" else entry.weights["recognizer"],
        detector=entry.detector,
        engine=entry.engine,
        dimension=entry.dimension,
        bytes=sum(file.bytes for file in files),
        licences=tuple(dict.fromkeys(file.licence for file in files)),
        business=not any(file.non_commercial for file in files),
        quality=entry.usual_length is not None,
        published=entry.published,
        weights_here=all((weights / file).is_file() for file in entry.files),
        lacks=tuple(_missing(entry)),
    )


def _missing(entry: ModelEntry) -> list[str]:
    kind = kind_of_detector(entry.detector)
    engines = dict.fromkeys((entry.engine, kind.engine or entry.engine))
    needed = [ENGINES[name] for name in engines]
    return [e.install for e in needed if importlib.util.find_spec(e.module) is None]
