"""Take what other programs know about the faces of a shard."""

from pathlib import Path
from typing import TYPE_CHECKING

from visage.people.ids import Ids
from visage.people.imported import import_labels
from visage.people.people import read_people
from visage.sets.deny import read_deny
from visage.store.names import read_names
from visage.workflow.job import logged, optional

if TYPE_CHECKING:
    from visage.workflow.job import snakemake

with logged(snakemake.log[0]):
    params = snakemake.params
    ids = Ids(
        read_names(optional(snakemake.input.get("names"))),
        read_people(optional(snakemake.input.get("people"))),
        read_deny(params.deny),
    )
    import_labels(
        table=Path(snakemake.input.table),
        root=Path(params.root),
        kinds=list(params.kinds),
        ids=ids,
        output=Path(snakemake.output.labels),
        faults=Path(snakemake.output.faults),
    )
