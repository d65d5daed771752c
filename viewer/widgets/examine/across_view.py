"""The view across a path: the slice at right angles to it, seen the way the path goes."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter
from typing_extensions import override

from viewer.presenters.examine.along import Followed
from viewer.presenters.tools.forms import At
from viewer.render.gaps import gap_areas, gap_words
from viewer.render.path_camera import BESIDE_MM, section_across
from viewer.render.slice_camera import SectionCamera
from viewer.render.slice_view import SliceRenderer
from viewer.widgets.bind import follow
from viewer.widgets.examine import path_paint, path_words, slice_paint
from viewer.widgets.examine.path_pane import PathPane
from viewer.widgets.examine.sheet import FlatSheet
from viewer.widgets.examine.slice_picture import SlicePicture
from viewer.widgets.parts import Parts
from virtopsy.imaging.volume import Volume

_GRAB_PX = 9.0
_NEAR_MM = 1.0


class AcrossView(PathPane):
    """The path goes into the picture in its middle; a ring turns the view along the path."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts, "across")
        self.picture = SlicePicture[SectionCamera](self, parts, self.update, SliceRenderer)
        self._turning = 0.0
        self.turning = False
        follow(self, parts.views.shown, self._take_volume)
        self.repaint_with()

    def _take_volume(self, volume: Volume | None) -> None:
        self.picture.take(volume)
        self.update()

    def camera(self) -> SectionCamera | None:
        """Return which pixels of which plane are shown; None without a path."""
        followed = self._along.followed.now
        if followed is None:
            return None
        width, height = self.device_size
        scale = 2 * BESIDE_MM / min(width, height) / self._along.closer.now
        return section_across(followed.path, self._along.place_mm.now, scale, width, height)

    @override
    def under(self) -> FlatSheet | None:
        camera = self.camera()
        return None if camera is None else self._sheet(camera)

    def _sheet(self, camera: SectionCamera) -> FlatSheet:
        slab = self._views.slab.now
        thick = 0.0 if slab is None else slab.thickness_mm / 2
        return FlatSheet(camera, self.devicePixelRatioF(), max(thick, _NEAR_MM))

    @override
    def draw(self, painter: QPainter) -> None:
        camera, volume, followed = self.camera(), self._views.shown.now, self._along.followed.now
        if camera is None or volume is None or followed is None:
            return
        sheet = self._sheet(camera)
        painter.drawImage(self.rect(), self.picture.image(camera))
        areas = gap_areas(volume, camera, self._views.slab.now)
        slice_paint.hatch(painter, sheet, areas)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.marks.paint(painter, sheet, without=followed.finding_id)
        path_paint.cut(painter, sheet, self._along.angle.now, turned=self.turning)
        path_paint.crosshair(painter, sheet, self._views.position.now)
        kept = self._paint_words(painter, sheet, camera, volume, followed)
        missing = gap_words(volume, camera, self._parts.language.now)
        if missing:
            kept.append(slice_paint.notice(painter, sheet, missing))
        hatched = bool(areas) and not missing
        said = path_words.remarks(self._parts, volume, bent=False, hatched=hatched)
        kept.append(slice_paint.remarks(painter, sheet.width, sheet.height, said))
        whose = followed.finding_id
        self.marks.paint_labels(painter, sheet, self.picture.grey, kept, whose)

    def _paint_words(
        self,
        painter: QPainter,
        sheet: FlatSheet,
        camera: SectionCamera,
        volume: Volume,
        followed: Followed,
    ) -> list[QRectF]:
        """Say whose scan it is and where; return the boxes that takes."""
        parts = self._parts
        kept = slice_paint.letters(painter, sheet.width, sheet.height, camera.letters())
        length = parts.say("ui.view.mm", mm=slice_paint.scale_mm(sheet))
        kept.append(slice_paint.scale_bar(painter, sheet, length))
        whose = parts.whose(volume.identity, briefly=slice_paint.is_small(sheet.width))
        kept.append(slice_paint.corner_lines(painter, sheet.width, whose))
        lines = [
            path_words.heading(parts, followed, "across"),
            parts.say("ui.view.mm", mm=parts.number(self._along.place_mm.now)),
            *path_words.shown_how(parts),
        ]
        kept.append(slice_paint.corner_lines(painter, sheet.width, lines, right=True))
        return kept

    @override
    def at(self, place: QPointF, keys: Qt.KeyboardModifier) -> At | None:
        sheet = self.under()
        return None if sheet is None else self.marks.at(sheet, place, keys)

    @override
    def press_left(self, place: QPointF) -> None:
        sheet = self.under()
        if sheet is None:
            return
        handles = path_paint.cut_handles(sheet, self._along.angle.now)
        for at, half in zip(handles, (0.0, math.pi), strict=True):
            if math.hypot(at.x() - place.x(), at.y() - place.y()) <= _GRAB_PX:
                self.turning, self._turning = True, half
                return
        self.drag_left(place)

    @override
    def drag_left(self, place: QPointF) -> None:
        sheet = self.under()
        if sheet is None:
            return
        if self.turning:
            self._along.turn(path_paint.angle_at(sheet, place) + self._turning)
        else:
            self._views.go(sheet.lps(place))

    @override
    def let_go(self) -> None:
        self.turning = False
        self.update()
