"""`visage embed`: the faces of photographs and their embeddings."""

import json
from pathlib import Path
from typing import Annotated

import typer


def run(
    photographs: Annotated[
        list[Path], typer.Argument(exists=True, dir_okay=False, metavar="PHOTO…")
    ],
    model: Annotated[str, typer.Option(help="A model of `visage models`.")] = "sface-yunet",
) -> None:
    """Print the faces of photographs with their embeddings, as JSON: one line a photograph."""
    from visage.door import open_model
    from visage.images.decode import ImageProblem

    opened = open_model(model)
    failed = False
    for path in photographs:
        line: dict[str, object] = {"image": str(path), "model": model}
        try:
            line["faces"] = [
                {
                    "box": {side: round(value, 1) for side, value in face.box._asdict().items()},
                    "confidence": round(face.confidence, 4),
                    "embedding": [float(number) for number in face.embedding],
                }
                for face in opened.faces(path)
            ]
        except ImageProblem as problem:
            line["problem"] = str(problem)
        except OSError as error:
            line["problem"] = f"the file cannot be read: {error.strerror}"
        failed = failed or "problem" in line
        typer.echo(json.dumps(line, ensure_ascii=False))
    if failed:
        raise typer.Exit(1)
