"""A page to look at.

tables, matches, index, scores, images.tsv, provenance, audit, evaluation, photographs
    ─► report.html, report/, and share.html, share/ where `snakemake report_share` asks for them

The folder has the page once more, as the index of what goes into Snakemake's own report, and the
pictures where they are many.
"""


rule build_report:
    """Write the page to look at: report.html."""
    input:
        gallery_tables=tables("gallery"),
        query_tables=tables("queries"),
        matches=MATCHES,
        faces=rules.build_index.output.faces,
        scores=rules.score_matches.output.scores,
        images=rules.tabulate_images.output[0],
        provenance=rules.score_matches.output.provenance,
        audit=rules.audit_gallery.output[0],
        clusters=rules.cluster_unknown.output.clusters,
        evaluation=EVALUATION,
        names=NAMES,
        settings=PLANNER.settings("report"),
    output:
        page=f"{RESULTS}/report.html",
        folder=report(
            directory(f"{RESULTS}/report"),
            htmlindex="index.html",
            caption="../docs/captions/report.rst",
            category="Who",
            labels={"What": "Photographs and people"},
        ),
    log:
        f"{RESULTS}/logs/build_report.log",
    benchmark:
        f"{RESULTS}/benchmarks/build_report.tsv"
    conda:
        "../envs/report.yaml"
    threads: 2
    resources:
        mem_mb=4000,
        runtime=60,
    params:
        share=False,
        results=literal(str(PREFIXED.root)),
    script:
        "../scripts/build_report.py"


use rule build_report as report_share with:
    """Write a copy to give away, strangers blurred: share.html."""
    output:
        page=f"{RESULTS}/share.html",
        folder=directory(f"{RESULTS}/share"),
    log:
        f"{RESULTS}/logs/report_share.log",
    benchmark:
        f"{RESULTS}/benchmarks/report_share.tsv"
    params:
        share=True,
        results=literal(str(PREFIXED.root)),
