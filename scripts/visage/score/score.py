"""Who is in a group of images: the scores of `scores.tsv`."""

import logging
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from visage.score.groups import individuals_of_groups, presence
from visage.search.faces import unit
from visage.search.index import vectors_of
from visage.search.own_evaluation import Evaluation
from visage.status import Verdict
from visage.store.copies import read_originals
from visage.store.names import link, read_names
from visage.store.tables import read_table
from visage.store.tsv import write_tsv

log = logging.getLogger(__name__)

SMALLEST = 0.01  # distance in a score: the −0.5 rule would make it infinite or negative below
COLUMNS = ["image", "group", "face", "rank", "id", "distance", "hits", "probability", "verdict"]
TEXTS = ["image", "group", "id", "verdict"]
VERDICTS = [str(verdict) for verdict in Verdict]  # from the best to the worst
SEEN = VERDICTS.index("possible")  # up to this verdict an image counts as one of the person's


def score(
    matches: list[Path],
    names: Path | None,
    links: str | None,
    results: int,
    output: Path,
    tables: list[Path] | None = None,
    evaluation: Path | None = None,
    normalize: bool = True,
    images: Path | None = None,
) -> None:
    """Score each person in each group of queries and write the table.

    Args:
        matches: The matches tables of all shards.
        names: The names file, if there is one.
        links: The config's template of a person's page, if any.
        results: The config's `match.results`: so many people count for each image.
        output: The TSV to write.
        tables: The queries' faces tables of all shards; only needed with `evaluation`.
        evaluation: The gallery's evaluation.json; where it has a calibration, the probability is
            that of the person being in the group at all, otherwise it stays empty.
        normalize: The config's `index.normalize`.
        images: images.tsv, if what it calls copies is not to count.
    """
    rows = _rows(matches)
    if images:
        rows = without_copies(rows, images)
    people = people_of_images(rows, results)
    scores = scores_of(people)
    if tables and evaluation:
        limit = Evaluation.read(evaluation).same_face
        if limit is not None and len(scores):
            scores = with_presence(scores, rows, tables, limit, normalize)
    # What a person said is no guess.
    given = scores["verdict"] == VERDICTS.index("given")
    scores["probability"] = scores["probability"].mask(given, 1.0)
    log.info("%d people in %d groups", len(scores), scores["group"].nunique())
    known = read_names(names)
    ids = scores["id"].tolist()
    frame = pd.DataFrame(
        {
            "Score": _decimals(scores["score"], 2),
            "Hits": scores["hits"].astype("int64"),
            "Avg Distance": _decimals(scores["average"], 2),
            "ID": ids,
            "Name": [(person in known and known[person].name) or person for person in ids],
            "Group": scores["group"],
            "Images": scores["images"].astype("int64"),
            "Best Distance": _decimals(scores["best"], 4),
            "Probability": _decimals(scores["probability"], 2),
            "Verdict": [VERDICTS[place] for place in scores["verdict"]],
            "Link": [link(links, person, known) for person in ids],
        }
    )
    write_tsv(output, frame)


def _rows(matches: list[Path]) -> pd.DataFrame:
    table = pa.concat_tables([read_table(path, COLUMNS) for path in matches])
    for column in TEXTS:  # each text once in memory, however many rows have it
        place = table.column_names.index(column)
        table = table.set_column(place, column, table[column].dictionary_encode())
    frame = table.unify_dictionaries().to_pandas()
    # In the order of their names, whatever the shards: sums are made in it.
    frame["image"] = frame["image"].cat.reorder_categories(sorted(frame["image"].cat.categories))
    return frame


def without_copies(rows: pd.DataFrame, images: Path) -> pd.DataFrame:
    """Leave out the images that are copies of others; but not what a person said of one.

    Args:
        rows: Of the matches tables.
        images: images.tsv, which names the original of each.
    """
    counted = ~rows["image"].isin(read_originals(images).keys()) | (
        rows["verdict"] == Verdict.GIVEN
    )
    return rows[counted]


def with_presence(
    scores: pd.DataFrame, rows: pd.DataFrame, tables: list[Path], threshold: float, normalize: bool
) -> pd.DataFrame:
    """Set the probability of each person to that of being in the group at all.

    Args:
        scores: What `scores_of` gives.
        rows: Of the matches tables.
        tables: The queries' faces tables.
        threshold: Up to which two faces of a group count as one individual's.
        normalize: The config's `index.normalize`.
    """
    parts = [read_table(path, ["image", "group", "face", "embedding"]) for path in tables]
    faces = pa.concat_tables([part.filter(pc.is_valid(part["embedding"])) for part in parts])
    vectors = vectors_of(faces)
    if normalize:
        vectors = unit(vectors)
    named = faces.drop_columns("embedding").to_pandas()
    named = named.assign(group=named["group"].fillna(""))
    gathered = individuals_of_groups(named, vectors, threshold, normalize)
    found = presence(rows.dropna(subset="probability"), gathered)
    return scores.drop(columns="probability").merge(found, on=["group", "id"], how="left")


def people_of_images(rows: pd.DataFrame, results: int) -> pd.DataFrame:
    """Give each image's people once, by the face nearest to them.

    Args:
        rows: Of the matches tables, columns `COLUMNS`.
        results: How many people count for an image.

    Returns:
        The columns of `rows`, `verdict` (the best of the image's faces, as its place in
        `VERDICTS`) and `probability` (the highest). The `results` nearest people, and whoever
        else is a match: in a picture of twenty people nobody is lost.
    """
    rows = rows.assign(
        verdict=rows["verdict"].astype("object").map(VERDICTS.index).astype("int64"),
        probability=rows["probability"].astype("float64"),
    )
    rows = rows.sort_values(["image", "distance", "face", "rank"], kind="stable")
    person = rows.groupby(["image", "id"], observed=True, sort=False)
    rows["verdict"] = person["verdict"].transform("min")
    rows["probability"] = person["probability"].transform("max")
    rows = rows[~rows.duplicated(["image", "id"])]
    place = rows.groupby("image", observed=True, sort=False).cumcount()
    return rows[(place < results) | (rows["verdict"] <= VERDICTS.index("match"))]


def scores_of(people: pd.DataFrame) -> pd.DataFrame:
    """Score the people of each group; one is told from another by the id, never by the name.

    Args:
        people: What `people_of_images` gives: ordered by image.

    Returns:
        group, id, hits, average (distance, weighted by hits, where there are any), score = hits /
        average (as the original does, but for an average below 0.01), images, best (distance),
        probability, verdict. Sorted by group, verdict, score; ties as the original breaks them:
        more hits first, then the ids downwards.
    """
    people = people.assign(seen=people["verdict"] <= SEEN)
    person = people.groupby(["group", "id"], observed=True, sort=False)
    scores = (
        person.agg(
            hits=("hits", "sum"),
            images=("seen", "sum"),
            best=("distance", "min"),
            plain=("distance", "mean"),
            probability=("probability", "max"),
            verdict=("verdict", "min"),
        )
        .reset_index()
        .astype({"group": "object", "id": "object"})
    )
    # One by one, image after image, as the original adds them up. Pandas' sums carry what rounding
    # loses along, and the last digit that is printed would differ now and then.
    weighted = np.bincount(person.ngroup(), people["distance"] * people["hits"])
    scores["average"] = (weighted / scores["hits"]).fillna(scores["plain"])
    scores["score"] = scores["hits"] / scores["average"].clip(lower=SMALLEST)
    return scores.sort_values(
        ["group", "verdict", "score", "hits", "id"], ascending=[True, True, False, False, False]
    )


def _decimals(numbers: pd.Series, places: int) -> list[str]:
    return ["" if pd.isna(number) else f"{number:.{places}f}" for number in numbers]
