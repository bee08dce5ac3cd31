"""The page: Gradio around a component of its own, and the two functions Gradio's clients call."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.data_classes import ImageData

from visage.app import answers
from visage.app.service import Problem, Service, from_base64
from visage.app.uploads import Uploads
from visage.formats import accepted

HERE = Path(__file__).parent / "pages"
SYSTEM_FONTS = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif"]


def photograph(uploads: Uploads) -> gr.Image:
    """Give an image input that hands on the bytes of the file, and opens only what was uploaded.

    Gradio's own would open any path that a request names, copy it, and fetch addresses.
    """
    image = gr.Image(type="filepath", label="img")

    async def keep_out(path: Any) -> Any:
        if path is not None and path not in uploads:
            raise _refusal("Paths and addresses are not opened: upload the photograph itself.")
        return path

    def read(payload: ImageData | None) -> bytes | None:
        if payload is None:
            return None
        if not payload.path:
            return _shown(lambda: from_base64(payload.url or ""))
        try:
            return uploads.take(payload.path)
        except KeyError as error:
            raise _refusal("This upload is gone: upload the photograph again.") from error

    # On the object: of a class of its own, Gradio would write a description into this folder.
    image.async_move_resource_to_block_cache = keep_out
    image.preprocess = read
    return image


def _refusal(text: str) -> gr.Error:
    """Give an error for the client; it is none for the log."""
    return gr.Error(text, print_exception=False)


def _shown(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except Problem as problem:
        raise _refusal(str(problem)) from problem


def _ask(
    service: Service, answer: Callable[[Service, bytes, float, int], list[dict]]
) -> Callable[[bytes | None, float, float], list[dict]]:
    def ask(image: bytes | None, threshold: float, results: float) -> list[dict]:
        if image is None:
            raise _refusal("There is no image in the request.")
        return _shown(lambda: answer(service, image, threshold, int(results)))

    return ask


def build(service: Service, uploads: Uploads) -> gr.Blocks:
    """Build the page."""
    with gr.Blocks(title="Who is in this photograph?", analytics_enabled=False) as page:
        _interfaces(service, uploads)  # first: some clients call them by number, 0 and 1
        gr.HTML(
            html_template=(HERE / "lookup.html")
            .read_text("utf-8")
            .replace("{accepted}", accepted()),
            js_on_load=(HERE / "lookup.js").read_text(encoding="utf-8"),
            apply_default_css=False,
            elem_id="look",
        )
        for name, title in _HELP.items():
            with gr.Accordion(title, open=False):
                gr.Markdown((HERE / f"{name}.md").read_text(encoding="utf-8"))
    return page


_HELP = {
    "verdicts": "How to read the answer",
    "stash": "Stash says “UNIQUE constraint failed: performers.checksum”",
    "privacy": "What happens to a photograph, and what this is not for",
    "programs": "For other programs",
}


def _interfaces(service: Service, uploads: Uploads) -> None:
    """Offer Gradio's clients the two functions; the page itself does not show them."""
    with gr.Column(visible=False):
        inputs = [
            photograph(uploads),
            gr.Slider(0, 1, 0.5, label="threshold"),
            gr.Slider(0, answers.MOST, 3, step=1, label="results"),
        ]
        output = gr.JSON(label="Results")
        for answer in (answers.image_search, answers.multiple_image_search):
            gr.Button(answer.__name__).click(
                _ask(service, answer),
                inputs,
                output,
                api_name=answer.__name__,
                api_description=answer.__doc__,
                concurrency_limit=2,
                show_progress="hidden",
            )


def theme() -> gr.Theme:
    """Give a theme that loads no font."""
    return gr.themes.Base(
        font=SYSTEM_FONTS, font_mono=["ui-monospace", "Consolas", "monospace"], neutral_hue="slate"
    )
