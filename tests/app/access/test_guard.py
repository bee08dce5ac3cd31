"""Who is let in: the token in every way it comes, other pages, other hosts, writing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from made_up_site import TOKEN, client
from visage.app.access.headers import HEADERS
from visage.app.settings import Limits

PAGE = {"Accept": "text/html"}
READS = ["/", "/status", "/docs", "/openapi.json", "/review", "/review/next", "/run", "/report"]
READS += ["/config", "/gradio_api/info", "/faces/0", "/health", "/api/stash/status", "/nothing"]
SENDS = ["/search", "/said", "/review/say", "/review/undo/x", "/run", "/recognise", "/confirm"]
SENDS += ["/gradio_api/upload", "/gradio_api/call/image_search", "/api/stash/sync"]


def test_the_token_is_asked_of_everything(tmp_path: Path) -> None:
    stranger = client(tmp_path, known=False)
    for path in READS:
        assert stranger.get(path).status_code == 401, path
    for path in SENDS:
        assert stranger.post(path).status_code == 401, path
    for wrong in ({"Authorization": "Bearer nonsense-nonsense"}, {"Cookie": "visage_token_7860=x"}):
        assert stranger.get("/status", headers=wrong).status_code == 401
    assert stranger.get("/t/wrong-wrong-wrong/status").status_code == 401


def test_the_ways_in(tmp_path: Path) -> None:
    stranger = client(tmp_path, known=False)
    assert stranger.get("/status", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200
    assert stranger.get(f"/status?token={TOKEN}").status_code == 200
    assert stranger.get(f"/t/{TOKEN}/status").status_code == 200
    form = stranger.get("/", headers=PAGE)
    assert form.status_code == 401 and "<form" in form.text
    for address in (f"/?token={TOKEN}&x=1", f"/t/{TOKEN}/?x=1", f"/t/{TOKEN}?x=1"):
        welcome = stranger.get(address, headers=PAGE)
        assert (welcome.status_code, welcome.headers["location"]) == (303, "/?x=1")
    cookie = welcome.headers["set-cookie"].lower()
    assert cookie.startswith("visage_token_7860=")
    assert "httponly" in cookie and "samesite=strict" in cookie
    assert stranger.get("/status").status_code == 200  # with the cookie


@pytest.mark.parametrize("path", ["//evil.example/", "/\\evil.example/", "/t/{}//evil.example"])
def test_the_way_in_leads_nowhere_else(tmp_path: Path, path: str) -> None:
    address = f"{path.format(TOKEN)}?token={TOKEN}"
    welcome = client(tmp_path, known=False).get(address, headers=PAGE)
    assert not welcome.headers.get("location", "/").startswith(("//", "http", "/\\"))


def test_open_search_opens_searching_and_never_writing(tmp_path: Path) -> None:
    stranger = client(tmp_path, known=False, open_search=True)
    photograph = {"image": ("a", b"x")}
    assert (
        stranger.post("/recognise", files=photograph).status_code == 503
    )  # no gallery: it was let in
    assert stranger.get("/health").status_code == 200
    for path in ("/", "/review", "/review/next", "/run", "/status", "/report", "/openapi.json"):
        assert stranger.get(path).status_code == 401, path
    for path in ("/said", "/search", "/review/say", "/run", "/api/stash/sync", "/review/undo/x"):
        assert stranger.post(path).status_code == 401, path
    assert stranger.post("/recognise?token=wrong", files=photograph).status_code == 401


def test_only_the_page_itself_writes(tmp_path: Path) -> None:
    known = client(tmp_path, known=False)
    known.cookies.set("visage_token_7860", TOKEN)
    for path in ("/review/say", "/said", "/run", "/api/stash/sync", "/review/undo/x"):
        for origin in ("http://evil.example", "http://localhost:9999", "null"):
            answer = known.post(path, headers={"Origin": origin})
            assert answer.status_code == 403, (path, origin)
        assert known.post(path).status_code == 403  # no origin: no page of a browser of today
    own = {"Origin": "http://localhost:7860"}
    assert known.post("/review/undo/x", headers=own).status_code == 404
    program = {"Authorization": f"Bearer {TOKEN}"}
    assert client(tmp_path, known=False).post("/review/undo/x", headers=program).status_code == 404


def test_a_named_origin_may_search_and_sync_but_not_write(tmp_path: Path) -> None:
    stash = {"Origin": "http://stash.example:9999"}
    page = client(tmp_path, known=False, origins=("http://stash.example:9999",))
    root = f"/t/{TOKEN}"
    answer = page.get(f"{root}/health", headers=stash)
    assert answer.headers["access-control-allow-origin"] == stash["Origin"]
    asked = {**stash, "Access-Control-Request-Method": "POST"}
    assert page.options(f"{root}/gradio_api/upload", headers=asked).status_code == 200
    assert page.post(f"{root}/review/say", headers=stash).status_code == 403
    assert page.post(f"{root}/run", headers=stash).status_code == 403
    assert page.post("/api/stash/sync", headers=stash).status_code == 401


def test_other_sites_cannot_read_along(tmp_path: Path) -> None:
    page = client(tmp_path)
    assert page.get("/status", headers={"Host": "evil.example"}).status_code == 400
    assert page.get("/status", headers={"Host": "127.0.0.1:7860"}).status_code == 200
    for origin in ("http://localhost:9999", "https://evil.example"):
        answer = page.get("/status", headers={"Origin": origin})
        assert "access-control-allow-origin" not in answer.headers


def test_no_answer_is_without_its_headers(tmp_path: Path) -> None:
    page = client(tmp_path, origins=("http://stash.example",))
    answers = [page.get(path) for path in READS]
    answers += [page.post(path) for path in SENDS if not path.startswith(("/gradio", "/api"))]
    answers += [page.get("/status", headers={"Host": "evil.example"}), page.get("/gradio_api/file")]
    asked = {"Origin": "http://stash.example", "Access-Control-Request-Method": "POST"}
    answers.append(page.options("/search", headers=asked))
    for answer in answers:
        for name, value in HEADERS.items():
            assert answer.headers[name] == value, answer.url
        policy = answer.headers["content-security-policy"]
        assert "http" not in policy and "unsafe-eval" not in policy
        assert "frame-ancestors 'none'" in policy
        assert "'unsafe-inline'" not in policy.partition("script-src")[2].partition(";")[0]


def test_the_rate_is_limited_for_each_client(tmp_path: Path) -> None:
    page = client(tmp_path, Limits(per_minute=3))
    asked = [page.post("/recognise", files={"image": ("a", b"x")}) for _ in range(5)]
    assert [answer.status_code for answer in asked] == [503, 503, 503, 429, 429]
    assert 1 <= int(asked[-1].headers["retry-after"]) <= 21
    assert "wait" in asked[-1].json()["detail"]
    assert page.get("/status").status_code == 200
    forged = {"X-Forwarded-For": "192.0.2.1"}  # believed from nobody who was not named
    assert page.post("/recognise", headers=forged).status_code == 429


def test_a_named_proxy_says_who_comes(tmp_path: Path) -> None:
    def codes(comes_from: str, said: list[str]) -> list[int]:
        site = client(tmp_path, Limits(per_minute=2), proxy="192.0.2.9", comes_from=comes_from)
        sent = {"image": ("a", b"x")}
        asked = [
            site.post("/recognise", files=sent, headers={"X-Forwarded-For": one}) for one in said
        ]
        return [answer.status_code for answer in asked]

    anna, bert = "198.51.100.1", "198.51.100.2"
    assert codes("192.0.2.9", [anna, anna, anna, bert, bert]) == [503, 503, 429, 503, 503]
    # What a visitor wrote stands before what the proxy adds, and is not believed.
    forged = [f"203.0.113.{number}, {anna}" for number in range(4)]
    assert codes("192.0.2.9", forged) == [503, 503, 429, 429]
    # Nor is anybody who comes past the proxy.
    assert codes("192.0.2.7", [anna, bert, "203.0.113.5"]) == [503, 503, 429]


def test_a_body_without_a_length_is_cut_off(tmp_path: Path) -> None:
    page = client(tmp_path, Limits(max_bytes=100_000))

    def endless() -> Iterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="image"; filename="a"\r\n\r\n'
        for _ in range(1000):
            yield bytes(10_000)

    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    assert page.post("/recognise", content=endless(), headers=kind).status_code == 413
