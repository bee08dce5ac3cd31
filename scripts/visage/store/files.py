"""Files that are written whole or not at all."""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PUBLIC = 0o644
PRIVATE = 0o600  # whatever holds embeddings: biometric data, readable by their owner only
TEMPORARY = ".visage-"  # begins the name of every file that is not whole yet
_ABANDONED = 24 * 3600  # seconds after which nobody can still be writing one


@contextmanager
def replacing(path: Path, mode: int = PUBLIC) -> Iterator[Path]:
    """Give a temporary path in the folder of `path`; rename it to `path` if the block succeeds.

    The folder is made when missing. After an error nothing of the temporary file stays, and what
    was at `path` before is still there.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # A name of its own, not one made from the target's: that may already be 255 bytes long.
    handle, name = tempfile.mkstemp(prefix=TEMPORARY, dir=path.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(mode)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_text(path: Path, text: str, mode: int = PUBLIC) -> None:
    """Write `text` as UTF-8."""
    with replacing(path, mode) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="")


def write_if_changed(path: Path, text: str, mode: int = PUBLIC) -> bool:
    """Write `text` only where the file does not hold it already; tell whether it was written.

    A file left alone keeps its modification time, so Snakemake runs nothing because of it.
    """
    try:
        if path.read_text(encoding="utf-8") == text:
            return False
    except (FileNotFoundError, UnicodeDecodeError):
        # There is nothing yet, or it was damaged: either way it has to be written.
        pass
    write_text(path, text, mode)
    return True


def write_new(path: Path, data: bytes, mode: int = PUBLIC) -> bool:
    """Write `data` where there is no file yet; tell whether there was none.

    For files of a few kilobytes by the hundred thousand, in a tenth of the time that `write_text`
    takes. A kill between two system calls can leave an empty file, so a later run must compare.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    try:
        handle = os.open(path, flags, mode)
    except FileExistsError:
        return False
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        return write_new(path, data, mode)  # another thread may have been quicker meanwhile
    try:
        with os.fdopen(handle, "wb", buffering=0) as file:
            os.fchmod(handle, mode)  # whatever the umask
            file.write(data)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return True


def remove_if_old(temporary: Path) -> None:
    """Remove a temporary file that a killed process left; a younger one may be in use."""
    with suppress(FileNotFoundError):
        if abs(time.time() - temporary.stat().st_mtime) > _ABANDONED:
            temporary.unlink()
