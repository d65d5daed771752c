"""Two scans' slices that do the same: what moves on one side moves on the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from viewer.presenters.examine.views import PLANES, SliceLook, Views
from viewer.presenters.value import Value
from virtopsy.geometry.camera import Point, as_point
from virtopsy.imaging.volume import Quantity


@dataclass(frozen=True)
class Link:
    """How places of the first scan are found in the second one; nothing is turned or stretched.

    Attributes:
        shift_mm: LPS mm from the first scan to the second one.
        same_frame: both state one frame of reference; else a person said which places agree.
    """

    shift_mm: Point
    same_frame: bool

    def moved(self, place_mm: Point, sign: int) -> Point:
        """Return a place of the first scan (sign +1), or of the second (-1), in the other."""
        return as_point(np.asarray(place_mm) + sign * np.asarray(self.shift_mm))


class Lockstep:
    """Couples two views for as long as there is a link and both are seen.

    Attributes:
        link: how both go together; None: each for itself.
    """

    def __init__(self, first: Views, second: Views, seen: Value[bool]) -> None:
        self._first, self._second, self._seen = first, second, seen
        self._moving = False
        self.link: Value[Link | None] = Value(None)
        self._couple(first, second, +1)
        self._couple(second, first, -1)
        self.link.subscribe(lambda _: self.catch_up())
        seen.subscribe(lambda _: self.catch_up())

    def catch_up(self) -> None:
        """Bring the second scan to where the first one is, and to its size; or let it be."""
        link, whole = self.link.now, self._first.shown.now
        self._second.fitted.set(None if link is None or whole is None else whole.frame)
        self._move(self._first, self._second, +1)

    def _couple(self, source: Views, target: Views, sign: int) -> None:
        def lead(_: object) -> None:
            self._move(source, target, sign)

        source.position.subscribe(lead)
        source.turn.subscribe(lead)
        source.slab.subscribe(lead)
        source.smooth.subscribe(lead)
        source.window.subscribe(lead)
        for plane in PLANES:
            source.look[plane].subscribe(lead)
        source.pointed.subscribe(self._echo(source, target, sign))

    def _move(self, source: Views, target: Views, sign: int) -> None:
        with self._leading() as link:
            if link is None:
                return
            target.turn.set(source.turn.now)
            target.slab.set(source.slab.now)
            target.smooth.set(source.smooth.now)
            target.position.set(link.moved(source.position.now, sign))
            for plane in PLANES:
                seen = source.look[plane].now
                target.look[plane].set(
                    SliceLook(link.moved(seen.centre_mm, sign), seen.mm_per_pixel)
                )
            if self._both_hu():
                target.window.set(source.window.now)

    def _echo(self, source: Views, target: Views, sign: int) -> Callable[[object], None]:
        def tell(_: object) -> None:
            here, link = source.pointed.now, self.link.now
            alike = here is not None and link is not None and self._seen.now
            target.echo.set(link.moved(here.lps_mm, sign) if alike and here and link else None)

        return tell

    def _both_hu(self) -> bool:
        shown = (self._first.shown.now, self._second.shown.now)
        return all(one is not None and one.quantity is Quantity.HU for one in shown)

    @contextmanager
    def _leading(self) -> Iterator[Link | None]:
        """Give the link to the side that moved first; None to the one that is being moved."""
        if self._moving or not self._seen.now:
            yield None
            return
        self._moving = True
        try:
            yield self.link.now
        finally:
            self._moving = False
