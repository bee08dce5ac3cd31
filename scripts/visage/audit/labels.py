"""What the audit knows of labels."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.compute as pc

from visage.store.arrow import equal
from visage.store.tables import read_table
from visage.store.tsv import read_rows


@dataclass(frozen=True)
class LabelAudit:
    """What people said that concerns the audit."""

    labelled: Path | None = None  # the table of labelled faces
    findings: Path | None = None  # what was noticed when they were brought together
    one: Callable[[str], str] = str  # gives the id that stands for a person

    def found(self) -> Iterator[dict[str, Any]]:
        """Give the rows of the audit for what was noticed."""
        if self.findings is None:
            return
        for row in read_rows(self.findings):
            face = int(row["face"]) if row["face"] else None
            yield row | {"face": face, "other_image": "", "distance": None}

    def without(self, chosen: pd.DataFrame) -> pd.DataFrame:
        """Leave out the faces of which a person said whose they are."""
        if self.labelled is None:
            return chosen
        table = read_table(self.labelled, ["set", "image", "face", "say"])
        mask = pc.and_(equal(table["set"], "gallery"), equal(table["say"], "is"))
        said = table.filter(mask).select(["image", "face"]).to_pylist()
        places = {(row["image"], row["face"]) for row in said}
        pairs = zip(chosen["image"], chosen["face"], strict=True)
        return chosen[[place not in places for place in pairs]]
