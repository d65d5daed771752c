"""Looking along a path and across it: which path, at which place of it, turned how far about it.

The path is a marked track, or one drawn by clicks; the drawn one is nobody's finding and is not
kept.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from viewer.presenters.examine.findings import Findings
from viewer.presenters.examine.travel import reach_mm
from viewer.presenters.examine.views import Views
from viewer.presenters.session import Session
from viewer.presenters.value import Event, Value
from virtopsy.errors import Bug, UsageError
from virtopsy.findings.trajectory import SHORTEST_MM, Trajectory
from virtopsy.geometry.camera import Point
from virtopsy.geometry.path import Path

LAYOUT = "path"
"""The layout that shows a path."""
FIRST_HINT, NEXT_HINT = "path.draw.first", "path.draw.next"
BEYOND_MM = 15.0
"""How far before and behind its ends a path is looked at: skin lies outside the bone."""
_NOTHING = "path.nothing"
_CLOSEST = 20.0
_MOST_POINTS = 200


@dataclass(frozen=True)
class Followed:
    """What is looked along.

    Attributes:
        path: in the direction it is looked along, not turned.
        begins: what its beginning is: the "entry" somebody stated, the "first" marked end of a
            track nobody stated the entry of, or the first "drawn" point.
        finding_id: of the track; None of a drawn path.
        number: of the track in the list, from 1; 0 of a drawn path.
    """

    path: Path
    begins: str
    finding_id: str | None = None
    number: int = 0


class Along:
    """The path that is followed, the place on it, and the path that is being drawn.

    Attributes:
        followed: None while there is none.
        turned: its path turned by `angle`; None likewise.
        place_mm: from its beginning, along it; below 0 and beyond its length it goes straight on.
        angle: how far the picture along it is turned about it, radians, -pi to pi.
        closer: how much larger than whole it is shown; 1: as large as the views allow.
        points: of the path that is being drawn, LPS mm.
        ahead: where its next point would be, LPS mm; None where that is not known.
        hint: message key of what to do next while drawing.
        told: message key of something the person should know, and need not act on.
    """

    def __init__(self, session: Session, views: Views, findings: Findings) -> None:
        self._views = views
        self._findings = findings
        self.followed: Value[Followed | None] = Value(None)
        self.turned: Value[Path | None] = Value(None)
        self.place_mm: Value[float] = Value(0.0)
        self.angle: Value[float] = Value(0.0)
        self.closer: Value[float] = Value(1.0)
        self.points: Value[tuple[Point, ...]] = Value(())
        self.ahead: Value[Point | None] = Value(None)
        self.hint: Value[str] = Value(FIRST_HINT)
        self.told: Event[str] = Event()
        views.volume.subscribe(lambda _: self._forget())
        views.layout.subscribe(lambda _: self._take_selected())
        findings.selected.subscribe(lambda _: self._take_selected())
        session.changed.subscribe(lambda _: self._renew())
        self.angle.subscribe(lambda _: self._turn())

    # what is followed

    def show(self) -> None:
        """Look along the selected track, else along the path drawn last.

        Raises:
            UsageError: there is neither.
        """
        if self._nothing:
            raise UsageError(_NOTHING)
        track = self._findings.track
        if track is not None:
            self._follow(self._of(track))
        self._enter()

    def toggle(self) -> None:
        """Look along what `show` looks along, or leave it; where there is nothing, only say so."""
        if self._views.layout.now == LAYOUT:
            self.leave()
        elif self._nothing:
            self.told.announce(_NOTHING)
        else:
            self.show()

    @property
    def _nothing(self) -> bool:
        return self._findings.track is None and self.followed.now is None

    def leave(self) -> None:
        """Show the four views again."""
        self._views.layout.set("all")

    def _enter(self) -> None:
        """Show the layout, with the crosshair on the place, also where it was shown already."""
        self._views.layout.set(LAYOUT)
        self.go(self.place_mm.now)

    def _take_selected(self) -> None:
        if self._views.layout.now != LAYOUT:
            return
        track = self._findings.track
        if track is not None:
            self._follow(self._of(track))
        if self.followed.now is not None:
            self.go(self.place_mm.now)

    def _renew(self) -> None:
        """Follow the track as it is now, or nothing once it was taken back."""
        followed = self.followed.now
        if followed is None or followed.finding_id is None:
            return
        same = [one for one in self._findings.tracks if one.finding_id == followed.finding_id]
        if not same:
            self._set(None)
            return
        self._follow(self._of(same[0]))
        if self._views.layout.now == LAYOUT:
            self.go(self.place_mm.now)

    def _of(self, track: Trajectory) -> Followed:
        one, other = track.ends_lps_mm
        bent = (one, *track.via_lps_mm, other)
        ends = bent[::-1] if track.entry == 1 else bent
        number = self._findings.number(track.finding_id)
        begins = "first" if track.entry is None else "entry"
        return Followed(Path(ends), begins, track.finding_id, number)

    def _follow(self, followed: Followed) -> None:
        before = self.followed.now
        if before is not None and before.finding_id == followed.finding_id is not None:
            if before.path != followed.path:  # the same place of the body, also counted anew
                self.place_mm.set(followed.path.nearest_arc_mm(self.place_lps_mm))
        else:
            self.reset()
            self.place_mm.set(0.0)
        self._set(followed)

    def _set(self, followed: Followed | None) -> None:
        self.turned.set(None if followed is None else replace(followed.path, angle=self.angle.now))
        self.followed.set(followed)

    def _turn(self) -> None:
        self._set(self.followed.now)

    def _forget(self) -> None:
        """Another scan has other paths."""
        self.give_up()
        self._set(None)
        if self._views.layout.now == LAYOUT:
            self.leave()

    # where on it

    def go(self, arc_mm: float) -> None:
        """Put the place and the crosshair at an arc length, kept near the path and in the scan."""
        low, high = self.bounds_mm
        self.place_mm.set(min(max(arc_mm, low), high))
        self._views.go(self.place_lps_mm)

    def step(self, mm: float) -> None:
        """Go on along the path, or back."""
        self.go(self.place_mm.now + mm)

    def go_to_end(self, *, last: bool) -> None:
        """Go to the beginning of the path or to its end."""
        self.go(self._path.length_mm if last else 0.0)

    @property
    def place_lps_mm(self) -> Point:
        """The place, LPS mm."""
        return self.at(self.place_mm.now)

    def at(self, arc_mm: float) -> Point:
        """Return the place at an arc length, LPS mm."""
        x, y, z = self._path.at(arc_mm).places_mm[0].tolist()
        return x, y, z

    @property
    def bounds_mm(self) -> tuple[float, float]:
        """How far the place can go, mm from the beginning."""
        path, volume = self._path, self._views.shown.now
        if volume is None:
            raise Bug("a path needs a volume")
        ends = path.at((0.0, path.length_mm))
        before, _ = reach_mm(volume.frame, ends.places_mm[0], ends.ahead[0])
        _, behind = reach_mm(volume.frame, ends.places_mm[1], ends.ahead[1])
        return -min(-before, BEYOND_MM), path.length_mm + min(behind, BEYOND_MM)

    def turn(self, angle: float) -> None:
        """Turn the picture along the path about it to an angle, radians."""
        self.angle.set(math.remainder(angle, math.tau))

    def enlarge(self, factor: float) -> None:
        """Show both pictures larger by a factor, never smaller than whole."""
        self.closer.set(min(max(self.closer.now * factor, 1.0), _CLOSEST))

    def reset(self) -> None:
        """Show the path whole and not turned."""
        self.angle.set(0.0)
        self.closer.set(1.0)

    @property
    def _path(self) -> Path:
        if self.followed.now is None:
            raise Bug("no path is followed")
        return self.followed.now.path

    # drawing one

    def click(self, lps_mm: Point) -> None:
        """Add a point; one on the last point is none, which is what a double click brings."""
        points = self.points.now
        if len(points) < _MOST_POINTS and _apart(points, lps_mm):
            self.points.set((*points, lps_mm))
            self.hint.set(NEXT_HINT)

    def hover(self, lps_mm: Point) -> None:
        """Let the next piece of the path follow the mouse."""
        if self.points.now:
            self.ahead.set(lps_mm)

    def take_back(self) -> None:
        """Remove the last point."""
        self.points.set(self.points.now[:-1])
        if not self.points.now:
            self.give_up()

    def finish(self) -> bool:
        """Look along what was drawn; one point is no path, and goes on waiting for the next."""
        points = self.points.now
        if len(points) < 2:
            return False
        self.give_up()
        self._findings.selected.set(None)  # else the layout would show the selected track
        self._follow(Followed(Path(points), "drawn"))
        self._enter()
        return True

    def give_up(self) -> None:
        """Draw nothing."""
        self.points.set(())
        self.ahead.set(None)
        self.hint.set(FIRST_HINT)

    @property
    def drawn(self) -> Path | None:
        """The path as it would be with its next point where the mouse is; None: no two points."""
        points, ahead = self.points.now, self.ahead.now
        if ahead is not None and _apart(points, ahead):
            points = (*points, ahead)
        return Path(points) if len(points) > 1 else None

    @property
    def on_slices(self) -> Path | None:
        """The path to be drawn over the slices: what is being drawn, or the drawn one followed.

        A track is drawn there as what it is.
        """
        if self.points.now:
            return self.drawn
        followed = self.followed.now
        seen = followed is not None and followed.finding_id is None
        return followed.path if followed and seen and self._views.layout.now == LAYOUT else None


def _apart(points: tuple[Point, ...], lps_mm: Point) -> bool:
    """Tell whether a point is far enough from the last one to be another."""
    return not points or math.dist(points[-1], lps_mm) >= SHORTEST_MM
