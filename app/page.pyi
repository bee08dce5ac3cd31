"""The page: Gradio around a component of its own, and the two functions Gradio's clients call."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when Gradio is imported

import gradio as gr
from gradio.data_classes import ImageData

from app import answers
from app.service import Problem, Service, from_base64
from app.uploads import Uploads

HERE = Path(__file__).parent / "pages"
SYSTEM_FONTS = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif"]

class Photograph(gr.Image):
    """An image input that gives the bytes of the file, and opens nothing but what was uploaded.

    Gradio's own would open any path that a request names, copy it, and fetch addresses.
    """

    is_template = True  # for the browser it is Gradio's image

    def __init__(self, uploads: Uploads, **settings: Any) -> None:
        """Take photographs from `uploads`."""
        self._uploads = uploads
        super().__init__(type="filepath", **settings)

    async def async_move_resource_to_block_cache(self, url_or_file_path: Any) -> str | None:
        """Refuse every path and address that was not given out for an upload."""
        if url_or_file_path is not None and url_or_file_path not in self._uploads:
            raise gr.Error("Paths and addresses are not opened: upload the photograph itself.")
        return url_or_file_path

    def preprocess(self, payload: ImageData | None) -> Any:
        """Give the bytes; the uploaded file is deleted."""
        if payload is None:
            return None
        if payload.path:
            try:
                return self._uploads.take(payload.path)
            except KeyError as error:
                raise gr.Error("This upload is gone: upload the photograph again.") from error
        return _shown(lambda: from_base64(payload.url or ""))
    from collections.abc import Callable, Sequence
    from typing import TYPE_CHECKING, Any, Literal

    from gradio.blocks import Block

    if TYPE_CHECKING:
        from gradio.components import Timer
        from gradio.components.base import Component

def _shown(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except Problem as problem:
        raise gr.Error(str(problem), print_exception=False) from problem

def _ask(
    service: Service, answer: Callable[[Service, bytes, float, int], list[dict]]
) -> Callable[[bytes | None, float, float], list[dict]]:
    def ask(image: bytes | None, threshold: float, results: float) -> list[dict]:
        if image is None:
            raise gr.Error("There is no image in the request.", print_exception=False)
        return _shown(lambda: answer(service, image, threshold, int(results)))

    return ask

def build(service: Service, uploads: Uploads) -> gr.Blocks:
    """Build the page."""
    with gr.Blocks(title="Who is in this photograph?", analytics_enabled=False) as page:
        _interfaces(service, uploads)  # first: some clients call them by number, 0 and 1
        gr.HTML(
            html_template=(HERE / "lookup.html").read_text(encoding="utf-8"),
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
            Photograph(uploads, label="img"),
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
