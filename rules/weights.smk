"""Model files, each checked against its SHA-256.

config/models.yaml ─► weights/<file>
"""

# Only what is missing has a rule: a file that is there is the user's, checked before every use.
# Snakemake would delete and fetch it again whenever this stage's code changes; worse, where a job
# runs whose product is `ancient` to the next, it takes that next job for looked after and skips it,
# with everything behind it and exit status 0.
# One that is there and asked for by name is no job either (visage/workflow/planner.py).
MISSING = [file for file in REGISTRY.files if not os.path.exists(f"{WEIGHTS}/{file}")]


# Local, where the workflow was started: the nodes of many clusters cannot reach the internet.
rule fetch_weights:
    """Fetch one of the models' files and check its SHA-256."""
    input:
        lambda wildcards: [
            local(f"{WEIGHTS}/{file}")
            for file in (REGISTRY.file(wildcards.file).derived_from,)
            if file
        ],
    output:
        local(f"{WEIGHTS}/{{file}}"),
    log:
        f"{RESULTS}/logs/fetch_weights/{{file}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/fetch_weights/{{file}}.tsv"
    wildcard_constraints:
        file="|".join(map(re.escape, MISSING)) or "(?!)",
    localrule: True
    conda:
        "../envs/weights.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=30,
    params:
        registry=REGISTRY_FILE,
    script:
        "../scripts/fetch_weights.py"
