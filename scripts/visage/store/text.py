"""Cells that no spreadsheet runs. Standard library only."""

import re

#: What spreadsheets take for the start of a formula (OWASP, "CSV injection"), full-width forms too,
#: as a part of a regular expression's set of characters.
STARTS = r"=+\-@＝＋－＠"
# A plain number is no formula.
_FORMULA = re.compile(rf"'*(?![+-]?\d+(?:\.\d*)?$)[{STARTS}\t\r]")


def guard(text: str) -> str:
    """Give a cell that a spreadsheet shows and does not run: `=1+1` gets an apostrophe in front."""
    return f"'{text}" if text and _FORMULA.match(text) else text


def unguard(text: str) -> str:
    """Give the text that `guard` made a cell of."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text
