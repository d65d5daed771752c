"""The volume tool: voxels grown from a click or painted, kept as a finding when they are right.

What is painted is a draft with its own way back; what the case learns is one command, when the
expert keeps it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, TypeVar

import numpy as np

from viewer.presenters.examine.views import Views
from viewer.presenters.session import Session
from viewer.presenters.value import Event, Value
from viewer.presenters.work import Running, Work
from virtopsy.case.commands import AddFinding, ChangeFinding
from virtopsy.errors import Bug, InputError, VirtopsyError
from virtopsy.findings.region import Region, Substance, packed, told
from virtopsy.geometry.camera import Point
from virtopsy.geometry.plane import Plane, facing, step_mm
from virtopsy.imaging.segment import Inside, inside_body, outside_body
from virtopsy.imaging.volume import Quantity, Volume
from virtopsy.imaging.voxel_region import (
    GAS_HU,
    VoxelRegion,
    brush,
    grow,
    measured,
)
from virtopsy.jobs import Progress

T = TypeVar("T")
LOWEST_HU = -1024.0
_ROUND_CLICK = 60.0  # HU either side of what was clicked: offered, to be set by the expert


class How(StrEnum):
    """What the mouse does."""

    GROW = "grow"
    PAINT = "paint"
    ERASE = "erase"


@dataclass(frozen=True)
class Settings:
    """How voxels are chosen.

    Attributes:
        how: grow, paint or erase.
        low, high: thresholds, HU or the series' own values; painting keeps to them when `within`.
        within: whether the brush paints only what lies between the thresholds.
        inside: whether a region grows only inside the body; of values that are no HU nobody knows.
        reach_mm: how far a region grows from the click.
        radius_mm: of the brush.
        substance: what the expert takes it to be.
    """

    how: How = How.GROW
    low: float = LOWEST_HU
    high: float = GAS_HU
    within: bool = False
    inside: bool = True
    reach_mm: float = 60.0
    radius_mm: float = 6.0
    substance: Substance = Substance.GAS


@dataclass(frozen=True, eq=False)
class Draft:
    """What is painted so far.

    Attributes:
        region: its voxels; None: none are left.
        seeds: where it was grown from, with the thresholds of then.
        painted: whether a brush changed it since.
        finding_id: of the finding that is changed; None: a new one.
    """

    region: VoxelRegion | None
    seeds: tuple[tuple[Point, float, float], ...] = ()
    painted: bool = False
    finding_id: str | None = None


class PaintTool:
    """Draft of voxels: clicks and strokes add and take away, `keep` records.

    Attributes:
        settings: how voxels are chosen.
        draft: what is painted now.
        trouble: what could not be done, for the strip.
    """

    def __init__(
        self,
        session: Session,
        views: Views,
        work: Work,
        selected: Value[str | None],
        new_id: Callable[[], str],
    ) -> None:
        self._session, self._views, self._work = session, views, work
        self._selected, self._new_id = selected, new_id
        self._before: list[Draft | None] = []
        self._running: Running | None = None
        self._known: tuple[Volume, Inside] | None = None
        self.settings: Value[Settings] = Value(Settings())
        self.draft: Value[Draft | None] = Value(None)
        self.trouble: Event[VirtopsyError] = Event()
        views.volume.subscribe(self._begin)

    @property
    def growing(self) -> bool:
        """Whether a region is growing or being measured in the background."""
        return self._running is not None

    def set(self, **changed: object) -> None:
        """Change settings; gas brings its own threshold, as its source states it."""
        now = replace(self.settings.now, **changed)  # type: ignore[arg-type]  # by their names
        if changed.get("substance") is Substance.GAS:
            now = replace(now, low=LOWEST_HU, high=GAS_HU)
        elif now.substance is Substance.GAS and max(now.low, now.high) > GAS_HU:
            now = replace(now, substance=Substance.UNSTATED)  # what is denser is no gas
        if now.low > now.high:
            now = replace(now, low=now.high, high=now.low)
        self.settings.set(now)

    def value_of(self, at_mm: Point) -> None:
        """Set the thresholds round the value of a voxel."""
        value = self._volume().nearest_value(at_mm)
        if value is not None:
            self.set(low=value - _ROUND_CLICK, high=value + _ROUND_CLICK)

    def grow(self, seed_mm: Point) -> None:
        """Grow from a voxel in the background, and add what it reaches to the draft."""
        if self._running is not None:
            return
        volume, how = self._volume(), self.settings.now

        def job(progress: Progress) -> VoxelRegion:
            return grow(
                volume,
                seed_mm,
                low=how.low,
                high=how.high,
                reach_mm=how.reach_mm,
                inside=self._inside(volume, progress) if how.inside else None,
            )

        def done(found: VoxelRegion) -> None:
            self._running = None
            if self._views.volume.now is volume:
                seed = (seed_mm, how.low, how.high)
                self._put(found, seed)

        self._start("paint.job.grow", job, done)

    def _start(self, label: str, job: Callable[[Progress], T], done: Callable[[T], None]) -> None:
        def failed(error: VirtopsyError) -> None:
            self._running = None
            self.trouble.announce(error)

        def cancelled() -> None:
            self._running = None

        if self._running is None:
            self._running = self._work.start(label, job, done, failed, cancelled=cancelled)

    def _inside(self, volume: Volume, progress: Progress) -> Inside | None:
        """Return what lies inside the body, reckoned once for a scan; called by the job."""
        if volume.quantity is not Quantity.HU:
            return None
        if self._known is None or self._known[0] is not volume:
            self._known = (volume, inside_body(volume, outside_body(volume, progress)))
        return self._known[1]

    def begin_stroke(self) -> None:
        """Remember the draft as it is, so that one step back takes the whole stroke away."""
        self._before.append(self.draft.now)

    def stroke(self, plane: str, at_mm: Point) -> None:
        """Paint or erase a disc on the slice that a plane shows."""
        volume, how = self._volume(), self.settings.now
        turn = self._views.turn.now
        disc = brush(
            volume,
            at_mm,
            np.asarray(facing(Plane(plane), turn).normal),
            radius_mm=how.radius_mm,
            thick_mm=step_mm(volume.frame, Plane(plane), turn),
            between=(how.low, how.high) if how.within else None,
        )
        if disc is None:
            return
        draft = self.draft.now or Draft(None)
        region = draft.region
        if how.how is How.ERASE:
            region = None if region is None else region.without(disc)
        else:
            region = disc if region is None else region.united(disc)
        self.draft.set(replace(draft, region=region, painted=True))

    def take_back(self) -> None:
        """Take the last click or stroke back."""
        if self._before:
            self.draft.set(self._before.pop())

    def edit(self, finding_id: str) -> None:
        """Take a recorded region in hand again."""
        finding = self._region(finding_id)
        self._before.clear()
        self.set(
            substance=finding.substance,
            low=LOWEST_HU if finding.low_hu is None else finding.low_hu,
            high=GAS_HU if finding.high_hu is None else finding.high_hu,
        )
        self.draft.set(Draft(finding.voxels(), painted=True, finding_id=finding_id))

    def keep(self, name: str, cut_off: str = "") -> None:
        """Measure the draft in the background, then record it.

        It becomes a new finding, or a new version of the one that was taken in hand.

        Args:
            name: what a new one is called until the expert renames it.
            cut_off: remark on one that was grown up to the reach and goes on beyond it.

        Raises:
            InputError: nothing is painted.
        """
        draft, volume, how = self.draft.now, self._volume(), self.settings.now
        if draft is None or draft.region is None:
            raise InputError("paint.nothing")

        def done(fields: dict[str, Any]) -> None:
            self._running = None
            if self.draft.now is draft and self._views.volume.now is volume:
                remark = cut_off if draft.region is not None and draft.region.cut_off else ""
                self._record(draft, volume, name, {**fields, "remark": remark})

        self._start("paint.job.measure", lambda _: _fields(draft, volume, how), done)

    def _record(self, draft: Draft, volume: Volume, name: str, fields: dict[str, Any]) -> None:
        finding = (
            self._new(volume, name, fields)
            if draft.finding_id is None
            else _changed(self._region(draft.finding_id), fields)
        )
        command = AddFinding if draft.finding_id is None else ChangeFinding
        try:
            self._session.do(command(finding))
        except VirtopsyError as error:
            self.trouble.announce(error)
            return  # the draft waits for another try
        self.leave()
        self._selected.set(finding.finding_id)

    def leave(self) -> None:
        """Give the draft up, and stop what grows."""
        if self._running is not None:
            self._running.progress.cancel()
        self._before.clear()
        self.draft.set(None)

    def _begin(self, volume: Volume | None) -> None:
        """Begin anew on another scan; without HU nobody knows what a value is."""
        self.leave()
        if volume is not None and volume.quantity is not Quantity.HU:
            low, high = float(volume.voxels.min()), float(volume.voxels.max())
            self.set(substance=Substance.UNSTATED, low=low, high=high, inside=False)

    def _put(self, found: VoxelRegion, seed: tuple[Point, float, float]) -> None:
        self.begin_stroke()
        draft = self.draft.now or Draft(None)
        region = found if draft.region is None else draft.region.united(found)
        self.draft.set(replace(draft, region=region, seeds=(*draft.seeds, seed)))

    def _new(self, volume: Volume, name: str, fields: dict[str, Any]) -> Region:
        source = volume.nearest_source(fields["centre_lps_mm"])
        return Region(
            finding_id=self._new_id(),
            name=name,
            series_uid=volume.identity.series_uid,
            frame_of_reference_uid=volume.identity.frame_of_reference_uid,
            resampled=volume.acquired is not None,
            seen_on_slice="" if source is None else source.sop_uid,
            **fields,
        )

    def _volume(self) -> Volume:
        volume = self._views.volume.now
        if volume is None:
            raise Bug("painting needs a volume")
        return volume

    def _region(self, finding_id: str) -> Region:
        finding = self._session.case.finding(finding_id)
        if not isinstance(finding, Region):
            raise Bug(f"finding {finding_id} is a {finding.kind}, not a region")
        return finding


def _changed(finding: Region, fields: dict[str, Any]) -> Region:
    """Return a region with other voxels; what the expert remarked stays."""
    remark = finding.remark or fields["remark"]
    return replace(finding, **{**fields, "confirmed": False, "remark": remark})


def _fields(draft: Draft, volume: Volume, how: Settings) -> dict[str, Any]:
    """Return what the finding of a draft says of its voxels."""
    if draft.region is None:
        raise Bug("a draft without voxels")
    seed = draft.seeds[0] if len(draft.seeds) == 1 and not draft.painted else None
    between = None if seed is None else seed[1:]
    size = measured(volume, draft.region, between, None if seed is None else seed[0])
    thresholded = bool(draft.seeds) or how.within
    return {
        **packed(draft.region),
        "centre_lps_mm": draft.region.middle(volume),
        "substance": how.substance,
        "how": "painted" if draft.painted else "threshold",
        "low_hu": how.low if thresholded else None,
        "high_hu": how.high if thresholded else None,
        "measured": told(size, volume),
    }


def unit(volume: Volume | None) -> str:
    """Return the unit of the thresholds."""
    return "HU" if volume is None or volume.quantity is Quantity.HU else ""
