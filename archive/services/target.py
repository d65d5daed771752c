"""Where what leaves the house is written: a folder or zip that is there whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from archive.ports import Target
from archive.within import refuse_within
from virtopsy.errors import InputError

NewTarget: TypeAlias = Callable[[Path], Target]


def refuse_place(out: Path, archive: Path) -> None:
    """Refuse a place where nothing can be handed out, before any work is done.

    Args:
        out: what is to be made.
        archive: the archive's folder.

    Raises:
        InputError: `out` is taken, lies in this or any archive, or its folder is not there.
    """
    place = out.absolute()
    if place.exists() or place.is_symlink():
        raise InputError("bundle.exists", path=out)
    if not place.parent.is_dir():
        raise InputError("bundle.no_folder", path=place.parent)
    if place.parent.resolve().is_relative_to(archive.resolve()):
        raise InputError("bundle.inside_archive", path=out)
    refuse_within(out)
