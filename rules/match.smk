"""Every query face compared with the gallery.

queries/tables/<shard>, gallery index, evaluation.json ─► queries/matches/<shard>.parquet
(and <image>.json beside it)
"""


rule match_shard:
    """Compare the query faces of one shard with the gallery."""
    input:
        table=f"{RESULTS}/queries/tables/{{shard}}.parquet",
        faces=rules.build_index.output.faces,
        annoy=rules.build_index.output.annoy,
        evaluation=EVALUATION,
        names=NAMES,
        labelled=LABELLED,
        settings=PLANNER.settings("match"),
    output:
        f"{RESULTS}/queries/matches/{{shard}}.parquet",
    log:
        f"{RESULTS}/logs/match_shard/{{shard}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/match_shard/{{shard}}.tsv"
    conda:
        "../envs/match.yaml"
    # Most of a job is not the product of matrices, which alone knows of threads: two jobs at once
    # get nearly twice as much done as one with two threads.
    threads: 1 if CONFIG.shards > 1 else 2
    resources:
        mem_mb=3000,
        runtime=60,
    script:
        "../scripts/match_shard.py"


rule extract_match:
    """Write the closest people of one query: <image>.json."""
    input:
        table=lambda wildcards: f"{RESULTS}/queries/tables/{shard_of(wildcards)}.parquet",
        matches=lambda wildcards: f"{RESULTS}/queries/matches/{shard_of(wildcards)}.parquet",
        settings=PLANNER.settings("match"),
    output:
        f"{RESULTS}/queries/matches/{{image}}.json",
    log:
        f"{RESULTS}/logs/extract_match/{{image}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/extract_match/{{image}}.tsv"
    wildcard_constraints:
        image=r"(.|\n)+",
    conda:
        "../envs/match.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    script:
        "../scripts/extract_match.py"
