"""A folder or file to studies and series: every file is looked at, none is trusted."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from virtopsy.dicom.grouping import group
from virtopsy.dicom.header import Damaged, NotDicom
from virtopsy.dicom.reader import Directory, Read, read
from virtopsy.dicom.series import Problem, Scan, Skipped
from virtopsy.errors import InputError
from virtopsy.jobs import Progress

_ZIP = b"PK\x03\x04"


def scan(path: Path, progress: Progress) -> Scan:
    """Return what is in a folder (with all below it), in one file, or beside a DICOMDIR.

    Raises:
        InputError: the path does not exist, cannot be opened, or is an archive file.
        Cancelled: the user asked for it.
    """
    addresses, unlisted = _addresses(path)
    found = scan_files(addresses, progress)
    skipped = tuple(Skipped(Path(one), Problem("unreadable", "folder")) for one in unlisted)
    return replace(found, skipped=skipped + found.skipped)


def scan_files(addresses: Sequence[str | Path], progress: Progress) -> Scan:
    """Return what is in these files, wherever they lie.

    Raises:
        Cancelled: the user asked for it.
    """
    read_files: list[Read] = []
    skipped: list[Skipped] = []
    total = len(addresses)
    for done, address in enumerate(addresses, start=1):
        found = _look(os.fspath(address))
        if isinstance(found, Read):
            read_files.append(found)
        else:
            skipped.append(Skipped(Path(address), found))
        progress.tick(done, total)
    return Scan(total, tuple(skipped), group(read_files))


def require_images(found: Scan, path: Path) -> None:
    """Refuse a scan that found nothing.

    Raises:
        InputError: the folder is empty, or none of its files is DICOM that can be read.
    """
    if found.studies:
        return
    if not found.files and not found.skipped:
        raise InputError("scan.empty_folder", path=path)
    raise InputError("scan.no_dicom", path=path, n=found.files)


def _addresses(path: Path) -> tuple[list[str], list[str]]:
    """Return all files to look at, in order, and the folders that could not be listed."""
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError) as error:
        raise InputError("scan.no_such_path", path=path) from error
    except (OSError, ValueError) as error:
        raise InputError("scan.cannot_open", path=path) from error
    if stat.S_ISDIR(mode):
        unlisted: list[str] = []
        files = sorted(_files(os.fspath(path), unlisted))
        return files, unlisted
    if not stat.S_ISREG(mode):
        raise InputError("scan.cannot_open", path=path)
    if _begins_as_zip(path):
        raise InputError("scan.zip", path=path)
    if isinstance(_look(os.fspath(path)), Problem) and path.name.upper() == "DICOMDIR":
        return _addresses(path.absolute().parent)
    return [os.fspath(path)], []


def _begins_as_zip(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(_ZIP)) == _ZIP
    except OSError as error:
        raise InputError("scan.cannot_open", path=path) from error


def _files(folder: str, unlisted: list[str]) -> Iterator[str]:
    """Yield the regular files below `folder`; links to folders are not followed (no rings)."""
    waiting = [folder]
    while waiting:
        here = waiting.pop()
        try:
            with os.scandir(here) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    elif _is_file(entry):
                        yield entry.path
        except OSError:
            unlisted.append(here)


def _is_file(entry: os.DirEntry[str]) -> bool:
    """Tell whether a file is to be looked at; one that cannot even be asked is, and is named."""
    try:
        return entry.is_file()
    except OSError:
        return True


def _look(address: str) -> Read | Problem:
    """Return what a file holds, or why it is left out."""
    try:
        return read(Path(address), address)
    except NotDicom:
        return Problem("unreadable", "not_dicom")
    except Directory:
        return Problem("not_an_image", "directory")
    except Damaged:
        return Problem("unreadable", "damaged")
    except OSError:
        return Problem("unreadable", "refused")
