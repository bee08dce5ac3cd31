"""What is said is found again by the photograph that it is about."""

from people.test_resolution import PHOTOGRAPH, SHA, said
from visage.people.resolution import Photograph
from visage.people.statements import Statements


def test_statements_are_found_by_content_wherever_it_lies_and_by_path_where_it_changed() -> None:
    other = "cd" * 32
    statements = Statements(
        [said(), said("bob", sha256=other), said("cleo", sha256="", image="Jose\u0301.jpg")]
    )
    assert statements.contents == {SHA, other}
    moved = Photograph("gallery", "x/y.jpg", SHA, 800, 600, [])
    found, findings = statements.about(moved, {SHA})
    assert [one.statement.person for one in found] == ["ann"]
    assert not findings
    found, findings = statements.about(PHOTOGRAPH, {SHA})
    assert [one.statement.person for one in found] == ["ann", "bob"]
    assert "found by its path" in findings[0].detail
    found, _ = statements.about(PHOTOGRAPH, {SHA, other})
    assert [one.statement.person for one in found] == ["ann"]
    twin = Photograph("queries", "Jos\u00e9.jpg", "ef" * 32, 800, 600, [])
    assert [one.statement.person for one in statements.about(twin, {SHA})[0]] == ["cleo"]
    assert [one.person for one in statements.lost({SHA}, set())] == ["bob", "cleo"]
