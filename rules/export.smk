"""Names out, to where people use them: an export is a file of visage/export and a rule here.

queries/matches, queries/tables, photographs ─► <image>.xmp (config key xmp)
faces.tsv ─► exports/faces.csv       only asked for by name: export_csv
scores.tsv, images.tsv, provenance.json ─► crate/   only asked for by name: export_crate
"""

if CONFIG.xmp != "none":

    rule export_xmp:
        """Write names beside the photographs for other programs: <image>.xmp."""
        input:
            table=f"{RESULTS}/queries/tables/{{shard}}.parquet",
            matches=f"{RESULTS}/queries/matches/{{shard}}.parquet",
            labelled=LABELLED,
            settings=PLANNER.settings("xmp"),
        output:
            touch(f"{RESULTS}/exports/xmp/{{shard}}.done"),
        log:
            f"{RESULTS}/logs/export_xmp/{{shard}}.log",
        benchmark:
            f"{RESULTS}/benchmarks/export_xmp/{{shard}}.tsv"
        conda:
            "../envs/labels.yaml"
        threads: 1
        resources:
            mem_mb=2000,
            runtime=60,
        params:
            deny=literal(CONFIG.deny),
        script:
            "../scripts/export_xmp.py"


XMP = (
    expand(f"{RESULTS}/exports/xmp/{{shard}}.done", shard=SHARDS)
    if CONFIG.xmp != "none"
    else []
)


# No output, so that it is made anew whenever it is asked for: what is selected may have changed.
rule export_csv:
    """Write a table of the faces for spreadsheets: exports/faces.csv."""
    input:
        rules.tabulate_faces.output.faces,
    log:
        f"{RESULTS}/logs/export_csv.log",
    localrule: True
    conda:
        "../envs/score.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=15,
    params:
        select=literal(CONFIG.select.as_data()),
        deny=literal(CONFIG.deny),
        file=literal(str(PREFIXED.exports / "faces.csv")),
    script:
        "../scripts/export_csv.py"


# The workflow's own files, which a crate carries.
SOURCES = [
    "Snakefile",
    *sorted(f"rules/{file}" for file in os.listdir(f"{HOME}/rules")),
]


rule export_crate:
    """Write the record of the run for archives, as an RO-Crate: crate/."""
    input:
        f"{RESULTS}/scores.tsv",
        f"{RESULTS}/images.tsv",
        f"{RESULTS}/provenance.json",
    output:
        f"{RESULTS}/crate/ro-crate-metadata.json",
        [f"{RESULTS}/crate/workflow/{file}" for file in SOURCES],
        f"{RESULTS}/crate/scores.tsv",
        f"{RESULTS}/crate/images.tsv",
        f"{RESULTS}/crate/provenance.json",
    log:
        f"{RESULTS}/logs/export_crate.log",
    benchmark:
        f"{RESULTS}/benchmarks/export_crate.tsv"
    localrule: True
    conda:
        "../envs/crate.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    params:
        home=str(HOME),
        workflow=SOURCES,
    script:
        "../scripts/export_crate.py"
