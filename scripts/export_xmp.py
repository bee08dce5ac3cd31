"""Say in the sidecars of a shard's photographs who is in them."""

from pathlib import Path
from typing import TYPE_CHECKING

from visage.export.faces import named_faces
from visage.export.xmp import Places, export_xmp
from visage.sets.deny import read_deny
from visage.store.arrow import texts
from visage.store.tables import read_table
from visage.workflow.job import logged, optional
from visage.workflow.settings import XmpSettings

if TYPE_CHECKING:
    from visage.workflow.job import snakemake

with logged(snakemake.log[0]):
    settings = XmpSettings.read(snakemake.input.settings)
    table = Path(snakemake.input.table)
    labelled = optional(snakemake.input.get("labelled"))
    deny = read_deny(snakemake.params.deny)
    export_xmp(
        images=texts(read_table(table, ["image"])["image"]),
        faces=named_faces(table, Path(snakemake.input.matches), labelled, deny),
        places=Places(Path(settings.photographs), Path(settings.sidecars)),
        written=Path(snakemake.output[0]).with_suffix(".jsonl"),
    )
