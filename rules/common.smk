"""What all stages share: the checked config, the paths, the listing of the two sets."""

import os
import re
import sys
from pathlib import Path

from snakemake.exceptions import WorkflowError
from snakemake.logging import logger

sys.path.insert(0, f"{workflow.basedir}/scripts")

from visage.search import existing
from visage.sets import listing
from visage.workflow import deployment, plan
from visage.config import load as load_config
from visage.errors import VisageError
from visage.sets.listing import SETS
from visage.models.registry import load_registry

# The workflow may be run from any folder: its own files are found from the Snakefile's.
HERE = os.path.relpath(workflow.basedir) if workflow.basedir != os.getcwd() else "."
REGISTRY_FILE = f"{workflow.basedir}/config/models.yaml"
DEMO = "resources/demo"

try:
    deployment.check(workflow.deployment_settings.deployment_method)
    CONFIG = load_config(config)
    REGISTRY = load_registry(Path(REGISTRY_FILE))
    ENTRY = REGISTRY.model(CONFIG.model)
    PLAN = plan.make(CONFIG, REGISTRY, DEMO)
    if workflow.is_main_process and plan.is_a_run(CONFIG, sys.argv[1:]):
        # The processes of cluster jobs read the manifests; only this one lists the folders.
        plan.prepare(PLAN, CONFIG)
except VisageError as error:
    raise WorkflowError(str(error))

WEIGHTS = os.path.normpath(os.path.join(HERE, CONFIG.weights))
RESULTS = CONFIG.results
if workflow.is_main_process:
    # No line for people: it tells what shows the run where to look.
    logger.info("", extra={"visage_results": RESULTS})
SHARDS = list(range(CONFIG.shards))
NAMES = f"{RESULTS}/labels/names.json" if CONFIG.people else PLAN.names or []


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
    if not CONFIG.import_labels or name not in plan.listed(CONFIG):
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
        manifest = Path(f"{RESULTS}/{wildcards.set}/manifests/{wildcards.shard}.jsonl")
        if not listing.read_settings(manifest).needs_model:
            return []
    return [ancient(f"{WEIGHTS}/{file}") for file in ENTRY.files]


def made_in_results(_):
    """Give the names in the results folder of what the rules make."""
    outputs = [str(file) for rule in workflow.rules for file in rule.output]
    folder = Path(RESULTS)
    inside = [Path(file) for file in outputs if Path(file).is_relative_to(folder)]
    return sorted({file.relative_to(folder).parts[0] for file in inside} - {"cache"})
