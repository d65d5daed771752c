"""How the benches measure: acts in turn, their medians, and a line that says what was asked.

In turn, because these machines are shared and drift: what slows one slows the other as well.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Sequence

Act = Callable[[], object]


def seconds(act: Act) -> float:
    """Wall seconds of one run."""
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def medians_s(acts: Sequence[Act], runs: int) -> list[float]:
    """Median seconds of each act; they run in turn, once uncounted before."""
    for act in acts:
        act()
    spent = [[seconds(act) for act in acts] for _ in range(runs)]
    return [statistics.median(one) for one in zip(*spent, strict=True)]


def tell(line: str) -> None:
    """Print one result."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def against(title: str, mine: float, rival: str, theirs: float, asked: float | None) -> None:
    """Print two times, their ratio and the ratio asked for, where one was."""
    wish = "nothing asked" if asked is None else f"asked: {asked:.2f} at most"
    tell(
        f"{title}: virtopsy {mine:.3f} s, {rival} {theirs:.3f} s,"
        f" ratio {mine / theirs:.2f} ({wish})"
    )
