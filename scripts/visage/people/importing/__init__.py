"""What other programs know about faces, as statements; a file a program.

A new one is a class like those here and its name in `IMPORTERS`.
"""

from pathlib import Path

from visage.people.importing.base import Importer
from visage.people.importing.digikam import DigikamImporter
from visage.people.importing.picasa import PicasaImporter
from visage.people.importing.xmp import XmpImporter

IMPORTERS: dict[str, type[Importer]] = {
    "xmp": XmpImporter,
    "picasa": PicasaImporter,
    "digikam": DigikamImporter,
}


def importers_of(kinds: list[str], root: Path) -> list[Importer]:
    """Make the importers that the config's `import_labels` asks for, for a set's folder."""
    return [IMPORTERS[kind](root) for kind in kinds]
