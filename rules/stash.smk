"""One's own Stash: a gallery out of it, names into it; only when asked for by name.

snakemake --cores 1 fetch_gallery --config 'stash={endpoint: http://localhost:9999/graphql}'
snakemake --cores 1 export_stash --config … confirm=true
snakemake --cores 1 revert_stash --config … confirm=true

Stash ─► stash.gallery, stash.names (point `gallery` and `names` at them)
queries/matches, queries/tables ─► exports/stash/plan.tsv, and with confirm=true Stash itself
"""


# All three are local: they need a network and the key, which are where the workflow was started.
rule fetch_gallery:
    """Fetch a gallery from one's own Stash."""
    log:
        f"{RESULTS}/logs/fetch_gallery.log",
    localrule: True
    conda:
        "../envs/stash.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=600,
    params:
        stash=literal(CONFIG.stash.as_data()),
        deny=literal(CONFIG.deny),
        box=literal(CONFIG.stashbox.endpoint),
    script:
        "../scripts/fetch_gallery.py"


rule export_stash:
    """Plan tags for one's own Stash, and with confirm=true set them."""
    input:
        tables=tables("queries"),
        matches=MATCHES,
        labelled=LABELLED,
    log:
        f"{RESULTS}/logs/export_stash.log",
    localrule: True
    conda:
        "../envs/stash.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=600,
    params:
        stash=literal(CONFIG.stash.as_data()),
        queries=literal(CONFIG.queries),
        deny=literal(CONFIG.deny),
        confirm=CONFIG.confirm,
        folder=literal(str(PREFIXED.exports / "stash")),
    script:
        "../scripts/export_stash.py"


rule revert_stash:
    """Take back the tags that export_stash set; with confirm=true."""
    log:
        f"{RESULTS}/logs/revert_stash.log",
    localrule: True
    conda:
        "../envs/stash.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=600,
    params:
        stash=literal(CONFIG.stash.as_data()),
        confirm=CONFIG.confirm,
        folder=literal(str(PREFIXED.exports / "stash")),
    script:
        "../scripts/revert_stash.py"
