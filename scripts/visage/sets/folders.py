"""Several folders as one gallery: a folder of links, in which each person's folders lie together.

    gallery: [family, /disk/friends]     family/ann, friends/ann, friends/bob

    results/gallery/folders/ann/family   →  family/ann
    results/gallery/folders/ann/friends  →  /disk/friends/ann
    results/gallery/folders/bob/friends  →  /disk/friends/bob

So a photograph is `ann/friends/1.jpg` wherever it is named, and everything else goes on as with one
folder. The Snakefile imports this module, so it needs the standard library only.
"""

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from visage.errors import VisageError
from visage.store.files import TEMPORARY

_NUMBER = r"(-\d+)?"  # by which folders of one name differ, see _names


def link_folders(folders: Sequence[str], into: Path) -> None:
    """Make a folder of links to the folders of all people, and take out links to what is gone.

    Args:
        folders: Of the gallery.
        into: The folder of links; nothing is touched where it is right already.

    Raises:
        VisageError: A folder cannot be read, or a link of its first level leads nowhere.
    """
    wanted = {into / place: target for place, target in _links(folders)}
    for path in list(_there(into)):
        if path not in wanted and is_own(path, into):
            path.unlink()
    for link, target in wanted.items():
        if link.is_symlink() and os.readlink(link) == target:  # noqa: PTH115 - text
            continue
        if os.path.lexists(link) and not is_own(link, into):
            raise VisageError(
                f"{link} is not of this workflow, and has the name of a link that is to be made "
                "there. Move it somewhere else first."
            )
        link.parent.mkdir(parents=True, exist_ok=True)
        temporary = link.with_name(f"{TEMPORARY}{link.name}")
        temporary.unlink(missing_ok=True)
        temporary.symlink_to(target)
        temporary.replace(link)
    if into.is_dir():
        for folder in into.iterdir():
            if folder.is_dir() and not folder.is_symlink() and not any(folder.iterdir()):
                folder.rmdir()


def place_of(folders: Sequence[str], path: Path) -> Path | None:
    """Give where a file of one of the folders lies in the folder of links; None: in none."""
    for folder, name in zip(folders, _names(folders), strict=True):
        root = Path(folder).absolute()
        if path.absolute().is_relative_to(root):
            person, *rest = path.absolute().relative_to(root).parts
            return Path(person, name, *rest) if rest else Path(f"{name}-{person}")
    return None


def is_own(path: Path, into: Path) -> bool:
    """Tell whether a path is a link of ours: it is called by what it leads to, there or not.

    Args:
        path: Of what lies in the folder of links, or in one below it.
        into: The folder of links.
    """
    if not path.is_symlink():
        return False
    target = Path(os.readlink(path))  # noqa: PTH115 - as it was written, wherever it leads
    folder = re.escape(re.sub(f"{_NUMBER}$", "", target.parent.name or "root")) + _NUMBER
    names = (re.escape(target.name), folder)
    ours = "/".join(names) if path.parent != into else "-".join(reversed(names))
    return target.is_absolute() and bool(
        re.fullmatch(ours, path.relative_to(into).as_posix(), re.DOTALL)
    )


def _links(folders: Sequence[str]) -> Iterator[tuple[Path, str]]:
    for folder, name in zip(folders, _names(folders), strict=True):
        root = Path(folder).absolute()
        try:
            children = sorted(root.iterdir())
        except OSError as error:
            raise VisageError(f"gallery: {root} cannot be read: {error.strerror}.") from error
        for child in children:
            if child.is_symlink() and not child.exists():
                raise VisageError(
                    f"{child} is a link to {os.readlink(child)}, which is not there. "  # noqa: PTH115
                    "Mount the disk it is on, or remove the link."
                )
            place = Path(child.name, name) if child.is_dir() else Path(f"{name}-{child.name}")
            yield place, str(child)


def _names(folders: Sequence[str]) -> list[str]:
    """Give each folder a name of its own: the last part of its path, and a number if need be."""
    names: list[str] = []
    for folder in folders:
        name = Path(folder).absolute().name or "root"
        while name in names:
            base, _, number = name.rpartition("-")
            again = base and number.isdigit()
            name = f"{base}-{int(number) + 1}" if again else f"{name}-2"
        names.append(name)
    return names


def _there(into: Path) -> Iterator[Path]:
    if into.is_dir():
        for child in list(into.iterdir()):
            if child.is_symlink() or not child.is_dir():
                yield child
            else:
                yield from child.iterdir()
