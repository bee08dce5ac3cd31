"""What the register offers, a line a model."""

from pathlib import Path

import pytest
from conftest import REPO
from visage.models import catalogue
from visage.models.catalogue import Offer, offers
from visage.models.registry import load_registry

REGISTRY = load_registry(REPO / "config/models.yaml")


def offer(name: str, weights: Path) -> Offer:
    return next(one for one in offers(REGISTRY, weights) if one.name == name)


def test_every_model_of_the_register_is_offered_in_its_order(tmp_path: Path) -> None:
    found = offers(REGISTRY, tmp_path)
    assert [one.name for one in found] == list(REGISTRY.models)
    assert all(one.licences and one.bytes > 0 and one.dimension > 0 for one in found)
    assert not any(one.weights_here for one in found)


def test_an_offer_says_what_its_files_say(tmp_path: Path) -> None:
    auraface, buffalo = offer("auraface", tmp_path), offer("buffalo_l", tmp_path)
    assert auraface.licences == ("Apache-2.0", "MIT")
    assert auraface.business
    assert auraface.recogniser == "auraface_glintr100.onnx"
    assert not buffalo.business and not buffalo.quality
    assert offer("sface-yunet", tmp_path).quality
    assert buffalo.licences == ("non-commercial research only (insightface)",)  # of both, once
    assert buffalo.bytes == 174383860 + 16923827
    assert buffalo.published is not None
    assert "LFW 99.83 %" in buffalo.published


def test_an_offer_is_ready_once_weights_and_packages_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = REGISTRY.model("sface-yunet").files
    for file in files[:-1]:
        (tmp_path / file).touch()
    assert not offer("sface-yunet", tmp_path).weights_here
    (tmp_path / files[-1]).touch()
    assert offer("sface-yunet", tmp_path).ready
    assert not offer("buffalo_l", tmp_path).ready
    monkeypatch.setattr(catalogue.importlib.util, "find_spec", lambda _: None)
    lacking = offer("sface-yunet", tmp_path)
    assert lacking.weights_here
    assert not lacking.ready
    assert lacking.lacks == ("pip install openvino",)
