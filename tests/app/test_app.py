"""The page's server: what programs get, what is refused, and that nothing stays."""

import base64
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from conftest import Workflow
from gradio_client import Client, handle_file
from made_up_site import client as app_client
from serving import TOKEN, Listener, Served, served
from visage.app.settings import read_config
from visage.cli import page
from visage.errors import VisageError


@pytest.fixture(scope="module")
def client(site: Served) -> Iterator[httpx.Client]:
    with site.client() as client:
        yield client


@pytest.fixture(scope="module")
def gradio(site: Served) -> Client:
    patience = {"timeout": 120}  # Gradio is loaded for it, on a machine that may be busy
    return Client(f"{site.url}/t/{TOKEN}/", verbose=False, httpx_kwargs=patience)


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
        ({"files": {"image": ("cat.png", cat)}}, 409, "No face"),
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

    with pytest.raises(Exception, match="No face"):
        gradio.predict(handle_file(str(query(demo, "nobody/cat.png"))), api_name="/image_search")


def gradio_answer(client: httpx.Client, image: Any) -> str:
    started = client.post("/gradio_api/call/image_search", json={"data": [image, 0.0, 3]})
    assert started.status_code == 200
    event = started.json()["event_id"]
    return client.get(f"/gradio_api/call/image_search/{event}").text


def test_no_path_and_no_address_is_ever_opened(
    demo: Workflow, client: httpx.Client, proxy: Listener, site: Served
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
    assert not [path for path in site.temporary.rglob("*") if path.is_file()]


def test_two_people_at_once(demo: Workflow, client: httpx.Client) -> None:
    def ask(image: str) -> list[dict]:
        sent = {"image": ("a", query(demo, image).read_bytes())}
        return client.post("/recognise", files=sent).json()["performers"]

    images = ["known/portrait.jpg", "several/four-people.jpg"]
    alone = [ask(image) for image in images]
    assert alone[0] != alone[1]
    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(ask, images * 6)) == alone * 6


def files_of(*folders: Path) -> set[Path]:
    return {path for folder in folders for path in folder.rglob("*") if path.is_file()}


def test_nothing_uploaded_is_kept(demo: Workflow) -> None:
    memory = Path("/dev/shm")
    mark = b"MARK-9f2d41c7"  # behind the end of the JPEG, to be found on disk by
    data = query(demo, "known/portrait.jpg").read_bytes() + mark
    before = files_of(demo.folder)
    with served(demo.folder) as site:
        with site.client() as client:
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
        mine = [path for path in memory.glob("visage-page-*") if f"-{site.pid}-" in path.name]
        assert files_of(demo.folder) == before
        assert not [path for path in files_of(site.temporary) if mark in path.read_bytes()]
    assert not any(path.exists() for path in mine)


def test_without_a_gallery_it_says_so_and_how_to_make_one(tmp_path: Path) -> None:
    client = app_client(tmp_path)
    assert "There is no gallery yet" in client.get("/status").json()["problem"]
    answer = client.post("/search", files={"image": ("a", b"x")})
    assert (answer.status_code, "no gallery" in answer.json()["detail"]) == (503, True)
    assert "There is no gallery yet" in client.get("/").text
    assert client.get("/health").json()["models_loaded"] is False
    assert client.get("/review/next").json() == {"item": None, "of": 0}


def test_the_interfaces_are_described_without_help_from_elsewhere(tmp_path: Path) -> None:
    client = app_client(tmp_path)
    described = client.get("/openapi.json").json()
    clients = {"/recognise", "/confirm", "/health", "/api/stash/status", "/api/stash/sync"}
    assert set(described["paths"]) == clients
    assert {"400", "409", "413", "429", "503"} <= set(
        described["paths"]["/recognise"]["post"]["responses"]
    )
    docs = client.get("/docs").text
    for words in ("/recognise", "image_search", "performers.checksum", "identify_sprite"):
        assert words in docs
    assert "src=" not in docs and "stylesheet" not in docs
    sent = {"id": "1", "performer_id": "2"}
    assert client.post("/confirm", data=sent).json() == {"status": "not kept"}


def test_results_alone_say_what_they_were_made_with(demo: Workflow, tmp_path: Path) -> None:
    # The page is started elsewhere: the default config would look for the demo's folders there.
    config = read_config([], str(demo.folder / "results"))
    assert config.gallery == "resources/demo/gallery"
    record = demo.folder / "results/provenance.json"
    made = json.loads(record.read_text())
    made["config"] |= {"gallery": str(demo.folder / "resources/demo/gallery"), "shards": 4}
    (tmp_path / "results").mkdir()
    (tmp_path / "results/provenance.json").write_text(json.dumps(made))
    config = read_config([], str(tmp_path / "results"))
    assert config.gallery == str(demo.folder / "resources/demo/gallery")
    assert config.results == str(tmp_path / "results")
    changed = read_config([], str(tmp_path / "results"), ["match={results: 3}", "model=other"])
    assert (changed.match.results, changed.model) == (3, "other")
    assert changed.gallery == config.gallery


def test_several_config_files_and_pairs_as_snakemake_takes_them(tmp_path: Path) -> None:
    one, other = tmp_path / "one.yaml", tmp_path / "other.yaml"
    one.write_text("match: {results: 3, neighbours: 20}\nresults: a\n")
    other.write_text("match: {results: 4}\n")
    config = read_config([one, other], None, ["match={fpir: 0.1}", "results=b"])
    assert (config.match.results, config.match.neighbours, config.match.fpir) == (4, 20, 0.1)
    assert config.results == "b"
    for wrong in ("match", "=", "a=[", "nobody=1"):
        with pytest.raises(VisageError):
            read_config([], None, [wrong])


def test_without_its_packages_the_page_says_how_to_have_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(page, "find_spec", lambda name: None if name == "gradio" else object())
    with pytest.raises(VisageError, match=r"not here: gradio\. In a clone: make app;"):
        page.run()
