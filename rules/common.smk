"""What all stages share: the checked config, the paths, what is done before jobs are planned."""

import os
import re
import sys
from pathlib import Path

from snakemake.exceptions import WorkflowError
from snakemake.logging import logger

from visage.config import load as load_config
from visage.errors import VisageError
from visage.layout import SETS, Results
from visage.models.registry import load_registry
from visage.resources import HOME, weights_folder
from visage.sets import existing, listing
from visage.workflow import deployment, plan
from visage.workflow.arguments import check_files
from visage.workflow.command import command
from visage.workflow.job import take_own_package
from visage.workflow.planner import Planner

take_own_package()

# The workflow may be run from any folder: its own files are found from the Snakefile's. Not by the
# way from that folder, or results copied to another depth would seem made with other weights.
HERE = "." if os.path.samefile(HOME, ".") else str(HOME)
REGISTRY_FILE = f"{HOME}/config/models.yaml"
DEMO = "resources/demo"
# What `snakemake` makes without a target is the outer workflow's to say, where it has rules already.
STANDS_FIRST = not list(workflow.rules)
IS_MODULE = Path(workflow.main_snakefile).parent not in (HOME, HOME / "workflow")

try:
    deployment.check(workflow.deployment_settings.deployment_method)
    storage_settings = workflow.storage_settings
    deployment.check_storage(
        storage_settings.default_storage_provider, storage_settings.shared_fs_usage
    )
    if workflow.is_main_process:
        check_files(sys.argv)
        deployment.check_folder(Path("."))
    CONFIG = load_config(config, workflow.config_settings.config_args)
    REGISTRY = load_registry(Path(REGISTRY_FILE))
    ENTRY = REGISTRY.model(CONFIG.model)
    WEIGHTS = os.path.normpath(
        CONFIG.weights if HERE == "." else weights_folder(CONFIG.weights)
    )
    # In rules Snakemake itself puts a module's prefix before a path, but nowhere else.
    RESULTS = CONFIG.results
    PREFIXED = Results(
        Path(workflow.modifier.path_modifier.replace_prefix(f"{RESULTS}/"))
    )
    PLAN = plan.make(CONFIG, REGISTRY, DEMO, PREFIXED, list(workflow.rules))
    COMMAND = command(workflow, CONFIG, IS_MODULE)
    PLANNER = Planner(
        workflow, CONFIG, REGISTRY, PLAN, PREFIXED, Path(WEIGHTS), DEMO, COMMAND
    )
except VisageError as error:
    raise WorkflowError(str(error))

if workflow.is_main_process:
    # No line for people: it tells what shows the run where to look.
    logger.info("", extra={"visage_results": str(PREFIXED.root)})
SHARDS = list(range(CONFIG.shards))


def user(file):
    """Give a file of the user's to a rule: where it is, whatever a module's prefix."""
    return local(file) if file else []


PEOPLE = user(CONFIG.people)
NAMES = f"{RESULTS}/labels/names.json" if CONFIG.people else user(PLAN.names)
MODEL_FILES = [ancient(local(f"{WEIGHTS}/{file}")) for file in ENTRY.files]


wildcard_constraints:
    set="|".join(SETS),
    shard=r"\d+",


def tables(name):
    """Give the faces tables of a set; of a gallery of labels only there are none."""
    if name == "gallery" and CONFIG.gallery is None and not CONFIG.index.existing:
        return []
    return [f"{RESULTS}/{name}/tables/{shard}.parquet" for shard in SHARDS]


def imported(name):
    """Give what other programs know about the faces of a set."""
    if not CONFIG.import_labels or name not in existing.listed(CONFIG):
        return []
    return [f"{RESULTS}/{name}/labels/{shard}.tsv" for shard in SHARDS]


def shard_of(wildcards):
    """Give the shard of the image that the wildcards name."""
    return listing.shard_of(listing.as_text(wildcards.image), CONFIG.shards)


MATCHES = [f"{RESULTS}/queries/matches/{shard}.parquet" for shard in SHARDS]


def literal(value):
    """Give a value as it is, where Snakemake would take its braces for wildcards."""
    return lambda wildcards: value


def weights_of(wildcards):
    """Give the model's files, unless every embedding of the shard is there already."""
    if CONFIG.import_vectors:
        manifest = Path(PLANNER.manifest(wildcards, prefixed=True))
        if manifest.exists() and not listing.read_settings(manifest).needs_model:
            return []
    return MODEL_FILES


OWN = globals()


def made_in_results(_):
    """Give what these rules make in the results folder, with wildcards, seen from there.

    Not what rules of an outer workflow make there, nor manifests, which are made as needed.
    """
    rules = [rule for rule in workflow.rules if rule.module_globals is OWN]
    outputs = [str(file) for rule in rules for file in rule.output]
    inside = [
        Path(file) for file in outputs if Path(file).is_relative_to(PREFIXED.root)
    ]
    names = {file.relative_to(PREFIXED.root).as_posix() for file in inside}
    return sorted(name for name in names if "/manifests/" not in name)
