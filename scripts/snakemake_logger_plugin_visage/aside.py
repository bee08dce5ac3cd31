"""What jobs and libraries print past their logs, put aside."""

import os
import sys
import tempfile

# Set for the jobs, as `visage.workflow.job` knows it: the terminal, for a download's bar.
TERMINAL = "VISAGE_TERMINAL"


class Aside:
    """Puts aside what jobs and libraries print past their logs, tracebacks of Ctrl+C among it.

    This process goes on writing to the terminal; whatever it starts has a file for stderr.
    """

    def __init__(self) -> None:
        """Begin."""
        sys.stderr.flush()
        terminal = os.dup(2)
        if os.isatty(terminal):
            os.environ[TERMINAL] = os.ttyname(terminal)
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the run
        os.dup2(self._file.fileno(), 2)
        self._stderr, sys.stderr = sys.stderr, os.fdopen(terminal, "w", buffering=1)

    def end(self, shown: bool, interrupted: bool) -> None:
        """Put things back as they were; show what was put aside where nothing else says why.

        After Ctrl+C all that is still to come is put aside, too: Snakemake may stumble over its own
        end, most of all where somebody presses it twice.
        """
        sys.stderr.flush()
        if interrupted:
            sys.stderr = self._stderr
            return
        os.dup2(sys.stderr.fileno(), 2)
        sys.stderr = self._stderr
        self._file.seek(0)
        if shown:
            sys.stderr.write(self._file.read().decode(errors="replace"))
        self._file.close()
