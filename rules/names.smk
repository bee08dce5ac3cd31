"""Names from a stash-box: the one rule that sends anything anywhere, and only when asked for.

STASHBOX_API_KEY=… snakemake --cores 1 fetch_names --config 'stashbox={endpoint: https://…/graphql}'

ids of the gallery ─► stashbox.names (point `names` at it)
"""


# Local: it needs a network and the key, which are where the workflow was started.
# The file is no output: a job that reads the names must never start this one. Without any output
# (a benchmark would be one) it runs whenever it is asked for.
rule fetch_names:
    """Fetch names from a stash-box; needs a network and STASHBOX_API_KEY."""
    log:
        f"{RESULTS}/logs/fetch_names.log",
    localrule: True
    conda:
        "../envs/names.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=600,
    params:
        **CONFIG.stashbox.as_data(),
        gallery=literal(CONFIG.folder("gallery")),
        cache=literal(str(PREFIXED.cache / "stashbox")),
    script:
        "../scripts/fetch_names.py"
