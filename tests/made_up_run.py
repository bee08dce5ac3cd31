"""A made-up run: two sets of photographs and all the tables, for the tests of the report."""

import json
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from bs4 import BeautifulSoup
from PIL import Image
from visage.audit.findings import COLUMNS
from visage.report import Options, Sources, build_report
from visage.score.score import score
from visage.search.threshold import Threshold
from visage.store.faces import FACES
from visage.store.matches import MATCHES
from visage.store.tables import Origin, write_table

HOSTILE = "<script>alert('x')</script>\"><img src=x onerror=alert(1)>"
ORIGIN = Origin("made-up", "0" * 32)
PEOPLE = [f"person-{number:02d}" for number in range(12)]
THRESHOLD = 1.0

# image → (group, faces: each the distances of its candidates from the first)
COMPARED = {
    "holiday/two.jpg": ("holiday", [[0.4, 0.9, 1.2], [1.1, 1.2, 1.3]]),
    "holiday/one.png": ("holiday", [[0.5 + 0.1 * number for number in range(12)]]),
    "work/<b>&'\"{{ 7 * 7 }}.png": ("work", [[1.4, 1.5]]),
    "gone.jpg": ("", [[0.3, 1.5]]),
}
# photographs of the second person besides the first, which is 1.0 away: name, face, distance
FURTHER = [("b.png", 0, 3.0), ("c.png", 1, 0.25), ("c.png", 2, 0.5)]
# image → (status, reason)
NOTHING = {
    "work/landscape.png": ("no_face", "no face was found in the image"),
    "broken.jpg": ("unreadable", "the file is damaged: <i>cut short</i>"),
}
# kind, person, image, face, other person, other image, distance, detail
AUDIT = [
    [
        *("another_person", "person-04", "person-04/a.png", "0"),
        *("person-05", "person-05/a.png", "0.81", f"near {HOSTILE}"),
    ],
    ["no_usable_face", "person-00", "person-00/empty.png", "", "", "", "", "1 unreadable"],
    *(["one_photograph", f"person-{n}", "", "", "", "", "", "one only"] for n in range(45)),
]
WORST = {
    **{"image": "person-04/a.png", "box": [100.0, 30.0, 40.0, 50.0], "person": "person-04"},
    **{"other": HOSTILE, "other_image": "person-05/a.png", "other_box": None},
    **{"distance": 0.81, "own": None, "rank": 0},
}
EVALUATION = {
    **{"model": "made-up", "ranking": "nearest", "normalize": False, "note": ""},
    **{"summary": "The threshold is the gallery's own.", "calibration": None, "reliability": []},
    "gallery": {
        **{"photographs": 30, "people": 12, "people_with_two": 6, "misfiled": 0},
        **{
            "known_searches": 24,
            "strangers_searches": 30,
            "same_file": 0,
            "near_copies": 1,
            "failed": 0,
        },
    },
    "cmc": [0.9959, 1.0],
    "det": [
        {"fpir": 0.03, "fnir": {"value": 0.02, "low": 0.01, "high": 0.03}},
        {"fpir": 1.0, "fnir": {"value": 0.0, "low": 0.0, "high": 0.01}},
    ],
    **{"calibration_error": None, "held_out": [], "strata": {}},
    "details": {
        "histogram": {"edges": [0.0, 1.0, 2.0], "own": [23, 1], "other": [0, 30]},
        **{"false_alarms": [WORST], "misses": []},
    },
    "fpir": 0.01,
    "operating": [
        {
            "fpir": 0.1,
            "threshold": 1.2,
            "false_alarms": 3,
            "fnir": {"value": 0.5, "low": 0.4, "high": 0.6},
        },
        {
            "fpir": 0.01,
            "threshold": 1.0,
            "false_alarms": 0,
            "fnir": {"value": 0.0163, "low": 0.004, "high": 0.03},
        },
    ],
    "rank_one": {"value": 0.9959, "low": 0.988, "high": 1.0},
    "published": {"threshold": 1.128, "fpir": 0.0, "fnir": 0.03},
    "threshold": 1.0,
}
PROVENANCE: dict[str, Any] = {
    "written": "2026-03-01T00:30:00+01:00",
    "workflow": {
        **{"version": "0.1.0", "commit": "c0ffee" + "0" * 34, "changed": True},
        "command": "snakemake --config queries='a b'",
    },
    "model": {
        "name": "made-up",
        "fingerprint": "f" * 32,
        "entry": {
            **{"recognizer": "R", "detector": "D", "engine": "E", "alignment": "five-point"},
        },
        "weights": [
            {
                **{"file": "r.onnx", "sha256": "ab" * 32, "licence": "MIT"},
                **{"made_from": "source.onnx", "sources": ["https://weights.example/<b>"]},
            }
        ],
    },
    "images": {
        "gallery": {"images": 13, "status": {"ok": 12}, "faces": 12, "sha256": "1" * 64},
        "queries": {"images": 6, "status": {"no_face": 1}, "faces": 6, "sha256": "2" * 64},
    },
    "results": {"scores.tsv": "3" * 64},
    "packages": {"numpy": "2.5.5"},
    "machine": {
        **{"processor": "P", "cores": 2, "memory_gb": 8.0, "system": "S", "python": "3.12"},
    },
    "times": {"embed_shard": {"jobs": 4, "seconds": 61.5, "largest_memory_mb": 500.4}},
}


@dataclass(frozen=True)
class Made:
    """A folder with everything a report is made from."""

    folder: Path

    def build(self, name: str = "report.html", **changes: Any) -> Path:
        """Build a report; `changes` are fields of `Sources` or `Options`."""
        output = self.folder / "results" / name
        sources = Sources(
            gallery_tables=[self.folder / "gallery.parquet"],
            query_tables=[self.folder / "queries.parquet"],
            matches=[self.folder / "matches.parquet"],
            faces=self.folder / "faces.parquet",
            scores=self.folder / "scores.tsv",
            images=self.folder / "images.tsv",
            audit=self.folder / "audit.tsv",
            evaluation=self.folder / "evaluation.json",
            provenance=self.folder / "provenance.json",
            gallery=self.folder / "gallery",
            queries=self.folder / "queries",
        )
        options = Options(
            threshold=Threshold(THRESHOLD, "From the test."),
            links="https://people.example/{id}",
            normalize=False,
        )
        own = {field.name for field in fields(Sources)} & changes.keys()
        build_report(
            replace(sources, **{key: changes[key] for key in own}),
            replace(options, **{key: changes[key] for key in changes.keys() - own}),
            output,
        )
        return output

    def content(self, name: str = "report.html", **changes: Any) -> dict[str, Any]:
        """Build a report, and give the data that its scripts draw from."""
        return content_of(self.read(name, **changes))

    def read(self, name: str = "report.html", **changes: Any) -> BeautifulSoup:
        return BeautifulSoup(self.build(name, **changes).read_text(encoding="utf-8"), "html.parser")


def content_of(page: BeautifulSoup) -> dict[str, Any]:
    """Give the data of a page."""
    part = page.select_one("script#content")
    assert part
    return json.loads(part.get_text())


def picture(path: Path, seed: int, size: tuple[int, int] = (200, 120)) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(seed).integers(0, 255, (8, 8, 3), dtype=np.uint8)
    Image.fromarray(noise).resize(size).save(path)


def face_row(image: str, number: int, **others: Any) -> dict[str, Any]:
    box = {"x": 20.0 + 80 * number, "y": 30.0, "w": 40.0, "h": 50.0, "confidence": 0.9}
    size = {"width": 200, "height": 120}
    row = {"image": image, "status": "ok", "reason": "", "face": number, "embedding": [0.0, 0.0]}
    return row | box | size | others


def _probability(place: int, distance: float) -> float | None:
    if place == 0 and distance > THRESHOLD:
        return 0.2 if distance < 1.2 * THRESHOLD else 0.01
    return {0: 0.9999, 1: 0.42}.get(place)


def match_rows(image: str, group: str, number: int, distances: list[float]) -> list[dict]:
    rows = []
    for place, distance in enumerate(distances):
        within = distance <= THRESHOLD
        verdict = ("match" if place == 0 else "possible") if within else "unknown"
        rows.append(
            {
                "image": image,
                "group": group,
                "face": number,
                "rank": place + 1,
                "id": PEOPLE[place],
                "name": HOSTILE if place == 0 else "",
                "distance": distance,
                "hits": 1,
                "nearest": f"{PEOPLE[place]}/a.png",
                "nearest_face": 0,
                "verdict": verdict,
                "probability": _probability(place, distance),
            }
        )
    return rows


def make(folder: Path) -> Made:
    """Fill `folder` with two sets, their tables and everything else a report shows."""
    queries, matches = [], []
    for seed, (image, (group, faces)) in enumerate(COMPARED.items()):
        if image != "gone.jpg":
            picture(folder / "queries" / image, seed)
        for number, distances in enumerate(faces):
            queries.append(face_row(image, number, group=group))
            matches += match_rows(image, group, number, distances)
    small = {
        "embedding": None,
        "status": "too_small",
        "reason": "9 x 9 pixels; faces.min_size asks for 24",
    }
    queries.append(face_row("holiday/two.jpg", 2, group="holiday", **small, x=0.0, w=9.0, h=9.0))
    for image, (status, reason) in NOTHING.items():
        row = {"image": image, "status": status, "reason": reason}
        queries.append(row | {"group": image.split("/")[0] if "/" in image else ""})
    picture(folder / "queries/work/landscape.png", 50)
    (folder / "queries/broken.jpg").write_bytes(b"\xff\xd8 no picture")
    gallery = []
    for seed, person in enumerate(PEOPLE):
        # The first two are the same picture: it has to be in the page once.
        picture(folder / "gallery" / person / "a.png", 100 + max(1, seed))
        gallery.append(face_row(f"{person}/a.png", 0, person=person, embedding=[0.1, seed]))
    # The second person has more photographs, the nearer ones behind, and two faces in one.
    for name, number, away in FURTHER:
        picture(folder / "gallery" / PEOPLE[1] / name, 200 + ord(name[0]))
        row = face_row(f"{PEOPLE[1]}/{name}", number, person=PEOPLE[1], embedding=[0.1, away])
        gallery.append(row)
    (folder / "gallery/person-03/a.png").unlink()
    empty = {"status": "unreadable", "reason": "the file is empty (0 bytes)", "person": "person-00"}
    bad = [{"image": "person-00/empty.png"} | empty]
    for name, rows, schema in (
        ("queries", queries, FACES),
        ("gallery", gallery + bad, FACES),
        ("faces", gallery, FACES),
        ("matches", matches, MATCHES),
    ):
        write_table(folder / f"{name}.parquet", pa.Table.from_pylist(rows, schema), ORIGIN)
    score([folder / "matches.parquet"], None, None, 10, folder / "scores.tsv")
    (folder / "images.tsv").write_text("image\toriginal\n")
    (folder / "audit.tsv").write_text(
        "\n".join(["\t".join(COLUMNS), *("\t".join(row) for row in AUDIT)]) + "\n"
    )
    (folder / "evaluation.json").write_text(json.dumps(EVALUATION))
    (folder / "provenance.json").write_text(json.dumps(PROVENANCE))
    return Made(folder)
