"""The section `sprites`."""

from typing import Annotated

from pydantic import Field

from visage.config.section import Section, text


class Sprites(Section):
    """Sheets of a film's frames that are cut into tiles, each an image of its own. A sheet beside
    which a `.vtt` file says where its tiles are, as Stash makes them, is cut by that."""

    files: tuple[Annotated[str, text("a pattern as in a .gitignore file", r"\S")], ...] = Field(
        default=(),
        strict=False,  # a list in YAML
        description="Which other files are sheets, in the syntax of a `.gitignore` file, for "
        "instance `*_sprite.jpg`.",
    )
    columns: int = Field(default=9, ge=1, le=1000, description="Tiles side by side on a sheet.")
    rows: int = Field(default=9, ge=1, le=1000, description="Tiles one below the other.")
