"""How much memory decoding takes, a pixel: what `Format.memory` and `mem_mb` rest on.

python benchmarks/memory.py [--megapixels 24]

Each kind of picture is decoded in a process of its own; printed is the most memory that process
needed beyond what it had before, in bytes a pixel, beside what the table of formats allows for. The
file itself, which the caller holds, is not counted.
"""

import argparse
import io
import json
import os
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
    done = subprocess.run(
        [sys.executable, "-c", DECODE, str(large), str(little)],
        env=os.environ,
        capture_output=True,
        text=True,
        check=True,
    )
    taken, pixels = json.loads(done.stdout)
    return taken / pixels


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--megapixels", type=float, default=24)
    parser.add_argument("--only", default="", help="pictures whose name begins so")
    arguments = parser.parse_args()
    side = round((arguments.megapixels * 1e6) ** 0.5)
    cases: list[tuple[str, Callable[[int], bytes]]] = [
        (f"{kind} {mode} {options or ''}".strip(), partial(written, kind, mode, options))
        for kind, mode, options in KINDS
    ]
    cases.append(("PNG RGBA, 16 bits", deep))
    print(f"| picture | bytes a pixel | allowed for | megapixels that are read |\n|{'---|' * 4}")
    over = []
    with tempfile.TemporaryDirectory() as folder:
        for name, make in cases:
            if not name.startswith(arguments.only):
                continue
            data = make(side)
            found = by_content(data)
            assert found
            taken = measured(Path(folder), data, make(64))
            limit = min(MAX_PIXELS, MAX_MEMORY // found.memory) / 1e6
            print(f"| {name} | {taken:.1f} | {found.memory} | {limit:.0f} |", flush=True)
            over += [name] if taken > found.memory else []
    print(f"More than allowed for: {', '.join(over) or 'none'}")


if __name__ == "__main__":
    main()
