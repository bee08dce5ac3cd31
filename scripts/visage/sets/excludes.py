"""The config's `exclude`: what of a set's folder is left out, in the syntax of `.gitignore`.

The Snakefile imports this module; `pathspec` is loaded only where there are patterns.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from visage.errors import VisageError
from visage.store.paths import as_text, nfc

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec


class Excludes:
    """Patterns, compared in NFC; each knows whether it has ever fitted anything."""

    def __init__(self, patterns: Sequence[str]) -> None:
        """Read the patterns.

        Raises:
            VisageError: One of them is not of the syntax.
        """
        self._patterns = [pattern for pattern in patterns if _says_something(pattern)]
        self._all = _read(self._patterns)
        self._unused = {text: _read([text.removeprefix("!")]) for text in self._patterns}

    def __call__(self, path: str) -> str | None:
        """Give the pattern that leaves out a path below the set's folder; folders end in `/`."""
        text = nfc(as_text(path))
        for pattern in [p for p, spec in self._unused.items() if spec.match_file(text)]:
            del self._unused[pattern]
        found = self._all.check_file(text)
        return self._patterns[found.index] if found.include and found.index is not None else None

    @property
    def unused(self) -> list[str]:
        """The patterns that have fitted nothing so far; typing errors, as a rule."""
        return list(self._unused)


def _says_something(pattern: str) -> bool:
    """Tell patterns from comments and empty lines."""
    return any(line.include is not None for line in _read([pattern]).patterns)


def _read(patterns: Sequence[str]) -> "GitIgnoreSpec":
    from pathspec import GitIgnoreSpec  # most configs have no pattern, and the Snakefile reads this

    try:
        return GitIgnoreSpec.from_lines(nfc(pattern) for pattern in patterns)
    except ValueError as error:
        raise VisageError(
            f"exclude: {error}. A pattern is written as in a .gitignore file."
        ) from error
