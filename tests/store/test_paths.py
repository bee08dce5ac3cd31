"""Paths as text, the same name in every spelling, and the shard of an image."""

import os
from collections import Counter

from hypothesis import assume, given
from hypothesis import strategies as st
from visage.store.paths import as_path, as_text, forms, nfc, shard_of


@given(st.binary(min_size=1))
def test_every_file_name_can_be_written_down_and_found_again(name: bytes) -> None:
    path = os.fsdecode(name)
    assume(not any("\uf780" <= sign <= "\uf7ff" for sign in path))  # what stands for such bytes
    text = as_text(path)
    assert text.encode().decode() == text
    assert as_path(text) == path


def test_spellings_of_one_name() -> None:
    composed, apart = "caf\u00e9", "cafe\u0301"
    assert nfc(apart) == nfc(composed) == composed
    assert forms(composed) == forms(apart) == {composed, apart}
    assert forms("plain") == {"plain"}


def test_shards_are_the_same_everywhere_and_about_as_large() -> None:
    assert [shard_of(name, 4) for name in ("a/1.jpg", "a/2.jpg", "é.png")] == [0, 0, 1]
    sizes = Counter(shard_of(f"person/{number}.jpg", 8) for number in range(8000))
    assert len(sizes) == 8
    assert max(sizes.values()) < 1.2 * min(sizes.values())
