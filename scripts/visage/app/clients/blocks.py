"""Gradio's part: functions for the clients that speak its protocol. It shows no page."""

from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr
from gradio.data_classes import FileData, ImageData

from visage.app.clients import performers, sprites
from visage.app.forms import from_base64
from visage.app.problem import Problem
from visage.app.service import Service
from visage.app.uploads import Uploads

# How many at once. A scene has hundreds of frames, and others want to search meanwhile.
AT_ONCE, SCENES = 2, 1
EVERYTHING = 0.0  # the threshold of clients that send none: they show whatever there is
RESULTS = 3.0  # where none is sent


def build(service: Service, uploads: Uploads) -> gr.Blocks:
    """Give the functions."""
    with gr.Blocks(analytics_enabled=False) as blocks:
        threshold = gr.Number(0.5, label="threshold")
        results = gr.Number(RESULTS, label="results")
        inputs = [_file(uploads, gr.Image), threshold, results]
        # First: some clients call these by number, 0 and 1.
        for search in (performers.image_search, performers.multiple_image_search):
            _offer(search.__name__, _searching(service, search), inputs, search.__doc__)
        vector = gr.Textbox(label="vector_json")
        _offer("vector_search", _no_vectors, [vector, threshold, results], _no_vectors.__doc__)
        sheet, vtt = _file(uploads, gr.Image), _file(uploads, gr.File)
        scene = sprites.identify_sprite_performers
        _offer(scene.__name__, _scene(service), [sheet, vtt, results], scene.__doc__, SCENES)
        frames = sprites.find_faces_in_sprite
        text = gr.Textbox(label="VTT file")
        _offer(frames.__name__, _frames(service), [sheet, text], frames.__doc__, SCENES)
    return blocks


def _offer(
    name: str, ask: Callable, inputs: list, description: str | None, at_once: int = AT_ONCE
) -> None:
    gr.Button(name).click(
        ask,
        inputs,
        gr.JSON(label="Results"),
        api_name=name,
        api_description=(description or "").partition("\n")[0],
        concurrency_limit=at_once,
        show_progress="hidden",
    )


def _file(uploads: Uploads, kind: type[gr.Image] | type[gr.File]) -> Any:
    """Give an input that hands on the bytes of a file, and opens only what was uploaded.

    Gradio's own would open any path that a request names, copy it, and fetch addresses.
    """
    made = kind(type="filepath", label="file")

    async def keep_out(path: Any) -> Any:
        if path is not None and path not in uploads:
            raise _refusal("Paths and addresses are not opened: upload the file itself.")
        return path

    def read(payload: ImageData | FileData | None) -> bytes | None:
        if payload is None:
            return None
        if not payload.path:
            return _shown(lambda: from_base64(getattr(payload, "url", None) or ""))
        try:
            return uploads.take(payload.path)
        except KeyError as error:
            raise _refusal("This upload is gone: upload the file again.") from error

    # On the object: of a class of its own, Gradio would write a description into this folder.
    made.async_move_resource_to_block_cache = keep_out
    made.preprocess = read
    return made


def _refusal(text: str) -> gr.Error:
    """Give an error for the client; it is none for the log."""
    return gr.Error(text, print_exception=False)


def _shown(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except Problem as problem:
        raise _refusal(str(problem)) from problem


def _searching(service: Service, answer: Callable) -> Callable:
    def ask(image: bytes | None, threshold: float | None, results: float | None) -> list[dict]:
        if image is None:
            raise _refusal("There is no image in the request.")
        if results is None:  # two inputs: the second is the number of results
            threshold, results = EVERYTHING, threshold
        most = RESULTS if results is None else results
        return _shown(lambda: answer(service, image, threshold or EVERYTHING, most))

    return ask


def _no_vectors(vector: str, threshold: float, results: float) -> dict:  # noqa: ARG001
    """Say that vectors are not searched: those of clients come from another model."""
    return {"status": "not implemented"}


def _scene(service: Service) -> Callable:
    def ask(sheet: bytes | None, vtt: bytes | None, results: float) -> Iterator[dict]:
        if sheet is None or vtt is None:
            yield {"error": "A sprite and its .vtt file are needed."}
            return
        text = vtt.decode("utf-8", "replace")
        try:
            yield from sprites.identify_sprite_performers(service, sheet, text, results)
        except Problem as problem:
            yield {"error": str(problem)}  # which the plugin shows

    return ask


def _frames(service: Service) -> Callable:
    def ask(sheet: bytes | None, vtt: str) -> list[dict]:
        if sheet is None:
            raise _refusal("There is no image in the request.")

        def answer() -> list[dict]:
            text = from_base64(vtt).decode("utf-8", "replace")
            return sprites.find_faces_in_sprite(service, sheet, text)

        return _shown(answer)

    return ask
