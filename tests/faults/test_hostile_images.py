"""1,000 hostile images: each is an array or a reason, in bounded time and memory."""

import json
import os
import subprocess
import sys
from pathlib import Path

import hostile
import pandas as pd
import pytest
from conftest import REPO
from small_run import CONFIG, people_and_queries
from visage.store.parts import file_of

NUMBER = int(os.environ.get("VISAGE_HOSTILE", "180"))  # make test-faults: 1,000

# A process of its own, with a limit: what takes more memory ends in MemoryError, what hangs is hit.
DECODE = """
import json, pathlib, resource, signal, sys, time
from visage.images.decode import ImageProblem, count_pages, decode, size_of
from visage.images.parts import page, tile

class TooLong(BaseException):
    pass

def hit(*_):
    raise TooLong

signal.signal(signal.SIGALRM, hit)
limit = 4 << 30
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    data, start = path.read_bytes(), time.monotonic()
    signal.alarm(60)
    try:
        count_pages(data), size_of(data)
        for part in (page(2), tile((5, 5, 40, 40))):
            try:
                decode(data, part=part)
            except ImageProblem as problem:
                assert problem.reason
        pixels = decode(data).pixels
        what = f"{pixels.dtype} {pixels.ndim} {pixels.shape[2]}"
    except ImageProblem as problem:
        what = problem.status if problem.reason else "no reason"
    except TooLong:
        what = "too long"
    except BaseException as error:
        what = repr(error)
    signal.alarm(0)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps([path.name, what, round(time.monotonic() - start, 3), peak]), flush=True)
"""


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of them all."""
    folder = tmp_path_factory.mktemp("hostile")
    everything = hostile.good() | hostile.evil()
    everything |= dict(hostile.fuzzed(max(0, NUMBER - len(everything))))
    if NUMBER >= 1000:
        everything["largest.png"] = hostile.largest()
    for name, data in everything.items():
        (folder / name).write_bytes(data)
    return folder


def test_each_is_an_array_or_a_reason(images: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", DECODE, str(images)],
        env=os.environ | {"PYTHONPATH": str(REPO / "scripts")},
        capture_output=True,
        text=True,
        check=False,
    )
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    frame = pd.DataFrame(rows, columns=["image", "what", "seconds", "peak"]).set_index("image")
    print(f"\n{frame.what.value_counts()}\nslowest {frame.seconds.max()} s")
    print(f"most memory {frame.peak.max()} MB")
    assert done.returncode == 0, (len(frame), done.stderr[-2000:])
    assert set(frame.index) == {path.name for path in images.iterdir()}
    assert set(frame.what) <= {"uint8 3 3", "unreadable", "too_large"}
    assert set(frame.loc[list(hostile.good()), "what"]) == {"uint8 3 3"}
    refused = frame.loc[[name for name in hostile.evil() if name.startswith("bomb-")], "what"]
    assert set(refused.drop("bomb-just-allowed.png")) <= {"too_large", "unreadable"}


def test_a_run_over_them_ends_and_lists_each(
    images: Path, tmp_path: Path, photographs: Path
) -> None:
    workflow = people_and_queries(tmp_path, photographs)
    (workflow.folder / "queries" / "hostile").symlink_to(images)
    workflow.succeed("results/scores.tsv", "results/images.tsv", *CONFIG)
    listed = pd.read_csv(
        workflow.folder / "results/images.tsv", sep="\t", keep_default_na=False
    ).query("label == 'hostile'")
    named = {Path(file_of(name)).name for name in listed["image"]}
    assert named == {path.name for path in images.iterdir()}
    assert any(name.endswith("pages.tif#3") for name in listed["image"])
    assert set(listed["status"]) <= {"ok", "no_face", "too_small", "unreadable", "too_large"}
    assert listed.loc[listed["status"] != "ok", "reason"].str.len().gt(0).all()
