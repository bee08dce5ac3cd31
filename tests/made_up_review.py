"""Results to be reviewed: faces in doubt, clusters of the unknown, findings of the audit."""

import hashlib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa
from visage.audit.findings import COLUMNS
from visage.layout import Results
from visage.search.match import MATCHES
from visage.store.clusters import CLUSTERS
from visage.store.faces import FACES
from visage.store.tables import Origin, write_table

ORIGIN = Origin("made-up", "0" * 32)
THRESHOLD = 1.0
PEOPLE = ["anna", "bert", "carl"]
EACH = 3  # faces of a cluster
BOX = {"x": 10.12345, "y": 20.98765, "w": 30.5555, "h": 40.0}


class MadeUp:
    """A look-up over the made-up gallery."""

    def index(self) -> Any:
        return SimpleNamespace(threshold=SimpleNamespace(value=THRESHOLD))


def face(image: str, number: int = 0, **others: object) -> dict[str, object]:
    sha256 = hashlib.sha256(image.encode()).hexdigest()
    row = {"image": image, "sha256": sha256, "status": "ok", "face": number}
    return row | BOX | {"width": 200, "height": 100} | others


def write_results(folder: Path, doubts: list[float], clusters: int = 2) -> None:
    """Write results with a face at each distance, clusters, and a finding."""
    results = Results(folder / "results")
    queries = [face(f"q/{number:06d}.jpg", group="q") for number in range(len(doubts))]
    strangers = [
        face(f"s/{number:02d}-{one}.jpg", group="s")
        for number in range(clusters)
        for one in range(EACH + clusters - number)
    ]
    gallery = [face(f"{person}/a.jpg", person=person) for person in PEOPLE]
    table = pa.Table.from_pylist([*queries, *strangers], FACES)
    write_table(results.queries.table(0), table, ORIGIN)
    write_table(results.gallery.table(0), pa.Table.from_pylist(gallery, FACES), ORIGIN)
    write_table(results.faces, pa.Table.from_pylist(gallery, FACES), ORIGIN)
    distances = [*doubts, *[1.9] * len(strangers)]
    write_table(results.queries.match(0), _matches([*queries, *strangers], distances), ORIGIN)
    named = [
        {"image": row["image"], "group": "s", "face": 0, "place": int(str(row["image"])[5:-4])}
        | {"cluster": f"unknown-{str(row['image'])[2:4]}"}
        for row in strangers
    ]
    write_table(results.clusters, pa.Table.from_pylist(named, CLUSTERS), ORIGIN)
    finding = ["another_person", "bert", "bert/a.jpg", "0", "carl", "carl/a.jpg", "0.5", "near"]
    lines = [COLUMNS, finding, ["one_photograph", "anna", "", "", "", "", "", "one only"]]
    results.audit.write_text("".join("\t".join(line) + "\n" for line in lines))


def _matches(faces: list[dict[str, object]], distances: list[float]) -> pa.Table:
    count, several = len(faces), len(PEOPLE)
    each = np.repeat(np.array(distances), several) + 0.3 * np.tile(np.arange(several), count)
    columns: dict[str, Any] = {
        "image": np.repeat([str(row["image"]) for row in faces], several),
        "face": np.zeros(count * several, int),
        "rank": np.tile(np.arange(1, several + 1), count),
        "id": np.tile(PEOPLE, count),
        "name": np.tile([person.title() for person in PEOPLE], count),
        "distance": each,
        "nearest": np.tile([f"{person}/a.jpg" for person in PEOPLE], count),
        "nearest_face": np.zeros(count * several, int),
        "verdict": np.where(each <= THRESHOLD, "match", "unknown"),
    }
    empty = pa.nulls(count * several)
    return pa.table({name: columns.get(name, empty) for name in MATCHES.names}).cast(MATCHES)
