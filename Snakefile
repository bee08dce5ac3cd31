"""Labelled photographs in, a table of who is in the unlabelled ones out.

snakemake --cores 8                        scores, images table and report of the demo
snakemake --cores 8 results/scores.tsv --config gallery=my/people queries=my/photographs
"""

from snakemake.utils import min_version

min_version("9.0")


report: "docs/captions/front.rst"


configfile: f"{workflow.current_basedir}/config/config.yaml"


include: "rules/package.smk"
include: "rules/common.smk"
include: "rules/weights.smk"
include: "rules/demo.smk"
include: "rules/embed.smk"
include: "rules/images.smk"
include: "rules/labels.smk"
include: "rules/index.smk"
include: "rules/evaluate.smk"
include: "rules/match.smk"
include: "rules/cluster.smk"
include: "rules/faces.smk"
include: "rules/export.smk"
include: "rules/score.smk"
include: "rules/report.smk"
include: "rules/privacy.smk"
include: "rules/names.smk"
include: "rules/stash.smk"


rule all:
    """Make what is not only made when asked for: scores, tables, report."""
    default_target: STANDS_FIRST
    input:
        f"{RESULTS}/scores.tsv",
        f"{RESULTS}/images.tsv",
        f"{RESULTS}/unknown.tsv",
        f"{RESULTS}/faces.tsv",
        f"{RESULTS}/together.tsv",
        XMP,
        f"{RESULTS}/gallery/audit.tsv",
        f"{RESULTS}/provenance.json",
        f"{RESULTS}/report.html",
