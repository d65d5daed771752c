"""A place within an archive: nothing is put there but by the archive itself.

Needs no database: commands that never open an archive ask as well.
"""

from __future__ import annotations

import os
from pathlib import Path

from virtopsy.errors import InputError

NAME = "archive.json"
"""The file that makes a folder an archive."""
_EVIDENCE = "objects/sha256"


def refuse_within(place: Path) -> None:
    """Refuse a place in any archive, over links too, before something is made there.

    A name of ours alone makes no archive: others also call a file `archive.json`.

    Raises:
        InputError: names the place and the archive.
    """
    whole = Path(os.path.realpath(place))  # unlike Path's, never raises
    for folder in whole.parents:
        if os.path.isfile(folder / NAME) and os.path.isdir(folder / _EVIDENCE):  # noqa: PTH112, PTH113 -- as above
            raise InputError("cli.out.within_archive", path=place, archive=folder)
