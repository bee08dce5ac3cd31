"""What it takes to add an export: a file in visage/export, a script, a rule; and no more."""

from pathlib import Path

from conftest import REPO, Workflow, project_copy
from small_run import CONFIG

MODULE = """
from visage.export.faces import named_faces
from visage.store.files import write_text


def export_contacts(tables, matches, deny, output):
    pairs = zip(tables, matches, strict=True)
    faces = [face for pair in pairs for face in named_faces(*pair, None, deny)]
    write_text(output, "".join(f"{face.name}\\t{face.image}\\n" for face in faces))
"""
SCRIPT = """
from pathlib import Path

from visage.export.contacts import export_contacts
from visage.sets.deny import read_deny
from visage.workflow.job import logged, paths

with logged(snakemake.log[0]):
    inputs, output = snakemake.input, Path(snakemake.output[0])
    deny = read_deny(snakemake.params.deny)
    export_contacts(paths(inputs.tables), paths(inputs.matches), deny, output)
"""
RULE = """

rule export_contacts:
    input:
        tables=tables("queries"),
        matches=MATCHES,
    output:
        f"{RESULTS}/exports/contacts.tsv",
    log:
        f"{RESULTS}/logs/export_contacts.log",
    params:
        deny=literal(CONFIG.deny),
    script:
        "../scripts/export_contacts.py"
"""
CONTACTS = "results/exports/contacts.tsv"
HERE_TOO = ("--rerun-triggers", "mtime", *CONFIG)  # whichever clone the results are of


def test_adding_an_export_touches_three_files(finished: Workflow, tmp_path: Path) -> None:
    """The rest of the workflow then knows it: what it is made from, and what is to be deleted."""
    project = tmp_path / "project"
    workflow = Workflow(finished.folder, project_copy(project, weights=False))
    with (finished.folder / "config.yaml").open("a") as config:
        config.write(f"weights: {REPO / 'weights'}\n")  # those that the run was made with
    (project / "scripts/visage/export/contacts.py").write_text(MODULE)
    (project / "scripts/export_contacts.py").write_text(SCRIPT)
    with (project / "rules/export.smk").open("a") as rules:
        rules.write(RULE)
    printed = workflow.succeed(CONTACTS, *HERE_TOO)
    assert "rule export_contacts" in printed and "embed_shard" not in printed
    contacts = finished.folder / CONTACTS
    assert contacts.read_text() == "barack-obama\tknown/portrait.jpg\n"
    # It goes when what it was made from does, and with all that is ours.
    (finished.folder / "results/queries/matches/0.parquet").unlink()
    planned = workflow.succeed("--dry-run", CONTACTS, *HERE_TOO)
    assert "match_shard" in planned and "export_contacts" in planned
    workflow.succeed("delete_results", *HERE_TOO)
    assert not contacts.exists()
