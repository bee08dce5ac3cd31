"""The keys people write: typed, checked, with defaults, explained. `python -m visage.config --fix`.

    config = load({"gallery": "my/people"})
    config.match.ranking

One file a section. A new key is a field there, and a line in config/config.yaml.
"""

from visage.config.config import Config
from visage.config.faces import Faces
from visage.config.folders import missing_folder
from visage.config.index import Index
from visage.config.load import load
from visage.config.match import Match
from visage.config.page import Page
from visage.config.select import Select
from visage.config.stash import Stash
from visage.config.stashbox import Stashbox
from visage.config.unknown import Unknown

__all__ = [
    "Config",
    "Faces",
    "Index",
    "Match",
    "Page",
    "Select",
    "Stash",
    "Stashbox",
    "Unknown",
    "load",
    "missing_folder",
]
