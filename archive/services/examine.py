"""What a staged file is; called in a worker process with little memory and little time."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from archive.services.header import Header, read_header
from virtopsy.confined import Lost
from virtopsy.dicom.carrier import Address
from virtopsy.dicom.directory import Reference
from virtopsy.dicom.header import Damaged
from virtopsy.errors import StorageError
from virtopsy.exhibit.exhibit import Exhibit
from virtopsy.late import Late
from virtopsy.system_reason import reason_of


@dataclass(frozen=True)
class Index:
    """The index of a carrier (DICOMDIR) and the files it lists, as the parts of their paths."""

    references: tuple[Reference, ...]


Examined: TypeAlias = Header | Exhibit | Index | str
"""A scan's header, an exhibit, an index, or the reason why the file is opaque."""
LOST: Final = {Lost.MEMORY: "memory", Lost.TIME: "time", Lost.CRASH: "crash"}
# Loaded by the workers that need them: most carriers hold nothing but scans.
_look: Final = Late("virtopsy.exhibit.look", "look")
_references: Final = Late("virtopsy.dicom.directory_records", "references")


def examine(path: Path) -> Examined:
    """Return what a file is: a scan before anything else, whatever its preamble pretends to be.

    Raises:
        StorageError: the archive's own disk does not give the staged file back.
    """
    found = read_header(path)
    try:
        if found == "directory":
            return Index(_references(Address(str(path))))
        if found != "not_dicom":
            return found
        looked: Exhibit | str = _look(path)
    except Damaged:
        return "malformed"
    except OSError as error:
        raise StorageError("archive.storage.failed", path=path, detail=reason_of(error)) from error
    return found if looked == "unknown" else looked
