"""What every script does around its one call: paths, a log file, errors a person can read."""

import errno
import logging
import os
import sys
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from visage.errors import VisageError
from visage.notices import NOTICE

if TYPE_CHECKING:
    from snakemake.iocontainers import Snakemake

    # Snakemake puts this object into a script's globals; scripts import it from here for mypy only.
    snakemake: Snakemake

log = logging.getLogger(__name__)

_AGAIN = "then run the same command again: nothing that was embedded is lost.\n"
_REMEDIES = {
    errno.ENOSPC: f"The disk is full. Make room, {_AGAIN}",
    errno.EDQUOT: f"The quota of disk space is used up. Make room, {_AGAIN}",
    errno.EROFS: f"The folder can only be read. Make it writable, {_AGAIN}",
    errno.EACCES: f"The folder belongs to somebody else. Change its permissions, {_AGAIN}",
}

#: Set by the plugin that shows a run: it reads what a job has to say from the job's log.
QUIET_JOBS = "VISAGE_QUIET_JOBS"
TERMINAL = "VISAGE_TERMINAL"  # and this to the terminal's name, where there is one


class _Screen(logging.Handler):
    """Shows notices on the screen, where nobody else does."""

    def __init__(self, descriptor: int) -> None:
        super().__init__(NOTICE)
        self._descriptor = descriptor

    def emit(self, record: logging.LogRecord) -> None:
        """Write a notice; an error is written at the end of the job."""
        if record.levelno == NOTICE:
            self.say(record.getMessage())

    def say(self, message: str) -> None:
        """Write, whatever the encoding of the terminal."""
        if not os.environ.get(QUIET_JOBS):
            os.write(self._descriptor, f"\n{message}\n".encode("utf-8", "backslashreplace"))


def take_own_package() -> None:
    """Have the scripts of jobs take this very package, before another one that is installed."""
    own = str(Path(__file__).parents[2])
    others = [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]
    os.environ["PYTHONPATH"] = os.pathsep.join([own, *(path for path in others if path != own)])


@contextmanager
def logged(file: str | Path) -> Iterator[None]:
    """Send everything the block prints to the log `file`, and errors to the screen as well.

    File descriptors 1 and 2 are redirected, not `sys.stderr`, because the C++ libraries behind
    the models write to the descriptors. A `VisageError` ends the process with its message alone,
    anything else with its traceback.
    """
    path = Path(str(file))
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.dup(2)
    screen = _Screen(descriptor)
    with path.open("wb") as opened:
        sys.stdout.flush()
        sys.stderr.flush()
        os.dup2(opened.fileno(), 1)
        os.dup2(opened.fileno(), 2)
    logging.basicConfig(
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(message)s",
        stream=sys.stderr,
        force=True,
    )
    logging.getLogger().addHandler(screen)
    try:
        yield
    except KeyboardInterrupt:
        log.info("interrupted")
        sys.exit(130)
    except VisageError as error:
        _fail(screen, str(error), path)
    except OSError as error:
        _fail(screen, _REMEDIES.get(error.errno or 0, "") + traceback.format_exc(), path)
    except Exception:  # noqa: BLE001 - the outermost frame: shown whole, then the process ends
        _fail(screen, traceback.format_exc(), path)
    finally:
        with suppress(OSError):
            sys.stdout.flush()
            sys.stderr.flush()
        logging.getLogger().removeHandler(screen)
        os.close(descriptor)


def terminal() -> TextIO:
    """Open the terminal, for a bar that moves; outside of `logged`, where stderr is the log."""
    name = os.environ.get(TERMINAL)
    return Path(name).open("w") if name else os.fdopen(os.dup(2), "w")


def paths(names: Iterable[str] | None) -> list[Path]:
    """Give the file names that Snakemake hands over as paths; of one file it gives the name."""
    return [Path(name) for name in ([names] if isinstance(names, str) else names or ())]


def optional(name: str | None) -> Path | None:
    """Give a file name as a path where there is one."""
    return Path(name) if name else None


def _fail(screen: _Screen, message: str, file: Path) -> None:
    log.critical("%s", message)
    screen.say(f"{message.rstrip()}\n(log: {file})")
    sys.exit(1)
