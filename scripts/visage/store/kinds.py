"""Whether a file begins as those of its kind do: a name alone does not say who made it.

The Snakefile imports this module, so it needs the standard library only.
"""

from pathlib import Path

# Others are known by their names alone.
_BEGINS: dict[str, tuple[bytes, ...]] = {
    ".parquet": (b"PAR1",),
    ".json": (b"[", b"{"),
    ".jsonl": (b"{", b"["),
    ".webp": (b"RIFF",),
    ".html": (b"<!doctype html", b"<!DOCTYPE html"),
}


def looks_right(path: Path) -> bool:
    """Tell whether a file begins as its suffix says; one that is empty was not written whole."""
    begins = _BEGINS.get(path.suffix)
    if begins is None or path.is_symlink():
        return True
    try:
        with path.open("rb") as file:
            head = file.read(64).lstrip()
    except OSError:
        return False
    return not head or head.startswith(begins)
