"""Tables as TSV and Markdown, and where they stand in the docs."""

import re
from pathlib import Path

import pandas as pd


def write(folder: Path, name: str, frame: pd.DataFrame, docs: Path | None = None) -> None:
    """Write a table as TSV and as Markdown, and print the latter.

    Args:
        folder: Gets `<name>.tsv` and `<name>.md`.
        name: Of the table.
        frame: The table; NAME with "NAME low" and "NAME high" is a rate with its interval.
        docs: A page that has the table between `<!-- table NAME -->` and `<!-- end -->`.

    Raises:
        ValueError: The page has no such place.
    """
    folder.mkdir(parents=True, exist_ok=True)
    frame.to_csv(folder / f"{name}.tsv", sep="\t", index=False, float_format="%.6g")
    text = markdown(frame)
    (folder / f"{name}.md").write_text(text, encoding="utf-8")
    print(f"{name}\n\n{text}")
    if docs is not None:
        docs.write_text(placed(docs.read_text(encoding="utf-8"), name, text), encoding="utf-8")


def placed(page: str, name: str, table: str) -> str:
    """Give a page with a table in its place."""
    place = re.compile(rf"(<!-- table {re.escape(name)} -->\n).*?(<!-- end -->)", re.DOTALL)
    if not place.search(page):
        raise ValueError(f"there is no place for a table {name}")
    return place.sub(lambda found: f"{found[1]}{table}{found[2]}", page)


def markdown(frame: pd.DataFrame) -> str:
    """Give a table as Markdown; a rate with its interval in one cell."""
    names = [str(column) for column in frame]
    rates = [name for name in names if f"{name} low" in names]
    hidden = {f"{rate} {end}" for rate in rates for end in ("low", "high")}
    columns = [name for name in names if name not in hidden]
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    for row in frame.to_dict("records"):
        cells = [_rate(row, c) if c in rates else _cell(row[c]) for c in columns]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _rate(row: dict, column: str) -> str:
    if pd.isna(row[column]):
        return "–"
    value, low, high = (100 * row[key] for key in (column, f"{column} low", f"{column} high"))
    return f"{value:.1f} % ({low:.1f} to {high:.1f})"


def _cell(value: object) -> str:
    if value is None or value != value:
        return "–"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
