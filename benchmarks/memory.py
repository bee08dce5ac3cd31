"""How much memory decoding takes, a pixel: what `Format.memory` and `mem_mb` rest on.

python benchmarks/memory.py [--megapixels 24]
python benchmarks/memory.py --job 2 --megapixels 200 --only "JPEG RGB"

Each kind of picture is decoded in a process of its own; printed is the most memory that process
needed beyond what it had before, in bytes a pixel, beside what the table of formats allows for. The
file itself, which the caller holds, is not counted.

With --job, a whole embed job of so many threads runs on photographs of each kind, of so many
megapixels or as many as are read of that kind; printed is the most memory the job's process had,
beside what its rule asks for.
"""

import argparse
import io
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image
from visage.formats import by_content
from visage.images.decode import MAX_MEMORY, MAX_PIXELS

Cases = list[tuple[str, Callable[[int], bytes]]]  # a picture's name, and what makes it of a side
ROOT = Path(__file__).parent.parent
DECODE = """
import json, pathlib, sys
from visage.images.decode import decode
small = pathlib.Path(sys.argv[2]).read_bytes()
decode(small)  # what is loaded at first use is loaded
data = pathlib.Path(sys.argv[1]).read_bytes()
def memory(line):
    status = pathlib.Path("/proc/self/status").read_text()
    return int(status.split(line + ":")[1].split()[0]) * 1024
pathlib.Path("/proc/self/clear_refs").write_text("5")  # the peak from now on
before = memory("VmRSS")
photograph = decode(data)
print(json.dumps([memory("VmHWM") - before, photograph.width * photograph.height]))
"""
JOB = """
import pathlib, sys
sys.path.insert(0, sys.argv[1])
from parts.embedding import Models, embed
from visage.models.registry import load_registry
root, folder, weights = (pathlib.Path(text) for text in sys.argv[1:4])
registry = load_registry(root.parent / "config/models.yaml")
embed(folder, Models(registry, weights, folder.parent, int(sys.argv[4])), "sface-yunet", False)
status = pathlib.Path("/proc/self/status").read_text()
print(int(status.split("VmHWM:")[1].split()[0]) // 1000)
"""
ASKED = re.compile(r"mem_mb=(\d+) \+ (\d+) \* PLAN.embed_threads")  # in rules/embed.smk
KINDS: tuple[tuple[str, str, dict], ...] = (
    ("JPEG", "RGB", {}),
    ("JPEG", "RGB", {"progressive": True}),
    ("JPEG", "CMYK", {}),
    ("PNG", "RGB", {}),
    ("PNG", "RGBA", {}),
    ("PNG", "I;16", {}),
    ("PNG", "P", {}),
    ("PNG", "RGB", {"save_all": True}),
    ("WEBP", "RGBA", {}),
    ("GIF", "P", {}),
    ("BMP", "RGB", {}),
    ("TIFF", "RGB", {}),
    ("TIFF", "RGBA", {"compression": "tiff_lzw"}),
    ("TIFF", "I;16", {}),
    ("TIFF", "F", {}),
    ("AVIF", "RGB", {"speed": 10}),
    ("JPEG2000", "RGB", {}),
    ("PPM", "RGB", {}),
    ("TGA", "RGBA", {}),
)


def written(kind: str, mode: str, options: dict, side: int) -> bytes:
    """Give a square picture of noise that compresses somewhat."""
    generator = np.random.default_rng(side)
    noise = generator.integers(0, 8, (side, side), np.uint8)
    if mode == "I;16":
        image = Image.fromarray(noise.astype(np.uint16) * 999)
    elif mode == "F":
        image = Image.fromarray(noise.astype(np.float32))
    else:
        image = Image.fromarray(noise * 30).convert("RGB").convert(mode)
    file = io.BytesIO()
    if options.get("save_all"):
        options = options | {"append_images": [image.rotate(90)]}
    image.save(file, kind, **options)
    return file.getvalue()


def deep(side: int) -> bytes:
    """Give a PNG of 16-bit RGBA, which Pillow does not write."""
    import cv2

    generator = np.random.default_rng(side)
    noise = generator.integers(0, 8, (side, side, 1), np.uint16) * 999
    done, data = cv2.imencode(".png", np.repeat(noise, 4, axis=2))
    assert done
    return data.tobytes()


def measured(folder: Path, data: bytes, small: bytes) -> float:
    """Give the bytes a pixel that decoding takes."""
    large, little = folder / "large", folder / "small"
    large.write_bytes(data)
    little.write_bytes(small)
    taken, pixels = json.loads(_printed(DECODE, [str(large), str(little)]))
    return taken / pixels


def jobs(cases: Cases, megapixels: float, threads: int, weights: Path) -> None:
    """Print what whole embed jobs take."""
    asked = ASKED.search((ROOT / "rules/embed.smk").read_text(encoding="utf-8"))
    assert asked
    print(f"| picture | megapixels | MB of the job | asked for |\n|{'---|' * 4}")
    for name, make in cases:
        small = by_content(make(64))
        assert small
        pixels = min(megapixels * 1e6, MAX_PIXELS, MAX_MEMORY // small.memory)
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place) / "photographs"
            folder.mkdir()
            data = make(int(pixels**0.5))
            for number in range(2 * threads):  # the bytes differ, or one would be enough
                (folder / f"{number}").write_bytes(data + bytes([number]))
            words = [str(ROOT / "benchmarks"), str(folder), str(weights), str(threads)]
            taken = _printed(JOB, words)
        allowed = int(asked[1]) + threads * int(asked[2])
        print(f"| {name} | {pixels / 1e6:.0f} | {taken.split()[-1]} | {allowed} |", flush=True)


def _printed(code: str, words: list[str]) -> str:
    command = [sys.executable, "-c", code, *words]
    done = subprocess.run(command, env=os.environ, capture_output=True, text=True, check=True)
    return done.stdout


def decoding(cases: Cases, megapixels: float) -> None:
    """Print what decoding takes."""
    side = round((megapixels * 1e6) ** 0.5)
    print(f"| picture | bytes a pixel | allowed for | megapixels that are read |\n|{'---|' * 4}")
    over = []
    with tempfile.TemporaryDirectory() as folder:
        for name, make in cases:
            data = make(side)
            found = by_content(data)
            assert found
            taken = measured(Path(folder), data, make(64))
            limit = min(MAX_PIXELS, MAX_MEMORY // found.memory) / 1e6
            print(f"| {name} | {taken:.1f} | {found.memory} | {limit:.0f} |", flush=True)
            over += [name] if taken > found.memory else []
    print(f"More than allowed for: {', '.join(over) or 'none'}")


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--megapixels", type=float, default=24)
    parser.add_argument("--only", default="", help="pictures whose name begins so")
    parser.add_argument("--job", type=int, metavar="THREADS", help="whole embed jobs instead")
    parser.add_argument("--weights", type=Path, default=ROOT / "weights")
    arguments = parser.parse_args()
    cases: Cases = [
        (f"{kind} {mode} {options or ''}".strip(), partial(written, kind, mode, options))
        for kind, mode, options in KINDS
    ]
    cases.append(("PNG RGBA, 16 bits", deep))
    cases = [case for case in cases if case[0].startswith(arguments.only)]
    if arguments.job:
        jobs(cases, arguments.megapixels, arguments.job, arguments.weights)
    else:
        decoding(cases, arguments.megapixels)


if __name__ == "__main__":
    main()
