"""Write the closest people of one image, asked for by name, from its shard's tables."""

from pathlib import Path
from typing import TYPE_CHECKING

from visage.search.match import extract_match
from visage.store.paths import as_text
from visage.workflow.job import logged
from visage.workflow.settings import MatchSettings

if TYPE_CHECKING:
    from visage.workflow.job import snakemake

with logged(snakemake.log[0]):
    match = MatchSettings.read(snakemake.input.settings).match
    extract_match(
        table=Path(snakemake.input.table),
        matches=Path(snakemake.input.matches),
        image=as_text(snakemake.wildcards.image),
        output=Path(snakemake.output[0]),
        ranking=match.ranking,
        results=match.results,
    )
