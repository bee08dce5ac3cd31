"""A run as it is told by Snakemake's records, and what of it is shown."""

import logging
import re
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from rich.console import Console
from rich.text import Text
from snakemake_interface_logger_plugins.common import LogEvent

from snakemake_logger_plugin_visage.embedding import Embedding
from snakemake_logger_plugin_visage.logs import cause, notices
from snakemake_logger_plugin_visage.stages import STAGES

#: The attribute of the record by which the Snakefile says where its results are.
RESULTS = "visage_results"

# Of what Snakemake says in passing, what a user may have to wait for, or has to know.
_WORTH_SAYING = re.compile(r"(Creating conda|Downloading|Pulling|Building.*image|Unlocking)", re.I)
_INTERRUPTED = "Terminating processes on user request"
_NOTHING = "Nothing to be done"
# What follows from a job that failed, whose own words are shown.
_CONSEQUENCES = ("At least one job did not complete", "Exiting because a job", "CalledProcessError")
_PLACE = re.compile(
    r"^\w+(?:Error|Exception)(?: in file .*)?:\n|\n  File .*, line \d+, in .*", re.M
)


class Run:
    """Shows a run on `stream`, and only its end where that is not a terminal."""

    def __init__(self, stream: TextIO, color: bool = True) -> None:
        """Show nothing yet."""
        self._console = Console(file=stream, no_color=not color, highlight=False, soft_wrap=True)
        self._terminal = self._console.is_terminal
        self._jobs: dict[int, dict[str, Any]] = {}
        self._left: Counter[str] = Counter()
        self._since: dict[str, float] = {}
        self._results: list[Path] = []
        self._failed: dict[str, str] = {}  # why: where the first job says so
        self._errors: list[str] = []
        self._planned = self._done = self.interrupted = False
        self._embedding = Embedding(self._console)

    def take(self, record: logging.LogRecord) -> None:
        """Take note of a record, and show what is to be shown of it."""
        told = record.__dict__
        event = told.get("event")
        if RESULTS in told:
            self._results.append(Path(told[RESULTS]))
        elif event is None:
            self._hear(record.getMessage(), record.levelno)
        elif event in _TAKERS:
            _TAKERS[event](self, told)

    def _hear(self, message: str, level: int) -> None:
        if message.startswith(_INTERRUPTED):
            self.interrupted = True
        elif message.startswith(_NOTHING):
            self._done = True
        elif level >= logging.WARNING:
            if not any(part in message for part in _CONSEQUENCES):
                self._print(message, "yellow" if level < logging.ERROR else "red")
        elif self._terminal and _WORTH_SAYING.match(message):
            self._print(message)

    def _plan(self, told: dict[str, Any]) -> None:
        self._left = Counter(told["stats"])
        self._left.pop("total", None)
        self._planned = True
        self._embedding.plan(self._results, self._left["embed_shard"])

    def _begin(self, told: dict[str, Any]) -> None:
        rule = told["rule_name"]
        self._jobs[told["jobid"]] = told
        self._since.setdefault(rule, time.monotonic())
        if rule == "embed_shard":
            self._embedding.begin(Path(told["input"][0]))

    def _finish(self, told: dict[str, Any]) -> None:
        job = self._jobs.pop(told["job_id"], None)
        if job is None:
            return
        rule = job["rule_name"]
        for log in job["log"]:
            for notice in notices(Path(log)):
                self._print(notice, "yellow")
        if rule == "embed_shard":
            self._embedding.finish(Path(job["input"][0]))
        self._left[rule] -= 1
        if not self._left[rule] and (rule in STAGES or job["output"]):
            self._stage(rule)  # not of `all`, which makes nothing

    def _stage(self, rule: str) -> None:
        if self._terminal:
            took = time.monotonic() - self._since[rule]
            self._print(f"✓ {STAGES.get(rule, rule)} ({took:.0f} s)", "green")

    def _fail(self, told: dict[str, Any]) -> None:
        for job in told.get("job_error_info") or [told]:  # a group's, or one job's
            why, where = cause(job["rule_name"], [Path(log) for log in job["log"] or ()])
            self._failed.setdefault(why, where)  # jobs often fail for one and the same reason

    def _error(self, told: dict[str, Any]) -> None:
        message = str(told["msg"])
        if not any(part in message for part in _CONSEQUENCES):
            self._errors.append(_PLACE.sub("", message).strip())

    def end(self) -> bool:
        """Say how it ended: what went wrong, or what was found; tell whether that is known."""
        self._embedding.end()
        if self.interrupted:
            self._print(
                "Interrupted. What was embedded is kept: the same command goes on from here.", "red"
            )
            return True
        failed = [f"{why}\n{where}".rstrip() for why, where in self._failed.items()]
        for message in failed or self._errors:
            self._print(message, "red")
        if self._failed or self._errors:
            return True
        done = self._done or (self._planned and not +self._left)
        for line in self._found() if done else ():
            self._print(line)
        return done

    def _found(self) -> Iterator[str]:
        # Here, not above: the Snakefile decides which copy of the package this process has.
        from visage.workflow.summary import sentence, what_is_new

        for results in self._results:
            said = sentence(results, self._left)
            if said:
                news = list(what_is_new(results))
                yield from () if self._terminal else news
                yield said

    def _print(self, message: str, style: str = "") -> None:
        self._console.print(Text(message, style=style))


_TAKERS = {
    LogEvent.RUN_INFO: Run._plan,
    LogEvent.JOB_INFO: Run._begin,
    LogEvent.JOB_FINISHED: Run._finish,
    LogEvent.JOB_ERROR: Run._fail,
    LogEvent.GROUP_ERROR: Run._fail,
    LogEvent.ERROR: Run._error,
}
