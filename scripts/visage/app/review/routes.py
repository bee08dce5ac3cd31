"""What the review page asks for."""

from typing import Any

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, Response

from visage.app.pictures import LARGE, NO_PICTURE, WHOLE, Kept, face_picture
from visage.app.problem import Problem
from visage.app.review.decide import Answer, decide
from visage.app.review.queue import Review
from visage.app.review.show import Show
from visage.app.review.tables import Face
from visage.app.runs import Runs
from visage.app.site import Site
from visage.app.templates import page
from visage.layout import SETS

KEPT = 400  # pictures in memory, about 40 kB each


def add_review(app: FastAPI, site: Site, runs: Runs) -> None:
    """Add the page and what it asks for."""
    review = Review(site.service, site.collection)
    pictures = Kept(KEPT)

    @app.get("/review", include_in_schema=False)
    def start() -> HTMLResponse:
        people = [{"id": one, "name": name} for one, name in site.collection.people().items()]
        values = {"here": "review", "ways": site.ways(), "labels": str(site.collection.labels)}
        return page(
            "review.html.j2", values | {"facts": {"people": people}}, scripts=("review.js",)
        )

    @app.get("/review/next", include_in_schema=False)
    def following(after: str = "", at: str = "") -> dict[str, Any]:
        """Give the item `at`, or the first one after `after` that is not decided."""
        queue = review.queue()
        found: tuple[int, Any] | None
        if at in queue.place:
            found = queue.place[at], queue.items[queue.place[at]]
        else:
            found = review.open_from(queue.place.get(after, -1) + 1)
        if found is None:
            found = review.open_from(0)  # what was put off comes at last
            if found is None or found[1].key == after:
                return {"item": None, "of": len(queue.items)}
        show = Show(review, site.service.index())
        return {"item": show.item(queue, *found)}

    @app.post("/review/say", include_in_schema=False)
    def say(answer: Answer) -> dict[str, str]:
        return decide(review, answer)

    @app.post("/review/undo/{name}", include_in_schema=False)
    def undo(name: str) -> dict[str, int]:
        return {"lines": review.spoken.take_back(name)}

    @app.get("/review/picture/{name}/{key}", include_in_schema=False)
    def picture(name: str, key: str) -> Response:
        return _picture(_face(name, key), LARGE)

    @app.get("/review/whole/{name}/{key}", include_in_schema=False)
    def whole(name: str, key: str) -> Response:
        return _picture(_face(name, key), WHOLE)

    def _face(name: str, key: str) -> Face:
        tables = review.queue().tables
        table = {one.name: one for one in (tables.gallery, tables.queries)}.get(name)
        face = table.find(key) if name in SETS and table else None
        if face is None:
            raise Problem(404, "There is no such face.")
        return face

    def _picture(face: Face, side: int) -> Response:
        folder = site.collection.folder(face.set)
        box = face.box if side == LARGE else None

        def make() -> bytes | None:
            return face_picture(folder, face.image, box, side, face.turn)

        made = pictures.get((face.set, face.key, side), make)
        if made is None:
            return Response(NO_PICTURE, media_type="image/svg+xml")
        return Response(made, media_type="image/jpeg")

    @app.post("/run", include_in_schema=False)
    def run() -> dict[str, Any]:
        runs.start()
        return runs.state()

    @app.get("/run", include_in_schema=False)
    def running() -> dict[str, Any]:
        return runs.state()
