"""Which files a person brought: regular files only, no link followed, nothing opened."""

from __future__ import annotations

import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from archive.proof.canonical import text
from archive.records import FileReport
from virtopsy.errors import InputError

_BUNDLE_SIGN = "bagit.txt"


@dataclass(frozen=True)
class Brought:
    """A regular file of the source.

    Attributes:
        name: path relative to the source, slashes, NFC.
    """

    path: Path
    name: str
    size: int


def listed(
    sources: Sequence[Path], archive: Path, below: Path | None = None
) -> tuple[list[Brought], list[FileReport]]:
    """Return the regular files, and a report on everything that is none.

    Args:
        sources: files or folders.
        archive: where they may not lie.
        below: the folder of the carrier that all of them lie in; names are relative to it. None:
            each source's own folder.

    Raises:
        InputError: a source is missing, lies in the archive, is a zip or a bundle, or is empty.
    """
    files: list[Brought] = []
    others: list[FileReport] = []
    for source in sources:
        path = _checked(source, archive)
        root, prefix = _named_from(path, below, alone=len(sources) == 1)
        for found in _walk(path, root, prefix):
            if isinstance(found, Brought):
                files.append(found)
            else:
                others.append(found)
    if not files:
        raise InputError("archive.source.empty", path=sources[0] if sources else Path())
    return files, others


def _named_from(path: Path, below: Path | None, *, alone: bool) -> tuple[Path, str]:
    """Return the folder that names are relative to, and what stands before them."""
    if below is not None and path.is_relative_to(below.resolve()):
        return below.resolve(), ""
    folder = path if path.is_dir() else path.parent
    return folder, "" if alone else f"{folder.name}/"


def _checked(source: Path, archive: Path) -> Path:
    if not source.exists():
        raise InputError("archive.source.missing", path=source)
    root = source.resolve()
    here = archive.resolve()
    if root.is_relative_to(here) or here.is_relative_to(root):
        raise InputError("archive.source.own", path=source)
    if root.is_file() and root.suffix.casefold() == ".zip":
        raise InputError("archive.source.zip", path=source)
    if (root / _BUNDLE_SIGN).is_file():
        raise InputError("archive.source.bundle", path=source)
    if root.is_file() and root.name.casefold() == "dicomdir":
        return root.parent
    return root


def _walk(path: Path, root: Path, prefix: str) -> Iterator[Brought | FileReport]:
    name = prefix + text(path.relative_to(root).as_posix())
    try:
        state = path.lstat()
        inside = sorted(path.iterdir()) if stat.S_ISDIR(state.st_mode) else []
    except OSError:
        yield FileReport(name, "unreadable")
        return
    if stat.S_ISREG(state.st_mode):
        yield Brought(path, name, state.st_size)
    elif stat.S_ISDIR(state.st_mode):
        for one in inside:
            yield from _walk(one, root, prefix)
    else:
        yield FileReport(name, "link" if stat.S_ISLNK(state.st_mode) else "special")
