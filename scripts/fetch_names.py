"""Fetch the names of the gallery's people from a stash-box."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from visage.stashbox.names import KEY, fetch_names
from visage.workflow.job import logged

if TYPE_CHECKING:
    from visage.workflow.job import snakemake

with logged(snakemake.log[0]):
    fetch_names(
        gallery=Path(snakemake.params.gallery),
        endpoint=snakemake.params.endpoint,
        key=os.environ.get(KEY),
        per_minute=snakemake.params.requests_per_minute,
        cache=Path(snakemake.params.cache),
        output=Path(snakemake.params.names),
    )
