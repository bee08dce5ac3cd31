"""What became of every image, and which are copies of others.

tables of both sets ─► images.tsv
"""


rule tabulate_images:
    """Say what became of every photograph: images.tsv."""
    input:
        gallery=tables("gallery"),
        queries=tables("queries"),
    output:
        report(
            f"{RESULTS}/images.tsv",
            caption="../docs/captions/images.rst",
            category="Images",
            labels={"What": "What became of every image"},
        ),
    log:
        f"{RESULTS}/logs/tabulate_images.log",
    benchmark:
        f"{RESULTS}/benchmarks/tabulate_images.tsv"
    conda:
        "../envs/score.yaml"
    threads: 1
    resources:
        mem_mb=3000,
        runtime=15,
    params:
        registry=REGISTRY_FILE,
    script:
        "../scripts/tabulate_images.py"
