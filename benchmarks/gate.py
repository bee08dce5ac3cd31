"""From which quality a face can be told: what `faces.min_quality: auto` is fitted to.

python benchmarks/gate.py ../shared/faces/lfw/people ../shared/faces/pairs … --most 400

Prints the quality (the length of the raw embedding; 1 is a usual clear face) of each photograph's
most prominent face as it is, blurred by shares of its width, and with the photograph turned and
looked at that way up only; and for gates of 0.60 to 0.84 how many faces fall below. Fitted on the
folders named in docs/accuracy.md, with the default model:

- `AUTO_QUALITY` (visage.embed.selection): the least gate that takes 95 % of the faces blurred by a
  tenth of their width;
- `CLEAR` (visage.embed.extractor): what 99 % of the turned photographs lie below.
"""

from dataclasses import dataclass, field

import cv2
import numpy as np
from photographs import CHOICE, asked, encoded
from visage.embed.extractor import CLEAR, Extractor
from visage.embed.finding import look
from visage.embed.selection import AUTO_QUALITY
from visage.embed.view import File, View
from visage.images.turns import turned
from visage.types import Face, Floats, Model, Pixels

BLURS = (0.03, 0.05, 0.07, 0.1)  # of a face's width
GATES = np.arange(0.60, 0.86, 0.02)
NONE = 0.0  # the quality where no face was found


@dataclass
class Qualities:
    """What one look gives of the same faces, `NONE` where it finds none."""

    clear: list[float] = field(default_factory=list)
    blurred: dict[float, list[float]] = field(default_factory=lambda: {b: [] for b in BLURS})
    looked_again: list[float] = field(default_factory=list)  # blurred by a tenth, the whole way
    turned: list[float] = field(default_factory=list)


def faces_of(pixels: Pixels, model: Model) -> list[tuple[Face, float]]:
    """Give the faces one look shows that are large enough, each with its quality."""
    view = View(File(encoded(pixels)), model)
    found = look(view, model.detector())
    wanted = [found[index] for index in CHOICE.wanted(found, (view.width, view.height))]
    if not wanted:
        return []
    raw = model.recogniser.embed([view.cut(face)[1] for face in wanted])
    lengths = np.linalg.norm(raw, axis=1) / (model.usual_length or 1.0)
    return list(zip(wanted, lengths.tolist(), strict=True))


def measure(pixels: Pixels, model: Model, extractor: Extractor, qualities: Qualities) -> None:
    """Add one photograph."""
    upright = faces_of(pixels, model)
    if not upright:
        return
    face, quality = max(upright, key=lambda item: item[0].w * item[0].h)
    qualities.clear.append(quality)
    for share in BLURS:
        blunt = cv2.GaussianBlur(pixels, (0, 0), share * face.w)
        qualities.blurred[share].append(_best(faces_of(blunt, model)))
    found = extractor.extract(encoded(blunt), CHOICE).faces
    qualities.looked_again.append(max((item.quality or NONE for item in found), default=NONE))
    for turn in (90, 180, 270):
        qualities.turned.append(_best(faces_of(turned(pixels, turn), model)))


def _best(faces: list[tuple[Face, float]]) -> float:
    return max((quality for _, quality in faces), default=NONE)


def _line(name: str, values: Floats) -> str:
    found = values[values > NONE]
    quantiles = np.quantile(found if len(found) else [NONE], [0.01, 0.02, 0.05, 0.5, 0.95, 0.99])
    return f"{name:<24}{np.mean(values > NONE):>7.1%}" + "".join(f"{q:>7.2f}" for q in quantiles)


def report(qualities: Qualities) -> None:
    """Print what was measured."""
    kinds = {"as they are": np.array(qualities.clear, np.float32)}
    kinds |= {f"blurred by {b:.0%}": np.array(v) for b, v in qualities.blurred.items()}
    kinds["by 10%, looked again"] = np.array(qualities.looked_again)
    kinds["turned"] = np.array(qualities.turned)
    print(f"{len(qualities.clear)} faces; now AUTO_QUALITY {AUTO_QUALITY}, CLEAR {CLEAR}")
    print(f"{'':<24}{'found':>7}{'1%':>7}{'2%':>7}{'5%':>7}{'50%':>7}{'95%':>7}{'99%':>7}")
    for name, values in kinds.items():
        print(_line(name, values))
    print(f"{'poor or not found, at':<24}" + "".join(f"{gate:>7.2f}" for gate in GATES))
    for name, values in kinds.items():
        shares = [np.mean(values < gate) for gate in GATES]
        print(f"{name:<24}" + "".join(f"{share:>7.1%}" for share in shares))


def main() -> None:
    """Measure."""
    pictures, installed = asked(__doc__)
    model = installed.load(1)
    qualities = Qualities()
    extractor = Extractor(model)
    for pixels in pictures:
        measure(pixels, model, extractor, qualities)
    report(qualities)


if __name__ == "__main__":
    main()
