"""How well people are told apart, on any labelled photographs, for every model and ranking.

    python benchmarks/accuracy.py my/people
    python benchmarks/accuracy.py my/people --errata my/errata.tsv
    python benchmarks/accuracy.py --pairs some/folder/pairs.csv
    python benchmarks/accuracy.py --groups some/folder/faces.tsv --detection-sizes 640 1280
    python benchmarks/accuracy.py --shared ../shared/faces --docs docs/accuracy.md

my/people holds <person>/<image>; errata.tsv has what (wrong_label or same_person), subject and
meaning. pairs.csv has file_x, file_y, Decision (Yes or No), faces.tsv has image, nose_x, nose_y;
the images lie beside them. The last line makes all tables of docs/accuracy.md. The weights must be
there: run the demo once, or `snakemake weights/<file>`. Embeddings are cached in the folder --out;
tables go there too.
"""

import argparse
import logging
from functools import partial
from pathlib import Path

import pandas as pd
from parts import bystanders, detection, evaluated, identification, verification, written
from parts.embedding import Models, embed, resized
from visage.models.registry import load_registry
from visage.search.neighbours import copy_limit

ROOT = Path(__file__).parent.parent
SEEN = Path(__file__).parent / "lfw-bystanders.tsv"  # who some of LFW's bystanders are


def main() -> None:
    """Make the tables that are asked for."""
    arguments = _arguments()
    logging.basicConfig(level=logging.WARNING)
    models = Models(
        load_registry(ROOT / "config" / "models.yaml"),
        arguments.weights,
        arguments.out,
        arguments.threads,
    )
    write = partial(written.write, arguments.out, docs=arguments.docs)
    names = arguments.models
    if arguments.shared:
        shared(arguments.shared, models, arguments)
    if arguments.people:
        write("identification", identify(arguments.people, models, names, arguments))
        write("evaluation", evaluate(arguments.people, models, names, arguments.errata))
    if arguments.pairs:
        write("pairs", verify(arguments.pairs, models, names))
    if arguments.groups:
        write("groups", detect(arguments.groups, models, names, arguments.detection_sizes))


def shared(folder: Path, models: Models, arguments: argparse.Namespace) -> None:
    """Make all tables of docs/accuracy.md from the photographs that stand beside the project."""
    write, names = partial(written.write, arguments.out, docs=arguments.docs), arguments.models
    lfw, errata = folder / "lfw/people", folder / "lfw/errata.tsv"
    write("lfw", evaluate(lfw, models, names, errata))
    faces = evaluated.mended(labelled(lfw, models, names[0]), errata)
    found = evaluated.evaluate(faces, "likelihood")
    write("held-out", evaluated.promises(found))
    write("strata", evaluated.parts(found))
    every = embed(lfw, models, names[0], labelled=True).table
    write("bystanders", pd.DataFrame(bystanders.named(faces, every, SEEN)))
    write("two-looks", pd.DataFrame(evaluated.two_looks(faces)))
    write("expected-cosines", pd.DataFrame(evaluated.expected_cosines(faces)))
    friends = folder / "friends/gallery"
    few = evaluated.too_small_a_gallery(
        labelled(friends, models, names[0]),
        models.registry.model(names[0]).threshold.normalized or 0.0,
    )
    write("few-people", pd.DataFrame(few))
    drawn = identify(friends, models, names[:1], arguments)
    write("friends", by_size(drawn, f"FNIR at FPIR {100 * evaluated.ASKED:g} %"))
    write("lfw-pairs", verify(folder / "lfw/pairs.tsv", models, names, folder / "lfw/people"))
    write("pairs", verify(folder / "pairs/master.csv", models, names))
    groups = folder / "groups/faces.tsv"
    table = detect(groups, models, names[:1], arguments.detection_sizes)
    write("groups", table[table["image"] == "all"].drop(columns="image"))


def labelled(people: Path, models: Models, model: str) -> evaluated.Folder:
    """Embed a labelled folder and choose the faces that count."""
    table = embed(people, models, model, labelled=True).table
    return evaluated.indexed(table, copy_limit(models.registry.model(model).threshold.normalized))


def evaluate(people: Path, models: Models, names: list[str], errata: Path | None) -> pd.DataFrame:
    """Evaluate all models and rankings on a folder, as labelled and with its labels mended."""
    rows = []
    for model in names:
        faces = labelled(people, models, model)
        variants = {"as labelled": faces}
        if errata:
            variants["mended"] = evaluated.mended(faces, errata)
        for labels, variant in variants.items():
            for ranking in evaluated.RANKINGS:
                found = evaluated.evaluate(variant, ranking)
                own = {"model": model, "labels": labels, "ranking": ranking}
                rows.append(own | evaluated.rates(found))
    return pd.DataFrame(rows)


def identify(
    people: Path, models: Models, names: list[str], arguments: argparse.Namespace
) -> pd.DataFrame:
    """Compare all models and rankings on galleries drawn from a folder of labelled photographs."""
    rows = []
    for model in names:
        embedded = embed(people, models, model, labelled=True)
        published = models.registry.model(model).threshold.normalized
        faces = identification.labelled(embedded.read(), copy_limit(published))
        for each in [*arguments.each, "mixed", "all"]:
            for row in identification.compare(faces, each, arguments.draws):
                rows.append({"model": model, "photographs each": each} | row)
    return pd.DataFrame(rows)


def by_size(frame: pd.DataFrame, rate: str) -> pd.DataFrame:
    """Give one rate of all rankings, a column for each number of photographs a person."""
    table = pd.DataFrame({"ranking": frame["ranking"].unique()})
    for each, part in frame.groupby("photographs each", sort=False):
        name = f"{each} each" if isinstance(each, int) else str(each)
        own = part.set_index("ranking").reindex(table["ranking"])
        for end in ("", " low", " high"):
            table[f"{name}{end}"] = own[f"{rate}{end}"].to_numpy(float)
    return table


def verify(
    pairs: Path, models: Models, names: list[str], people: Path | None = None
) -> pd.DataFrame:
    """Compare all models on pairs of images, which lie beside the list.

    Args:
        pairs: The list.
        models: The register and the folders.
        names: The models.
        people: As in LFW: the images lie in this folder as <person>/<image>. Poor faces are
            compared, too, as in a gallery.
    """
    rows = []
    for model in names:
        folder = people or pairs.parent
        table = embed(folder, models, model, labelled=people is not None).read()
        published = models.registry.model(model).threshold.normalized
        rows.append({"model": model} | verification.compare(table, pairs, published))
    return pd.DataFrame(rows)


def detect(marks: Path, models: Models, names: list[str], sizes: list[int]) -> pd.DataFrame:
    """Count the faces found by all models, with the detection sizes asked for as well."""
    rows = []
    for model in names:
        asked: list[int | None] = [*sizes] or [None]
        for size in asked:
            variants, name = resized(models, model, size)
            embedded = embed(marks.parent, variants, name, labelled=False)
            counts = detection.compare(embedded.read(), marks)
            total = {key: sum(row[key] for row in counts) for key in counts[0] if key != "image"}
            rows += [{"model": name} | row for row in [*counts, {"image": "all"} | total]]
    return pd.DataFrame(rows)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("people", nargs="?", type=Path, help="<person>/<image>")
    parser.add_argument("--errata", type=Path, help="TSV: labels of the folder that are wrong")
    parser.add_argument("--shared", type=Path, help="friends, lfw, pairs, groups, as in docs")
    parser.add_argument("--docs", type=Path, help="a page whose tables are to be written anew")
    parser.add_argument("--pairs", type=Path, help="CSV: file_x, file_y, Decision")
    parser.add_argument("--groups", type=Path, help="TSV: image, nose_x, nose_y")
    parser.add_argument("--models", nargs="+", default=["sface-yunet", "sface-yunet-mirror"])
    parser.add_argument("--detection-sizes", nargs="+", type=int, default=[], help="for --groups")
    parser.add_argument(
        "--each",
        nargs="*",
        type=int,
        default=[2, 4],
        help="photographs a person in smaller galleries, drawn at random",
    )
    parser.add_argument("--draws", type=int, default=1000, help="such galleries")
    parser.add_argument("--weights", type=Path, default=ROOT / "weights")
    parser.add_argument("--out", type=Path, default=Path("results/accuracy"))
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    if not (arguments.people or arguments.pairs or arguments.groups or arguments.shared):
        parser.error("give a folder of people, --pairs, --groups or --shared")
    return arguments


if __name__ == "__main__":
    main()
