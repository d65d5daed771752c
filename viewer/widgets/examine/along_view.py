"""The view along a path, with the slider that turns it about the path."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSignalBlocker, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSlider, QVBoxLayout, QWidget
from typing_extensions import override

from viewer.presenters.examine.along import Followed
from viewer.presenters.tools.forms import At
from viewer.render.path_camera import PathCamera
from viewer.render.path_view import PathRenderer, path_gap_areas
from viewer.render.slice_camera import SectionCamera, direction_letters
from viewer.render.slice_view import SliceRenderer
from viewer.widgets.bind import follow, tip, words
from viewer.widgets.examine import path_paint, path_words, slice_paint
from viewer.widgets.examine.path_pane import PathPane
from viewer.widgets.examine.sheet import FlatSheet, PathSheet
from viewer.widgets.examine.slice_marks import held_tissue
from viewer.widgets.examine.slice_picture import SlicePicture
from viewer.widgets.parts import Parts
from viewer.widgets.plain import PlainLabel
from virtopsy.geometry.camera import Point, as_point
from virtopsy.imaging.volume import Volume

_TURNED_A_PX = math.radians(0.5)
_NEAR_MM = 1.0
_STRAIGHT_COSTS, _BENT_COSTS = 4, 32  # of a sample, in those of a slab


class AlongView(PathPane):
    """The slice along the path; a bent one is straightened."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts, "along")
        self.picture = SlicePicture[PathCamera](self, parts, self.update, _renderer, _dear)
        follow(self, parts.views.shown, self._take_volume)
        self.repaint_with()

    def _take_volume(self, volume: Volume | None) -> None:
        self.picture.take(volume)
        self.update()

    def sheet(self) -> PathSheet | None:
        """Return how the path lies on this widget now; None without one."""
        path = self._along.turned.now
        if path is None:
            return None
        place, closer = self._along.place_mm.now, self._along.closer.now
        camera = PathCamera.following(path, place, closer, *self.device_size)
        return PathSheet(camera, self.devicePixelRatioF())

    @override
    def under(self) -> PathSheet | None:
        return self.sheet()

    @override
    def draw(self, painter: QPainter) -> None:
        sheet, volume, followed = self.sheet(), self._views.shown.now, self._along.followed.now
        if sheet is None or volume is None or followed is None:
            path_paint.instead(painter, self.rect(), self._parts.say("path.nothing"))
            return
        painter.drawImage(self.rect(), self.picture.image(sheet.camera))
        areas = path_gap_areas(volume, sheet.camera, self._views.slab.now)
        slice_paint.hatch(painter, sheet, areas)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        names, entry = path_words.ends(self._parts, followed), followed.begins == "entry"
        path_paint.ends(painter, sheet, followed.path.length_mm, names, entry=entry)
        flat = self._flat(sheet)
        if flat is not None:
            self.marks.paint(painter, flat, without=followed.finding_id)
        kept = self._paint_words(painter, sheet, volume, followed, hatched=bool(areas))
        if flat is not None:
            whose = followed.finding_id
            self.marks.paint_labels(painter, flat, self.picture.grey, kept, whose)

    def _flat(self, sheet: PathSheet) -> FlatSheet | None:
        """Return how the patient lies on the plane along a straight path; None: it is bent."""
        camera = sheet.camera
        if not camera.path.is_straight:
            return None
        right, down = self._axes(camera, (camera.width - 1) / 2)
        middle = camera.to_lps((camera.width - 1) / 2, (camera.height - 1) / 2)
        scale, wide, high = camera.mm_per_pixel, camera.width, camera.height
        section = SectionCamera(right, down, middle, scale, wide, high)
        slab = self._views.slab.now
        return FlatSheet(section, sheet.ratio, _NEAR_MM if slab is None else slab.thickness_mm / 2)

    @staticmethod
    def _axes(camera: PathCamera, x: float) -> tuple[Point, Point]:
        """Return which way right and down are in the patient, in a column of the picture."""
        there = camera.path.at(camera.start_mm + x * camera.mm_per_pixel)
        return as_point(there.ahead[0]), as_point(-there.up[0])

    @override
    def at(self, place: QPointF, keys: Qt.KeyboardModifier) -> At | None:
        sheet = self.sheet()
        if sheet is None:
            return None
        axes = self._axes(sheet.camera, place.x() * sheet.ratio - 0.5)
        at = At(sheet.lps(place), "along", axes)
        return self._parts.points.brought(at, held_tissue(keys))

    def _paint_words(
        self,
        painter: QPainter,
        sheet: PathSheet,
        volume: Volume,
        followed: Followed,
        *,
        hatched: bool,
    ) -> list[QRectF]:
        """Say whose scan it is, where and how it is shown; return the boxes that takes."""
        parts, wide = self._parts, sheet.width
        kept = slice_paint.letters(painter, wide, sheet.height, self.sides(sheet))
        length = parts.say("ui.view.mm", mm=slice_paint.scale_mm(sheet))
        kept.append(slice_paint.scale_bar(painter, sheet, length))
        whose = parts.whose(volume.identity, briefly=slice_paint.is_small(wide))
        kept.append(slice_paint.corner_lines(painter, wide, whose))
        lines = [
            path_words.heading(parts, followed, "along"),
            path_words.place(parts, followed),
            path_words.turned(parts),
            *path_words.shown_how(parts),
        ]
        kept.append(slice_paint.corner_lines(painter, wide, lines, right=True))
        taken = (
            slice_paint.corner_area(wide, whose).bottom(),
            slice_paint.corner_area(wide, lines, right=True).bottom(),
        )
        place_mm = parts.along.place_mm.now
        mm = parts.say("ui.view.mm", mm=parts.number(place_mm))
        path_paint.place(painter, sheet, place_mm, mm, max(taken))
        bent = not followed.path.is_straight
        said = path_words.remarks(parts, volume, bent=bent, hatched=hatched)
        kept.append(slice_paint.remarks(painter, wide, sheet.height, said))
        return kept

    def sides(self, sheet: PathSheet) -> dict[str, str]:
        """Return the orientation letters: left and right of the path's ends, the rest of the place.

        Above and below turn along a bent path.
        """
        path = sheet.camera.path
        ends = path.at((0.0, path.length_mm)).ahead
        column = (self._along.place_mm.now - sheet.camera.start_mm) / sheet.camera.mm_per_pixel
        return {
            "left": direction_letters(-ends[0]),
            "right": direction_letters(ends[1]),
            **sheet.camera.letters_at(column),
        }

    @override
    def press_left(self, place: QPointF) -> None:
        self.drag_left(place)

    @override
    def drag_left(self, place: QPointF) -> None:
        sheet = self.sheet()
        if sheet is not None:
            self._along.go(sheet.arc_mm(place.x()))

    @override
    def drag_middle(self, moved: QPointF) -> None:
        # Down brings what lies above towards the reader, as a log is rolled.
        self._along.turn(self._along.angle.now - moved.y() * _TURNED_A_PX)


class AlongPanel(QFrame):
    """The view along the path over its slider.

    Attributes:
        view: the view.
    """

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self.view = AlongView(parts)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.view, 1)
        column.addWidget(_turning(self, parts))


def _turning(panel: QWidget, parts: Parts) -> QWidget:
    """Return the slider that turns the picture about the path, degrees, with its word."""
    row = QFrame()
    row.setObjectName("panel")
    label = PlainLabel()
    label.setProperty("role", "quiet")
    words(label, parts.language, label.setText, "path.turn")
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setObjectName("path.turn")
    slider.setRange(-180, 180)
    slider.setPageStep(15)
    tip(slider, parts.language, "path.turn.tip")
    slider.valueChanged.connect(lambda degrees: parts.along.turn(math.radians(degrees)))
    box = QHBoxLayout(row)
    box.setContentsMargins(10, 3, 10, 3)
    box.addWidget(label)
    box.addWidget(slider, 1)

    def show(angle: float) -> None:
        with QSignalBlocker(slider):
            slider.setValue(round(math.degrees(angle)))

    follow(panel, parts.along.angle, show)
    follow(panel, parts.along.followed, lambda followed: row.setEnabled(followed is not None))
    return row


def _renderer(volume: Volume) -> PathRenderer:
    return PathRenderer(SliceRenderer(volume))


def _dear(camera: PathCamera) -> int:
    """Return what a sample costs: while a picture turns it must not keep the window waiting."""
    return _STRAIGHT_COSTS if camera.path.is_straight else _BENT_COSTS
