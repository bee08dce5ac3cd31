"""People scored over each group of queries.

queries/matches, queries/tables, images.tsv, evaluation.json ─► scores.tsv, with provenance.json beside it
"""


# One job writes the scores and the record of what they were made from, so that neither is ever
# there without the other, and the record is of this run.
rule score_matches:
    """Score people, group by group: scores.tsv, provenance.json."""
    input:
        matches=MATCHES,
        tables=tables("queries"),
        gallery=tables("gallery"),
        faces=rules.build_index.output.faces,
        images=rules.tabulate_images.output[0],
        evaluation=EVALUATION,
        names=NAMES,
        settings=PLANNER.settings("score"),
    output:
        scores=report(
            f"{RESULTS}/scores.tsv",
            caption="../docs/captions/scores.rst",
            category="Who",
            labels={"What": "Scores: who is where"},
        ),
        provenance=report(
            f"{RESULTS}/provenance.json",
            caption="../docs/captions/provenance.rst",
            category="How",
            labels={"What": "What it was made from"},
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
        registry=REGISTRY_FILE,
        weights=WEIGHTS,
        results=literal(str(PREFIXED.root)),
        home=HERE,
    script:
        "../scripts/score_matches.py"
