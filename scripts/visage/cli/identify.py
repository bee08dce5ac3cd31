"""`visage identify`: who is in a photograph, by a finished gallery."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from visage.cli.screen import Row, show

if TYPE_CHECKING:
    from visage.search.lookup import FoundFace, Lookup


def run(
    photographs: Annotated[
        list[Path], typer.Argument(exists=True, dir_okay=False, metavar="PHOTO…")
    ],
    results: Annotated[
        str, typer.Option("--results", "-r", help="The results folder of the gallery.")
    ] = "results",
    configfile: Annotated[
        list[Path] | None, typer.Option(help="In place of the config these results were made with.")
    ] = None,
    people: Annotated[int, typer.Option(min=1, help="So many of the closest of each face.")] = 3,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
) -> None:
    """Say who is in photographs: the closest people to each face, and how sure that is."""
    from visage.door import open_lookup
    from visage.images.decode import ImageProblem

    lookup = open_lookup(results, configfile or [])
    answers: list[dict[str, Any]] = []
    for path in photographs:
        try:
            answers += _pages(lookup, path, people)
        except ImageProblem as problem:
            answers.append(_problem(str(path), str(problem)))
        except OSError as error:
            answers.append(_problem(str(path), f"the file cannot be read: {error.strerror}"))
    lookup.close()
    if as_json:
        typer.echo(json.dumps(answers, indent=2, ensure_ascii=False))
    else:
        rows = (row for answer in answers for row in _rows(answer))
        show(COLUMNS, rows, numbers=COLUMNS[-2:])
    if any("problem" in answer for answer in answers):
        raise typer.Exit(1)


def _pages(lookup: "Lookup", path: Path, people: int) -> Iterator[dict[str, Any]]:
    """Give the answer for a file; for a TIFF of several pages one for each."""
    from visage.images.decode import ImageProblem, count_pages
    from visage.images.parts import page
    from visage.images.reading import read
    from visage.store.parts import named

    data, _ = read(path)
    number, pages = 1, 1
    while number <= pages:
        part = page(number)
        name = named(str(path), part.name)
        try:
            answer = lookup.search(data, part=part)
        except ImageProblem as problem:
            yield _problem(name, str(problem))
            pages = max(pages, count_pages(data))
        else:
            faces = [_face(face, people) for face in answer.faces]
            yield {"image": name, "note": answer.note, "turn": answer.turn, "faces": faces}
            pages = answer.pages
        number += 1


def _problem(image: str, why: str) -> dict[str, Any]:
    return {"image": image, "faces": [], "problem": why}


def _face(face: "FoundFace", people: int) -> dict[str, Any]:
    candidates = [
        {
            "id": one.id,
            "name": one.name,
            "distance": round(one.distance, 4),
            "probability": None if one.probability is None else round(one.probability, 4),
            "verdict": one.verdict,
            "reason": one.reason,
            "link": one.link,
        }
        for one in face.candidates[:people]
    ]
    box = {side: round(value, 1) for side, value in face.box._asdict().items()}
    quality = None if face.quality is None else round(face.quality, 2)
    said = {"status": face.status, "reason": face.reason, "quality": quality}
    return {"box": box, **said, "people": candidates}


COLUMNS = ("image", "face", "who", "verdict", "probability", "distance")
_STYLES = {"match": "bold green", "possible": "yellow"}


def _rows(answer: dict[str, Any]) -> Iterator[Row]:
    """Give the lines of one photograph; its name stands in the first of them only."""
    image = answer["image"]
    if answer.get("note"):
        yield Row((image, "", answer["note"], "", "", ""), "dim")
        image = ""
    if not answer["faces"]:
        yield Row((image, "", answer.get("problem", "no face was found"), "", "", ""))
        image = ""
    for number, face in enumerate(answer["faces"], 1):
        place = f"{number} at {face['box']['x']:.0f},{face['box']['y']:.0f}"
        if face["status"] != "ok":
            yield Row((image, place, face["reason"], face["status"], "", ""))
        for one in face["people"]:
            style = _STYLES.get(one["verdict"], "dim")
            yield Row((image, place, one["name"], *_numbers(one)), style)
            if one["reason"]:
                yield Row(("", "", one["reason"], "", "", ""), "dim")
            image = place = ""
        image = ""


def _numbers(one: dict[str, Any]) -> tuple[str, str, str]:
    sure = one["probability"]
    return one["verdict"], "" if sure is None else f"{sure:.0%}", f"{one['distance']:.2f}"
