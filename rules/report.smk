"""A page to look at.

tables, matches, index, scores, provenance, audit, evaluation, photographs ─► report.html
(and report/<page>.html with their pictures, where there are many photographs)
"""


rule build_report:
    input:
        gallery_tables=tables("gallery"),
        query_tables=tables("queries"),
        matches=MATCHES,
        faces=rules.build_index.output.faces,
        scores=rules.score_matches.output.scores,
        provenance=rules.score_matches.output.provenance,
        audit=rules.audit_gallery.output[0],
        evaluation=EVALUATION,
        names=NAMES,
    output:
        report(
            f"{RESULTS}/report.html",
            caption="../docs/captions/report.rst",
            category="Who",
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
        gallery=literal(CONFIG.gallery),
        queries=literal(CONFIG.queries),
        links=literal(CONFIG.links),
        match=CONFIG.match.as_data(),
        normalize=CONFIG.index.normalize,
        published=ENTRY.threshold.model_dump(),
    script:
        "../scripts/build_report.py"
