"""What people and other programs said about faces, brought together with the faces there are.

tables, notes/<shard>.jsonl, sidecars ─► <set>/labels/<shard>.tsv, what other programs know
labels.tsv, people.tsv, <set>/labels, tables ─► labels/labelled.parquet
"""

if CONFIG.people:

    rule merge_names:
        """Join ids that are one person, and their names."""
        input:
            people=PEOPLE,
            names=user(PLAN.names),
            settings=PLANNER.settings("names"),
        output:
            f"{RESULTS}/labels/names.json",
        log:
            f"{RESULTS}/logs/merge_names.log",
        benchmark:
            f"{RESULTS}/benchmarks/merge_names.tsv"
        conda:
            "../envs/match.yaml"
        threads: 1
        resources:
            mem_mb=500,
            runtime=5,
        script:
            "../scripts/merge_names.py"


if CONFIG.import_labels:

    rule import_labels:
        """Take in what other programs know about the faces of one shard."""
        input:
            table=f"{RESULTS}/{{set}}/tables/{{shard}}.parquet",
            notes=PLANNER.notes,
            settings=PLANNER.settings("labels"),
            people=PEOPLE,
            names=user(PLAN.names),
        output:
            labels=f"{RESULTS}/{{set}}/labels/{{shard}}.tsv",
            faults=f"{RESULTS}/{{set}}/labels/{{shard}}.faults.tsv",
        log:
            f"{RESULTS}/logs/import_labels/{{set}}-{{shard}}.log",
        benchmark:
            f"{RESULTS}/benchmarks/import_labels/{{set}}-{{shard}}.tsv"
        conda:
            "../envs/labels.yaml"
        threads: 1
        resources:
            mem_mb=2000,
            runtime=60,
        params:
            deny=literal(CONFIG.deny),
        script:
            "../scripts/import_labels.py"


if PLAN.says:

    rule apply_labels:
        """Bring what people said together with the faces that there are."""
        input:
            settings=PLANNER.settings("labels"),
            labels=user(PLAN.labels),
            people=PEOPLE,
            imported=[path for name in SETS for path in imported(name)],
            gallery=tables("gallery"),
            queries=tables("queries"),
            weights=([] if CONFIG.import_vectors else MODEL_FILES),
        output:
            labelled=f"{RESULTS}/labels/labelled.parquet",
            findings=f"{RESULTS}/labels/findings.tsv",
        log:
            f"{RESULTS}/logs/apply_labels.log",
        benchmark:
            f"{RESULTS}/benchmarks/apply_labels.tsv"
        conda:
            PLAN.embed_environment
        threads: PLAN.embed_threads
        resources:
            mem_mb=4000,
            runtime=240,
            gpu=PLAN.gpus,
        params:
            registry=REGISTRY_FILE,
            weights=WEIGHTS,
            cache=literal(str(PREFIXED.cache)),
            deny=literal(CONFIG.deny),
        script:
            "../scripts/apply_labels.py"


LABELLED = rules.apply_labels.output.labelled if PLAN.says else []
FINDINGS = rules.apply_labels.output.findings if PLAN.says else []
