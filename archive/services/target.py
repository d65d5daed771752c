"""Where what leaves the house is written: a folder or zip that is there whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Protocol, TypeAlias

from virtopsy.errors import InputError
from virtopsy.jobs import Progress


class Target(Protocol):
    """A new folder or zip that grows beside its place; see `archive.storage.bundle_folder`."""

    folder: Path

    def free_bytes(self) -> int:
        """Return the space left where the bundle goes."""
        ...

    def write(self, name: str, content: bytes) -> None:
        """Write one file durably."""
        ...

    def copy(self, source: Path, name: str, progress: Progress) -> tuple[str, int]:
        """Copy one file durably; return SHA-256 and size."""
        ...

    def settle(self) -> None:
        """Put the names in every folder on the disk."""
        ...

    def zipped(self, when: datetime, progress: Progress) -> Path:
        """Return one zip of it all."""
        ...

    def publish(self, made: Path) -> None:
        """Give the finished folder or zip its final name; never overwrites."""
        ...

    def discard(self) -> None:
        """Remove what is left of the work."""
        ...


NewTarget: TypeAlias = Callable[[Path], Target]


def refuse_place(out: Path, archive: Path) -> None:
    """Refuse a place where nothing can be handed out, before any work is done.

    Args:
        out: what is to be made.
        archive: the archive's folder.

    Raises:
        InputError: `out` is taken, lies in the archive, or its folder is not there.
    """
    place = out.absolute()
    if place.exists() or place.is_symlink():
        raise InputError("bundle.exists", path=out)
    if not place.parent.is_dir():
        raise InputError("bundle.no_folder", path=place.parent)
    if place.parent.resolve().is_relative_to(archive.resolve()):
        raise InputError("bundle.inside_archive", path=out)
