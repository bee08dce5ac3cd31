"""The command that makes the same results again.

The Snakefile imports this module, so it needs the standard library and the config only.
"""

import json
import os
import shlex
import sys
from typing import Any

from visage.config import Config

_FOUND_BY_ITSELF = ("Snakefile", "workflow/Snakefile")  # where Snakemake looks


def command(workflow: Any, config: Config, is_module: bool) -> str:
    """Give the command that repeats a run, to be given in the folder in which it was given.

    Whatever made the config, files or the command line, all that is not as usual is named. Where
    this workflow is a module of another one, only that one's own command makes sense.

    Args:
        workflow: Snakemake's object of the whole workflow.
        config: The checked config.
        is_module: Whether another workflow imports this one.
    """
    if is_module:
        return shlex.join(["snakemake", *sys.argv[1:]])
    words = ["snakemake", "--cores", "8"]
    snakefile = str(workflow.main_snakefile)
    if not workflow.overwrite_workdir:  # or Snakemake no longer knows where it was started
        snakefile = os.path.relpath(snakefile, workflow.workdir_init)
    if snakefile not in _FOUND_BY_ITSELF:
        words += ["--snakefile", snakefile]
    if workflow.overwrite_workdir:
        words += ["--directory", str(workflow.overwrite_workdir)]
    return shlex.join([*words, *changes(config)])


def changes(config: Config) -> list[str]:
    """Give the arguments for Snakemake that make this config of the usual one."""
    usual = Config().as_data()
    changed = {key: value for key, value in config.as_data().items() if value != usual[key]}
    pairs = [f"{key}={_argument(value, usual[key])}" for key, value in changed.items()]
    return ["--config", *pairs] if pairs else []


def _argument(value: object, usual: object) -> str:
    """Write a value as Snakemake reads it: of a section only what is not as usual."""
    if isinstance(value, dict) and isinstance(usual, dict):
        value = {key: item for key, item in value.items() if item != usual[key]}
    return value if isinstance(value, str) else json.dumps(value)
