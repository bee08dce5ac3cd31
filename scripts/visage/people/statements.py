"""All that is said, found by the photograph that it is about: by its content, or by its path."""

from collections.abc import Iterable, Iterator

from visage.people.labels import Statement
from visage.people.resolution import Finding, Photograph, Said, finding
from visage.store.paths import nfc


class Statements:
    """All statements, found by a photograph's content or its path."""

    def __init__(self, said: Iterable[Said]) -> None:
        """Sort them."""
        self._by_content: dict[str, list[Said]] = {}
        self._by_path: dict[str, list[Said]] = {}
        for one in said:
            statement = one.statement
            if statement.sha256:
                self._by_content.setdefault(statement.sha256, []).append(one)
            if statement.image:
                self._by_path.setdefault(nfc(statement.image), []).append(one)

    @property
    def contents(self) -> set[str]:
        """The SHA-256 of the photographs that are spoken of."""
        return set(self._by_content)

    @property
    def paths(self) -> set[str]:
        """The paths that are named, in Unicode's composed form."""
        return set(self._by_path)

    def about(self, photograph: Photograph, known: set[str]) -> tuple[list[Said], list[Finding]]:
        """Give what is said about a photograph.

        Args:
            photograph: With its set's path.
            known: The contents that any photograph has. A statement whose content none has any more
                is found by its path, where it names a box: metadata written into a photograph
                change its bytes and not its faces.

        Returns:
            The statements, and what is to be told of those that were found by path.
        """
        found = list(self._by_content.get(photograph.sha256, ()))
        findings = []
        for one in self._by_path.get(nfc(photograph.image), ()):
            statement = one.statement
            if not statement.sha256:
                found.append(one)
            elif statement.sha256 not in known and statement.box is not None:
                found.append(one)
                detail = "found by its path; the photograph's content has changed since"
                findings.append(finding(photograph, one, detail))
        return found, findings

    def lost(self, contents: set[str], paths: set[str]) -> Iterator[Statement]:
        """Give the statements of one's own that are about no photograph of either set."""
        for said in self._by_content.values():
            for one in said:
                statement = one.statement
                if (
                    one.own
                    and statement.sha256 not in contents
                    and (nfc(statement.image) not in paths or statement.box is None)
                ):
                    yield statement
        for path, said in self._by_path.items():
            if path not in paths:
                yield from (one.statement for one in said if one.own and not one.statement.sha256)
