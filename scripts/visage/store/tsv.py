"""Tab-separated tables for people and spreadsheets."""

import csv
from pathlib import Path

import pandas as pd

from visage.store.files import replacing


def write_tsv(path: Path, frame: pd.DataFrame) -> None:
    """Write `frame` with a header and without an index.

    Fields that hold a tab, a quote or a line's end are quoted, so any CSV reader gives them back.
    """
    # Python's csv module does not quote a lone carriage return, which readers take for a line's
    # end; a table that holds one has all its texts quoted.
    texts = frame.select_dtypes(["object", "str"])
    odd = any(texts[column].astype(str).str.contains("\r").any() for column in texts)
    with replacing(path) as temporary:
        frame.to_csv(
            temporary,
            sep="\t",
            index=False,
            lineterminator="\n",
            quoting=csv.QUOTE_NONNUMERIC if odd else csv.QUOTE_MINIMAL,
            encoding="utf-8",
        )
