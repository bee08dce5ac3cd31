"""What all sections of the config have in common, and the kinds of text that stand in them.

The Snakefile imports this package, so it needs pydantic and the standard library only.
"""

from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


class Section(BaseModel):
    """A group of keys. Its docstring is its description in config/README.md.

    A section is frozen and closed, and takes values of the right type only: what arrives as text
    from the command line is converted before (`visage.config.convert`).
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        protected_namespaces=(),
    )

    def replace(self, **changes: Any) -> Self:
        """Give a copy with other values for some keys; they are checked."""
        return self.model_validate({**dict(self), **changes})

    def as_data(self) -> dict[str, Any]:
        """Give the keys with their values as JSON and YAML write them."""
        return self.model_dump(mode="json")


def tidy(path: str) -> str:
    """Take from a path what does not matter (`./`, a final `/`), and say whose home `~` is.

    An address (`s3://bucket`) stays as it was typed, for the message that refuses it.
    """
    if "://" in path:
        return path
    parts = Path(path)
    return str(parts.expanduser() if parts.parts[:1] == ("~",) else parts)


def text(says: str, pattern: str) -> object:
    """Describe a text: in words, to follow "is not", and as a regular expression."""
    return Field(title=says, pattern=pattern)


# Any path at all: paths are data. Snakemake would take { } and * in its own files for wildcards.
_ANY = r"^[^\x00]+$"
_NO_WILDCARDS = r"^[^{}*\x00]+$"

Folder = Annotated[str, text("a folder", _ANY), AfterValidator(tidy)]
File = Annotated[str, text("a file", _ANY), AfterValidator(tidy)]
OwnFolder = Annotated[
    str, text("a folder without { } or * in its path", _NO_WILDCARDS), AfterValidator(tidy)
]
OwnFile = Annotated[str, text("a file", _NO_WILDCARDS), AfterValidator(tidy)]
Address = Annotated[str, text("an address that begins with https://", r"^https?://[^\s{}]+$")]
AddressOfId = Annotated[
    str,
    text(
        "an address that begins with http:// or https:// and has {id} in it once",
        r"^https?://[^\s{}]+\{id\}[^\s{}]*$",
    ),
]
