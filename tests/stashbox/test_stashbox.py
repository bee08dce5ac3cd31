"""Names fetched from a server that speaks a stash-box's schema, in good moods and bad."""

import json
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from conftest import Workflow, demo_folder
from http_server import Answering, Handler
from visage.errors import VisageError
from visage.stashbox import graphql
from visage.stashbox import names as stashbox
from visage.stashbox.graphql import GraphQL, Server
from visage.stashbox.names import StashBox, fetch_names
from visage.store.names import read_names

KEY = "secret-api-key"
ADA, BEA, OLD, NEW, GONE, LOOP, POOL, NOBODY = (
    letter * 8 + "-0000-4000-8000-00000000000a" for letter in "abcdef01"
)
Answer = tuple[int, dict[str, str], bytes]


def performer(identifier: str, name: str, **more: Any) -> dict:
    base: dict = {"disambiguation": None, "aliases": [], "country": None, "images": []}
    return base | {"id": identifier, "name": name, "deleted": False, "merged_into_id": None} | more


PEOPLE = {
    ADA: performer(
        ADA,
        "Ada Lovelace",
        aliases=["Countess"],
        country="GB",
        images=[{"url": "https://img.example/1"}, {"url": "https://img.example/2"}],
    ),
    BEA: performer(BEA, "Bea", disambiguation="the other"),
    OLD: performer(OLD, "Old Name", deleted=True, merged_into_id=GONE),
    GONE: performer(GONE, "Middle", deleted=True, merged_into_id=NEW),
    NEW: performer(NEW, "New Name"),
    LOOP: performer(LOOP, "Round", deleted=True, merged_into_id=POOL),
    POOL: performer(POOL, "And Round", deleted=True, merged_into_id=LOOP),
}


class Box(Answering):
    """The server: answers from `PEOPLE`, after whatever stands in `moods`."""

    def __init__(self) -> None:
        self.moods: list[Callable[[str], Answer]] = []
        self.asked: list[str] = []
        box = self

        class OfBox(Handler):
            def do_POST(self) -> None:
                body = self.sent()
                assert self.path == "/graphql" and "findPerformer(id: $id)" in body["query"]
                identifier = body["variables"]["id"]
                box.asked.append(identifier)
                status, headers, data = box.answer(identifier, self.headers.get("ApiKey"))
                if status == 0:  # hang up without a word
                    self.close_connection = True
                    return
                self.reply(status, headers, data)

        super().__init__(OfBox)

    def answer(self, identifier: str, key: str | None) -> Answer:
        if self.moods:
            return self.moods.pop(0)(identifier)
        if key != KEY:
            return 401, {}, b"Unauthorized"
        return reply({"data": {"findPerformer": PEOPLE.get(identifier)}})


def reply(body: Any, status: int = 200, **headers: str) -> Answer:
    return status, {k.replace("_", "-"): v for k, v in headers.items()}, json.dumps(body).encode()


def mood(body: Any, status: int = 200, **headers: str) -> Callable[[str], Answer]:
    return lambda _: reply(body, status, **headers)


@pytest.fixture
def box() -> Iterator[Box]:
    box = Box()
    yield box
    box.close()


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Waiting takes no time here, and is written down."""
    waits: list[float] = []
    original = GraphQL.__init__

    def patient(self: GraphQL, *args: Any, **more: Any) -> None:
        original(self, *args, **({"sleep": waits.append, "clock": lambda: 0.0} | more))

    monkeypatch.setattr(GraphQL, "__init__", patient)
    return waits


def fetch(box: Box, folder: Path, *people: str, key: str | None = KEY) -> dict[str, int]:
    for person in people:
        (folder / "gallery" / person).mkdir(parents=True, exist_ok=True)
    return fetch_names(
        folder / "gallery", box.endpoint, key, 1e9, folder / "cache", folder / "names.json"
    )


def test_the_names_file_it_writes_can_be_read(box: Box, tmp_path: Path) -> None:
    ids = (ADA, BEA.upper(), OLD, LOOP, NOBODY, f"127.0.0.1:{NEW}", "some-name", f"fansdb.cc:{ADA}")
    counts = fetch(box, tmp_path, *ids)
    expected = {"named": 5, "unknown": 1, "merged": 1, "deleted": 1, "without a UUID": 2}
    assert counts == expected
    written = json.loads((tmp_path / "names.json").read_text())
    assert written[OLD]["merged_into"] == NEW and written[BEA.upper()]["disambiguation"]

    names = read_names(tmp_path / "names.json")
    assert (names[ADA].name, names[ADA].country, names[ADA].aliases) == (
        "Ada Lovelace",
        "GB",
        ("Countess",),
    )
    assert names[ADA].image == "https://img.example/1"
    assert names[OLD].name == "New Name"  # two merges on
    assert names[LOOP].name == "Round"  # a circle ends at its start
    assert NOBODY not in names


def test_nothing_is_asked_twice_not_even_after_a_kill(box: Box, tmp_path: Path) -> None:
    fetch(box, tmp_path, ADA, NOBODY)
    assert sorted(box.asked) == sorted([ADA, NOBODY])
    cache = next((tmp_path / "cache").iterdir())
    with cache.open("ab") as file:
        file.write(b'{"id": "' + BEA.encode()[:5])  # cut short
    fetch(box, tmp_path, BEA)
    assert box.asked[2:] == [BEA]
    fetch(box, tmp_path)
    assert len(box.asked) == 3
    assert KEY not in cache.read_text() + (tmp_path / "names.json").read_text()


def test_passing_faults_are_waited_out(box: Box, tmp_path: Path, waits: list[float]) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    for moods, expected in (
        ([mood({}, 429, Retry_After="7")], [7.0]),
        ([mood({}, 429, Retry_After=later)], [pytest.approx(89, abs=5)]),
        ([mood({}, 429, Retry_After="999999")], [graphql.LONGEST_WAIT]),
        ([mood({}, 429), mood({}, 503)], [1.0, 2.0]),
        ([mood({}, 500)] * 4, [1.0, 2.0, 4.0, 8.0]),
        ([lambda _: (0, {}, b"")], [1.0]),
        ([lambda _: (200, {}, b"<html>")], [1.0]),
        ([mood([1])], [1.0]),
        ([mood({"data": None})], [1.0]),
    ):
        shutil.rmtree(tmp_path / "cache", ignore_errors=True)
        waits.clear()
        box.moods = list(moods)
        assert fetch(box, tmp_path, ADA)["named"] == 1
        assert [wait for wait in waits if wait > 1e-3] == expected


def test_it_gives_up_and_keeps_what_it_had(box: Box, tmp_path: Path) -> None:
    fetch(box, tmp_path, ADA)
    before = (tmp_path / "names.json").read_text()
    box.moods = [mood({}, 500)] * graphql.ATTEMPTS
    with pytest.raises(VisageError, match=r"in 5 attempts: HTTP 500\..*fetch_names again"):
        fetch(box, tmp_path, BEA)
    assert (tmp_path / "names.json").read_text() == before
    assert fetch(box, tmp_path)["named"] == 2
    assert box.asked.count(ADA) == 1


def test_a_server_that_says_nothing(
    box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(graphql, "TIMEOUT", httpx.Timeout(0.2))
    hold = threading.Event()

    def silence(_: str) -> Answer:
        hold.wait(3)
        return 0, {}, b""

    box.moods = [silence]
    assert fetch(box, tmp_path, ADA)["named"] == 1
    hold.set()
    box.close()
    with pytest.raises(VisageError, match="did not answer in 5 attempts: no answer"):
        fetch(box, tmp_path, BEA)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (mood({}, 401), "refuses the key.*STASHBOX_API_KEY"),
        (mood({}, 403), "refuses the key"),
        (mood({"errors": [{"message": "Not authorized"}], "data": None}), "refuses the key"),
        (mood({"errors": [{"message": 'Cannot query field "x"'}]}), "cannot answer.*Cannot query"),
        (mood({}, 404), "HTTP 404, not as https://stashdb.org"),
        (mood({}, 302, Location="http://127.0.0.1:1/"), "HTTP 302"),
    ],
)
def test_final_faults_stop_at_once(box: Box, tmp_path: Path, answer: Callable, words: str) -> None:
    box.moods = [answer]
    with pytest.raises(VisageError, match=words) as error:
        fetch(box, tmp_path, ADA)
    assert KEY not in str(error.value)
    assert len(box.asked) == 1 and not (tmp_path / "names.json").exists()


def test_what_is_missing_is_said_before_anything_is_sent(box: Box, tmp_path: Path) -> None:
    (tmp_path / "gallery" / ADA).mkdir(parents=True)
    cases: list[tuple[str | None, str | None, str]] = [
        (None, KEY, "stashbox.endpoint: none is given"),
        (box.endpoint, None, "There is no API key"),
        (box.endpoint, "nonsense", "refuses the key"),
        ("http://stashdb.example/graphql", KEY, "unencrypted"),
    ]
    for endpoint, key, words in cases:
        with pytest.raises(VisageError, match=words):
            fetch_names(tmp_path / "gallery", endpoint, key, 60, tmp_path, tmp_path / "n")
    assert len(box.asked) == 1
    (tmp_path / "gallery" / ADA).rmdir()
    (tmp_path / "gallery" / "ada").mkdir()
    with pytest.raises(VisageError, match=r"none of the 1 folders .* UUID"):
        fetch(box, tmp_path)


def test_the_rate_is_kept(box: Box, tmp_path: Path) -> None:
    now = 0.0
    times: list[float] = []

    def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds

    def noted(_: str) -> Answer:
        times.append(now)
        return reply({"data": {"findPerformer": None}})

    box.moods = [noted] * 5
    with httpx.Client() as client:
        server = Server(box.endpoint, KEY, "KEY", "setting", "rule", "example")
        asked = GraphQL(server, 30, client, sleep=sleep, clock=lambda: now)
        asking = StashBox(asked, tmp_path / "c")
        for number in range(5):
            asking.find(str(number))
    assert times == pytest.approx([0, 2, 4, 6, 8])


def test_the_rule_runs_only_when_it_is_asked_for(box: Box, tmp_path: Path) -> None:
    workflow = Workflow(tmp_path)
    demo_folder(tmp_path)
    (tmp_path / "resources/demo/gallery/barack-obama").rename(
        tmp_path / "resources/demo/gallery" / ADA
    )
    settings = [
        "--config",
        "names=resources/names.json",
        f"stashbox={{endpoint: '{box.endpoint}', requests_per_minute: 6000}}",
    ]
    (tmp_path / "resources/names.json").write_text("{}")
    plan = workflow.succeed("--dry-run", *settings)
    assert "fetch_names" not in plan and not box.asked

    done = subprocess.run(
        workflow.command("fetch_names", *settings),
        cwd=tmp_path,
        env=workflow.environment() | {stashbox.KEY: KEY},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (
        json.loads((tmp_path / "resources/names.json").read_text())[ADA]["name"] == "Ada Lovelace"
    )
    assert box.asked == [ADA]
    logged = "".join(path.read_text() for path in (tmp_path / "results/logs").rglob("*.log"))
    assert KEY not in done.stdout + done.stderr + logged and "1 named" in logged
    assert "There is no API key" in workflow.fail("fetch_names", *settings)
