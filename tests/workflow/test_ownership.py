from pathlib import Path

import pytest
from visage.errors import VisageError
from visage.layout import Results
from visage.workflow.ownership import check, mark


def test_a_folder_that_holds_something_else_is_refused_with_the_remedy(tmp_path: Path) -> None:
    results = Results(tmp_path / "thesis")
    check(results)  # there is none yet
    results.root.mkdir()
    check(results)  # nothing in it
    (results.root / "chapter.tex").touch()
    with pytest.raises(VisageError, match=r"holds chapter\.tex.*results=FOLDER.*touch"):
        check(results)
    mark(results)
    check(results)
    with pytest.raises(VisageError, match="is a file"):
        check(Results(results.marker))


def test_what_forgetting_and_deleting_leave_is_not_somebody_elses(tmp_path: Path) -> None:
    for name in ("forgotten/2026-11-26T152717.tsv", "logs/delete_results.log", "benchmarks/x.tsv"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).touch()
    check(Results(tmp_path))
