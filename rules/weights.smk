"""Model files, each checked against its SHA-256.

config/models.yaml ─► weights/<file>
"""


# Where the workflow was started: the nodes of many clusters cannot reach the internet.
localrules:
    fetch_weights,


rule fetch_weights:
    input:
        lambda wildcards: [
            f"{WEIGHTS}/{file}"
            for file in (REGISTRY["files"][wildcards.file].get("derived_from"),)
            if file
        ],
    output:
        f"{WEIGHTS}/{{file}}",
    log:
        f"{RESULTS}/logs/fetch_weights/{{file}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/fetch_weights/{{file}}.tsv"
    wildcard_constraints:
        file="|".join(map(re.escape, REGISTRY["files"])),
    params:
        registry=REGISTRY_FILE,
    threads: 1
    resources:
        mem_mb=1000,
        runtime=30,
    conda:
        "../envs/embed.yaml"
    script:
        "../scripts/fetch_weights.py"
