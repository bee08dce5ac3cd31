"""A reader of the documentation, who runs what it tells people to run."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from conftest import REPO, Workflow
from visage.store.tsv import read_rows


class Reader:
    """Somebody who does what a page says, in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        commands = {"snakemake": f"snakemake --snakefile {REPO}/Snakefile", "visage": "visage"}
        (folder / "bin").mkdir()
        for name, module in commands.items():
            command = folder / "bin" / name
            command.write_text(f'#!/bin/sh\nexec {sys.executable} -m {module} "$@"\n')
            command.chmod(0o755)

    def have(self, source: Path, name: str) -> None:
        """Put a file or folder in place."""
        target = self.folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, target)

    def follow(self, page: str, **replaced: str) -> list[str]:
        """Write the page's first YAML to my.yaml and give its blocks of commands."""
        text = (REPO / "docs" / page).read_text(encoding="utf-8")
        for old, new in replaced.items():
            text = text.replace(old, new)
        config, *_ = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
        # One shard to a set spares the time of many jobs, and changes no result.
        (self.folder / "my.yaml").write_text(f"{config}shards: 1\n")
        return re.findall(r"```sh\n(.*?)```", text, re.DOTALL)

    def run(self, block: str) -> str:
        """Do what a block says, step by step; each must succeed."""
        path = f"{self.folder / 'bin'}:{os.environ['PATH']}"
        environment = Workflow.environment() | {"PATH": path, "PYTHONPATH": str(REPO / "scripts")}
        done = subprocess.run(
            ["bash", "-ec", block.replace("--cores 8", "--cores 2")],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def verdicts(self) -> dict[tuple[str, str], str]:
        """Give who was found in which group."""
        rows = read_rows(self.folder / "results/scores.tsv")
        return {(row["Group"], row["Name"]): row["Verdict"] for row in rows}
