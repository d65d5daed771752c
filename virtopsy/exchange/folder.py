"""The folder that findings are handed out in: whole or not at all, and never over anything."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp

from virtopsy.errors import InputError, StorageError
from virtopsy.system_reason import reason_of


def refuse_place(folder: Path) -> None:
    """Refuse a place where nothing can be handed out, before any work is done.

    Raises:
        InputError: something is there already, or the folder round it is not.
    """
    place = folder.absolute()
    taken = place.is_symlink() or (place.exists() and not place.is_dir())
    try:
        if taken or (place.is_dir() and any(place.iterdir())):
            raise InputError("exchange.out.exists", path=folder)
    except OSError as error:
        raise InputError("exchange.out.exists", path=folder) from error
    if not place.parent.is_dir():
        raise InputError("exchange.out.no_folder", path=place.parent)


def write(folder: Path, files: Mapping[str, bytes], recorded: Callable[[], None]) -> None:
    """Write the files into a folder that is new or empty.

    Args:
        folder: where they go.
        files: their bytes by their name.
        recorded: called when they are on the disk and before they are in their place; where it
            fails, nothing is there.

    Raises:
        InputError: as `refuse_place`.
        StorageError: the disk refused; nothing is there.
    """
    refuse_place(folder)
    place = folder.absolute()
    draft: Path | None = None
    try:
        draft = Path(mkdtemp(prefix=".draft-", dir=place.parent))
        for name, content in files.items():
            (draft / name).write_bytes(content)
        recorded()
        draft.chmod(0o755)
        draft.replace(place)
        draft = None
    except OSError as error:
        why = reason_of(error)
        raise StorageError("exchange.out.cannot_write", path=folder, reason=why) from error
    finally:
        if draft is not None:
            with suppress(OSError):  # it may be gone with its disk
                shutil.rmtree(draft)
