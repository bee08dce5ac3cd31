"""People forgotten, results deleted: only when asked for.

snakemake --cores 1 forget --config person=ID     or image=PATH
snakemake --cores 1 delete_results
"""

# How the environments of jobs are made here, for the run that makes the results again.
METHODS = workflow.deployment_settings.deployment_method
DEPLOYMENT = [method.name.lower().replace("_", "-") for method in METHODS]


# They are run by this workflow itself, also where it is a module, in the folder of its results.
OWN_CONFIG = CONFIG.replace(results=str(PREFIXED.root)).as_data()


# Both are local: they work on the whole folder of results.
rule forget:
    """Forget a person or photograph: --config person=ID or image=PATH."""
    log:
        f"{RESULTS}/logs/forget.log",
    localrule: True
    conda:
        "../envs/privacy.yaml"
    threads: lambda _: workflow.cores
    resources:
        mem_mb=4000,
        runtime=240,
    params:
        config=literal(OWN_CONFIG),
        names=literal(PLAN.names),
        outputs=made_in_results,
        snakefile=f"{HOME}/Snakefile",
        python=sys.executable,
        deployment=DEPLOYMENT,
    script:
        "../scripts/forget.py"


rule delete_results:
    """Delete all results and the cache; photographs and names stay."""
    log:
        f"{RESULTS}/logs/delete_results.log",
    localrule: True
    conda:
        "../envs/privacy.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=30,
    params:
        config=literal(OWN_CONFIG),
        outputs=made_in_results,
    script:
        "../scripts/delete_results.py"
