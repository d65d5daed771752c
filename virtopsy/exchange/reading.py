"""Findings of a file that nobody vouches for: SR, SEG, KO or PR, ours or another's; or JSON.

A worker process with little memory and time reads the file (`virtopsy.confined`); the libraries it
takes are loaded there and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Final

from virtopsy.confined import Lost, each
from virtopsy.errors import Bug, InputError
from virtopsy.exchange.omission import Taken
from virtopsy.exchange.source import Source
from virtopsy.jobs import Progress
from virtopsy.late import Late

_taken: Final = Late("virtopsy.exchange.object_in", "taken")


def findings_in(path: Path, sources: Mapping[str, Source], progress: Progress) -> Taken:
    """Return the findings a file holds.

    Args:
        path: the file.
        sources: the series of the case, by the key that findings call them.
        progress: asked for cancelling.

    Raises:
        InputError: it cannot be read, or is of a kind that holds no findings.
        Cancelled: the user asked for it.
    """
    if not path.is_file():  # a pipe or a device may never end
        raise InputError("exchange.in.no_file", path=path)
    ((_, answer),) = each(partial(_taken, dict(sources)), [path.absolute()], progress)
    if isinstance(answer, Lost):
        raise InputError("exchange.in.too_much", path=path)
    if not isinstance(answer, Taken):
        raise Bug(f"a worker answered {answer!r:.60}")
    return answer
