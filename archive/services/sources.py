"""Which files a person brought: regular files only, no link followed, nothing opened.

A zip and a court bundle are files like others here; what is in them is told by `containers`.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from archive.proof.canonical import text
from archive.records import FileReport, FileState
from virtopsy.dicom.carrier import Address
from virtopsy.errors import InputError

MOST_FILES = 500_000
"""In one import: what a person still means to bring at once."""
_BUNDLE_SIGN = "bagit.txt"


@dataclass(frozen=True)
class Brought:
    """A regular file of the source.

    Attributes:
        address: the file, or a member of a zip that is in staging.
        name: path relative to the source, slashes, NFC.
        size: bytes, as the file system or the zip says.
        key: tells this very state of this very file from every other.
    """

    address: Address
    name: str
    size: int
    key: str


@dataclass(frozen=True)
class Listing:
    """What a person brought.

    Attributes:
        files: to be taken in.
        others: what is none, each with its reason.
        bundles: folders that are court bundles.
        roots: the carrier's own folders; one that is gone means an unplugged carrier.
    """

    files: tuple[Brought, ...]
    others: tuple[FileReport, ...]
    bundles: tuple[Path, ...]
    roots: tuple[Path, ...]


def listed(sources: Sequence[Path], archive: Path, below: Path | None = None) -> Listing:
    """Return the regular files, and a report on everything that is none.

    Args:
        sources: files or folders.
        archive: where they may not lie.
        below: the folder of the carrier that all of them lie in; names are relative to it. None:
            each source's own folder.

    Raises:
        InputError: a source is missing, lies in the archive, or is empty; or there are too many.
    """
    files: list[Brought] = []
    others: list[FileReport] = []
    checked = [_checked(one, archive) for one in sources]
    for path in checked:
        root, prefix = _named_from(path, below, alone=len(sources) == 1)
        for found in _walk(path, root, prefix):
            if isinstance(found, Brought):
                files.append(found)
            else:
                others.append(found)
        if len(files) > MOST_FILES:
            raise InputError("intake.source.too_many", path=path, most=MOST_FILES)
    if not files:
        raise InputError("archive.source.empty", path=sources[0] if sources else Path())
    bundles = tuple(one for one in checked if (one / _BUNDLE_SIGN).is_file())
    roots = dict.fromkeys(one if one.is_dir() else one.parent for one in checked)
    return Listing(tuple(files), tuple(others), bundles, tuple(roots))


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
    if root.is_file() and root.name.casefold() == "dicomdir":
        return root.parent
    return root


def _walk(path: Path, root: Path, prefix: str) -> Iterator[Brought | FileReport]:
    """Yield what lies at or below `path`, in the order of names; no depth is too deep."""
    start = len(os.fspath(root)) + (os.fspath(root) != "/")
    waiting = [os.fspath(path)]
    while waiting:
        here = waiting.pop()
        name = prefix + text(here[start:] or ".").replace(os.sep, "/")
        try:
            state = os.lstat(here)
            if stat.S_ISDIR(state.st_mode):
                with os.scandir(here) as inside:  # taken from behind: the first name comes first
                    waiting += sorted((one.path for one in inside), reverse=True)
                continue
        except OSError:
            yield FileReport(name, "unreadable")
            continue
        if stat.S_ISREG(state.st_mode):
            yield Brought(Address(here), name, state.st_size, FileState.of(state).key)
        else:
            yield FileReport(name, "link" if stat.S_ISLNK(state.st_mode) else "special")
