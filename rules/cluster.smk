"""People whom nobody knows, gathered over all groups of the queries.

queries/tables, queries/matches, images.tsv, evaluation.json ─► unknown.tsv, queries/clusters.parquet
(and their names, which stay, in cache/unknown/names.parquet)
"""


rule cluster_unknown:
    """Gather the faces that nobody knows into people: unknown.tsv."""
    input:
        tables=tables("queries"),
        matches=MATCHES,
        images=rules.tabulate_images.output[0],
        evaluation=EVALUATION,
        labelled=LABELLED,
        settings=PLANNER.settings("unknown"),
    output:
        clusters=f"{RESULTS}/queries/clusters.parquet",
        unknown=report(
            f"{RESULTS}/unknown.tsv",
            caption="../docs/captions/unknown.rst",
            category="Who",
            labels={"What": "People nobody knows"},
        ),
    log:
        f"{RESULTS}/logs/cluster_unknown.log",
    benchmark:
        f"{RESULTS}/benchmarks/cluster_unknown.tsv"
    conda:
        "../envs/score.yaml"
    threads: 2
    resources:
        mem_mb=5000,
        runtime=120,
    params:
        cache=literal(str(PREFIXED.cache)),
    script:
        "../scripts/cluster_unknown.py"
