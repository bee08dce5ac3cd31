"""Forget a person or a photograph, make the results again without it, and search them."""

import json
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from visage.config import load
from visage.notices import notify
from visage.privacy.forget import forget
from visage.workflow.job import logged

if TYPE_CHECKING:
    from visage.workflow.job import snakemake


def rebuild(targets: list[str]) -> bool:
    """Run the workflow itself; what it prints goes into the log."""
    params = snakemake.params
    config = params.config | {"person": None, "image": None}
    with tempfile.TemporaryDirectory(prefix="visage-forget-") as folder:
        file = Path(folder, "config.json")
        file.write_text(json.dumps(config), encoding="utf-8")
        command = [params.python, "-m", "snakemake", "--snakefile", params.snakefile]
        if params.deployment:
            command += ["--software-deployment-method", *params.deployment]
        command += ["--cores", str(snakemake.threads)]
        command += [f"{config['results']}/{name}" for name in targets]
        return subprocess.run([*command, "--configfile", str(file)], check=False).returncode == 0


with logged(snakemake.log[0]):
    config = load(snakemake.params.config)
    done = forget(
        config=config,
        names=snakemake.params.names,
        outputs=set(snakemake.params.outputs),
        log_file=Path(snakemake.log[0]),
        rebuild=rebuild,
    )
    index = config.index.existing
    notify(
        "Forgotten; nothing of it was found in the results. What was removed and searched: "
        f"{done.report}\nThe photographs and the names file are yours and were not touched."
        + "".join(f"\n{line}" for line in done.left_to_you)
        + (f" Nor was the index in {index}: make it again without them, too." if index else "")
    )
