"""List what looks wrong in the gallery."""

from pathlib import Path
from typing import TYPE_CHECKING

from visage.audit.audit import audit
from visage.audit.labels import LabelAudit
from visage.people.people import read_people
from visage.workflow.job import logged, optional, paths
from visage.workflow.settings import AuditSettings

if TYPE_CHECKING:
    from visage.workflow.job import snakemake

with logged(snakemake.log[0]):
    names = snakemake.input.get("names")
    audit(
        tables=paths(snakemake.input.get("tables")),
        faces=Path(snakemake.input.faces),
        names=optional(names),
        published=AuditSettings.read(snakemake.input.settings).published.model_dump(),
        output=Path(snakemake.output[0]),
        labels=LabelAudit(
            optional(snakemake.input.get("labelled")),
            optional(snakemake.input.get("findings")),
            read_people(optional(snakemake.input.get("people"))).one,
        ),
    )
