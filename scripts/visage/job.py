"""What every script does around its one call: a log file, and errors a person can read."""

import logging
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from visage.errors import VisageError

if TYPE_CHECKING:
    from snakemake.iocontainers import Snakemake

    # Snakemake puts this object into a script's globals; scripts import it from here for mypy only.
    snakemake: Snakemake

_screens: list[int] = []  # the screen's file descriptor, while `logged` has it away


def aloud(message: str) -> None:
    """Warn in the log and, from inside `logged`, on the screen as well."""
    logging.getLogger(__name__).warning("%s", message)
    for screen in _screens:
        os.write(screen, f"\n{message}\n".encode("utf-8", "backslashreplace"))


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
    try:
        yield
    except VisageError as error:
        _fail(screen, f"{error}\n", path)
    except Exception:  # noqa: BLE001 - the outermost frame: shown whole, then the process ends
        _fail(screen, traceback.format_exc(), path)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        _screens.remove(screen)
        os.close(screen)


def _fail(screen: int, message: str, log: Path) -> None:
    sys.stderr.write(message)
    os.write(screen, f"\n{message}(log: {log})\n".encode("utf-8", "backslashreplace"))
    sys.exit(1)
