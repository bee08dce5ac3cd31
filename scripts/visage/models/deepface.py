"""DeepFace's registry, from checked files only and with errors that say what to do.

Its clients (`deepface.modules.modeling`) find their weights in a folder and download what is
missing there. Here they are given the files that were checked, and nothing else.
"""

import importlib
import os
import tempfile
from pathlib import Path
from typing import Any

from visage.errors import VisageError
from visage.models.engines import Engine
from visage.models.entries import ModelEntry
from visage.models.weights.files import present

_NOTHING_FOUND = "No module named"


def use_engine(engine: Engine) -> None:
    """Make DeepFace and RetinaFace compute with `engine`; both ask only once in a process."""
    os.environ["DEEPFACE_BACKEND_ENGINE"] = engine.deepface
    backend_utils = importlib.import_module("deepface.commons.backend_utils")
    setattr(backend_utils, "_backend_engine", None)  # noqa: B010 - mypy: not a name it knows


class WeightsHome:
    """Lets DeepFace find the checked weights under its own names, for the time of a `with`.

    It looks in `$DEEPFACE_HOME/.deepface/weights`; a folder of links there gives it what the
    model's entry lists, and any other wish is an error instead of a download.
    """

    # DeepFace and the retina-face package each have a function of their own that downloads.
    _DOWNLOADERS = ("deepface.commons.weight_utils", "retinaface.commons.weight_utils")

    def __init__(self, names: dict[str, str], weights: Path) -> None:
        """Prepare for the files `names` (DeepFace's name → file in `weights`)."""
        self._names = names
        self._weights = weights
        self.found: list[Path] = []  # files that were asked for, in that order

    def __enter__(self) -> "WeightsHome":
        """Lay the links and put `_find` in the downloads' place."""
        for file in self._names.values():
            present(self._weights / file)
        self._folder = tempfile.TemporaryDirectory(prefix="visage-deepface-")
        inside = Path(self._folder.name) / ".deepface" / "weights"
        inside.mkdir(parents=True)
        for name, file in self._names.items():
            (inside / name).symlink_to((self._weights / file).absolute())
        os.environ["DEEPFACE_HOME"] = self._folder.name
        self._modules = [importlib.import_module(name) for name in self._DOWNLOADERS]
        self._originals = [module.download_weights_if_necessary for module in self._modules]
        for module in self._modules:
            module.download_weights_if_necessary = self._find  # type: ignore[attr-defined]
        return self

    def _find(self, file_name: str, *_: Any, **__: Any) -> str:
        path = Path(self._folder.name) / ".deepface" / "weights" / file_name
        if not path.exists():
            raise VisageError(
                f"DeepFace wants {file_name}, which the model's entry in config/models.yaml does "
                "not list under `weights`. Add it there, with its source and SHA-256 under `files` "
                "(docs/models.md)."
            )
        self.found.append(path.resolve())
        return str(path)

    def __exit__(self, *_: object) -> None:
        """Put everything back."""
        for module, original in zip(self._modules, self._originals, strict=True):
            module.download_weights_if_necessary = original  # type: ignore[attr-defined]
        self._folder.cleanup()


def client_class(task: str, name: str) -> Any:
    """Give the class of DeepFace's client.

    Args:
        task: `facial_recognition` or `face_detector`.
        name: DeepFace's name of the model.

    Raises:
        VisageError: DeepFace has no such model, or a package it needs is not installed.
    """
    from deepface.modules import modeling
    from deepface.modules.exceptions import UnimplementedError

    known = modeling.AVAILABLE_MODELS[task]
    key = {"facial_recognition": "recognizer", "face_detector": "detector"}[task]
    if name not in known:
        raise VisageError(
            f"config/models.yaml: DeepFace has no {key} {name!r}. It has {', '.join(known)}."
        )
    try:
        return modeling.get_model_class(task, name)
    except UnimplementedError as error:
        raise VisageError(f"config/models.yaml: {error}") from error
    except (ImportError, ValueError) as error:
        raise _cannot_load(key, name, error) from error


def load_client(task: str, name: str, entry: ModelEntry, weights: Path, engine: Engine) -> Any:
    """Load DeepFace's client for an entry, from that entry's files in `weights`.

    Raises:
        VisageError: As `build_client`.
    """
    use_engine(engine)
    with WeightsHome(entry.weights, weights):
        return build_client(task, name)


def build_client(task: str, name: str) -> Any:
    """Load DeepFace's client; to be called inside a `WeightsHome`.

    Raises:
        VisageError: As `client_class`, or the weights cannot be loaded.
    """
    client = client_class(task, name)
    try:
        return client()
    except (ImportError, ValueError) as error:
        raise _cannot_load(task.replace("_", " "), name, error) from error


def _cannot_load(kind: str, name: str, error: ImportError | ValueError) -> VisageError:
    """Say in one line what is missing; DeepFace's own messages mostly name the command."""
    message = " ".join(str(error).split())
    if isinstance(error, ModuleNotFoundError) and message.startswith(_NOTHING_FOUND):
        package = (error.name or "").partition(".")[0]
        message = f"the package {package} is not installed. Install it with 'pip install {package}'"
    return VisageError(f"The {kind} {name} cannot be loaded: {message}")
