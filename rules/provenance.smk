"""Where the results come from.

config, models, tables, scores, benchmarks ─► provenance.json
"""


rule write_provenance:
    input:
        gallery=tables("gallery"),
        queries=tables("queries"),
        faces=rules.build_index.output.faces,
        scores=rules.score_matches.output[0],
        images=rules.tabulate_images.output[0],
    output:
        f"{RESULTS}/provenance.json",
    log:
        f"{RESULTS}/logs/write_provenance.log",
    benchmark:
        f"{RESULTS}/benchmarks/write_provenance.tsv"
    conda:
        "../envs/score.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=15,
    params:
        config=literal(config),
        entry=ENTRY,
        files=REGISTRY["files"],
        weights=WEIGHTS,
        benchmarks=f"{RESULTS}/benchmarks",
        home=HERE,
        command=literal(PLAN.command),
    script:
        "../scripts/write_provenance.py"
