"""Visage-ML: who is in these photographs?

    model = visage.open_model()                  # finds faces and embeds them
    faces = model.faces("photograph.jpg")
    gallery = visage.open_gallery("results")     # what the workflow made
    gallery.identify([face.embedding for face in faces])
    visage.identify("photograph.jpg", "results")     # all of it at once

Importing this changes nothing and takes no time: what a name needs is imported when it is used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from visage.door import identify, open_gallery, open_lookup, open_model
    from visage.errors import VisageError

    __version__: str

__all__ = ["VisageError", "__version__", "identify", "open_gallery", "open_lookup", "open_model"]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return import_module("visage.resources").version()
    if name in __all__:
        return getattr(import_module("visage.errors" if "Error" in name else "visage.door"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
