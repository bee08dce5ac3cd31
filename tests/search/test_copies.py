"""Which photographs are copies of one shot."""

import json
import shutil
from pathlib import Path

import numpy as np
from conftest import Workflow
from PIL import Image
from visage.audit.audit import read_audit
from visage.search.copies import number_photographs, same_files
from visage.search.faces import unit
from visage.search.neighbours import compare


def test_copies_of_copies_are_one_photograph_however_little_memory_there_is() -> None:
    rng = np.random.default_rng(8)
    codes = rng.integers(0, 4, 300)
    vectors = unit(rng.normal(size=(300, 3)).astype(np.float32))
    files = [str(number) for number in rng.integers(0, 250, 300)]
    near = 0.2
    found = compare(vectors, [str(code) for code in codes], near)
    edges = [(a, b) for a, b in zip(*found.near_pairs, strict=True) if codes[a] == codes[b]]
    edges += [
        (a, b) for a in range(300) for b in range(a) if (codes[a], files[a]) == (codes[b], files[b])
    ]
    # By hand: what the audit calls near duplicates, joined until nothing moves.
    wanted = list(range(300))
    while any(wanted[a] != wanted[b] for a, b in edges):
        for a, b in edges:
            wanted[a] = wanted[b] = min(wanted[a], wanted[b])
    assert 4 < len(set(wanted)) < 250
    for memory in (400, 0):
        same = same_files(codes, files)
        assert number_photographs(vectors, codes, same, near, memory).tolist() == wanted


def test_the_same_shot_in_another_size_is_no_second_photograph(
    tmp_path: Path, photographs: Path
) -> None:
    """Real photographs: one saved anew, smaller and cut; another person's once more as it is."""
    gallery = tmp_path / "gallery"
    shutil.copytree(photographs / "gallery", gallery)
    original = gallery / "grace-hopper/portrait.jpg"
    with Image.open(original) as image:
        width, height = image.size
        cut = image.convert("RGB").crop((width // 25, height // 30, width, height))
        cut.resize((cut.width * 2 // 3, cut.height * 2 // 3)).save(
            gallery / "grace-hopper/thumbnail.jpg", quality=70
        )
    shutil.copy(gallery / "eileen-collins/astronaut.png", gallery / "eileen-collins/copy.png")
    settings = {"gallery": "gallery", "queries": str(photographs / "queries"), "names": None}
    (tmp_path / "config.yaml").write_text(json.dumps(settings))
    workflow = Workflow(tmp_path)
    targets = ("results/evaluation.html", "results/gallery/audit.tsv")
    workflow.succeed(*targets, "--configfile", "config.yaml")

    counts = json.loads((tmp_path / "results/evaluation.json").read_text())["gallery"]
    assert (counts["photographs"], counts["same_file"], counts["near_copies"]) == (6, 1, 1)
    # Only Barack Obama has two photographs that are not of one shot.
    assert (counts["people_with_two"], counts["known_searches"]) == (1, 2)
    page = (tmp_path / "results/evaluation.html").read_text()
    assert "1 byte for byte, 1 nearly" in page
    audit = read_audit(tmp_path / "results/gallery/audit.tsv")
    twice = audit[audit["kind"] == "near_duplicate"]
    assert sorted(twice["person"]) == ["eileen-collins", "grace-hopper"]  # one definition for both
    assert twice["distance"].max() > 0.05, "copies that are too easy"
