"""Loops compiled by numba at their first call, and kept on disk for the next start.

What is kept is renewed when the file of the loop changes, and only then: a loop uses no compiled
function of another file.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar, cast

import numba
from numba.core.caching import FunctionCache
from typing_extensions import override

F = TypeVar("F", bound=Callable[..., Any])


class _Kept(FunctionCache):
    """Keeps compiled code where it can; a full disk costs the next start seconds, no picture."""

    @override
    def save_overload(self, sig: object, data: object) -> None:
        with suppress(OSError):
            # numba's caching carries no annotations
            super().save_overload(sig, data)  # type: ignore[no-untyped-call]


def compiled(function: F, *, exact: bool = False) -> F:
    """Return a function that is compiled at its first call and lets other threads run.

    Args:
        function: plain loops over arrays.
        exact: keep to the order of arithmetic that is written, and to what NaN means.
    """
    made = numba.njit(nogil=True, fastmath=not exact, error_model="numpy")(function)
    with suppress(RuntimeError):  # neither beside the program nor at home is a place to keep it
        # What `cache=True` does, but for a disk that is full.
        made._cache = _Kept(function)  # type: ignore[attr-defined, no-untyped-call]  # noqa: SLF001
    return cast("F", made)
