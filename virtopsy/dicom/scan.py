"""A folder, file or zip to studies and series: every file is looked at, none is trusted."""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from virtopsy.confined import Lost, each
from virtopsy.dicom.carrier import (
    ZIP_ERRORS,
    Address,
    Listed,
    Refused,
    fingerprint,
    folder_listing,
    is_zip,
    zip_listing,
)
from virtopsy.dicom.directory import not_there
from virtopsy.dicom.grouping import group
from virtopsy.dicom.reader import Index, Read, look
from virtopsy.dicom.series import Problem, Scan, Skipped
from virtopsy.errors import InputError
from virtopsy.jobs import Progress

_BEGINNING: Final = 1 << 16  # bytes
_LOST: Final = {
    Lost.MEMORY: Problem("unreadable", "memory"),
    Lost.TIME: Problem("unreadable", "time"),
    Lost.CRASH: Problem("unreadable", "crash"),
}
_REFUSED: Final = {
    Refused.ENCRYPTED: Problem("unreadable", "zip_encrypted"),
    Refused.METHOD: Problem("unreadable", "zip_method"),
    Refused.LIES: Problem("unreadable", "zip_lies"),
    Refused.LINK: Problem("unreadable", "zip_link"),
}


def scan(path: Path, progress: Progress) -> Scan:
    """Return what is in a folder (with all below it), in one file or zip, or beside a DICOMDIR.

    Raises:
        InputError: the path does not exist or cannot be opened, or is a damaged zip.
        Cancelled: the user asked for it.
    """
    listed = _listed(path, progress)
    found = _scan(listed.files, progress)
    skipped = (
        *(Skipped(Path(one), Problem("unreadable", "folder")) for one in listed.folders),
        *(Skipped(one.place, _REFUSED[why]) for one, why in listed.refused),
    )
    files = found.files + len(listed.refused)
    return replace(found, files=files, skipped=skipped + found.skipped)


def scan_files(paths: Sequence[str | Path], progress: Progress) -> Scan:
    """Return what is in these files, wherever they lie.

    Raises:
        Cancelled: the user asked for it.
    """
    return _scan([Address(os.fspath(Path(path).absolute())) for path in paths], progress)


def _scan(files: Sequence[Address], progress: Progress) -> Scan:
    looked: list[Read | Index | Problem] = [_LOST[Lost.CRASH]] * len(files)
    for done, (number, answer) in enumerate(each(look, files, progress), start=1):
        looked[number] = _LOST[answer] if isinstance(answer, Lost) else answer
        progress.tick(done, len(files))
    reads = [one for one in looked if isinstance(one, Read)]
    studies = group(reads, _contents(reads, progress))
    return Scan(len(files), tuple(_skipped(files, looked)), studies)


def _contents(reads: Sequence[Read], progress: Progress) -> dict[Address, bytes]:
    """Return the fingerprints of files that share a UID and may be copies.

    Their beginnings are looked at first: some anonymisers give one UID to every file.
    """
    uids: dict[Address, Hashable] = {}
    for one in reads:
        first = one.instances[0]
        if first.sop_uid:
            uids[first.address] = one.heading.study_uid, one.heading.series_uid, first.sop_uid
    alike = _alike(uids)
    found: dict[Address, bytes] = {}
    for most in (_BEGINNING, None):
        answers = each(partial(fingerprint, most=most), alike, progress)
        found = {alike[n]: answer for n, answer in answers if isinstance(answer, bytes)}
        alike = _alike({address: (uids[address], answer) for address, answer in found.items()})
    return found


def _alike(traits: Mapping[Address, Hashable]) -> list[Address]:
    """Return the files that share their trait with another."""
    counts = Counter(traits.values())
    return [address for address, trait in traits.items() if counts[trait] > 1]


def _skipped(
    files: Sequence[Address], looked: Sequence[Read | Index | Problem]
) -> Iterable[Skipped]:
    for address, one in zip(files, looked, strict=True):
        if isinstance(one, Problem):
            yield Skipped(address.place, one)
        elif isinstance(one, Index):
            yield Skipped(address.place, Problem("not_an_image", "directory"))
            yield from not_there(address, one.references, files)


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


def _listed(path: Path, progress: Progress) -> Listed:
    try:
        path = path.absolute()  # workers live elsewhere; where one lives may itself be gone
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            return folder_listing(os.fspath(path))
        if stat.S_ISREG(mode) and is_zip(os.fspath(path)):
            return _unpacked(path, progress)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise InputError("scan.no_such_path", path=path) from error
    except (OSError, ValueError) as error:
        raise InputError("scan.cannot_open", path=path) from error
    if not stat.S_ISREG(mode):
        raise InputError("scan.cannot_open", path=path)
    if path.name.upper() == "DICOMDIR":
        return folder_listing(os.fspath(path.parent))
    return Listed([Address(os.fspath(path))], [], [])


def _unpacked(path: Path, progress: Progress) -> Listed:
    try:
        ((_, listed),) = each(zip_listing, [os.fspath(path)], progress)
    except ZIP_ERRORS as error:
        raise InputError("scan.zip_damaged", path=path) from error
    if isinstance(listed, Lost):
        raise InputError("scan.zip_damaged", path=path)
    return listed
