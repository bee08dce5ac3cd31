"""What looking again costs: at photographs that may lie on their side, at small faces.

python benchmarks/looks.py ../shared/faces/friends/gallery ../shared/faces/pairs … --most 40

Processor time of one thread, the whole way from a file's bytes to embeddings against one plain look
(decode, detect once, recognise), by turns, for upright photographs with faces and for the same
without any (their faces shuffled) at several sizes; and what finding faces takes in a
photograph of 24 megapixels against the same one at 2, after the first decoding.
"""

import io
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
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
SIDES = (250, 640, 1600, 4000)  # pixels of the longer side of photographs without a face
PIECES = 12  # of a face's width, that are shuffled
ENLARGED = 2.5  # times at most, for the largest
SIZES = (2_000_000, 24_000_000)  # pixels


def jpeg(pixels: Pixels) -> bytes:
    """Give a JPEG of a picture."""
    file = io.BytesIO()
    Image.fromarray(pixels[:, :, ::-1]).save(file, "JPEG", quality=90)
    return file.getvalue()


def seconds(*works: Callable[[], object]) -> tuple[float, ...]:
    """Give the processor time that pieces of work take, done by turns."""
    taken: list[list[float]] = []
    for _ in range(ROUNDS):
        taken.append([])
        for work in works:
            start = time.process_time()
            work()
            taken[-1].append(time.process_time() - start)
    return tuple(np.min(taken, axis=0).tolist())


def plain(data: bytes, model: Model) -> None:
    """One look, and recognition."""
    view = View(File(data), model)
    found = look(view, model.detector())
    wanted = CHOICE.wanted(found, (view.width, view.height))
    if wanted:
        model.recogniser.embed([view.cut(found[index])[1] for index in wanted])


def without_faces(pixels: Pixels, model: Model) -> Pixels:
    """Shuffle every face that is found, until none is.

    Painted over, a photograph would be emptier than photographs without a face are.
    """
    pixels, chance = pixels.copy(), np.random.default_rng(0)
    for _ in range(4):
        for face in model.detector().detect(pixels):
            x, y = max(0, int(face.x - face.w)), max(0, int(face.y - face.h))
            right, below = int(face.x + 2 * face.w) + 1, int(face.y + 2 * face.h) + 1
            _shuffle(pixels[y:below, x:right], max(1, int(face.w / PIECES)), chance)
    return pixels


def _shuffle(part: Pixels, side: int, chance: np.random.Generator) -> None:
    """Let the squares of part of a picture change places."""
    rows, columns = (length // side for length in part.shape[:2])
    whole = part[: rows * side, : columns * side]
    squares = whole.reshape(rows, side, columns, side, 3).swapaxes(1, 2).reshape(-1, side, side, 3)
    mixed = chance.permutation(squares).reshape(rows, columns, side, side, 3)
    whole[:] = mixed.swapaxes(1, 2).reshape(whole.shape)


def resized(pixels: Pixels, factor: float) -> Pixels:
    """Give a picture with so many times as long sides."""
    return np.asarray(cv2.resize(pixels, None, fx=factor, fy=factor), np.uint8)


def of_size(pixels: Pixels, number: int) -> Pixels:
    """Give a picture with so many pixels."""
    return resized(pixels, (number / (pixels.shape[0] * pixels.shape[1])) ** 0.5)


def kinds(pixels: Pixels, model: Model) -> Iterator[tuple[str, Pixels]]:
    """Give a photograph as it is, and without its faces at every size near its own or below."""
    yield "with faces", pixels
    longer, faceless = max(pixels.shape[:2]), without_faces(pixels, model)
    for side in SIDES:
        if side <= ENLARGED * longer:
            yield f"without, {side} pixels", resized(faceless, side / longer)


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
    times: dict[str, list[tuple[float, ...]]] = defaultdict(list)
    large: list[list[float]] = []
    for pixels in pictures:
        if not extractor.extract(jpeg(pixels), CHOICE).faces:
            continue
        for kind, picture in kinds(pixels, model):
            file = jpeg(picture)
            if kind == "with faces" or not extractor.extract(file, CHOICE).faces:
                ways = partial(plain, file, model), partial(extractor.extract, file, CHOICE)
                times[kind].append(seconds(*ways))
        if len(large) < 10:
            large.append([finding(jpeg(of_size(pixels, size)), model) for size in SIZES])
    for kind, pairs in times.items():
        once, whole = np.mean(pairs, axis=0) * 1000
        print(
            f"{len(pairs)} photographs {kind}: {once:.1f} ms with one look, {whole:.1f} ms with "
            f"all that is looked ({whole / once - 1:+.1%})"
        )
    small, big = np.median(large, axis=0) * 1000
    print(f"finding faces: {small:.1f} ms at 2 megapixels, {big:.1f} ms at 24 ({big / small:.2f})")


if __name__ == "__main__":
    main()
