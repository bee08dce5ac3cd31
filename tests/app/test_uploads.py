"""Uploads of Gradio's clients: held for moments, then gone."""

import threading
from pathlib import Path

import pytest
from visage.app.uploads import MOST, TooManyUploads, Uploads


def test_an_upload_nobody_asks_about_is_deleted_in_time() -> None:
    uploads = Uploads()
    for _ in range(MOST):
        uploads.add(b"a")
    with pytest.raises(TooManyUploads):
        uploads.add(b"a")
    uploads.close()

    uploads = Uploads(lifetime=0.05)
    path = Path(uploads.add(b"secret"))
    deadline = threading.Event()
    for _ in range(100):
        if not path.exists():
            break
        deadline.wait(0.05)
    assert not path.exists()
    with pytest.raises(KeyError):
        uploads.take(str(path))
    uploads.close()
    assert not uploads.folder.exists()
