"""The mean of many people's embeddings, which a model's `centre` in config/models.yaml names.

    python benchmarks/centre.py PEOPLE --out config/sface-yunet.centre.json \\
        --source "LFW deep-funneled, half of the people" --licence "research use"

What all faces have in common says nothing of who they are: taken off, people lie further apart. The
mean has to be a fixed one of many people; a small gallery's own is no good. PEOPLE holds
<person>/<image>; each person counts once, by the mean of the most prominent faces of their images.
With --folds N it is also made of all people but a part, N times, and the cosine between these and
the whole is printed: 1.00 means that it does not depend on who they are. The threshold printed is
the distance that one in a thousand pairs of different people lie within (OpenCV's own for SFace is
at the same share), of centred embeddings of people the centre was not made of.
"""

import argparse
import json
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
from parts.embedding import Models, embed
from visage.embed.extractor import centred
from visage.models.registry import load_registry
from visage.search.faces import unit
from visage.search.index import vectors_of
from visage.store.arrow import equal
from visage.types import Embedding, Floats, Indices

ROOT = Path(__file__).parent.parent
FALSE_MATCHES = 1e-3  # of pairs of different people, at the threshold
SEED = 42
DIGITS = 6


def main() -> None:
    """Learn a centre, write it, and print what it is worth."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("people", type=Path, help="<person>/<image>")
    parser.add_argument("--model", default="sface-yunet")
    parser.add_argument("--out", type=Path, required=True, help="the JSON file to write")
    parser.add_argument("--source", required=True, help="whose photographs they are")
    parser.add_argument("--licence", required=True, help="theirs, in a word")
    parser.add_argument("--folds", type=int, default=2)
    parser.add_argument("--weights", type=Path, default=ROOT / "weights")
    parser.add_argument("--work", type=Path, help="where to keep embeddings")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        models = Models(
            load_registry(ROOT / "config/models.yaml"),
            options.weights,
            options.work or Path(temporary),
            options.threads,
        )
        vectors, people = raw_embeddings(options.people, models, options.model)
    if len(np.unique(people)) < 2 * options.folds:  # who differ are compared within each part
        parser.error(
            f"{options.people}: a face was found of {len(np.unique(people))} people; "
            f"{options.folds} --folds need {2 * options.folds}"
        )
    everybody = mean_of_people(vectors, people)
    parts = np.random.default_rng(SEED).permutation(people.max() + 1)[people] % options.folds
    cosines, thresholds = [], []
    for part in range(options.folds):
        others = mean_of_people(vectors[parts != part], people[parts != part])
        cosines.append(float(unit(others[None])[0] @ unit(everybody[None])[0]))
        held_out = parts == part
        thresholds.append(threshold(centred(vectors[held_out], others), people[held_out]))
    write(options, everybody, people)
    print(f"{options.model}: {people.max() + 1} people, {len(people)} photographs")
    print(f"cosine to the centres of {options.folds} parts: {min(cosines):.4f} and more")
    print(f"threshold: {np.mean(thresholds):.3f} ({', '.join(f'{t:.3f}' for t in thresholds)})")


def raw_embeddings(folder: Path, models: Models, model: str) -> tuple[Floats, Indices]:
    """Embed the most prominent face of each photograph without a centre, and number the people."""
    entry = models.registry.model(model).model_copy(update={"centre": None})
    models = replace(models, registry=models.registry.with_model(model, entry))
    table = embed(folder, models, model, labelled=True).read()
    table = table.filter(pc.and_(pc.is_valid(table["embedding"]), equal(table["face"], 0)))
    names = np.array(table["person"].to_pylist(), np.str_)
    return vectors_of(table), np.unique(names, return_inverse=True)[1].astype(np.int64)


def mean_of_people(vectors: Floats, people: Indices) -> Embedding:
    """Give the mean over people of the means of their vectors, each scaled to length 1."""
    units = unit(vectors).astype(np.float64)
    numbers, people = np.unique(people, return_inverse=True)
    sums = np.zeros((len(numbers), units.shape[1]))
    np.add.at(sums, people, units)
    return (sums / np.bincount(people)[:, None]).mean(axis=0).astype(np.float32)


def threshold(vectors: Floats, people: Indices, pairs: int = 4_000_000) -> float:
    """Give the distance that `FALSE_MATCHES` of the pairs of different people lie within."""
    rng = np.random.default_rng(SEED)
    one, other = rng.integers(0, len(people), (2, pairs))
    different = people[one] != people[other]
    cosines = np.einsum("nd,nd->n", vectors[one[different]], vectors[other[different]])
    return float(np.sqrt(2 - 2 * np.quantile(cosines, 1 - FALSE_MATCHES)))


def write(options: argparse.Namespace, centre: Embedding, people: Indices) -> None:
    """Write the centre with where it comes from."""
    content = {
        "made_by": "benchmarks/centre.py",
        "source": options.source,
        "licence": options.licence,
        "people": int(people.max() + 1),
        "photographs": len(people),
        "centre": [round(float(number), DIGITS) for number in centre],
    }
    options.out.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
