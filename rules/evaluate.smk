"""How well people are told apart, measured on the gallery itself: the threshold and the odds.

gallery index and tables, photographs ─► evaluation.json (read by match and score), evaluation.html
"""


rule evaluate_gallery:
    """Measure how well people are told apart: evaluation.html."""
    input:
        faces=rules.build_index.output.faces,
        tables=tables("gallery"),
        settings=PLANNER.settings("evaluate"),
    output:
        json=f"{RESULTS}/evaluation.json",
        page=report(
            f"{RESULTS}/evaluation.html",
            caption="../docs/captions/evaluation.rst",
            category="Who",
            labels={"What": "How well people are told apart"},
        ),
    log:
        f"{RESULTS}/logs/evaluate_gallery.log",
    benchmark:
        f"{RESULTS}/benchmarks/evaluate_gallery.tsv"
    conda:
        "../envs/evaluate.yaml"
    threads: 2
    resources:
        mem_mb=6000,
        runtime=120,
    script:
        "../scripts/evaluate_gallery.py"


# The original's ranking has neither a threshold of its own nor probabilities.
EVALUATION = rules.evaluate_gallery.output.json if CONFIG.match.calibrated else []
