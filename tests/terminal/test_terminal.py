"""What a run says on the terminal, by records as Snakemake gives them, and by real runs."""

import io
import json
import logging
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from conftest import REPO, Workflow
from parts.running import stand_in
from rich.console import Console
from snakemake_interface_logger_plugins.common import LogEvent
from snakemake_logger_plugin_visage import QUIET_JOBS
from snakemake_logger_plugin_visage.embedding import line
from snakemake_logger_plugin_visage.logs import cause, notices
from snakemake_logger_plugin_visage.run import Run
from snakemake_logger_plugin_visage.stages import STAGES
from visage.resources import rule_names
from visage.workflow import job

FAILURE = "2026-11-26 07:00:00,000 CRITICAL "


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def record(message: str = "", level: int = logging.INFO, **told: Any) -> logging.LogRecord:
    made = logging.LogRecord("snakemake", level, "", 0, message, None, None)
    made.__dict__.update(told)
    return made


def told(jobid: int, rule: str, log: Path | None = None, manifest: str = "") -> logging.LogRecord:
    return record(
        event=LogEvent.JOB_INFO,
        jobid=jobid,
        rule_name=rule,
        log=[str(log)] if log else [],
        input=[manifest],
        output=[] if rule == "all" else ["made"],
    )


def planned(**stats: int) -> logging.LogRecord:
    return record(event=LogEvent.RUN_INFO, stats=stats | {"total": sum(stats.values())})


def said(*records: logging.LogRecord, stream: io.StringIO | None = None) -> list[str]:
    stream = stream or io.StringIO()
    run = Run(stream, color=False)
    for one in records:
        run.take(one)
    run.end()
    return stream.getvalue().strip().splitlines()


# --- by records ----------------------------------------------------------------------------------


def test_the_line_is_as_wide_as_the_terminal() -> None:
    # 148 in 64.35 seconds are 2.3 a second; the other 118 take 51 seconds.
    assert line(148, 266, 64.35, 80).endswith("▁ 148/266 · 2.3/s · 51 s left")
    for width in (60, 80, 200):
        assert len(line(148, 266, 64.35, width)) == width
    bar = re.findall("[▇▁]", line(133, 266, 10, 80))
    assert abs(bar.count("▇") - bar.count("▁")) <= 1
    assert line(0, 3, 0, 40).endswith("▁ 0/3")
    assert line(1, 1000, 60, 60).endswith("16.6 h left")


def test_a_stage_is_told_when_its_last_job_has_ended() -> None:
    run = [planned(match_shard=2), told(1, "match_shard"), told(2, "match_shard")]
    one = record(event=LogEvent.JOB_FINISHED, job_id=1)
    two = record(event=LogEvent.JOB_FINISHED, job_id=2)
    assert "compared" not in "".join(said(*run, one, stream=Terminal()))
    assert "✓ faces compared with the gallery" in "".join(said(*run, one, two, stream=Terminal()))
    assert said(*run, one, two) == [], "nobody looks"
    last = [planned(all=1), told(3, "all"), record(event=LogEvent.JOB_FINISHED, job_id=3)]
    assert said(*last, stream=Terminal()) == []
    theirs = [planned(who=1), told(4, "who"), record(event=LogEvent.JOB_FINISHED, job_id=4)]
    assert said(*theirs, stream=Terminal()) == ["✓ who (0 s)"], "a rule of an outer workflow"


def test_all_shards_make_one_line(tmp_path: Path) -> None:
    for name, shard, images in (("gallery", 0, 30), ("queries", 0, 10), ("queries", 1, 60)):
        manifest = tmp_path / name / "manifests" / f"{shard}.jsonl"
        manifest.parent.mkdir(parents=True, exist_ok=True)
        manifest.write_text("{}\n" + "[]\n" * images)
    progress = tmp_path / "cache" / "progress"
    progress.mkdir(parents=True)
    (progress / "queries 0.json").write_text(json.dumps({"done": 4, "total": 10}))
    stream = Terminal()
    run = Run(stream, color=False)
    run.take(record(visage_results=str(tmp_path)))
    run.take(planned(embed_shard=3))
    run.take(told(1, "embed_shard", manifest=str(tmp_path / "gallery/manifests/0.jsonl")))
    run.take(told(2, "embed_shard", manifest=str(tmp_path / "queries/manifests/0.jsonl")))
    run.take(record(event=LogEvent.JOB_FINISHED, job_id=1))
    screen = io.StringIO()
    Console(file=screen, width=60).print(run._embedding)
    run.end()
    assert " 34/100 · " in screen.getvalue()


def test_a_failure_is_told_once_with_cause_and_remedy(tmp_path: Path) -> None:
    logs = [tmp_path / "1.log", tmp_path / "2.log"]
    for log in logs:
        log.write_text(f"[ WARN:0] OpenCV\n{FAILURE}names.json: mend it.\nHere: 3\n")
    failed = [
        record(event=LogEvent.JOB_ERROR, rule_name="match_shard", log=[str(log)]) for log in logs
    ]
    words = said(
        record("CalledProcessError in file x", logging.ERROR, event=LogEvent.ERROR),
        *failed,
        record("Exiting because a job execution failed. Look above", logging.ERROR),
        record("WorkflowError:\nAt least one job did not", logging.ERROR, event=LogEvent.ERROR),
    )
    assert words == ["names.json: mend it.", "Here: 3", f"(log: {logs[0]})"]


def test_a_job_that_ends_without_a_word(tmp_path: Path) -> None:
    log = tmp_path / "1.log"
    log.write_text("2026-11-26 07:00:00,000 INFO loaded\nKilled by nobody knows whom\n")
    why, _ = cause("embed_shard", [log])
    assert "memory" in why and "nobody knows whom" in why and str(log) in why
    assert "memory" in cause("embed_shard", [tmp_path / "none.log"])[0]


def test_a_traceback_stays_in_the_log(tmp_path: Path) -> None:
    log = tmp_path / "1.log"
    log.write_text(
        f"{FAILURE}The disk is full.\nTraceback (most recent call last)\n  File x\nOSError: full\n"
    )
    assert cause("x", [log]) == ("The disk is full.\nOSError: full", f"(log: {log})")


def test_what_snakemake_says_of_the_snakefile_is_left_out() -> None:
    words = said(
        record(
            'WorkflowError in file "/a/rules/common.smk", line 35:\nThe config has a mistake:\n'
            '  gallry: no such key\n  File "/a/rules/common.smk", line 35, in <module>',
            logging.ERROR,
            event=LogEvent.ERROR,
        )
    )
    assert words == ["The config has a mistake:", "  gallry: no such key"]


def test_a_notice_comes_from_the_log(tmp_path: Path) -> None:
    log = tmp_path / "job.log"
    log.write_text("2026-11-26 07:00:00,000 NOTICE no GPU\nis here\n2026-11-26 07:00:01,000 INFO x")
    assert notices(log) == ["no GPU\nis here"]
    run = [planned(forget=1), told(1, "forget", log)]
    assert said(*run, record(event=LogEvent.JOB_FINISHED, job_id=1)) == ["no GPU", "is here"]


def test_every_rule_has_its_words() -> None:
    assert set(STAGES) == set(rule_names())
    assert QUIET_JOBS == job.QUIET_JOBS


def test_after_an_interruption_nothing_more_is_shown() -> None:
    script = """
import os, sys
from snakemake_logger_plugin_visage.aside import Aside
aside = Aside()
os.write(2, b"a job's traceback")
print("Interrupted.", file=sys.stderr)
aside.end(shown=False, interrupted=True)
print("Snakemake's traceback", file=sys.stderr)
os.write(2, b"another")
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == "Interrupted.\n"


# --- by real runs --------------------------------------------------------------------------------


def environment(*path: Path) -> dict[str, str]:
    packages = os.pathsep.join(map(str, [*path, REPO / "scripts"]))
    shown = {"PYTHONPATH": packages, "COLUMNS": "100", "TERM": "xterm"}
    return {
        key: value
        for key, value in (Workflow.environment() | shown).items()
        if key != "SNAKEMAKE_LOGGER_VISAGE_PLAIN"
    }


def on_a_terminal(
    workflow: Workflow, *arguments: str, after: str = "", path: Sequence[Path] = ()
) -> str:
    """Give what a terminal gets to see; with `after`, press Ctrl+C once that is there."""
    pid, screen = pty.fork()
    if pid == 0:
        os.chdir(workflow.folder)
        # What was started in the background hears no Ctrl+C, nor does what it starts.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        command = workflow.command(*arguments)
        os.execvpe(command[0], command, environment(*path))
    seen, pressed = b"", 0.0
    while True:
        try:
            seen += os.read(screen, 65536)
        except OSError:  # its end: Linux says EIO
            break
        # Again after a while, as people do: Snakemake does not hear it at every moment.
        if after and after.encode() in seen and time.monotonic() - pressed > 20:
            os.write(screen, b"\x03")
            pressed = time.monotonic()
    os.waitpid(pid, 0)
    os.close(screen)
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", seen.decode())


def quietly(workflow: Workflow, *arguments: str) -> str:
    done = subprocess.run(
        workflow.command(*arguments),
        cwd=workflow.folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    lines = (done.stdout + done.stderr).splitlines()
    return "\n".join(line for line in lines if not line.startswith("Using workflow specific"))


FOUND = (
    "6 of 8 faces have a name (3 people), 2 are nobody you know, 1 photograph has no face, "
    "2 things to look at in the gallery. Open results/report.html"
)


def test_under_cron_it_says_what_was_found_and_what_is_new(demo_copy: Workflow) -> None:
    assert quietly(demo_copy) == FOUND
    told = demo_copy.folder / "results" / "cache" / "told.txt"
    first, *rest = told.read_text().splitlines(keepends=True)
    assert not any("barack" in line for line in [first, *rest])
    told.write_text("".join(rest))
    new, last = quietly(demo_copy).splitlines()
    assert new.startswith("New: ") and last == FOUND
    assert quietly(demo_copy) == FOUND
    assert "gallry" in quietly(demo_copy, "--config", "gallry=x").splitlines()[1]


def test_a_terminal_sees_the_line_the_stages_and_the_end(demo_copy: Workflow) -> None:
    seen = on_a_terminal(demo_copy, "--forcerun", "embed_shard", "score_matches")
    assert re.search(r"embedding [▇▁]+ \d+/10", seen)
    assert seen.index("✓ faces found and embedded") < seen.index("✓ people scored")
    last = seen.strip().splitlines()[-1]
    assert last == FOUND
    assert "rule embed_shard" not in seen
    (log, *_) = sorted((demo_copy.folder / ".snakemake/log").iterdir(), reverse=True)
    assert "rule embed_shard" in log.read_text()


def test_an_interrupted_run_shows_no_traceback(demo_copy: Workflow) -> None:
    # Ten photographs of eight seconds each: it cannot be done before the key is heard.
    shutil.rmtree(demo_copy.folder / "results/cache")
    slow = stand_in(demo_copy.folder, cost=8)
    seen = on_a_terminal(demo_copy, "--forcerun", "embed_shard", after="embedding", path=slow)
    assert "Traceback" not in seen and "Error" not in seen, seen
    assert "Interrupted." in seen
    assert "Traceback" not in demo_copy.log("embed_shard")


def test_a_failed_run_ends_with_the_cause(demo_copy: Workflow) -> None:
    names = demo_copy.folder / "names.json"
    names.write_text('{"a": [1]}')
    words = quietly(demo_copy, "--config", "names=names.json").splitlines()
    assert words[0].startswith("names.json: these entries")
    assert words[-1].startswith("(log: ")
    assert len(words) == 3
