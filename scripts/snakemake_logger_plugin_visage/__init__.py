"""What a run says on the terminal: one line that moves, one a finished stage, what was found.

Snakemake finds this package by its name; profiles/default chooses it. Snakemake's own lines are in
the log under `.snakemake/log/` all the same, and on the screen with `--logger-visage-plain`.
"""

import logging
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field

from snakemake.logging import ColorizingTextHandler, DefaultFilter, DefaultFormatter
from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.settings import LogHandlerSettingsBase

from snakemake_logger_plugin_visage.aside import Aside
from snakemake_logger_plugin_visage.run import Run

# Set for the jobs of a run, as `visage.workflow.job` knows it: what they have to say goes to their
# logs only, and is shown from there.
QUIET_JOBS = "VISAGE_QUIET_JOBS"


@dataclass
class LogHandlerSettings(LogHandlerSettingsBase):
    """The plugin's options."""

    plain: bool = field(
        default=False,
        metadata={"help": "Show Snakemake's own lines, as without this plugin.", "env_var": True},
    )


class LogHandler(LogHandlerBase):
    """Shows a run; a dry run, and whatever makes nothing, as Snakemake does."""

    writes_to_stream = True
    writes_to_file = False
    has_filter = True
    has_formatter = True
    needs_rulegraph = False

    def __post_init__(self) -> None:
        """Choose how to show what comes."""
        common = self.common_settings
        plain = isinstance(self.settings, LogHandlerSettings) and self.settings.plain
        stream = sys.stdout if common.stdout else sys.stderr
        self._take: Callable[[logging.LogRecord], object]
        self._run: Run | None = None
        if plain or common.dryrun or common.verbose or common.debug_dag or common.quiet:
            self._take = self._as_snakemake(stream).handle
        else:
            os.environ[QUIET_JOBS] = "1"
            self._aside = Aside()
            stream = sys.stdout if common.stdout else sys.stderr
            self._run = Run(stream, color=not common.nocolor)
            self._take = self._run.take

    def _as_snakemake(self, stream: object) -> logging.Handler:
        common = self.common_settings
        switches = (common.debug_dag, common.verbose, common.dryrun, common.printshellcmds)
        handler = ColorizingTextHandler(nocolor=common.nocolor, stream=stream)
        handler.addFilter(DefaultFilter(common.quiet, *switches))
        handler.setFormatter(DefaultFormatter(common.quiet, common.show_failed_logs))
        return handler

    def emit(self, record: logging.LogRecord) -> None:
        """Show a record, or take note of it."""
        self._take(record)

    def close(self) -> None:
        """Say how it ended; Snakemake closes a handler more than once."""
        if self._run is not None:
            told = self._run.end()
            self._aside.end(shown=not told, interrupted=self._run.interrupted)
            self._run = None
        super().close()
