"""What the wheel carries besides the package: the workflow's own files, under `visage/share`.

Hatchling's build hook, read from pyproject.toml. In a clone, and where a clone is installed with
`--editable`, the files stay where they are; `visage.resources` finds them in both places.
"""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SHARE = "visage/share"
FILES = (
    *(
        "Snakefile",
        "workflow/Snakefile",
        "rules/*.smk",
        "config/**/*",
        "profiles/**/*",
        "docs/captions/*",
    ),
    *("scripts/*.py", "envs/*"),
)


class Share(BuildHookInterface):
    """Adds `FILES` to the wheel, but for what git ignores: people's own deny lists and the like."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name the files and where they go."""
        if version == "editable":
            return
        root = Path(self.root)
        found = [path for pattern in FILES for path in sorted(root.glob(pattern))]
        names = [path.relative_to(root).as_posix() for path in found if path.is_file()]
        ours = [name for name in names if not self.build_config.path_is_excluded(name)]
        build_data["force_include"] |= {name: f"{SHARE}/{name}" for name in ours}
