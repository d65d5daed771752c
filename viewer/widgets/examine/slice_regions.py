"""The regions of one slice view: painted with their statistics, drawn and dragged by the mouse."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QPainter

from viewer.presenters.tools.region_words import region_lines
from viewer.widgets.examine import region_paint
from viewer.widgets.examine.slice_paint import Sheet
from viewer.widgets.parts import Parts
from virtopsy.imaging.roi import Outline


class SliceRegions:
    """The regions on one plane.

    Args:
        parts: the presenters.
        plane: of the slice.
    """

    def __init__(self, parts: Parts, plane: str) -> None:
        self._parts, self._plane = parts, plane

    def press(self, sheet: Sheet, place: QPointF, keys: Qt.KeyboardModifier) -> bool:
        """Take the region under the mouse, or begin another; False while nothing can be drawn."""
        tool = self._parts.region
        found = region_paint.taken(sheet, tool.seen(self._plane), tool.selected.now, place)
        if found is not None:
            number, handle = found
            tool.take(number, sheet.lps(place), handle)
        else:
            alone = bool(keys & Qt.KeyboardModifier.AltModifier)
            tool.begin(self._plane, sheet.lps(place), Outline.RECTANGLE if alone else None)
        return tool.dragging

    def drag(self, sheet: Sheet, place: QPointF, keys: Qt.KeyboardModifier) -> None:
        """Follow the mouse; with Shift as high as wide."""
        equal = bool(keys & Qt.KeyboardModifier.ShiftModifier)
        self._parts.region.pull(sheet.lps(place), equal=equal)

    def paint_outlines(self, painter: QPainter, sheet: Sheet) -> None:
        """Draw the lines round the regions."""
        tool = self._parts.region
        for one in tool.seen(self._plane):
            chosen = one.number == tool.selected.now
            region_paint.outline(painter, sheet, one.region, selected=chosen)

    def paint_numbers(
        self, painter: QPainter, sheet: Sheet, grey: NDArray[np.uint8], kept: Sequence[QRectF]
    ) -> None:
        """Write what the regions hold where it covers least; their mean alone where room is short.

        Args:
            painter: of the view.
            sheet: how the patient lies on it.
            grey: (height, width) the picture.
            kept: boxes that are to stay free.
        """
        tool, parts = self._parts.region, self._parts
        seen = tool.seen(self._plane)
        boxes = [region_paint.around(sheet, one.region) for one in seen]
        busy = list(kept)
        slab = parts.views.slab.now is not None
        for one, beside in zip(seen, boxes, strict=True):
            found = tool.statistics(one)
            lines = region_lines(one.region, found, parts.language.now, slab=slab)
            view, others = QSizeF(sheet.width, sheet.height), [b for b in boxes if b is not beside]
            for shown, free in ((lines, [*busy, *others]), (lines[:1], busy)):
                size = region_paint.label_size(shown)
                box = region_paint.label_box(size, beside, view, grey, free)
                if box is not None:
                    region_paint.label(painter, sheet, one.region, shown, box)
                    busy.append(box)
                    break
