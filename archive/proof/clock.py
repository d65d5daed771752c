"""Where the wall clock was moved: told by the clock that nobody can set.

Every entry has both clocks and the start of the machine. On one start they must tell the same
time to have passed; on another only the order is left.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from archive.proof.chain import Moment, utc

ALLOWED_S: Final = 60
"""What a time service corrects by itself, and less than a person would move it for."""
_NS: Final = 1_000_000_000


@dataclass(frozen=True)
class Reading:
    """Both clocks as an entry has them.

    Attributes:
        ts: wall clock, as a body spells it.
        boot: which start of the machine; empty where the system does not say.
        monotonic_ns: since then.
    """

    ts: str
    boot: str
    monotonic_ns: int


def reading(body: dict[str, Any]) -> Reading:
    """Return the clocks of an entry's body."""
    return Reading(str(body["ts"]), str(body["boot"]), int(body["mono_ns"]))


def jump(earlier: Reading, moment: Moment) -> dict[str, Any] | None:
    """Return what a `clock.jump` entry says, where the wall clock was moved since `earlier`.

    Returns:
        `before` and `after` (wall clock), `moved_s` (how far it was moved: whole seconds, None
        where the machine was started anew and nobody can tell); None where nothing was moved.
    """
    now = Reading(utc(moment.time), moment.where.boot, moment.monotonic_ns)
    moved_s = _moved_s(earlier, now)
    far = moved_s is not None and abs(moved_s) > ALLOWED_S
    if not far and now.ts >= earlier.ts:
        return None
    return {
        "before": earlier.ts,
        "after": now.ts,
        "moved_s": None if moved_s is None else round(moved_s),
    }


def _moved_s(earlier: Reading, now: Reading) -> float | None:
    if not now.boot or now.boot != earlier.boot or now.monotonic_ns < earlier.monotonic_ns:
        return None
    passed = datetime.fromisoformat(now.ts) - datetime.fromisoformat(earlier.ts)
    return passed.total_seconds() - (now.monotonic_ns - earlier.monotonic_ns) / _NS
