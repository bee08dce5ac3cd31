"""Every face of the queries in a table, and who is with whom.

queries/tables, queries/matches, labels, clusters, images.tsv ─► faces.tsv, together.tsv
"""


rule tabulate_faces:
    """Write a row a face, and who is with whom: faces.tsv, together.tsv."""
    input:
        tables=tables("queries"),
        matches=MATCHES,
        labelled=LABELLED,
        clusters=rules.cluster_unknown.output.clusters,
        images=rules.tabulate_images.output[0],
    output:
        faces=f"{RESULTS}/faces.tsv",
        together=f"{RESULTS}/together.tsv",
    log:
        f"{RESULTS}/logs/tabulate_faces.log",
    benchmark:
        f"{RESULTS}/benchmarks/tabulate_faces.tsv"
    conda:
        "../envs/score.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    script:
        "../scripts/tabulate_faces.py"
