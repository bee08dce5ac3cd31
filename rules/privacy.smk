"""People forgotten, results deleted: only when asked for.

snakemake --cores 1 forget --config person=ID     or image=PATH
snakemake --cores 1 delete_results
"""


def made_in_results(_):
    """Give the names in the results folder of what the rules make."""
    outputs = [str(file) for rule in workflow.rules for file in rule.output]
    folder = Path(RESULTS)
    inside = [Path(file) for file in outputs if Path(file).is_relative_to(folder)]
    return sorted({file.relative_to(folder).parts[0] for file in inside} - {"cache"})


# How the environments of jobs are made here, for the run that makes the results again.
METHODS = workflow.deployment_settings.deployment_method
DEPLOYMENT = [method.name.lower().replace("_", "-") for method in METHODS]


# Both work on the whole folder of results and start where the workflow was started.
localrules:
    forget,
    delete_results,


rule forget:
    log:
        f"{RESULTS}/logs/forget.log",
    conda:
        "../envs/privacy.yaml"
    threads: workflow.cores
    resources:
        mem_mb=4000,
        runtime=240,
    params:
        config=config,
        names=PLAN.names,
        outputs=made_in_results,
        snakefile=str(workflow.main_snakefile),
        python=sys.executable,
        deployment=DEPLOYMENT,
    script:
        "../scripts/forget.py"


rule delete_results:
    log:
        f"{RESULTS}/logs/delete_results.log",
    conda:
        "../envs/privacy.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=30,
    params:
        config=config,
        outputs=made_in_results,
    script:
        "../scripts/delete_results.py"
