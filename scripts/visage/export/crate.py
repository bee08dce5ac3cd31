"""A run as a Workflow Run RO-Crate: the record of the scores, for archives and other programs.

https://www.researchobject.org/workflow-run-crate/profiles/workflow_run_crate (version 0.5)
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from rocrate.model import ContextEntity, DataEntity
from rocrate.rocrate import ROCrate

from visage.store.files import write_text

METADATA = "ro-crate-metadata.json"

_PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": "Process Run Crate",
    "https://w3id.org/ro/wfrun/workflow/0.5": "Workflow Run Crate",
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": "Workflow RO-Crate",
}
_RIGHTS = (
    "These results say who is in photographs: they may be passed on only as far as those people "
    "and the law of the place allow."
)
_MIT = "https://spdx.org/licenses/MIT"
_RESULTS = {
    "scores.tsv": "Who is in which group of photographs, and how sure that is",
    "images.tsv": "What became of every photograph",
    "provenance.json": "What the scores were made from",
}


def write_crate(
    folder: Path, home: Path, workflow: Sequence[str], results: Mapping[str, Path]
) -> None:
    """Write a crate with the workflow's own files, the results, and what says how they came about.

    No photograph and no embedding is in it; of the photographs it has numbers and a SHA-256.

    Args:
        folder: The crate.
        home: The folder of the workflow.
        workflow: Its files in that folder; the Snakefile first.
        results: `scores.tsv`, `images.tsv` and `provenance.json`, and where they are.
    """
    record = json.loads(results["provenance.json"].read_text(encoding="utf-8"))
    crate = ROCrate(version="1.1")
    _root(crate, record)
    files = _workflow(crate, home, workflow, record)
    made = _results(crate, results)
    action = _action(crate, record, made)
    crate.root_dataset["mentions"] = action
    for path, text in (*files, *((name, path) for name, path in results.items())):
        write_text(folder / path, text.read_text(encoding="utf-8"))
    described = crate.metadata.generate()
    write_text(folder / METADATA, json.dumps(described, indent=2, ensure_ascii=False) + "\n")


def _root(crate: ROCrate, record: dict[str, Any]) -> None:
    """Say what the crate is and what it conforms to."""
    for address, name in _PROFILES.items():
        version = address.rpartition("/")[2]
        said = {"@type": "CreativeWork", "name": name, "version": version}
        crate.add(ContextEntity(crate, address, said))
    described = ["https://w3id.org/ro/crate/1.1", list(_PROFILES)[-1]]
    crate.metadata["conformsTo"] = [{"@id": address} for address in described]
    root = crate.root_dataset
    root["conformsTo"] = [{"@id": address} for address in _PROFILES]
    root["datePublished"] = record["written"]
    root["name"] = "A run of Visage-ML"
    found = record["found"]
    root["description"] = (
        f"{found['named']} of {found['faces']} faces have a name; {found['people']} people. "
        f"Made by: {record['workflow']['command']}"
    )
    rights = {"@type": "CreativeWork", "name": "Rights of the people shown", "description": _RIGHTS}
    root["license"] = crate.add(ContextEntity(crate, "#rights", rights))


def _workflow(
    crate: ROCrate, home: Path, names: Sequence[str], record: dict[str, Any]
) -> list[tuple[str, Path]]:
    """Describe the workflow's files; give where each goes and comes from."""
    language = {
        "@type": "ComputerLanguage",
        "name": "Snakemake",
        "url": {"@id": "https://snakemake.readthedocs.io"},
        "version": record["packages"].get("snakemake", "9"),
    }
    snakemake = crate.add(ContextEntity(crate, "#snakemake", language))
    crate.add(ContextEntity(crate, _MIT, {"@type": "CreativeWork", "name": "MIT License"}))
    main, *others = [f"workflow/{name}" for name in names]
    said = {
        "@type": ["File", "SoftwareSourceCode", "ComputationalWorkflow"],
        "name": "Visage-ML",
        "version": record["workflow"]["version"],
        "programmingLanguage": snakemake,
        "license": {"@id": _MIT},
        "input": [_parameter(crate, name, "PropertyValue") for name in record["config"]],
        "output": [_parameter(crate, name, "File") for name in _RESULTS],
        "hasPart": [{"@id": name} for name in others],
    }
    if record["workflow"]["commit"]:
        said["identifier"] = record["workflow"]["commit"]
    crate.mainEntity = crate.add(DataEntity(crate, main, said))
    for name in others:
        part = {"@type": ["File", "SoftwareSourceCode"], "name": name, "license": {"@id": _MIT}}
        crate.add(DataEntity(crate, name, part | {"programmingLanguage": snakemake}))
    return [(f"workflow/{name}", home / name) for name in names]


def _parameter(crate: ROCrate, name: str, kind: str) -> ContextEntity:
    said = {"@type": "FormalParameter", "additionalType": kind, "name": name}
    return crate.add(ContextEntity(crate, f"#parameter-{name}", said))


def _results(crate: ROCrate, results: Mapping[str, Path]) -> list[DataEntity]:
    made = []
    for name, path in results.items():
        said = {
            "@type": "File",
            "name": name,
            "description": _RESULTS[name],
            "contentSize": str(path.stat().st_size),
            "encodingFormat": "application/json"
            if path.suffix == ".json"
            else "text/tab-separated-values",
            "exampleOfWork": {"@id": f"#parameter-{name}"},
        }
        made.append(crate.add(DataEntity(crate, name, said)))
    return made


def _action(crate: ROCrate, record: dict[str, Any], made: list[DataEntity]) -> ContextEntity:
    """Describe the run: what went in, what came out, when, on what machine."""
    values = [
        _value(f"config-{name}", name, value) | {"exampleOfWork": {"@id": f"#parameter-{name}"}}
        for name, value in record["config"].items()
    ]
    for name, images in record["images"].items():
        what = f"SHA-256 of paths and contents of the {images['images']} photographs of the {name}"
        values.append(_value(f"sha256-{name}", what, images["sha256"]))
    values.append(_value("model", "model", record["model"]["name"]))
    values += [
        _value(f"weights-{file['file']}", f"SHA-256 of {file['file']}", file["sha256"])
        for file in record["model"]["weights"]
    ]
    machine = record["machine"]
    said = {
        "@type": "CreateAction",
        "name": f"Run of Visage-ML {record['workflow']['version']}",
        "description": f"{record['workflow']['command']}\n{machine['cores']} cores, "
        f"{machine['processor']}, {machine['system']}, Python {machine['python']}",
        "instrument": crate.mainEntity,
        "object": [crate.add(ContextEntity(crate, value.pop("@id"), value)) for value in values],
        "result": made,
        "endTime": datetime.fromisoformat(record["written"]).isoformat(),
        "actionStatus": {"@id": "http://schema.org/CompletedActionStatus"},
    }
    return crate.add(ContextEntity(crate, "#run", said))


def _value(key: str, name: str, value: object) -> dict[str, Any]:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return {"@id": f"#{key}", "@type": "PropertyValue", "name": name, "value": text}
