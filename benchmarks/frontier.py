"""Accuracy against time: the default model, and each step that leads to it from the fast one.

    python benchmarks/frontier.py PEOPLE --photographs FOLDER --docs docs/models.md \\
        --plot docs/frontier.svg

PEOPLE holds <person>/<image> and gives the accuracy: every photograph searched in the rest, as
`visage.evaluation` does it. FOLDER holds photographs as people have them and gives the time an
image, decoding included, in one thread: the models take turns, --rounds times, and each counts with
the median. Where a step has a centre and its model none of its own, it is learnt from PEOPLE, as
benchmarks/centre.py learns one. Embeddings are kept in --out.
"""

import argparse
import statistics
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from centre import mean_of_people
from matplotlib import rc_context
from matplotlib.figure import Figure
from parts import evaluated, written
from parts.embedding import Models, embed
from visage.config import Faces
from visage.embed.extractor import Extractor, centred
from visage.embed.selection import Choice
from visage.models.model import load_model
from visage.models.registry import load_registry
from visage.search.index import vectors_of
from visage.search.neighbours import copy_limit
from visage.sets.listing import list_entries
from visage.store.tables import read_origin, read_table, write_table

ROOT = Path(__file__).parent.parent
FAST, MIRROR, DEFAULT = "sface-yunet-fast", "sface-yunet-mirror", "sface-yunet"
RANKING = "likelihood"
RATE = f"FNIR at FPIR {100 * evaluated.ASKED:g} %"
MENDED = f"{RATE}, mended"
TIME = "ms an image"
METADATA = {"Date": None, "Creator": None}


@dataclass(frozen=True)
class Step:
    """A model on the way from the fast one to the default."""

    name: str
    model: str  # whose entry it starts from
    change: dict[str, Any]  # of that entry
    centre: bool = False  # one is learnt, because the entry has none

    @property
    def timed_as(self) -> tuple[str, str]:
        """What its time depends on: taking off a centre costs nothing that could be measured."""
        return (self.model, str(sorted(self.change.items())))


LOOKS = {"looks": [80], "crop_scale": 0.96}
# What is drawn: the column, the mark, its word, how far aside of the time.
SERIES = ((RATE, "o", "labels as published", 0.0), (MENDED, "s", "mended", 0.006))
STEPS = (
    Step(FAST, FAST, {}),
    Step("and a centre", FAST, {}, centre=True),
    Step(MIRROR, MIRROR, {}),
    Step("mirror and centre", MIRROR, {}, centre=True),
    Step("two looks and centre", FAST, LOOKS, centre=True),
    Step(DEFAULT, DEFAULT, {}),
)


def main() -> None:
    """Write the table and the plot."""
    arguments = _arguments()
    registry = load_registry(ROOT / "config/models.yaml")
    for step in STEPS:
        entry = registry.model(step.model).model_copy(update=step.change)
        registry = registry.with_model(step.name, entry)
    models = Models(registry, arguments.weights, arguments.out, arguments.threads)
    times = _times(models, arguments.photographs, arguments.rounds)
    rows = []
    for step in STEPS:
        faces = folder_of(step, models, arguments.people)
        row = {"model": step.name, **_rates(faces, arguments.errata)}
        rows.append(row | {TIME: round(times[step.timed_as], 1)})
    frame = pd.DataFrame(rows)
    frame["times the fast one's"] = (frame[TIME] / frame[TIME][0]).map("{:.2f}".format)
    written.write(arguments.out, "frontier", frame, arguments.docs)
    if arguments.plot:
        draw(frame, arguments.plot)


def folder_of(step: Step, models: Models, people: Path) -> evaluated.Folder:
    """Embed a labelled folder by a step's model; choose the faces that count."""
    table = embed(people, models, step.name, labelled=True).table
    if step.centre:
        table = _without_centre(table)
    # A centre moves distances apart: what is near enough for a copy is the default model's.
    model = models.registry.model(DEFAULT if step.centre else step.name)
    return evaluated.indexed(table, copy_limit(model.threshold.normalized))


def _without_centre(path: Path) -> Path:
    """Give a faces table whose own people's mean was taken off."""
    table = read_table(path)
    known = pc.is_valid(table["embedding"])
    inside = table.filter(known)
    vectors = vectors_of(inside)
    first = np.flatnonzero(inside["face"].to_numpy() == 0)
    names = np.array(inside["person"].to_pylist(), np.str_)[first]
    centre = mean_of_people(vectors[first], np.unique(names, return_inverse=True)[1])
    moved = iter(centred(vectors, centre).tolist())
    column = [next(moved) if there else None for there in known.to_pylist()]
    place = table.column_names.index("embedding")
    kind = table.schema.field("embedding")
    target = path.with_name("centred.parquet")
    write_table(
        target, table.set_column(place, kind, pa.array(column, kind.type)), read_origin(path)
    )
    return target


def _rates(faces: evaluated.Folder, errata: Path | None) -> dict[str, object]:
    """Give rank 1 and misses as labelled, and the misses with the labels mended."""
    found = evaluated.rates(evaluated.evaluate(faces, RANKING))
    row = {
        f"{rate}{end}": found[f"{rate}{end}"]
        for rate in ("rank 1", RATE)
        for end in ("", " low", " high")
    }
    if errata:
        mended = evaluated.rates(evaluated.evaluate(evaluated.mended(faces, errata), RANKING))
        row |= {f"{MENDED}{end}": mended[f"{RATE}{end}"] for end in ("", " low", " high")}
    return row


def _times(models: Models, photographs: Path, rounds: int) -> dict[tuple[str, str], float]:
    """Give the milliseconds an image of each model, all in this thread."""
    data = [(photographs / entry.image).read_bytes() for entry in list_entries(photographs, False)]
    choice, extractors = Choice(Faces()), {}
    for step in STEPS:
        if step.timed_as not in extractors:
            entry = models.registry.model(step.name)
            extractors[step.timed_as] = Extractor(load_model(entry, models.weights, 1))
            extractors[step.timed_as].warm()
    times: dict[tuple[str, str], list[float]] = {key: [] for key in extractors}
    for _ in range(rounds):
        for key, extractor in extractors.items():
            start = time.perf_counter()
            for content in data:
                extractor.extract(content, choice)
            times[key].append(1000 * (time.perf_counter() - start) / len(data))
    return {key: statistics.median(own) for key, own in times.items()}


def draw(frame: pd.DataFrame, path: Path) -> None:
    """Draw misses over time, with their intervals; a step down and to the left is a gain."""
    # Steps of one time stand beside each other, and so do the two sorts of labels.
    steps = frame.groupby(TIME).cumcount()
    with rc_context({"svg.hashsalt": "visage", "svg.fonttype": "none", "font.size": 9}):
        figure = Figure(figsize=(7.2, 4), layout="constrained")
        axes = figure.subplots()
        for rate, mark, word, aside in SERIES:
            if rate not in frame:
                continue
            ends = (f"{rate}{end}" for end in ("", " low", " high"))
            value, low, high = (100 * frame[end].astype(float) for end in ends)
            x = frame[TIME] * (1 + 0.02 * steps + aside)
            spread = [value - low, high - value]
            axes.errorbar(x, value, yerr=spread, fmt=mark, capsize=2, label=word)
        top = 100 * frame[f"{RATE} high"].astype(float).max()
        for time in frame[TIME].astype(float).unique().tolist():
            names = "\n".join(frame["model"][frame[TIME] == time].astype(str))
            text = axes.text(time, 1.05 * top, names, fontsize=7, va="bottom")
            text.set_in_layout(False)  # long names leave the axes their room
        axes.set(xlabel=f"{TIME}, one thread", ylabel=f"{RATE}, %", ylim=(0, 1.25 * top))
        axes.margins(x=0.15)
        axes.legend(frameon=False, loc="lower left")
        figure.savefig(path, format="svg", metadata=METADATA)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("people", type=Path, help="<person>/<image>, for the accuracy")
    parser.add_argument("--errata", type=Path, help="TSV: labels of the folder that are wrong")
    parser.add_argument("--photographs", type=Path, required=True, help="for the time")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--docs", type=Path, help="the page whose table is to be written anew")
    parser.add_argument("--plot", type=Path, help="the SVG to write")
    parser.add_argument("--weights", type=Path, default=ROOT / "weights")
    parser.add_argument("--out", type=Path, default=Path("results/accuracy"))
    parser.add_argument("--threads", type=int, default=2, help="to embed PEOPLE")
    return parser.parse_args()


if __name__ == "__main__":
    main()
