"""Write what the results were made from, with what, and how long it took."""

from pathlib import Path
from typing import TYPE_CHECKING

from visage.job import logged
from visage.provenance import write_provenance

if TYPE_CHECKING:
    from visage.job import snakemake

with logged(snakemake.log[0]):
    inputs, params = snakemake.input, snakemake.params
    write_provenance(
        output=Path(snakemake.output[0]),
        config=params.config,
        entry=params.entry,
        files=params.files,
        tables={name: [Path(path) for path in inputs[name]] for name in ("gallery", "queries")},
        faces=Path(inputs.faces),
        results=[Path(inputs.scores), Path(inputs.images)],
        images=Path(inputs.images),
        weights=Path(params.weights),
        benchmarks=Path(params.benchmarks),
        home=Path(params.home),
        command=params.command,
    )
