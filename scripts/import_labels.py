"""Take what other programs know about the faces of a shard."""

from pathlib import Path
from typing import TYPE_CHECKING

from visage.people.ids import Ids
from visage.people.imported import import_labels
from visage.people.people import read_people
from visage.sets.deny import read_deny
from visage.store.names import read_names
from visage.workflow.job import logged, optional
from visage.workflow.settings import LabelSettings

if TYPE_CHECKING:
    from visage.workflow.job import snakemake

with logged(snakemake.log[0]):
    settings = LabelSettings.read(snakemake.input.settings)
    ids = Ids(
        read_names(optional(snakemake.input.get("names"))),
        read_people(optional(snakemake.input.get("people"))),
        read_deny(snakemake.params.deny),
    )
    import_labels(
        table=Path(snakemake.input.table),
        root=Path(settings.folder(snakemake.wildcards.set)),
        kinds=list(settings.kinds),
        ids=ids,
        output=Path(snakemake.output.labels),
        faults=Path(snakemake.output.faults),
    )
