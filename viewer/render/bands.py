"""Bands of a picture, made by two threads at once; whoever asks for pictures has its own two."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from threading import local
from typing import TypeAlias

import numpy as np

Check: TypeAlias = Callable[[], None]
_BANDS = 2  # parts of a picture that are made at once
_SMALL_BANDS = 16  # of one that may be stopped


def bands(rows: int, make: Callable[[int, int], None], check: Check | None = None) -> None:
    """Call `make` with the first row and the end of each band of a picture, two at a time.

    What it does must let go of the interpreter's lock, as numpy and compiled loops do.

    Args:
        rows: of the picture.
        make: makes one band.
        check: called before each of many small bands; what it raises ends the picture.
    """
    edges = np.linspace(0, rows, min(_BANDS if check is None else _SMALL_BANDS, rows) + 1)

    def band(first: int, end: int) -> None:
        if check is not None:
            check()
        make(first, end)

    made = [_OWN.threads.submit(band, a, b) for a, b in pairwise(edges.astype(int).tolist())]
    for one in made:
        one.result()


class _Own(local):
    """The threads of whoever asks for pictures, which have the priority of that thread.

    Were they shared, the picture a person waits for would stand behind one made in the background.
    """

    def __init__(self) -> None:
        self.threads = ThreadPoolExecutor(_BANDS, thread_name_prefix="slice")


_OWN = _Own()
