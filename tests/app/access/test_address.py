"""Where the page is served, and its token."""

from pathlib import Path

import pytest
from visage.app.access.address import Address, token_of
from visage.errors import VisageError

TOKEN = "correct-horse-battery-staple"


def test_every_page_has_a_token_of_its_own() -> None:
    one, other = Address(), Address()
    assert one.token != other.token
    assert len(one.token) >= 32
    one.check()


def test_which_addresses_only_this_computer_reaches() -> None:
    assert all(Address(host).local for host in ("127.0.0.1", "::1", "localhost"))
    assert not any(Address(host).local for host in ("0.0.0.0", "::", "192.168.1.7", "a.example"))
    assert Address("::1", 7).url == "http://[::1]:7/"


@pytest.mark.parametrize("token", ["short", "a token with blanks in it", "ä" * 20, "a/b" * 10])
def test_a_token_that_can_be_guessed_or_not_sent(token: str) -> None:
    with pytest.raises(VisageError, match="token"):
        Address(token=token).check()


def test_where_the_token_comes_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VISAGE_TOKEN", raising=False)
    assert token_of(None) != token_of(None)
    monkeypatch.setenv("VISAGE_TOKEN", TOKEN)
    assert token_of(None) == TOKEN
    (tmp_path / "token").write_text(f"{TOKEN}-file\n")
    assert token_of(tmp_path / "token") == f"{TOKEN}-file"
    with pytest.raises(VisageError, match="cannot be read"):
        token_of(tmp_path / "missing")
