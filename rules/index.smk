"""The gallery made searchable.

gallery/tables ─► face.db (Annoy), face.json (item → person), faces.parquet
"""


rule build_index:
    input:
        tables=tables("gallery"),
    output:
        faces=f"{RESULTS}/gallery/faces.parquet",
        annoy=f"{RESULTS}/gallery/face.db",
        labels=f"{RESULTS}/gallery/face.json",
    log:
        f"{RESULTS}/logs/build_index.log",
    benchmark:
        f"{RESULTS}/benchmarks/build_index.tsv"
    params:
        **config["index"],
    threads: 1
    resources:
        mem_mb=4000,
        runtime=60,
    conda:
        "../envs/match.yaml"
    script:
        "../scripts/build_index.py"
