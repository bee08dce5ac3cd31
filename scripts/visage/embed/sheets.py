"""Which tiles a sheet of a film's frames is cut into, by its `.vtt` file or the config's grid."""

import logging
from pathlib import Path

from visage.config.sprites import Sprites
from visage.images.decode import ImageProblem, size_of
from visage.images.locate import tiles
from visage.images.parts import Part, tile
from visage.images.reading import read
from visage.sets.excludes import Excludes
from visage.sets.listing import Entry, as_path
from visage.sets.sheets import grid

log = logging.getLogger(__name__)


class Sheets:
    """Tells sheets from photographs."""

    def __init__(self, root: Path, settings: Sprites) -> None:
        """Learn where the images lie and what the config says of sheets."""
        self._root = root
        self._settings = settings
        self._files = Excludes(settings.files)

    def parts(self, entry: Entry) -> list[Part]:
        """Give the tiles of an image file; none where it is no sheet, or cannot be read."""
        try:
            found = self._by_cues(entry) if entry.cues else []
            return found or (self._by_grid(entry) if self._files(entry.image) else [])
        except (OSError, ImageProblem) as error:
            log.warning("%s is not cut into tiles: %s", entry.image, error)
            return []

    def _by_cues(self, entry: Entry) -> list[Part]:
        found = tiles(self._root / as_path(entry.cues or ""), self._root / as_path(entry.image))
        if not found:
            log.info("%s tells of no picture in %s", entry.cues, entry.image)
        return found

    def _by_grid(self, entry: Entry) -> list[Part]:
        data, _ = read(self._root / as_path(entry.image))
        size, settings = size_of(data), self._settings
        return [tile(area) for area in grid(*size, settings.columns, settings.rows)]
