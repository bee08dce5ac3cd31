"""Tag the performers that were found in one's own Stash, or write down what would be done."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from visage.config import Stash as Settings
from visage.export.faces import named_faces
from visage.notices import notify
from visage.sets.deny import read_deny
from visage.stashbox.gallery import client
from visage.stashbox.stash import KEY, Stash
from visage.stashbox.tagging import PLAN, Places, apply, plan
from visage.workflow.job import logged, optional, paths

if TYPE_CHECKING:
    from visage.workflow.job import snakemake

with logged(snakemake.log[0]), client() as http:
    inputs, params = snakemake.input, snakemake.params
    settings = Settings.model_validate(params.stash)
    stash = Stash(
        settings.endpoint, os.environ.get(KEY), settings.requests_per_minute, http, "export_stash"
    )
    deny, labelled = read_deny(params.deny), optional(inputs.get("labelled"))
    shards = zip(paths(inputs.tables), paths(inputs.matches), strict=True)
    faces = (face for table, found in shards for face in named_faces(table, found, labelled, deny))
    folder = Path(params.folder)
    places = Places(Path(params.queries).absolute(), settings.queries)
    tagging = plan(stash, faces, places, folder, deny)
    told = f"{len(tagging.changes)} changes, {len(tagging.skipped)} faces left out"
    if params.confirm:
        apply(stash, tagging, folder)
        notify(f"Stash: {told}. What was done, and the way back (revert_stash): {folder}")
    else:
        notify(f"Stash: {told}; nothing was changed. See {folder / PLAN}, then give confirm=true.")
