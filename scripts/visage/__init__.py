"""Visage-ML: who is in these photographs?

Importing this changes nothing and takes no time: what a name needs is imported when it is used.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    __version__: str

__all__ = ["__version__"]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from visage.resources import version

        return version()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
