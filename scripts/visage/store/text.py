"""Texts that are the same to people, whatever their bytes; and cells that no spreadsheet runs.

Standard library only.
"""

import re
import unicodedata
from typing import Literal

# What spreadsheets take for the start of a formula (OWASP, "CSV injection"), full-width forms too.
# A plain number is none.
_FORMULA = re.compile(r"'*(?![+-]?\d+(?:\.\d*)?$)[=+\-@\t\r＝＋－＠]")

_FORMS: tuple[Literal["NFC", "NFD", "NFKC", "NFKD"], ...] = ("NFC", "NFD", "NFKC", "NFKD")


def nfc(text: str) -> str:
    """Give a text in Unicode's composed form: `José` typed and `José` from a Mac are one."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def twins(text: str) -> set[str]:
    """Give the forms in which Unicode lets one text be written."""
    return {text, *(unicodedata.normalize(form, text) for form in _FORMS)}


def guard(text: str) -> str:
    """Give a cell that a spreadsheet shows and does not run: `=1+1` gets an apostrophe in front."""
    return f"'{text}" if text and _FORMULA.match(text) else text


def unguard(text: str) -> str:
    """Give the text that `guard` made a cell of."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text
