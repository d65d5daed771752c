"""One slice view: paints its picture and words, and hands mouse and keys on."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from viewer.presenters.tools.forms import At
from viewer.presenters.tools.kept import key_picture
from viewer.render.gaps import gap_areas, gap_words
from viewer.render.slice_camera import SliceCamera
from viewer.render.slice_view import SliceRenderer
from viewer.widgets.bind import follow, hear
from viewer.widgets.examine import crosshair_paint, path_paint, slice_man, slice_paint, slice_words
from viewer.widgets.examine.mark_menu import open_menu
from viewer.widgets.examine.resting_mouse import RestingMouse
from viewer.widgets.examine.slice_loupe import SliceLoupe
from viewer.widgets.examine.slice_masks import SliceMasks
from viewer.widgets.examine.slice_mouse import SliceMouse
from viewer.widgets.examine.slice_paint import COURT_PX, NEAR_MM, Sheet
from viewer.widgets.examine.slice_picture import SlicePicture
from viewer.widgets.keyboard import pressed
from viewer.widgets.parts import Parts
from viewer.widgets.theme import TEXT_PX
from virtopsy.geometry.camera import Point, as_point
from virtopsy.geometry.plane import Plane, step_mm
from virtopsy.imaging.volume import Volume

_PAGE = 10
_CLICKING = {"trajectory", "region", "volume"}  # a second click soon after is the tool's own
_SCROLL_KEYS = {
    Qt.Key.Key_Up: 1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Down: -1,
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_PageUp: _PAGE,
    Qt.Key.Key_PageDown: -_PAGE,
}
_END_KEYS = {Qt.Key.Key_Home: False, Qt.Key.Key_End: True}
_REMOVE_KEYS = {Qt.Key.Key_Delete, Qt.Key.Key_Backspace}
_WINDOW_KEYS = {Qt.Key(Qt.Key.Key_1.value + n): n + 1 for n in range(9)}


class SliceWidget(QWidget):
    """Axial, coronal or sagittal.

    Attributes:
        worded: the boxes that words, letters and scale took when it was painted last.
        man: where the little man was painted then; None: there was no room.
    """

    def __init__(self, parts: Parts, plane: str) -> None:
        super().__init__()
        self.setObjectName(f"view.{plane}")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setMinimumSize(120, 90)
        self._parts = parts
        self._views = parts.views
        self.plane = plane
        self.picture = SlicePicture[SliceCamera](self, parts, self.update, SliceRenderer)
        self._rest = RestingMouse(self, parts.views, self._lps_mm)
        self.mouse = SliceMouse(parts, plane, self.sheet, self.update, self._open_menu)
        self.masks = SliceMasks(parts)
        self.loupe = SliceLoupe(
            parts, self, self.sheet, lambda: self.picture.renderer, self._paint_marks
        )
        self._presenting = False
        self.worded: tuple[QRectF, ...] = ()
        self.man: QRectF | None = None
        self._follow()

    def _follow(self) -> None:
        views, parts = self._views, self._parts
        follow(self, views.shown, self._take_volume)
        follow(self, views.position, self._again, now=False)
        follow(self, views.window, self._again, now=False)
        follow(self, views.look[self.plane], self._again, now=False)
        follow(self, views.turn, self._again, now=False)
        follow(self, views.slab, self._again, now=False)
        follow(self, views.smooth, self._again, now=False)
        follow(self, views.fitted, self._again, now=False)
        follow(self, views.echo, self._again, now=False)
        follow(self, parts.marks.shown, self._again, now=False)
        follow(self, parts.points.draft, self._again, now=False)
        follow(self, parts.along.points, self._again, now=False)
        follow(self, parts.along.ahead, self._again, now=False)
        follow(self, parts.along.followed, self._again, now=False)
        follow(self, parts.region.regions, self._again, now=False)
        follow(self, parts.region.selected, self._again, now=False)
        follow(self, parts.findings.hidden, self._again, now=False)
        follow(self, parts.paint.draft, self._again, now=False)
        follow(self, parts.language, self._again, now=False)
        follow(self, parts.subject.stated, self._again, now=False)
        follow(self, parts.tool, self._show_tool)
        follow(self, parts.loupe, self._show_tool, now=False)
        hear(self, parts.session.changed, self._again)

    def _again(self, _: object) -> None:
        self._rest.again()
        self.update()

    def _take_volume(self, volume: Volume | None) -> None:
        self.picture.take(volume)
        self._again(volume)

    def _show_tool(self, _: object) -> None:
        shape = Qt.CursorShape.SizeAllCursor
        if self._parts.loupe.now:
            shape = Qt.CursorShape.BlankCursor  # it would lie on what the loupe is held over
        elif self._parts.tool.now != "window":
            shape = Qt.CursorShape.CrossCursor
        self.setCursor(shape)

    def set_presenting(self, presenting: bool) -> None:
        """Show a court the picture alone, sides in full words, or undo that."""
        self._presenting = presenting
        self.update()

    # what is seen

    def sheet(self) -> Sheet | None:
        """Return how the patient lies on this widget now; None without a scan."""
        volume = self._views.shown.now
        if volume is None:
            return None
        ratio = self.devicePixelRatioF()
        width, height = max(round(self.width() * ratio), 1), max(round(self.height() * ratio), 1)
        plane, turn = Plane(self.plane), self._views.turn.now
        centre = self._views.centre_of(self.plane)
        scale = self._views.look[self.plane].now.mm_per_pixel
        if scale is None:
            whole = self._views.fitted.now or volume.frame
            fitted = SliceCamera.fit(whole, plane, centre, width, height, turn)
            device_scale = fitted.mm_per_pixel
        else:
            device_scale = scale / ratio
        camera = SliceCamera(plane, centre, device_scale, width, height, turn)
        slab = self._views.slab.now
        thick = step_mm(volume.frame, plane, turn) if slab is None else slab.thickness_mm
        near = max(thick / 2, NEAR_MM)
        return Sheet(camera, ratio, near)

    def _lps_mm(self, place: QPointF) -> Point | None:
        sheet = self.sheet()
        return None if sheet is None else sheet.lps(place)

    @override
    def sizeHint(self) -> QSize:
        return QSize(480, 320)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(0, 0, 0))
        sheet = self.sheet()
        volume = self._views.shown.now
        if sheet is None or volume is None:
            painter.end()
            return
        painter.drawImage(self.rect(), self.picture.image(sheet.camera))
        areas = gap_areas(volume, sheet.camera, self._views.slab.now)
        slice_paint.hatch(painter, sheet, areas)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        turned, position = self.mouse.turning, self._views.position.now
        rings = not self._presenting
        crosshair_paint.crosshair(painter, sheet, position, turned=turned, rings=rings)
        if self._views.echo.now is not None:
            crosshair_paint.echo(painter, sheet, self._views.echo.now)
        self._paint_marks(painter, sheet)
        kept = self._paint_words(painter, sheet, volume)
        kept += self._paint_remarks(painter, sheet, volume, hatched=bool(areas))
        self.worded = tuple(kept)
        self.man = slice_man.room(sheet, kept, court=self._presenting)
        if self.man is not None:
            slice_man.paint(painter, sheet, self.man)
            kept.append(self.man)
        if self._presenting:
            self.mouse.marks.paint_numbers(painter, sheet, self.picture.grey, kept, COURT_PX)
        else:
            kept += crosshair_paint.turn_rings(sheet, position)
            self.mouse.marks.paint_labels(painter, sheet, self.picture.grey, kept)
            self.mouse.regions.paint_numbers(painter, sheet, self.picture.grey, kept)
        painter.end()

    def _paint_marks(self, painter: QPainter, sheet: Sheet) -> None:
        self.masks.paint(painter, sheet)
        self.mouse.marks.paint(painter, sheet)
        if not self._presenting:
            along = self._parts.along
            path_paint.drawn(painter, sheet, along.on_slices, along.points.now)
            self.mouse.regions.paint_outlines(painter, sheet)

    def _paint_words(self, painter: QPainter, sheet: Sheet, volume: Volume) -> list[QRectF]:
        """Say whose scan it is and how it lies; return the boxes that takes."""
        say, identity = self._parts.say, volume.identity
        sides = sheet.camera.letters()
        length = say("ui.view.mm", mm=slice_paint.scale_mm(sheet))
        if self._presenting:
            court = slice_paint.sides_in_words(sides, self._parts.language.now)
            kept = slice_paint.letters(painter, sheet.width, sheet.height, court, COURT_PX)
            return [*kept, slice_paint.scale_bar(painter, sheet, length, COURT_PX)]
        kept = slice_paint.letters(painter, sheet.width, sheet.height, sides)
        kept.append(slice_paint.scale_bar(painter, sheet, length))
        small = slice_paint.is_small(sheet.width)
        whose = self._parts.whose(identity, briefly=small)
        kept.append(slice_paint.corner_lines(painter, sheet.width, whose))
        lines = [
            say(f"render.plane.{self.plane}"),
            *slice_words.position_words(self._parts, self.plane),
            *slice_words.shown_how(self._parts, self.plane),
        ]
        kept.append(slice_paint.corner_lines(painter, sheet.width, lines, right=True))
        return kept

    def _paint_remarks(
        self, painter: QPainter, sheet: Sheet, volume: Volume, *, hatched: bool
    ) -> list[QRectF]:
        """Say what must be known of the picture; return the boxes that takes."""
        kept = []
        words = gap_words(volume, sheet.camera, self._parts.language.now)
        if slice_words.awaited(self._parts, self.plane, volume):
            words = self._parts.say("ui.view.arriving")
        if slice_words.beyond(self._parts, self.plane, volume):
            words = self._parts.say("compare.beyond")
        if words:
            kept.append(slice_paint.notice(painter, sheet, words))
        unsaid = hatched and not words
        lines = slice_words.remarks(
            self._parts, self.plane, volume, court=self._presenting, hatched=unsaid
        )
        if self.mouse.marks.may_confirm(sheet) and not self._presenting:
            lines.append(self._parts.say("marking.ask_source"))
        size = COURT_PX if self._presenting else TEXT_PX
        kept.append(slice_paint.remarks(painter, sheet.width, sheet.height, lines, size))
        return kept

    # what is done

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.mouse.press(event)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.mouse.move(event)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.mouse.release(event)

    def _open_menu(self, finding_id: str, at: QPointF) -> None:
        open_menu(self._parts, self, finding_id, self.mapToGlobal(at.toPoint()))

    def keep_key_picture(self) -> None:
        """Keep the slice as it is seen as a key picture."""
        sheet = self.sheet()
        if sheet is not None and self._views.volume.now is not None:
            camera = sheet.camera
            axes = (as_point(camera.right_mm), as_point(camera.down_mm))
            height_mm = camera.height * camera.mm_per_pixel
            at = At(camera.centre_mm, self.plane, axes)
            points, views = self._parts.points, self._views
            kept = key_picture(points.maker, views, at, height_mm)
            self._parts.attempt(lambda: points.keep(kept))

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.mouse.double_click(event):
            return
        left = event.button() == Qt.MouseButton.LeftButton
        if left and self._parts.tool.now == "path":
            self._parts.finish_path()  # its first press has marked the last point
        elif left and self._parts.tool.now not in _CLICKING:
            self._full_view()
        else:
            self.mouse.press(event)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        self.mouse.wheel(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = pressed(event)
        if self._views.shown.now is None:
            super().keyPressEvent(event)
            return
        if key == Qt.Key.Key_C:
            self._parts.reading.cine.toggle(self._views, self.plane)
            return
        self._parts.reading.use(self.plane)
        if key in _SCROLL_KEYS:
            self._views.scroll(self.plane, _SCROLL_KEYS[key])
        elif key in _END_KEYS:
            self._parts.reading.go_to_end(self.plane, last=_END_KEYS[key])
        elif key in _WINDOW_KEYS:
            self._parts.reading.choose_window(_WINDOW_KEYS[key])
        elif key in _REMOVE_KEYS and self._parts.region.selected.now is not None:
            self._parts.region.remove()
        elif key == Qt.Key.Key_I:
            self._views.smooth.set(not self._views.smooth.now)
        elif key == Qt.Key.Key_F:
            self._full_view()
        elif key == Qt.Key.Key_Space:
            self._views.reset()
        else:
            super().keyPressEvent(event)

    def _full_view(self) -> None:
        if self._presenting:
            return  # a court sees what the stop says
        full = self._views.layout.now == self.plane
        self._views.layout.set("all" if full else self.plane)
