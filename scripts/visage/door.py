"""What the package is for, in three calls: open a model, open a gallery, identify a photograph."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from visage.app.settings import make_lookup, read_config
from visage.config import Faces
from visage.embed.extractor import Extractor
from visage.embed.selection import Choice
from visage.images.reading import read
from visage.models.model import Installed
from visage.models.registry import load_registry
from visage.models.weights.fetching import fetch_all
from visage.resources import MODELS, weights_folder
from visage.types import Box

if TYPE_CHECKING:
    from visage.embed.analysis import AnalysedFace
    from visage.search.gallery import Gallery
    from visage.search.lookup import FoundFace, Lookup
    from visage.types import Embedding


@dataclass(frozen=True)
class EmbeddedFace:
    """A face of a photograph."""

    box: Box  # pixels of the upright photograph
    confidence: float  # the detector's, 0 to 1
    embedding: "Embedding"  # (dimension,) float32, as the model gives it: not scaled to length 1


class OpenModel:
    """A model that is loaded, its files fetched and checked."""

    def __init__(self, name: str, weights: Path, threads: int) -> None:
        """Load it; see `open_model`."""
        registry = load_registry(MODELS)
        fetch_all(registry, name, weights)
        self.installed = Installed(registry, name, weights)
        self._extractor = Extractor(self.installed.load(threads))

    def faces(
        self, photograph: str | Path | bytes, settings: Faces | None = None
    ) -> list[EmbeddedFace]:
        """Find and embed the faces of a photograph, the most prominent first.

        Args:
            photograph: A file, or the bytes of one.
            settings: Which faces count, as the config's `faces`; its defaults otherwise.

        Raises:
            visage.images.decode.ImageProblem: It is not an image, or too large.
            OSError: The file cannot be read.
        """
        choice = Choice(settings or Faces())
        analysis = self._extractor.extract(_bytes(photograph), choice)
        wanted = choice.wanted([found.face for found in analysis.faces], analysis.size)
        return [_embedded(analysis.faces[index]) for index in wanted]


def _embedded(found: "AnalysedFace") -> EmbeddedFace:
    face, embedding = found.face, found.embedding
    assert embedding is not None, "the extractor embeds what is wanted"
    return EmbeddedFace(Box(face.x, face.y, face.w, face.h), face.confidence, embedding)


def open_model(
    name: str = "sface-yunet", weights: str | Path | None = None, threads: int = 1
) -> OpenModel:
    """Load a model of `visage models`; what it needs is fetched first, where it is not here.

    Args:
        name: Its name in config/models.yaml.
        weights: The folder of its files; the clone's, or the user's cache, otherwise.
        threads: How many threads will call it.

    Raises:
        VisageError: There is no such model, or a file or package that it needs cannot be had.
    """
    return OpenModel(name, Path(weights) if weights else weights_folder(), threads)


def open_gallery(results: str | Path = "results") -> "Gallery":
    """Open the gallery of a results folder, with the settings that it was made with.

    Raises:
        VisageError: It is missing, damaged, or of another version of its model.
    """
    return open_lookup(results).index()


def identify(photograph: str | Path | bytes, results: str | Path = "results") -> list["FoundFace"]:
    """Give the faces of a photograph, each with the people of the gallery that are nearest to it.

    For many photographs, take `open_lookup`, which keeps the model and the gallery.

    Raises:
        visage.images.decode.ImageProblem: It is not an image, or too large.
        VisageError: The gallery or the model is missing, or they do not fit.
    """
    lookup = open_lookup(results)
    try:
        return lookup.search(_bytes(photograph)).faces
    finally:
        lookup.close()


def open_lookup(results: str | Path = "results", configfiles: Sequence[Path] = ()) -> "Lookup":
    """Give model and gallery of a results folder, ready to search photographs.

    Args:
        results: The folder.
        configfiles: As given to Snakemake; without one, the config that the results were made with.

    Raises:
        VisageError: The config is wrong, or the model cannot be had.
    """
    config = read_config(configfiles, str(results))
    fetch_all(load_registry(MODELS), config.model, weights_folder(config.weights))
    return make_lookup(config)


def _bytes(photograph: str | Path | bytes) -> bytes:
    return photograph if isinstance(photograph, bytes) else read(Path(photograph))[0]
