"""What planning costs: dry runs of the demo, and of made-up sets of any size.

    python benchmarks/parsing.py [--images 100000 1000000] [--each 2500] [--rounds 3]

Nothing is embedded. The images are empty files with the names of images; each dry run is a fresh
`snakemake`, which lists them and plans the jobs of images.tsv and face.json. A dry run writes
nothing, so the second costs what the first does. The median of the rounds, and the largest peak.

The first line is Snakemake alone, with a Snakefile of one rule: what is left when ours is taken
away. Snakemake imports every plugin that is installed; that for Slurm brings pandas, some 70 MB,
which `make scores` does not install.
"""

import argparse
import shutil
import statistics
import tempfile
from pathlib import Path

import pandas as pd
from parts.running import ROOT, made_up_sets, snakemake

TARGETS = ("results/images.tsv", "results/gallery/face.json")


def make_names(folder: Path, number: int) -> None:
    """Make `number` empty files with the names of images, a thousand to a person's folder."""
    for index in range(number):
        path = folder / f"person{index // 1000:04}" / f"{index:07}.png"
        if index % 1000 == 0:
            path.parent.mkdir(parents=True)
        path.touch()


def planned(name: str, folder: Path, rounds: int, *words: str, ours: bool = True) -> dict:
    """Plan `rounds` times, and give a row of the table."""
    snakefile = ROOT / "Snakefile" if ours else folder / "Snakefile"
    runs = [snakemake(folder, "--dry-run", *words, snakefile=snakefile) for _ in range(rounds)]
    seconds = statistics.median(run[0] for run in runs)
    return {"set": name, "seconds": round(seconds, 2), "peak MB": max(run[1] for run in runs)}


def alone(folder: Path, rounds: int) -> dict:
    """Plan one rule, which is not of this workflow."""
    (folder / "Snakefile").write_text("rule all:\n    output: 'all'\n    shell: 'touch all'\n")
    return planned("Snakemake alone", folder, rounds, ours=False)


def demo(folder: Path, rounds: int) -> dict:
    """Plan the demo in a folder where nothing was run yet."""
    source = ROOT / "resources/demo"
    if source.is_dir():  # else its photographs are planned, too
        shutil.copytree(source, folder / "resources/demo")
    return planned("the demo", folder, rounds)


def made_up(folder: Path, images: int, each: int, rounds: int) -> dict:
    """Plan a gallery of `images` images and a query."""
    make_names(folder / "gallery", images)
    make_names(folder / "queries", 1)
    sets = made_up_sets(-(-images // each))
    return planned(f"{images} images", folder, rounds, *TARGETS, *sets)


def main() -> None:
    """Measure the demo and each number of images, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, nargs="*", default=[100_000])
    parser.add_argument("--each", type=int, default=2500, help="images a shard")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    rows = []
    for plan in (alone, demo):
        with tempfile.TemporaryDirectory() as name:
            rows.append(plan(Path(name), options.rounds))
    for images in options.images:
        with tempfile.TemporaryDirectory() as name:
            rows.append(made_up(Path(name), images, options.each, options.rounds))
    print(pd.DataFrame(rows).to_string(index=False))


if __name__ == "__main__":
    main()
