"""Paths and names as text: file names are bytes, tables hold Unicode, and Macs spell it their way.

The Snakefile imports this module, so it needs the standard library only.
"""

import unicodedata
import zlib

from visage.store.parts import file_of

# Python gives undecodable bytes as lone surrogates, which UTF-8 cannot hold; they travel as
# private-use characters (the mapping of Cygwin and MirBSD).
_TO_TEXT = {0xDC00 + byte: 0xF700 + byte for byte in range(0x80, 0x100)}
_TO_PATH = {private: surrogate for surrogate, private in _TO_TEXT.items()}


def as_text(path: str) -> str:
    """Give a path from the operating system as text that any encoding can hold."""
    return path if path.isascii() else path.translate(_TO_TEXT)


def as_path(text: str) -> str:
    """Give the path that `as_text` made `text` from."""
    return text if text.isascii() else text.translate(_TO_PATH)


def nfc(text: str) -> str:
    """Give text in the form in which it is compared: Unicode's composed one (NFC, UAX 15).

    A Mac writes `é` as an `e` and an accent, keyboards give one character. It is the same name.
    """
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def forms(text: str) -> set[str]:
    """Give the spellings of a text that are the same name: as it is, composed, decomposed."""
    if text.isascii():
        return {text}
    return {text, *(unicodedata.normalize(form, text) for form in ("NFC", "NFD"))}


def shard_of(image: str, shards: int) -> int:
    """Give the shard of an image: the same on every machine, whatever else is in the set.

    The parts of a file are in one.
    """
    return zlib.crc32(file_of(image).encode()) % shards
