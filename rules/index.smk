"""The gallery made searchable.

gallery/tables ─► face.db (Annoy), face.json (item → person), faces.parquet
gallery/tables, faces.parquet ─► audit.tsv, what looks wrong
"""


rule build_index:
    """Make the gallery searchable: face.db, face.json."""
    input:
        tables=tables("gallery"),
        labelled=LABELLED,
        people=PEOPLE,
        settings=PLANNER.settings("index"),
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
    script:
        "../scripts/build_index.py"


rule audit_gallery:
    """Look for mistakes in the gallery: audit.tsv."""
    input:
        tables=tables("gallery"),
        faces=rules.build_index.output.faces,
        names=NAMES,
        people=PEOPLE,
        labelled=LABELLED,
        findings=FINDINGS,
        settings=PLANNER.settings("audit"),
    output:
        report(
            f"{RESULTS}/gallery/audit.tsv",
            caption="../docs/captions/audit.rst",
            category="Gallery",
            labels={"What": "What to look at in the gallery"},
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
    script:
        "../scripts/audit_gallery.py"
