"""Faces found, cut out and embedded, a shard at a time.

manifests/<shard>.jsonl, weights ─► tables/<shard>.parquet (and <image>.vector beside it)
"""


rule embed_shard:
    """Find, cut out and embed the faces of one shard of photographs."""
    input:
        manifest=PLANNER.manifest,
        weights=weights_of,
        regions=literal(user(CONFIG.faces.regions)),
        # Photographs of both sets are embedded once: the second finds them in the cache.
        first=lambda wildcards: (
            [ancient(table) for table in tables("gallery")]
            if CONFIG.sets_overlap and wildcards.set == "queries"
            else []
        ),
    output:
        f"{RESULTS}/{{set}}/tables/{{shard}}.parquet",
    log:
        f"{RESULTS}/logs/embed_shard/{{set}}-{{shard}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/embed_shard/{{set}}-{{shard}}.tsv"
    wildcard_constraints:
        set="|".join(existing.listed(CONFIG)),
    conda:
        PLAN.embed_environment
    threads: PLAN.embed_threads
    resources:
        # A photograph at the cap while it is decoded, and its file, a thread; the model.
        mem_mb=1500 + 2500 * PLAN.embed_threads,
        runtime=240,
        gpu=PLAN.gpus,
    params:
        registry=REGISTRY_FILE,
        weights=WEIGHTS,
        cache=literal(str(PREFIXED.cache)),
        deny=literal(CONFIG.deny),
    script:
        "../scripts/embed_shard.py"


# The original program's index gives the gallery's tables at once.
if CONFIG.index.existing:

    rule import_index:
        """Take an index of the original program over as the gallery."""
        input:
            settings=PLANNER.settings("import"),
            database=local(existing.paths(CONFIG.index.existing)[0]),
            labels=local(existing.paths(CONFIG.index.existing)[1]),
        output:
            tables("gallery"),
        log:
            f"{RESULTS}/logs/import_index.log",
        benchmark:
            f"{RESULTS}/benchmarks/import_index.tsv"
        conda:
            PLAN.embed_environment
        threads: 1
        resources:
            mem_mb=4000,
            runtime=30,
        params:
            registry=REGISTRY_FILE,
            deny=literal(CONFIG.deny),
        script:
            "../scripts/import_index.py"


rule extract_vector:
    """Write the embedding of one photograph: <image>.vector."""
    input:
        lambda wildcards: f"{RESULTS}/{wildcards.set}/tables/{shard_of(wildcards)}.parquet",
    output:
        f"{RESULTS}/{{set}}/vectors/{{image}}.vector",
    log:
        f"{RESULTS}/logs/extract_vector/{{set}}/{{image}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/extract_vector/{{set}}/{{image}}.tsv"
    wildcard_constraints:
        image=r"(.|\n)+",
    conda:
        "../envs/match.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    script:
        "../scripts/extract_vector.py"
