import json
import re
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from visage.errors import VisageError
from visage.store.names import Performer, link, read_names
from visage.store.paths import nfc

# On a busy machine an example may take its time.
QUIET = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
ADA = "93aa1a98-e86e-47a2-b661-f5d703a6e727"
BEA = "fe6d11a2-fb64-498d-bdb7-c1d97d079c8b"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "performers.json"


def read(file: Path, content: str | bytes) -> dict[str, Performer]:
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_names(file)


def test_all_four_forms_in_one_file(file: Path) -> None:
    content = {
        ADA: "Ada",
        "0005": {"name": "Eve", "image": "https://x/5.jpg", "country": "SE", "height": 170},
        f"stashdb.org:{BEA}": {"name": "Bea", "country": None, "image_url": "https://x/b.jpg"},
        "nobody": None,
        "nameless": {"name": None, "image": None},
        "pictured": {"name": None, "image": "https://x/p.jpg"},
        "boxed": {"name": "Cy", "endpoint": "https://FansDB.cc/graphql", "aliases": ["C", None]},
    }
    bea = Performer(BEA, "Bea", image="https://x/b.jpg", endpoint="stashdb.org")
    expected = {
        ADA: Performer(ADA, "Ada"),
        "0005": Performer("0005", "Eve", image="https://x/5.jpg", country="SE"),
        f"stashdb.org:{BEA}": bea,
        BEA: bea,
        "pictured": Performer("pictured", "", image="https://x/p.jpg"),
        "boxed": Performer("boxed", "Cy", endpoint="fansdb.cc", aliases=("C",)),
    }
    for items in (content.items(), reversed(content.items())):  # the order tells nothing
        names = read(file, json.dumps(dict(items)))
        assert names == expected
        assert list(names) == sorted(names)


def test_no_file_no_names() -> None:
    assert read_names(None) == {}


def test_who_has_an_id_that_two_entries_claim(file: Path) -> None:
    names = read(
        file,
        json.dumps(
            {
                f"stashdb.org:{ADA}": {"name": "Ada of stashdb", "country": "GB"},
                ADA: {"name": "My Ada", "country": None},
                f"stashdb.org:{BEA}": {"name": "Second"},
                f"fansdb.cc:{BEA}": {"name": "First"},
            }
        ),
    )
    assert names[ADA] == Performer(ADA, "My Ada", country="GB", endpoint="stashdb.org")
    assert names[f"stashdb.org:{ADA}"].name == "Ada of stashdb"
    assert names[BEA] == Performer(BEA, "First", endpoint="fansdb.cc")
    assert names[f"stashdb.org:{BEA}"].name == "Second"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings(file: Path, encoding: str) -> None:
    assert read(file, '{"ä": "Zoë ❤"}'.encode(encoding)) == {"ä": Performer("ä", "Zoë ❤")}


def test_names_fit_on_a_line_of_any_file(file: Path) -> None:
    name = read(file, r'{"1": " Ada\tKing\nLovelace \ud800<b>&"}')["1"].name
    assert name == "Ada King Lovelace ?<b>&"  # escaping is for whoever writes HTML
    assert name.encode()


@pytest.mark.parametrize(
    ("content", "place", "words"),
    [
        ('{"1": "Ada",\n  "2": "Bea"\n  "3": "Cy"}', ":3:3: ", "not JSON"),
        ("", ":1:1: ", "not JSON"),
        ('["Ada"]', ":1:1: ", "a list, not an object"),
        ("null", ":1:1: ", "null, not an object"),
        (b'{"1": "Ada",\n"2": "Zo\xeb"}', ":2:9: ", "Save the file as UTF-8"),
        ("[" * 200_000, ": ", "should be like"),
        ('{"1": ' + "9" * 5000 + "}", ": ", "should be like"),
        ('{"0005": 7}', ": ", "'0005': 7 is neither a name"),
        ('{"0005": ["Ada"]}', ": ", "'0005': [\"Ada\"] is neither a name"),
        ('{"0005": {"name": 7}}', ": ", "'0005': name 7 is not a text"),
        ('{"0005": {"name": "A", "aliases": [1]}}', ": ", "'0005': aliases [1] are not"),
        ('{"0005": "Ada", "0005": "Bea"}', ": ", "'0005' stands twice"),
    ],
)
def test_what_cannot_be_used_is_named(
    file: Path, content: str | bytes, place: str, words: str
) -> None:
    with pytest.raises(VisageError, match=re.escape(words)) as error:
        read(file, content)
    assert str(error.value).startswith(f"{file}{place}")


def test_all_wrong_entries_are_told_at_once_but_not_endlessly(file: Path) -> None:
    with pytest.raises(VisageError) as error:
        read(file, json.dumps({f"{number:03}": number for number in range(100)}))
    assert "'000'" in str(error.value)
    assert str(error.value).endswith("… and 90 more")


def test_missing_file_names_the_key_and_the_remedy(file: Path) -> None:
    for path in (file, file.parent):
        with pytest.raises(VisageError, match=r"names: .*set names to null"):
            read_names(path)


# Ids are compared composed (NFC), so that two that differ before are one.
IDS = st.text().map(nfc) | st.uuids().map(str) | st.uuids().map(lambda uuid: f"javstash.org:{uuid}")
TEXTS = st.none() | st.text()
VALUES = TEXTS | st.dictionaries(st.sampled_from(["name", "country", "image_url", "x"]), TEXTS)


@QUIET
@given(st.dictionaries(IDS, VALUES))
def test_any_sound_file_is_read(tmp_path_factory: pytest.TempPathFactory, content: dict) -> None:
    file = tmp_path_factory.getbasetemp() / "any.json"
    names = read(file, json.dumps(content))
    for key, value in content.items():
        name = value.get("name") if isinstance(value, dict) else value
        if name and name.strip():
            assert names[key].name.split() == name.split()
    for key, performer in names.items():
        assert key.endswith(performer.id)


STASHDB = "https://stashdb.org/performers/{id}"


@pytest.mark.parametrize(
    ("template", "performer", "expected"),
    [
        (None, ADA, ""),  # nothing tells where the id is from
        (None, f"fansdb.cc:{ADA}", f"https://fansdb.cc/performers/{ADA}"),
        (None, BEA, f"https://pmvstash.org/performers/{BEA}"),  # the names file tells
        (None, f"example.org:{ADA}", ""),  # not known to have such pages
        (STASHDB, ADA, f"https://stashdb.org/performers/{ADA}"),
        (STASHDB, ADA.upper(), f"https://stashdb.org/performers/{ADA}"),
        (STASHDB, BEA, f"https://pmvstash.org/performers/{BEA}"),
        (STASHDB, f"example.org:{ADA}", ""),
        (STASHDB, "obama", ""),
        (STASHDB, ADA.replace("-", ""), ""),
        (STASHDB, f"{{{ADA}}}", ""),
        (STASHDB, f"urn:uuid:{ADA}", ""),
        (STASHDB, f"{ADA}/../x", ""),
        (STASHDB, f"{ADA}\n", ""),
        (
            "https://example.org/{id}.html",
            "a b/../ü?",
            "https://example.org/a%20b%2F..%2F%C3%BC%3F.html",
        ),
        ("https://example.org/{id}", f"stashdb.org:{ADA}", f"https://example.org/{ADA}"),
    ],
)
def test_links(template: str | None, performer: str, expected: str) -> None:
    names = {BEA: Performer(BEA, "Bea", endpoint="pmvstash.org")}
    assert link(template, performer, names) == expected


@QUIET
@given(st.text())
def test_no_text_but_a_uuid_is_linked_to_a_stash_box(text: str) -> None:
    address = link(STASHDB, text, {})
    if address:
        assert UUID(address.removeprefix("https://stashdb.org/performers/"))
