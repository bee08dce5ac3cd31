"""The gallery made searchable.

gallery/tables ─► face.db (Annoy), face.json (item → person), faces.parquet
gallery/tables, faces.parquet ─► audit.tsv, what looks wrong
"""


rule build_index:
    input:
        tables=tables("gallery"),
        labelled=LABELLED,
        people=CONFIG.people or [],
        like=[] if tables("gallery") else tables("queries")[0],
    output:
        faces=f"{RESULTS}/gallery/faces.parquet",
        annoy=f"{RESULTS}/gallery/face.db",
        labels=f"{RESULTS}/gallery/face.json",
    log:
        f"{RESULTS}/logs/build_index.log",
    benchmark:
        f"{RESULTS}/benchmarks/build_index.tsv"
    conda:
        "../envs/match.yaml"
    threads: CONFIG.index.jobs
    resources:
        mem_mb=4000,
        runtime=60,
    params:
        **CONFIG.index.as_data(),
        queries_from_gallery=literal(PLAN.queries_from_gallery),
    script:
        "../scripts/build_index.py"


rule audit_gallery:
    input:
        tables=tables("gallery"),
        faces=rules.build_index.output.faces,
        names=NAMES,
        people=CONFIG.people or [],
        labelled=LABELLED,
        findings=FINDINGS,
    output:
        report(
            f"{RESULTS}/gallery/audit.tsv",
            caption="../docs/captions/audit.rst",
            category="Gallery",
        ),
    log:
        f"{RESULTS}/logs/audit_gallery.log",
    benchmark:
        f"{RESULTS}/benchmarks/audit_gallery.tsv"
    conda:
        "../envs/score.yaml"
    threads: 2
    resources:
        mem_mb=4000,
        runtime=60,
    params:
        published=ENTRY.threshold.model_dump(),
    script:
        "../scripts/audit_gallery.py"
