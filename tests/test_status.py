"""Words for tables, with their sentences."""

import json

import pytest
from visage.status import Status, Verdict


@pytest.mark.parametrize("said", [*Status, *Verdict])
def test_a_word_is_its_own_text_and_has_a_sentence(said: Status | Verdict) -> None:
    assert said == said.value == f"{said}" == json.loads(json.dumps(said))
    assert type(said)(said.value) is said
    assert len(said.sentence.split()) > 2
