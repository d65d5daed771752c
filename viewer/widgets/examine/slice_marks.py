"""The findings on one flat view: painted with their labels, found under the mouse, dragged."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from viewer.presenters.tools.forms import At
from viewer.presenters.tools.marks import Mark
from viewer.widgets.examine import label_paint, mark_paint, profile_paint
from viewer.widgets.examine.label_paint import Label
from viewer.widgets.examine.mark_paint import Cloud
from viewer.widgets.examine.sheet import FlatSheet
from viewer.widgets.parts import Parts
from virtopsy.geometry.camera import as_point

_GRAB_PX = 9.0
_LINE_PX = 4.5
_SNAP_KEYS = {
    Qt.KeyboardModifier.ShiftModifier: "bone",
    Qt.KeyboardModifier.ControlModifier: "skin",
}


def held_tissue(keys: Qt.KeyboardModifier) -> str:
    """Return the surface that a held key brings a click to; empty: none."""
    return next((tissue for key, tissue in _SNAP_KEYS.items() if keys & key), "")


def told(parts: Parts, mark: Mark) -> str:
    """Return what is told of a draft: its number, and the surface it was brought to."""
    on = parts.say(f"marking.on.{mark.snapped}") if mark.snapped else ""
    return " · ".join(one for one in (mark.told, on) if one)


class SliceMarks:
    """The marks on one view.

    Args:
        parts: the presenters.
        view: name of it, as findings keep it.

    Attributes:
        labels: where they stood when they were painted last.
    """

    def __init__(self, parts: Parts, view: str) -> None:
        self._parts, self._view = parts, view
        self.labels: list[Label] = []
        self._cloud = Cloud(())

    # what is seen

    def _seen(self, sheet: FlatSheet) -> list[tuple[Mark, float]]:
        """Return the marks that a picture shows, with how far they lie from it."""
        marks = self._parts.marks.shown.now
        if self._cloud.marks is not marks:
            self._cloud = Cloud(marks)
        return self._cloud.seen(sheet)

    def paint(self, painter: QPainter, sheet: FlatSheet, without: str | None = None) -> None:
        """Draw the marks without their labels; one finding may be left out."""
        for one, _ in self._seen(sheet):
            if one.finding_id is None or one.finding_id != without:
                mark_paint.paint(painter, sheet, one)

    def paint_labels(
        self,
        painter: QPainter,
        sheet: FlatSheet,
        grey: NDArray[np.uint8],
        kept: list[QRectF],
        without: str | None = None,
    ) -> None:
        """Write numbers and names in the margins, and what is being marked beside the mouse.

        Args:
            painter: of the view.
            sheet: how the patient lies on it.
            grey: (height, width) the picture.
            kept: boxes that stay free; those of the labels are added.
            without: a finding that has no label.
        """
        named = [pair for pair in self._seen(sheet) if pair[0].finding_id != without]
        self.labels = label_paint.labels(sheet, named, grey, kept)
        label_paint.paint(painter, self.labels)
        kept += [one.box for one in self.labels]
        self._paint_profile(painter, sheet, kept)
        view = QRectF(0, 0, sheet.width, sheet.height)
        for one in self._parts.marks.shown.now:
            words = told(self._parts, one)
            if one.view == self._view and words:
                mark_paint.told_beside(painter, view, one, sheet.place(one.points[-1]), words)

    def paint_numbers(
        self,
        painter: QPainter,
        sheet: FlatSheet,
        grey: NDArray[np.uint8],
        kept: list[QRectF],
        pixels: int,
    ) -> None:
        """Write numbers alone, as a court reads them; nothing can be taken hold of."""
        self.labels = []
        numbers = label_paint.labels(sheet, self._seen(sheet), grey, kept, pixels)
        label_paint.paint(painter, numbers, pixels)

    def _paint_profile(self, painter: QPainter, sheet: FlatSheet, kept: list[QRectF]) -> None:
        profile = self._parts.marks.profile
        if profile is not None:
            box = profile_paint.room(sheet, kept)
            if box is not None:
                profile_paint.paint(painter, box, profile, self._parts)
                kept.append(box)

    # what is done

    def may_confirm(self, sheet: FlatSheet) -> bool:
        """Tell whether a click here says that this source slice shows what was marked."""
        draft, none = self._parts.points.draft.now, Qt.KeyboardModifier.NoModifier
        if draft is None or not draft.asked:
            return False
        return self._parts.points.maker.acquired(self.at(sheet, QPointF(), none))

    def at(self, sheet: FlatSheet, place: QPointF, keys: Qt.KeyboardModifier) -> At:
        """Return the place under the mouse, brought to the surface that is asked for."""
        camera = sheet.camera
        axes = (as_point(camera.right_mm), as_point(camera.down_mm))
        at = At(sheet.lps(place), self._view, axes)
        return self._parts.points.brought(at, held_tissue(keys))

    def handle_at(self, sheet: FlatSheet, place: QPointF) -> tuple[str, int] | None:
        """Return the finding and the place of an unlocked one under the mouse."""
        for one in self._parts.marks.shown.now:
            if not one.unlocked or one.finding_id is None:
                continue
            for number, lps in enumerate(one.points):
                if sheet.is_near(lps) and _apart(sheet.place(lps), place) <= _GRAB_PX:
                    return one.finding_id, number
        return None

    def label_at(self, place: QPointF) -> str | None:
        """Return the finding whose label is under the mouse."""
        for one in self.labels:
            if one.box.contains(place):
                return one.mark.finding_id
        return None

    def mark_at(self, sheet: FlatSheet, place: QPointF) -> str | None:
        """Return the finding whose label, point or line is under the mouse."""
        found = self.label_at(place)
        if found is not None:
            return found
        for one in self._parts.marks.shown.now:
            if one.finding_id is not None and _is_on(sheet, one, place):
                return one.finding_id
        return None


def _is_on(sheet: FlatSheet, mark: Mark, place: QPointF) -> bool:
    points: Sequence[QPointF] = [sheet.place(one) for one in mark.points if sheet.is_near(one)]
    if any(_apart(one, place) <= _GRAB_PX for one in points):
        return True
    parts = [part for line in mark.lines for part in mark_paint.near_parts(sheet, line)]
    return any(_beside(start, end, place) <= _LINE_PX for start, end in parts)


def _beside(start: QPointF, end: QPointF, place: QPointF) -> float:
    """Return the distance of a place from a piece of a line, px."""
    along, off = end - start, place - start
    length = along.x() ** 2 + along.y() ** 2
    share = 0.0 if length == 0 else (off.x() * along.x() + off.y() * along.y()) / length
    return _apart(start + along * min(max(share, 0.0), 1.0), place)


def _apart(one: QPointF, other: QPointF) -> float:
    return math.hypot(one.x() - other.x(), one.y() - other.y())
