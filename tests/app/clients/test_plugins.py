"""The clients that people use: the Stash plugin's own requests, and Gradio's client of npm.

Both come from a page of another origin, with the token in the path.
"""

import base64
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from conftest import Workflow
from serving import TOKEN, Served

STASH = {"Origin": "http://localhost:9999"}
CLIENT = "@gradio/client@1.15.3"  # the version that LocalVisage loads
# Every function, as `predict` calls it, and a scene as `submit` follows it.
ASK = """
import { Client, handle_file } from "@gradio/client";
import { readFileSync } from "node:fs";
const [, , address, photograph, times] = process.argv;
const client = await Client.connect(address);
const picture = () => handle_file(new Blob([readFileSync(photograph)], { type: "image/jpeg" }));
const ask = async (name, ...data) => (await client.predict(name, data)).data[0];
const names = performers => performers.map(one => one.name);
const vtt = readFileSync(times), text = "data:text/vtt;base64," + vtt.toString("base64");
const told = {};
const faces = async (...data) =>
  (await ask("/multiple_image_search", picture(), ...data)).map(face => names(face.performers));
told["faces"] = await faces(0, 5);
told["two inputs"] = await faces(5);
told["one face"] = names(await ask("/image_search", picture(), 0, 5));
told["one face, two inputs"] = names(await ask("/image_search", picture(), 5));
told["vector"] = await ask("/vector_search", "[]", 0.5, 3);
told["frames"] = (await ask("/find_faces_in_sprite", picture(), text)).map(one => one.frame);
told["steps"] = [];
const scene = [picture(), handle_file(new Blob([vtt], { type: "text/vtt" })), 20];
for await (const event of client.submit("/identify_sprite_performers", scene)) {
  if (event.type !== "data") continue;
  const said = event.data[0];
  if ("progress" in said) told["steps"].push(said.progress);
  else told["scene"] = Object.values(said.performers).map(one => one.name).sort();
}
process.stdout.write(JSON.stringify(told), () => process.exit(0));
"""
VTT = """WEBVTT

00:00:00.000 --> 00:00:10.000
sprite.jpg#xywh=0,0,1392,900

00:00:10.000 --> 00:00:20.000
sprite.jpg#xywh=1392,0,1392,900

00:00:20.000 --> 00:00:30.000
sprite.jpg#xywh=0,0,60,60
"""


@pytest.fixture(scope="module")
def plugin(site: Served) -> Iterator[httpx.Client]:
    """Ask as a page of Stash does."""
    address = f"{site.url}/t/{TOKEN}"
    with httpx.Client(base_url=address, trust_env=False, timeout=120, headers=STASH) as plugin:
        yield plugin


def four_people(demo: Workflow) -> Path:
    return demo.folder / "resources/demo/queries/several/four-people.jpg"


def upload(plugin: httpx.Client, data: bytes) -> dict[str, Any]:
    answer = plugin.post("/gradio_api/upload", files={"files": ("a", data)})
    assert answer.headers["access-control-allow-origin"] == STASH["Origin"]
    return {"path": answer.json()[0], "meta": {"_type": "gradio.FileData"}}


def call(plugin: httpx.Client, name: str, data: list) -> list[Any]:
    """Call a function; give everything it streams."""
    started = plugin.post(f"/gradio_api/call/{name}", json={"data": data})
    assert started.status_code == 200, started.text
    stream = plugin.get(f"/gradio_api/call/{name}/{started.json()['event_id']}")
    assert stream.headers["access-control-allow-origin"] == STASH["Origin"]
    lines = [line.removeprefix("data: ") for line in stream.text.splitlines()]
    return [json.loads(line)[0] for line in lines if line.startswith("[")]


def test_a_face_with_two_inputs(plugin: httpx.Client, demo: Workflow) -> None:
    photograph = upload(plugin, four_people(demo).read_bytes())
    faces = call(plugin, "multiple_image_search", [photograph, 20])[-1]
    assert len(faces) == 4
    for face in faces:
        assert base64.b64decode(face["image"])[:2] == b"\xff\xd8"
        assert len(face["performers"]) == 3  # whoever they are: the plugin shows all
        fields = {"id", "name", "confidence", "image", "country", "hits", "performer_url", "source"}
        assert fields <= set(face["performers"][0])
        assert all(0 <= one["confidence"] <= 100 for one in face["performers"])


def test_a_face_with_three_inputs(plugin: httpx.Client, demo: Workflow) -> None:
    photograph = upload(plugin, four_people(demo).read_bytes())
    faces = call(plugin, "multiple_image_search", [photograph, 0, 5])[-1]
    assert [len(face["performers"]) for face in faces] == [3, 3, 3, 3]
    assert call(plugin, "vector_search", ["[]", 0.5, 3])[-1] == {"status": "not implemented"}


def test_a_scene_with_progress(plugin: httpx.Client, demo: Workflow) -> None:
    sheet, times = upload(plugin, four_people(demo).read_bytes()), upload(plugin, VTT.encode())
    told = call(plugin, "identify_sprite_performers", [sheet, times, 20])
    steps = [one["progress"] for one in told if "progress" in one]
    assert steps == sorted(steps) and steps[0] == 0 and steps[-1] == 1 and len(steps) == 4
    found = told[-1]["performers"]
    ranges = {person: (one["name"], one["time_ranges"]) for person, one in found.items()}
    assert ranges == {
        "grace-hopper": ("Grace Hopper", [[0, 10]]),
        "barack-obama": ("Barack Obama", [[0, 10]]),
        "eileen-collins": ("Eileen Collins", [[10, 20]]),
    }
    sheet, times = upload(plugin, b"no picture"), upload(plugin, VTT.encode())
    assert (
        "cannot be read"
        in call(plugin, "identify_sprite_performers", [sheet, times, 20])[-1]["error"]
    )
    sheet, times = upload(plugin, four_people(demo).read_bytes()), upload(plugin, b"WEBVTT")
    assert "no frame" in call(plugin, "identify_sprite_performers", [sheet, times, 20])[-1]["error"]
    text = base64.b64encode(VTT.encode()).decode()
    sheet = upload(plugin, four_people(demo).read_bytes())
    frames = call(plugin, "find_faces_in_sprite", [sheet, f"data:text/vtt;base64,{text}"])[-1]
    assert [(one["frame"], one["time"]) for one in frames] == [(0, 0), (1, 10)]


def test_the_settings_of_the_plugin(plugin: httpx.Client) -> None:
    assert plugin.get("/health").json() == {
        "status": "ready",
        "index_docs": 4,
        "models_loaded": True,
    }
    status = plugin.get("/api/stash/status").json()
    assert set(status) == {"stash_url", "last_sync_at", "performer_count", "linked_count"}
    assert status["performer_count"] == 3


def test_gradios_client_of_npm(site: Served, demo: Workflow, tmp_path: Path) -> None:
    if not shutil.which("node") or not shutil.which("npm"):
        pytest.skip("Node.js is not here")
    install = ["npm", "install", "--silent", "--no-audit", "--no-fund", CLIENT]
    done = subprocess.run(install, cwd=tmp_path, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"npm cannot fetch {CLIENT}: {done.stderr[-300:]}")
    (tmp_path / "ask.mjs").write_text(ASK)
    (tmp_path / "times.vtt").write_text(VTT)
    address = f"{site.url}/t/{TOKEN}"
    asked = subprocess.run(
        ["node", "ask.mjs", address, str(four_people(demo)), "times.vtt"],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=180,
    )  # fmt: skip
    assert asked.returncode == 0, asked.stderr
    told = json.loads(asked.stdout)
    # The most prominent first: large and near the middle.
    assert [face[0] for face in told["faces"]][:2] == ["Barack Obama", "Grace Hopper"]
    assert told["two inputs"] == told["faces"]
    assert told["one face"][0] == told["one face, two inputs"][0] == "Barack Obama"
    assert told["vector"] == {"status": "not implemented"}
    assert told["steps"] == sorted(told["steps"]) and len(told["steps"]) == 4
    assert told["scene"] == ["Barack Obama", "Eileen Collins", "Grace Hopper"]
    assert told["frames"] == [0, 1]
