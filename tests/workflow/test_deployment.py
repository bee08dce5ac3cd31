import os
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import Workflow
from visage.errors import VisageError
from visage.workflow.deployment import check, check_folder, check_storage

# A storage plugin as one installs them, as far as Snakemake asks before it reads the Snakefile.
STORAGE = """
from snakemake_interface_storage_plugins.storage_object import StorageObjectRead, StorageObjectWrite
from snakemake_interface_storage_plugins.storage_provider import StorageProviderBase


class StorageProvider(StorageProviderBase):
    rate_limiter_key = default_max_requests_per_second = example_queries = is_valid_query = None
    use_rate_limiter = lambda _self: False


class StorageObject(StorageObjectRead, StorageObjectWrite):
    pass
"""


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


def test_a_folder_of_somebody_else_is_no_place_to_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_folder(tmp_path)
    monkeypatch.setattr(os, "access", lambda path, _mode: path != tmp_path)
    with pytest.raises(VisageError, match=r"cannot be written.*--directory FOLDER.*--user"):
        check_folder(tmp_path)
    (tmp_path / ".snakemake").mkdir()
    check_folder(tmp_path)  # planning needs no more


def test_storage_that_is_no_file_system_is_refused() -> None:
    check_storage(None, [Method("INPUT_OUTPUT"), Method("SOURCES")])
    with pytest.raises(VisageError, match=r"provider s3 is not supported.*docs/clusters.md"):
        check_storage("s3", [Method("INPUT_OUTPUT")])
    with pytest.raises(VisageError, match="input-output is not supported"):
        check_storage(None, [])


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["--sdm", "apptainer"], "apptainer is not supported"),
        (["--shared-fs-usage", "none"], "--shared-fs-usage without input-output is not supported"),
        (["--default-storage-provider", "bucket"], "provider bucket is not supported: photographs"),
    ],
)
def test_it_is_said_before_any_job(asked: list[str], said: str, tmp_path: Path) -> None:
    plugin = tmp_path / "plugins/snakemake_storage_plugin_bucket/__init__.py"
    plugin.parent.mkdir(parents=True)
    plugin.write_text(STORAGE)
    folder = tmp_path / "work"
    folder.mkdir()
    done = Workflow(folder).run(*asked, PYTHONPATH=str(plugin.parents[1]))
    assert done.returncode and said in done.stdout, done.stdout
    assert {path.name for path in folder.iterdir()} <= {".snakemake"}
