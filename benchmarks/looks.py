"""What looking again costs: at photographs that may lie on their side, at small faces.

python benchmarks/looks.py ../shared/faces/friends/gallery ../shared/faces/pairs … --most 40

Processor time of one thread, the whole way from a file's bytes to embeddings against one plain look
(decode, detect once, recognise), for upright photographs with faces and for the same without any
(their faces painted over); and what finding faces takes in a photograph of 24 megapixels against
the same one at 2, after the first decoding.
"""

import io
import time
from collections.abc import Callable
from functools import partial

import cv2
import numpy as np
from photographs import CHOICE, asked
from PIL import Image
from visage.embed.extractor import Extractor
from visage.embed.finding import find, look
from visage.embed.view import File, View
from visage.types import Model, Pixels

ROUNDS = 3  # the quickest counts
SIZES = (2_000_000, 24_000_000)  # pixels


def jpeg(pixels: Pixels) -> bytes:
    """Give a JPEG of a picture."""
    file = io.BytesIO()
    Image.fromarray(pixels[:, :, ::-1]).save(file, "JPEG", quality=90)
    return file.getvalue()


def seconds(work: Callable[[], object]) -> float:
    """Give the processor time that a piece of work takes."""
    taken = []
    for _ in range(ROUNDS):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return min(taken)


def plain(data: bytes, model: Model) -> None:
    """One look, and recognition."""
    view = View(File(data), model)
    found = look(view, model.detector())
    wanted = CHOICE.wanted(found, (view.width, view.height))
    if wanted:
        model.recogniser.embed([view.cut(found[index])[1] for index in wanted])


def without_faces(pixels: Pixels, model: Model) -> Pixels:
    """Paint over every face that is found, until none is."""
    pixels = pixels.copy()
    for _ in range(4):
        for face in model.detector().detect(pixels):
            x, y = max(0, int(face.x - face.w)), max(0, int(face.y - face.h))
            right, below = int(face.x + 2 * face.w) + 1, int(face.y + 2 * face.h) + 1
            pixels[y:below, x:right] = pixels[y:below, x:right].mean(axis=(0, 1))
    return pixels


def resized(pixels: Pixels, number: int) -> Pixels:
    """Give a picture with so many pixels."""
    factor = (number / (pixels.shape[0] * pixels.shape[1])) ** 0.5
    return np.asarray(cv2.resize(pixels, None, fx=factor, fy=factor), np.uint8)


def finding(data: bytes, model: Model) -> float:
    """Give the time that finding takes, without the first decoding."""
    detector, settings, taken = model.detector(), CHOICE.settings, []
    for _ in range(ROUNDS):
        view = View(File(data), model)
        start = time.process_time()
        find(view, detector, settings.min_size, settings.min_confidence)
        taken.append(time.process_time() - start)
    return min(taken)


def main() -> None:
    """Measure."""
    pictures, installed = asked(__doc__, most=30)
    model = installed.load(1)
    extractor = Extractor(model)
    extractor.warm()
    times: dict[str, list[tuple[float, float]]] = {"with faces": [], "without": []}
    large: list[list[float]] = []
    for pixels in pictures:
        data = jpeg(pixels)
        if not extractor.extract(data, CHOICE).faces:
            continue
        for kind, file in (
            ("with faces", data),
            ("without", jpeg(without_faces(pixels, model))),
        ):
            if kind == "without" and extractor.extract(file, CHOICE).faces:
                continue  # not all was painted over
            once = seconds(partial(plain, file, model))
            whole = seconds(partial(extractor.extract, file, CHOICE))
            times[kind].append((once, whole))
        if len(large) < 10:
            large.append([finding(jpeg(resized(pixels, size)), model) for size in SIZES])
    for kind, pairs in times.items():
        once, whole = np.sum(pairs, axis=0) / max(1, len(pairs)) * 1000
        print(
            f"{len(pairs)} photographs {kind}: {once:.1f} ms with one look, {whole:.1f} ms with "
            f"all that is looked ({whole / once - 1:+.1%})"
        )
    small, big = np.median(large, axis=0) * 1000
    print(f"finding faces: {small:.1f} ms at 2 megapixels, {big:.1f} ms at 24 ({big / small:.2f})")


if __name__ == "__main__":
    main()
