from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import Workflow
from visage.errors import VisageError
from visage.workflow.deployment import check


@dataclass
class Method:
    name: str


def test_what_would_silently_run_elsewhere_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    check([])
    with pytest.raises(VisageError, match=r"apptainer is not supported.*Dockerfile"):
        check([Method("CONDA"), Method("APPTAINER")])
    with pytest.raises(VisageError, match="env-modules is not supported"):
        check([Method("ENV_MODULES")])
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(VisageError, match=r"there is no conda here.*make scores"):
        check([Method("CONDA")])


def test_it_is_said_before_any_job(tmp_path: Path) -> None:
    assert "apptainer is not supported" in Workflow(tmp_path).fail("--sdm", "apptainer", "-n")
