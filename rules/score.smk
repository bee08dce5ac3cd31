"""People scored over each group of queries, and what became of every image.

queries/matches, queries/tables, evaluation.json ─► scores.tsv
tables of both sets ─► images.tsv
"""


rule score_matches:
    input:
        matches=MATCHES,
        tables=tables("queries"),
        evaluation=EVALUATION,
        names=NAMES,
    output:
        report(
            f"{RESULTS}/scores.tsv",
            caption="../docs/captions/scores.rst",
            category="Who",
        ),
    log:
        f"{RESULTS}/logs/score_matches.log",
    benchmark:
        f"{RESULTS}/benchmarks/score_matches.tsv"
    conda:
        "../envs/score.yaml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=30,
    params:
        links=literal(config["links"]),
        results=config["match"]["results"],
        normalize=config["index"]["normalize"],
    script:
        "../scripts/score_matches.py"


rule tabulate_images:
    input:
        gallery=tables("gallery"),
        queries=tables("queries"),
    output:
        report(
            f"{RESULTS}/images.tsv",
            caption="../docs/captions/images.rst",
            category="Images",
        ),
    log:
        f"{RESULTS}/logs/tabulate_images.log",
    benchmark:
        f"{RESULTS}/benchmarks/tabulate_images.tsv"
    conda:
        "../envs/score.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=15,
    script:
        "../scripts/tabulate_images.py"
