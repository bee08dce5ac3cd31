"""The page's server: what programs get, what is refused, and that nothing stays."""

import base64
import json
import os
import socket
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from conftest import REPO, Workflow
from fastapi.testclient import TestClient
from gradio_client import Client, handle_file
from serving import Served, command, served
from visage.app.guard import Rate
from visage.app.server import create
from visage.app.service import Problem, Service, from_base64
from visage.app.settings import Address, Limits
from visage.app.uploads import MOST, TooManyUploads, Uploads
from visage.errors import VisageError
from visage.search.lookup import Lookup

TOKEN = "correct-horse-battery-staple"


class Listener:
    """A server of the test's own that counts who comes."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        self.visits = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.visits += 1
            connection.close()


@pytest.fixture(scope="module")
def proxy() -> Iterator[Listener]:
    """Where everything would go that the server asked of the outside."""
    listener = Listener()
    yield listener
    listener.socket.close()


@pytest.fixture(scope="module")
def page(demo: Workflow, proxy: Listener) -> Iterator[Served]:
    kinds = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
    everywhere = {name: proxy.url for kind in kinds for name in (kind, kind.lower())}
    with served(demo.folder, "--max-mb", "1", "--per-minute", "0", **everywhere) as page:
        yield page


@pytest.fixture(scope="module")
def client(page: Served) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=page.url, trust_env=False, timeout=60) as client:
        yield client


@pytest.fixture(scope="module")
def gradio(page: Served) -> Client:
    return Client(page.url, verbose=False)


def query(demo: Workflow, image: str) -> Path:
    return demo.folder / "resources/demo/queries" / image


@pytest.mark.parametrize("form", ["file", "base64", "address"])
def test_recognise_takes_the_forms_that_clients_send(
    demo: Workflow, client: httpx.Client, form: str
) -> None:
    data = query(demo, "known/portrait.jpg").read_bytes()
    text = base64.b64encode(data).decode()
    forms: dict[str, Any] = {
        "file": {"files": {"image": ("a.jpg", data)}},
        # As a browser's FormData sends it.
        "base64": {"files": {"image": (None, text)}},
        "address": {"files": {"image": (None, f"data:image/jpeg;base64,{text}")}},
    }
    answer = client.post("/recognise?results=2", **forms[form])
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["id"] and [p["id"] for p in body["performers"]][:1] == ["barack-obama"]
    assert len(body["performers"]) == 2
    best = body["performers"][0]
    assert (best["name"], best["verdict"]) == ("Barack Obama", "match")
    assert 0.3 < best["distance"] < 1.128
    assert best["image"].startswith("data:image/jpeg;base64,")


def test_a_large_base64_field_is_no_problem_below_the_limit(
    demo: Workflow, client: httpx.Client
) -> None:
    # Frameworks keep text fields to 1 MB unless told otherwise.
    data = query(demo, "known/portrait.jpg").read_bytes()
    padded = data + bytes(990_000 - len(data))
    text = base64.b64encode(padded).decode()
    assert len(text) > 1_300_000
    assert client.post("/recognise", files={"image": (None, text)}).status_code == 200


def test_errors_have_their_status_and_a_sentence(demo: Workflow, client: httpx.Client) -> None:
    cat = query(demo, "nobody/cat.png").read_bytes()
    cases: list[tuple[dict, int, str]] = [
        ({"files": {"image": ("a.jpg", b"no image at all")}}, 400, "not an image"),
        ({"files": {"image": ("a.jpg", b"")}}, 400, "empty"),
        ({"files": {"other": ("a.jpg", cat)}}, 400, "no field `image`"),
        ({"files": {"image": (None, "/etc/passwd")}}, 400, "paths are not opened"),
        ({"files": {"image": (None, "http://127.0.0.1/a.jpg")}}, 400, "Addresses and paths"),
        ({"files": {"image": ("cat.png", cat)}}, 409, "No face was found"),
        ({"files": {"image": ("big.jpg", bytes(1_200_000))}}, 413, "too large"),
        ({"files": {"image": ("huge.jpg", bytes(3_000_000))}}, 413, "too large"),
        ({"content": b"nonsense", "headers": {"Content-Type": "multipart/form-data"}}, 400, ""),
    ]
    for sent, status, words in cases:
        answer = client.post("/recognise", **sent)
        assert answer.status_code == status, (sent, answer.text)
        assert words in answer.json()["detail"]
        assert answer.json()["performers"] == []  # what old clients look at, whatever the status
    assert client.post("/recognise?results=0", files={"image": ("c", cat)}).status_code == 422


def test_gradio_clients_get_what_they_read(demo: Workflow, gradio: Client) -> None:
    several = str(query(demo, "several/four-people.jpg"))
    faces = gradio.predict(handle_file(several), 0.5, 3, api_name="/multiple_image_search")
    assert len(faces) == 4
    assert all(set(face) == {"image", "confidence", "performers"} for face in faces)
    assert all(base64.b64decode(f["image"])[:2] == b"\xff\xd8" for f in faces)
    assert all(0.6 <= face["confidence"] <= 1 for face in faces)
    named = sorted(p["name"] for face in faces for p in face["performers"])
    assert named == ["Barack Obama", "Eileen Collins", "Grace Hopper"]  # and one stranger

    people = gradio.predict(handle_file(several), 0.0, 2, api_name="/image_search")
    assert len(people) == 2 and people[0]["confidence"] >= 50 > people[1]["confidence"]
    fields = {"id", "name", "confidence", "image", "country", "hits", "distance", "performer_url"}
    assert fields <= set(people[0]) and people[0]["country"] == "US"

    with pytest.raises(Exception, match="No face was found"):
        gradio.predict(handle_file(str(query(demo, "nobody/cat.png"))), api_name="/image_search")


def gradio_answer(client: httpx.Client, image: Any) -> str:
    started = client.post("/gradio_api/call/image_search", json={"data": [image, 0.0, 3]})
    assert started.status_code == 200
    event = started.json()["event_id"]
    return client.get(f"/gradio_api/call/image_search/{event}").text


def test_no_path_and_no_address_is_ever_opened(
    demo: Workflow, client: httpx.Client, proxy: Listener, page: Served
) -> None:
    meta = {"meta": {"_type": "gradio.FileData"}}
    victim = query(demo, "known/portrait.jpg")
    other = Listener()
    for path in (str(victim), "/etc/passwd", f"file://{victim}", f"{other.url}/a.jpg", "../a.jpg"):
        for image in ({"path": path, **meta}, {"path": None, "url": path}, {"path": path}):
            text = gradio_answer(client, image)
            assert "event: error" in text and "Barack" not in text, (image, text)
    for address in (
        "file=/etc/passwd",
        f"file={victim}",
        f"file={other.url}",
        f"proxy={other.url}",
    ):
        assert client.get(f"/gradio_api/{address}").status_code == 404
    for closed in ("vibe-edit", "component_server", "process_recording", "run-history/buckets"):
        assert client.post(f"/gradio_api/{closed}", json={}).status_code == 404
    assert client.get("/faces/../../etc/passwd").status_code == 404
    assert client.get("/faces/4").status_code == 404 and client.get("/faces/-1").status_code == 404
    assert client.get("/faces/0").headers["content-type"] == "image/jpeg"
    assert (other.visits, proxy.visits) == (0, 0)
    assert not [path for path in page.temporary.rglob("*") if path.is_file()]


def test_two_people_at_once(demo: Workflow, client: httpx.Client) -> None:
    expected = {"known/portrait.jpg": "barack-obama", "several/four-people.jpg": "grace-hopper"}

    def ask(image: str) -> tuple[str, str]:
        sent = {"image": ("a", query(demo, image).read_bytes())}
        return image, client.post("/recognise", files=sent).json()["performers"][0]["id"]

    with ThreadPoolExecutor(6) as pool:
        for image, person in pool.map(ask, [*expected] * 6):
            assert person == expected[image]


def files_of(*folders: Path) -> set[Path]:
    return {path for folder in folders for path in folder.rglob("*") if path.is_file()}


def test_nothing_uploaded_is_kept(demo: Workflow) -> None:
    memory = Path("/dev/shm")
    mark = b"MARK-9f2d41c7"  # behind the end of the JPEG, to be found on disk by
    data = query(demo, "known/portrait.jpg").read_bytes() + mark
    before = files_of(demo.folder)
    with served(demo.folder) as page:
        with httpx.Client(base_url=page.url, trust_env=False, timeout=60) as client:
            for address in ("/recognise", "/search"):
                assert client.post(address, files={"image": ("a", data)}).status_code == 200
            uploaded = client.post("/gradio_api/upload", files={"files": ("a.jpg", data)}).json()
            private = Path(uploaded[0])
            assert private.read_bytes() == data
            assert private.parent.parent.stat().st_mode & 0o077 == 0
            payload = {"path": uploaded[0], "meta": {"_type": "gradio.FileData"}}
            assert "Barack Obama" in gradio_answer(client, payload)
            assert not private.exists()
            again = gradio_answer(client, payload)
            assert "event: error" in again
            client.post("/gradio_api/upload", files={"files": ("a.jpg", data)})  # never asked for
        mine = [path for path in memory.glob("visage-page-*") if f"-{page.pid}-" in path.name]
        assert files_of(demo.folder) == before
        assert not [path for path in files_of(page.temporary) if mark in path.read_bytes()]
    assert not any(path.exists() for path in mine)


def test_an_upload_nobody_asks_about_is_deleted_in_time() -> None:
    uploads = Uploads()
    for _ in range(MOST):
        uploads.add(b"a")
    with pytest.raises(TooManyUploads):
        uploads.add(b"a")
    uploads.close()

    uploads = Uploads(lifetime=0.05)
    path = Path(uploads.add(b"secret"))
    deadline = threading.Event()
    for _ in range(100):
        if not path.exists():
            break
        deadline.wait(0.05)
    assert not path.exists()
    with pytest.raises(KeyError):
        uploads.take(str(path))
    uploads.close()
    assert not uploads.folder.exists()


class NoGallery:
    """A look-up without a gallery."""

    def index(self) -> Any:
        raise VisageError("There is no gallery yet: make it.")

    def search(self, *_: Any) -> Any:
        return self.index()


def app_client(address: Address, limits: Limits | None = None, **settings: Any) -> TestClient:
    lookup: Lookup = NoGallery()  # type: ignore[assignment]
    app = create(Service(lookup, limits or Limits()), address)
    host = "localhost" if address.local else "faces.example"
    return TestClient(app, base_url=f"http://{host}:7860", **settings)


def test_another_address_needs_a_token() -> None:
    assert Address("127.0.0.1").local and Address("::1").local and Address("localhost").local
    Address("127.0.0.1").check()
    for host in ("0.0.0.0", "::", "192.168.1.7", "faces.example"):
        with pytest.raises(VisageError, match="a token is needed"):
            Address(host).check()
        with pytest.raises(VisageError, match="at least 16"):
            Address(host, token="short").check()
        Address(host, token=TOKEN).check()
    done = subprocess.run(
        command("--host", "0.0.0.0"),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env=os.environ | {"PYTHONPATH": str(REPO / "scripts")},
    )
    assert done.returncode != 0
    assert "VISAGE_TOKEN" in done.stderr and "Traceback" not in done.stderr


def test_the_token_is_asked_of_everything() -> None:
    client = app_client(Address("0.0.0.0", token=TOKEN), follow_redirects=False)
    for path in (
        "/",
        "/status",
        "/docs",
        "/openapi.json",
        "/config",
        "/gradio_api/info",
        "/faces/0",
    ):
        assert client.get(path).status_code == 401, path
    for path in ("/recognise", "/search", "/gradio_api/upload", "/gradio_api/call/image_search"):
        assert client.post(path).status_code == 401, path
    for wrong in ({"Authorization": "Bearer nonsense-nonsense"}, {"Cookie": "visage_token=x"}):
        assert client.get("/status", headers=wrong).status_code == 401
    assert client.get("/status", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200
    assert client.get(f"/status?token={TOKEN}").status_code == 200

    form = client.get("/", headers={"Accept": "text/html"})
    assert form.status_code == 401 and "<form" in form.text
    welcome = client.get(f"//evil.example/?token={TOKEN}", headers={"Accept": "text/html"})
    assert not welcome.headers.get("location", "/").startswith(("//", "http"))
    welcome = client.get(f"/?token={TOKEN}&x=1", headers={"Accept": "text/html"})
    assert (welcome.status_code, welcome.headers["location"]) == (303, "/?x=1")
    cookie = welcome.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie
    assert client.get("/status").status_code == 200  # with the cookie


def test_other_sites_cannot_read_along() -> None:
    client = app_client(Address())
    assert client.get("/status", headers={"Host": "evil.example"}).status_code == 400
    assert client.get("/status", headers={"Host": "127.0.0.1:7860"}).status_code == 200
    for origin, allowed in (("http://localhost:9999", True), ("https://evil.example", False)):
        for path in ("/status", "/config"):  # ours, and Gradio's
            answer = client.get(path, headers={"Origin": origin})
            read = answer.headers.get("access-control-allow-origin")
            assert read == (origin if allowed else None), (path, origin)
    policy = client.get("/").headers["content-security-policy"]
    assert "default-src 'self'" in policy and "http" not in policy


def test_the_rate_is_limited_for_each_client() -> None:
    client = app_client(Address(), Limits(per_minute=3))
    asked = [client.post("/recognise", files={"image": ("a", b"x")}) for _ in range(5)]
    assert [answer.status_code for answer in asked] == [503, 503, 503, 429, 429]
    assert 1 <= int(asked[-1].headers["retry-after"]) <= 21
    assert "wait" in asked[-1].json()["detail"]
    assert client.get("/status").status_code == 200

    now = 0.0
    rate = Rate(60, clock=lambda: now)
    assert [rate.wait("a") for _ in range(60)] == [0.0] * 60
    assert rate.wait("a") > 0 and rate.wait("b") == 0
    now = 1.0
    assert rate.wait("a") == 0 and rate.wait("a") > 0


def test_a_body_without_a_length_is_cut_off() -> None:
    client = app_client(Address(), Limits(max_bytes=100_000))

    def endless() -> Iterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="image"; filename="a"\r\n\r\n'
        for _ in range(1000):
            yield bytes(10_000)

    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    assert client.post("/recognise", content=endless(), headers=kind).status_code == 413


def test_without_a_gallery_it_says_so_and_how_to_make_one() -> None:
    client = app_client(Address())
    assert "There is no gallery yet" in client.get("/status").json()["problem"]
    answer = client.post("/search", files={"image": ("a", b"x")})
    assert (answer.status_code, "no gallery" in answer.json()["detail"]) == (503, True)


def test_the_interfaces_are_described_without_help_from_elsewhere() -> None:
    client = app_client(Address())
    described = client.get("/openapi.json").json()
    assert set(described["paths"]) == {"/recognise", "/confirm"}
    assert {"400", "409", "413", "429", "503"} <= set(
        described["paths"]["/recognise"]["post"]["responses"]
    )
    docs = client.get("/docs").text
    for words in ("/recognise", "image_search", "performers.checksum"):
        assert words in docs
    assert "src=" not in docs and "stylesheet" not in docs
    sent = {"id": "1", "performer_id": "2"}
    assert client.post("/confirm", data=sent).json() == {"status": "not kept"}


def test_names_stay_text(demo: Workflow, tmp_path: Path) -> None:
    evil = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
    names = {"barack-obama": {"name": evil}, "grace-hopper": evil, "eileen-collins": "E"}
    (tmp_path / "names.json").write_text(json.dumps(names))
    config = {
        "names": str(tmp_path / "names.json"),
        "links": "https://faces.example/{id}",
        "gallery": str(demo.folder / "resources/demo/gallery"),
        "queries": str(demo.folder / "resources/demo/queries"),
    }
    (tmp_path / "my.yaml").write_text(json.dumps(config))
    from visage.app.settings import make_lookup, read_config

    lookup = make_lookup(read_config([tmp_path / "my.yaml"], str(demo.folder / "results")))
    client = TestClient(create(Service(lookup, Limits()), Address()), base_url="http://localhost")
    photograph = query(demo, "several/four-people.jpg").read_bytes()
    html = client.post("/search", files={"image": ("a", photograph)}).json()["html"]
    assert "&lt;script&gt;" in html and "<script" not in html and "<img src=x" not in html
    assert 'href="https://faces.example/barack-obama"' in html
    assert html.count("1 more in the gallery") >= 2  # the two namesakes are told apart by id
    lookup.close()


@pytest.mark.parametrize("text", ["", "file:///etc/passwd", "http://a.example/", "ä", "a"])
def test_text_that_is_no_image(text: str) -> None:
    try:
        assert from_base64(text) == b""
    except Problem as problem:
        assert problem.status == 400
