"""What every script does around its one call: paths, a log file, errors a person can read."""

import errno
import logging
import os
import sys
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from visage.errors import VisageError

if TYPE_CHECKING:
    from snakemake.iocontainers import Snakemake

    # Snakemake puts this object into a script's globals; scripts import it from here for mypy only.
    snakemake: Snakemake

_AGAIN = "then run the same command again: nothing that was embedded is lost.\n"
_REMEDIES = {
    errno.ENOSPC: f"The disk is full. Make room, {_AGAIN}",
    errno.EDQUOT: f"The quota of disk space is used up. Make room, {_AGAIN}",
    errno.EROFS: f"The folder can only be read. Make it writable, {_AGAIN}",
    errno.EACCES: f"The folder belongs to somebody else. Change its permissions, {_AGAIN}",
}

_screens: list[int] = []  # the screen's file descriptor, while `logged` has it away


class _Screen(logging.Handler):
    """Shows the messages on the screen that their authors marked for it (extra: screen)."""

    def emit(self, record: logging.LogRecord) -> None:
        """Show one, if it is so marked."""
        if getattr(record, "screen", False):
            for screen in _screens:
                message = f"\n{record.getMessage()}\n"
                os.write(screen, message.encode("utf-8", "backslashreplace"))


def aloud(message: str) -> None:
    """Warn in the log and, from inside `logged`, on the screen as well."""
    logging.getLogger(__name__).warning("%s", message, extra={"screen": True})


@contextmanager
def logged(log: str | Path) -> Iterator[None]:
    """Send everything the block prints to the file `log`, and errors to the screen as well.

    File descriptors 1 and 2 are redirected, not `sys.stderr`, because the C++ libraries behind
    the models write to the descriptors. A `VisageError` ends the process with its message alone,
    anything else with its traceback.
    """
    path = Path(str(log))
    path.parent.mkdir(parents=True, exist_ok=True)
    screen = os.dup(2)
    _screens.append(screen)
    with path.open("wb") as file:
        sys.stdout.flush()
        sys.stderr.flush()
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    logging.basicConfig(
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(message)s",
        stream=sys.stderr,
        force=True,
    )
    logging.getLogger().addHandler(_Screen())
    try:
        yield
    except VisageError as error:
        _fail(screen, f"{error}\n", path)
    except OSError as error:
        _fail(screen, _REMEDIES.get(error.errno or 0, "") + traceback.format_exc(), path)
    except Exception:  # noqa: BLE001 - the outermost frame: shown whole, then the process ends
        _fail(screen, traceback.format_exc(), path)
    finally:
        with suppress(OSError):
            sys.stdout.flush()
            sys.stderr.flush()
        _screens.remove(screen)
        os.close(screen)


def paths(names: Iterable[str]) -> list[Path]:
    """Give the file names that Snakemake hands over as paths."""
    return [Path(name) for name in names]


def optional(name: str | None) -> Path | None:
    """Give a file name as a path where there is one."""
    return Path(name) if name else None


def _fail(screen: int, message: str, log: Path) -> None:
    with suppress(OSError):  # on a full disk the log takes nothing more
        sys.stderr.write(message)
        sys.stderr.flush()
    os.write(screen, f"\n{message}(log: {log})\n".encode("utf-8", "backslashreplace"))
    sys.exit(1)
