"""Take away from one's own Stash every performer that export_stash tagged."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from visage.config import Stash as Settings
from visage.notices import notify
from visage.stashbox.gallery import client
from visage.stashbox.stash import KEY, Stash
from visage.stashbox.tagging import read_changes, revert
from visage.workflow.job import logged

if TYPE_CHECKING:
    from visage.workflow.job import snakemake

with logged(snakemake.log[0]), client() as http:
    params = snakemake.params
    settings = Settings.model_validate(params.stash)
    folder = Path(params.folder)
    if params.confirm:
        stash = Stash(
            settings.endpoint,
            os.environ.get(KEY),
            settings.requests_per_minute,
            http,
            "revert_stash",
        )
        notify(f"Stash: {revert(stash, folder)} tags taken away.")
    else:
        count = len(set.union(*read_changes(folder)))
        notify(f"Stash: {count} tags would be taken away; nothing was changed. Give confirm=true.")
