"""The searchable gallery: faces.parquet, and face.db and face.json as the original wrote them."""

import json
import logging
import shutil
from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from visage.errors import VisageError
from visage.search.faces import unit
from visage.search.labelled import GalleryLabels, apart, joined
from visage.sets.existing import DATABASE, LABELS, item_of, read_labels
from visage.status import Status
from visage.store.arrow import equal, filled, lists, texts
from visage.store.faces import FACES
from visage.store.files import PRIVATE, replacing, write_text
from visage.store.tables import common_origin, read_table, write_table
from visage.types import Floats, Indices

log = logging.getLogger(__name__)

ROUNDS = 10  # of choosing; each only ever raises the agreement, so this is a safety net
OTHERS = 2  # images of a person needed besides, before they may overrule prominence


def build_index(
    tables: list[Path],
    faces: Path,
    annoy: Path,
    labels: Path,
    normalize: bool,
    trees: int,
    seed: int,
    existing: Path | None = None,
    jobs: int = 1,
    said: GalleryLabels | None = None,
    like: Path | None = None,
) -> None:
    """Join the gallery's faces tables into one index.

    Args:
        tables: The faces tables of all shards of the gallery.
        faces: The table to write: one row for each image's face that counts, sorted by image.
        annoy: The Annoy index to write; item = row of `faces`.
        labels: The JSON list to write: item → person.
        normalize: Whether the Annoy index holds unit vectors instead of the model's own.
        trees: Of the Annoy index.
        seed: Of the Annoy index. Equal inputs give equal bytes, with one job.
        existing: The folder of the original program's index that the tables were made from. Its
            order is kept, and its Annoy index too where that holds what is wanted.
        jobs: Threads that build the Annoy index.
        said: What people said about faces and ids.
        like: A table of the queries, which tells the model where the gallery has no table.

    Raises:
        VisageError: The tables come from different models, an embedding is damaged, or no image of
            the gallery has a usable face, unless only labels make it.
    """
    said = said or GalleryLabels()
    origin = common_origin(tables or [path for path in (like,) if path])
    usable = _usable(tables, said)
    usable, given = apart(usable, said.labelled, said.queries_from_gallery)
    if existing:
        items = [item_of(image) for image in texts(usable["image"])]
        usable = usable.take(np.argsort(items))
    else:
        usable = _ordered(usable)
    better = clear_people(usable, given)
    usable, given = without_poor(usable, better), without_poor(given, better)
    vectors = vectors_of(usable)
    chosen = chosen_faces(usable, unit(vectors))
    if len(chosen) < usable.num_rows:
        usable, vectors = usable.take(chosen), vectors[chosen]
    if given.num_rows:
        usable = pa.concat_tables([usable, given])
        usable = usable if existing else _ordered(usable)
        vectors = vectors_of(usable)
    people = usable["person"].to_pylist()
    log.info(
        "%d faces of %d people, %d of them labelled", len(people), len(set(people)), len(given)
    )
    write_table(faces, usable, origin)
    write_text(labels, json.dumps(people))
    if not people:
        write_text(annoy, "", PRIVATE)
    elif existing and not normalize and len(read_labels(existing / LABELS)) == len(people):
        with replacing(annoy, PRIVATE) as temporary:
            shutil.copyfile(existing / DATABASE, temporary)
    else:
        _write_annoy(annoy, unit(vectors) if normalize else vectors, trees, seed, jobs)


def _usable(tables: list[Path], said: GalleryLabels) -> pa.Table:
    """Read the faces that can be searched, each with the id that stands for its person."""
    parts = [read_table(path, FACES.names).select(FACES.names) for path in tables]
    found = [part.filter(usable_faces(part)) for part in parts]
    usable = pa.concat_tables([FACES.empty_table(), *(one.cast(FACES) for one in found)])
    labelled = pc.any(equal(said.labelled["say"], "is")).as_py()
    if not usable.num_rows and not labelled and not said.alone:
        raise VisageError(_nothing(parts))
    return joined(usable, said.one)


def _ordered(table: pa.Table) -> pa.Table:
    return table.take(pc.sort_indices(table, [("image", "ascending"), ("face", "ascending")]))


def usable_faces(table: pa.Table) -> pa.BooleanArray:
    """Mark the rows of a gallery's faces table that can be searched."""
    known = pc.invert(equal(filled(table["person"], ""), ""))
    return pc.and_(pc.is_valid(table["embedding"]), known)


def clear_people(*tables: pa.Table) -> pa.Array:
    """Give the people of whom one of the tables has a face that is not too poor to tell."""
    clear = [table.filter(pc.invert(equal(table["status"], Status.POOR))) for table in tables]
    return pa.array({person for table in clear for person in texts(table["person"])}, pa.string())


def without_poor(table: pa.Table, better: pa.Array) -> pa.Table:
    """Leave out the poor faces of people of whom there are `better` ones."""
    poor = equal(table["status"], Status.POOR)
    return table.filter(pc.invert(pc.and_(poor, pc.is_in(table["person"], better))))


def vectors_of(table: pa.Table) -> Floats:
    """Give the embeddings of a faces table without nulls as an array of shape (faces, d).

    Raises:
        VisageError: One is of another length than the rest, or holds NaN or infinity.
    """
    embeddings = lists(table["embedding"])
    lengths = pc.list_value_length(embeddings).to_numpy(zero_copy_only=False)
    if not len(lengths):
        return np.empty((0, 0), np.float32)
    usual = Counter(lengths.tolist()).most_common(1)[0][0]
    odd = np.flatnonzero(lengths != usual)
    if usual and not len(odd):
        vectors = embeddings.flatten().to_numpy(zero_copy_only=False).reshape(-1, usual)
        odd = np.flatnonzero(~np.isfinite(vectors).all(axis=1))
    if not usual or len(odd):
        image = table["image"][int(odd[0]) if len(odd) else 0].as_py()
        raise VisageError(
            f"The embedding of {image!r} is damaged: it does not hold {usual} finite numbers as "
            "the others do. Delete its .vector file if it was imported, then its shard's table, "
            "and run the workflow again."
        )
    return np.ascontiguousarray(vectors, np.float32)


def chosen_faces(table: pa.Table, vectors: Floats) -> Indices:
    """Give the row of the face that counts, for each image of a table sorted by image and face.

    It is the most prominent one, unless the person has at least two other images and another face
    agrees better, by its mean cosine, with the faces chosen there.
    """
    images, persons = texts(table["image"]), texts(table["person"])
    rows_of: dict[str, list[int]] = {}
    for row, image in enumerate(images):
        rows_of.setdefault(image, []).append(row)
    chosen = {image: rows[0] for image, rows in rows_of.items()}
    images_of: dict[str, list[str]] = {}
    for image, rows in rows_of.items():
        images_of.setdefault(persons[rows[0]], []).append(image)
    for own in images_of.values():
        if len(own) > OTHERS and any(len(rows_of[image]) > 1 for image in own):
            _choose(own, rows_of, chosen, vectors)
    for image, row in chosen.items():
        if row != rows_of[image][0]:
            log.info(
                "%s: face %s counts, not the most prominent one, because it agrees better with the "
                "other photographs of %s",
                image,
                table["face"][row],
                persons[row],
            )
    return np.array(list(chosen.values()), np.int64)


def _choose(
    images: list[str], rows_of: dict[str, list[int]], chosen: dict[str, int], vectors: Floats
) -> None:
    """Change `chosen` for one person's images until no change helps."""
    for _ in range(ROUNDS):
        before = [chosen[image] for image in images]
        total = vectors[before].sum(axis=0, dtype=np.float64)
        for image in images:
            if len(rows := rows_of[image]) > 1:
                others = total - vectors[chosen[image]]
                # argmax gives the first of equals, which is the more prominent face.
                best = rows[int(np.argmax(vectors[rows] @ others))]
                total = others + vectors[best]
                chosen[image] = best
        if before == [chosen[image] for image in images]:
            return


def _nothing(parts: list[pa.Table]) -> str:
    counts: Counter[str] = Counter()
    for part in parts:
        counts.update(texts(part["status"]))
    found = ", ".join(f"{count} {status}" for status, count in sorted(counts.items())) or "no image"
    return (
        f"The gallery has no usable face ({found}). Check that the config's gallery holds "
        "photographs of faces as <person>/<image>, and that faces.min_size, faces.min_confidence "
        "and faces.regions do not exclude them all; results/images.tsv says why each image failed."
    )


def _write_annoy(path: Path, vectors: Floats, trees: int, seed: int, jobs: int) -> None:
    from annoy import AnnoyIndex

    index = AnnoyIndex(vectors.shape[1], "euclidean")
    index.set_seed(seed)
    for item, vector in enumerate(vectors):
        index.add_item(item, vector.tolist())
    index.build(trees, n_jobs=jobs)  # several give other bytes each time
    with replacing(path, PRIVATE) as temporary:
        index.save(str(temporary))
        index.unload()
