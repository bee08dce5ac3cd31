"""How well strangers are gathered, on any labelled photographs: B-cubed, and how far names hold.

    python benchmarks/clusters.py some/folder/people [--errata errata.tsv]

some/folder/people holds <person>/<image>; a photograph's person is the face nearest to its middle.
People with two photographs or more are gathered as if nobody knew them, as the rule cluster_unknown
does, at several shares of the squared distance within which a thousandth of strangers' pairs are.
Then a tenth of the photographs is taken away and comes back: which faces keep the name of their
cluster? B-cubed: Bagga and Baldwin, COLING-ACL 1998.

--exact 0 gathers them as a million faces would be, by the cells that they share
(`visage.people.cells`), and says how far that is from comparing all pairs.
"""

import argparse
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from parts.embedding import Models, embed
from parts.written import write
from visage.models.registry import load_registry
from visage.people import clusters
from visage.people.cells import EXACT
from visage.people.cluster_names import name_clusters, read_names
from visage.people.linkage import gather, within_pictures
from visage.search.faces import unit
from visage.search.index import vectors_of
from visage.search.neighbours import USUAL_THRESHOLD
from visage.types import Floats

ROOT = Path(__file__).parent.parent
SHARES = [0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0]
MORE = 0.1  # so many photographs come
DRAWS = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("people", type=Path, help="<person>/<image>")
    parser.add_argument(
        "--errata", type=Path, help="TSV what, subject, meaning: known wrong labels"
    )
    parser.add_argument("--model", default="sface-yunet")
    parser.add_argument("--weights", type=Path, default=ROOT / "weights")
    parser.add_argument("--out", type=Path, default=Path("results/accuracy"))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--exact", type=int, default=EXACT, help="up to so many faces all pairs")
    options = parser.parse_args()
    models = Models(
        load_registry(ROOT / "config/models.yaml"), options.weights, options.out, options.threads
    )
    table = embed(options.people, models, options.model, labelled=True).read()
    faces, vectors = subjects(table.filter(pc.is_valid(table["embedding"])), options.errata)
    published = models.registry.model(options.model).threshold.normalized or USUAL_THRESHOLD
    how = clusters.How(3, published, True, options.threads, options.exact)
    write(options.out, "clusters", pd.DataFrame(quality(faces, vectors, how)))
    write(options.out, "cluster-names", pd.DataFrame(stability(faces, vectors, how)))


def subjects(table: pa.Table, errata: Path | None) -> tuple[pd.DataFrame, Floats]:
    """Give the people with two photographs or more: a row a photograph, and its unit vector."""
    vectors, rows = unit(vectors_of(table)), table.drop_columns("embedding").to_pandas()
    off = pd.Series(
        np.hypot(
            rows["x"] + rows["w"] / 2 - rows["width"] / 2,
            rows["y"] + rows["h"] / 2 - rows["height"] / 2,
        ),
        rows.index,
    )
    rows = rows.loc[off.groupby(rows["image"]).idxmin()]
    if errata is not None:
        notes = pd.read_csv(errata, sep="\t").fillna("")
        wrong = notes.loc[notes["what"] == "wrong_label", "subject"]
        same = notes[notes["what"] == "same_person"].set_index("subject")["meaning"]
        rows = rows[~rows["image"].isin(wrong)].replace({"person": same.to_dict()})
    rows = rows[rows.groupby("person")["image"].transform("size") >= 2].sort_values("image")
    return rows.reset_index(drop=True), vectors[rows.index]


def quality(faces: pd.DataFrame, vectors: Floats, how: clusters.How) -> Iterator[dict]:
    """Measure the clusters at several shares."""
    apart = within_pictures(pd.factorize(faces["image"].to_numpy())[0])
    for share in SHARES:
        start = time.perf_counter()
        cut = (how.limit or USUAL_THRESHOLD) * share**0.5
        found = gather(vectors, apart, cut, exact=how.exact, threads=how.threads)
        seconds = time.perf_counter() - start
        precision, recall = b_cubed(faces["person"], pd.Series(found))
        row = {"share": share, "faces": len(faces), "people": faces["person"].nunique()}
        row |= {"clusters": int(found.max()) + 1, "precision": precision, "recall": recall}
        row |= {"F": mean_of(precision, recall), "seconds": seconds}
        if len(faces) > how.exact:
            all_pairs = gather(vectors, apart, cut, threads=how.threads)
            row["F, all pairs"] = mean_of(*b_cubed(faces["person"], pd.Series(all_pairs)))
        yield row


def b_cubed(people: pd.Series, found: pd.Series) -> tuple[float, float]:
    """Give the mean over faces of: which share of its cluster is its person's, and the reverse."""
    both = pd.DataFrame({"person": people.to_numpy(), "found": found.to_numpy()})
    shared = both.groupby(["person", "found"])["found"].transform("size")
    sizes = (both.groupby(column)["found"].transform("size") for column in ("found", "person"))
    precision, recall = ((shared / size).mean() for size in sizes)
    return float(precision), float(recall)


def mean_of(precision: float, recall: float) -> float:
    """Give the F measure, their harmonic mean."""
    return 2 * precision * recall / (precision + recall)


def stability(faces: pd.DataFrame, vectors: Floats, how: clusters.How) -> Iterator[dict]:
    """Measure which share of the faces with a name keeps it when a tenth more photographs come."""
    for draw in range(DRAWS):
        random = np.random.default_rng(draw)
        before = random.random(len(faces)) < 1 / (1 + MORE)
        none = read_names(Path("there is none"))
        first, known = named(faces[before], vectors[before], how, none)
        again, _ = named(faces, vectors, how, known)
        both = first.dropna(subset="cluster").merge(again, on=["image", "face"])
        kept = both["cluster_x"] == both["cluster_y"]
        yield {"draw": draw, "faces": len(kept), "keep their name": float(kept.mean())}


def named(
    faces: pd.DataFrame, vectors: Floats, how: clusters.How, known: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Gather and name faces as the rule does."""
    apart = within_pictures(pd.factorize(faces["image"].to_numpy())[0])
    rows = clusters.gathered(faces.assign(photograph=faces["image"]), vectors, apart, how)
    called, known = name_clusters(rows, clusters.typical(rows), known)
    rows["cluster"] = [called[number] if number >= 0 else None for number in rows["number"]]
    return rows[["image", "face", "cluster"]], known


if __name__ == "__main__":
    main()
