"""How well people are told apart, on any labelled photographs, for every model and ranking.

    python benchmarks/accuracy.py my/people
    python benchmarks/accuracy.py --pairs some/folder/pairs.csv
    python benchmarks/accuracy.py --groups some/folder/faces.tsv --detection-sizes 640 1280

my/people holds <person>/<image>. pairs.csv has file_x, file_y, Decision (Yes or No), faces.tsv has
image, nose_x, nose_y; the images lie beside them. The weights must be there: run the demo once, or
`snakemake weights/<file>`. Embeddings are cached in the folder --out; tables go there too.
"""

import argparse
import logging
import sys
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

import detection  # noqa: E402
import identification  # noqa: E402
import verification  # noqa: E402
from embedding import Models, embed, resized  # noqa: E402
from visage.models.registry import load_registry  # noqa: E402
from visage.search.neighbours import copy_limit  # noqa: E402


def main() -> None:
    arguments = _arguments()
    logging.basicConfig(level=logging.WARNING)
    models = Models(
        load_registry(ROOT / "config" / "models.yaml"),
        arguments.weights,
        arguments.out,
        arguments.threads,
    )
    if arguments.people:
        frame = identify(arguments.people, models, arguments)
        write(arguments.out / "identification", frame)
    if arguments.pairs:
        write(arguments.out / "pairs", verify(arguments.pairs, models, arguments.models))
    if arguments.groups:
        frame = detect(arguments.groups, models, arguments.models, arguments.detection_sizes)
        write(arguments.out / "groups", frame)


def identify(people: Path, models: Models, arguments: argparse.Namespace) -> pd.DataFrame:
    """Compare all models and rankings on a folder of labelled photographs."""
    rows = []
    for model in arguments.models:
        embedded = embed(people, models, model, labelled=True)
        published = models.registry.model(model).threshold.normalized
        faces = identification.labelled(embedded.read(), copy_limit(published))
        for each in [*arguments.each, "mixed", "all"]:
            for row in identification.compare(faces, each, arguments.draws):
                rows.append({"model": model, "photographs each": each} | row)
    return pd.DataFrame(rows)


def verify(pairs: Path, models: Models, names: list[str]) -> pd.DataFrame:
    """Compare all models on pairs."""
    rows = []
    for model in names:
        table = embed(pairs.parent, models, model, labelled=False).read()
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


def write(path: Path, frame: pd.DataFrame) -> None:
    """Write a table as TSV and as Markdown, and print the latter."""
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.to_csv(path.with_suffix(".tsv"), sep="\t", index=False, float_format="%.6g")
    text = markdown(frame)
    path.with_suffix(".md").write_text(text, encoding="utf-8")
    print(text)


def markdown(frame: pd.DataFrame) -> str:
    """Give a table as Markdown; a rate with its interval in one cell."""
    names = [str(column) for column in frame]
    rates = [name for name in names if f"{name} low" in names]
    hidden = {f"{rate} {end}" for rate in rates for end in ("low", "high")}
    columns = [name for name in names if name not in hidden]
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    for row in frame.to_dict("records"):
        cells = [_rate(row, c) if c in rates else _cell(row[c]) for c in columns]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _rate(row: dict, column: str) -> str:
    if pd.isna(row[column]):
        return "–"
    value, low, high = (100 * row[key] for key in (column, f"{column} low", f"{column} high"))
    return f"{value:.1f} % ({low:.1f} to {high:.1f})"


def _cell(value: object) -> str:
    if value is None:
        return "–"
    return f"{value:.4f}" if isinstance(value, float) else str(value)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("people", nargs="?", type=Path, help="<person>/<image>")
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
    if not (arguments.people or arguments.pairs or arguments.groups):
        parser.error("give a folder of people, --pairs or --groups")
    return arguments


if __name__ == "__main__":
    main()
