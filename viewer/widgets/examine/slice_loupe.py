"""The loupe of one slice view: the place under the mouse, three times as large.

What it shows is rendered for it from the voxels, at its own scale; it is no enlarged screen.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QBrush,
    QEnterEvent,
    QImage,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from viewer.render.gaps import gap_areas
from viewer.render.slice_camera import SliceCamera
from viewer.widgets.bind import follow
from viewer.widgets.examine import slice_paint
from viewer.widgets.examine.slice_paint import Sheet
from viewer.widgets.examine.slice_picture import Renderer
from viewer.widgets.parts import Parts
from viewer.widgets.theme import picture_colour, text_font

TIMES = 3
_SIDE_PX = 190  # of the loupe, at most
_SHARE = 0.62  # of the smaller side of the view
_CROSS_PX, _CROSS_GAP_PX = 9.0, 3.0
Overlay: TypeAlias = Callable[[QPainter, Sheet], None]


class SliceLoupe(QWidget):
    """Lies on a slice round the mouse, whose middle is always the place under it.

    Args:
        parts: the presenters.
        view: the slice view it lies on.
        sheet: how the patient lies on that view now.
        renderer: of the shown volume.
        overlay: draws what is marked on the slice.
    """

    def __init__(
        self,
        parts: Parts,
        view: QWidget,
        sheet: Callable[[], Sheet | None],
        renderer: Callable[[], Renderer[SliceCamera] | None],
        overlay: Overlay,
    ) -> None:
        super().__init__(view)
        self.setObjectName("loupe")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self._parts, self._view = parts, view
        self._sheet, self._renderer, self._overlay = sheet, renderer, overlay
        self._at: QPointF | None = None
        self.hide()
        view.installEventFilter(self)
        views = parts.views
        follow(self, views.window, self._again, now=False)
        follow(self, views.slab, self._again, now=False)
        follow(self, views.smooth, self._again, now=False)
        follow(self, views.position, self._again, now=False)
        follow(self, views.turn, self._again, now=False)
        follow(self, views.shown, self._again, now=False)
        follow(self, parts.loupe, self._again)

    def camera(self) -> SliceCamera | None:
        """Return what the loupe shows; None while it shows nothing."""
        sheet = self._sheet()
        if sheet is None or self._at is None:
            return None
        of = sheet.camera
        side = max(round(self.width() * sheet.ratio), 1)
        centre = sheet.lps(self._at)
        return SliceCamera(of.plane, centre, of.mm_per_pixel / TIMES, side, side, of.turn)

    def _again(self, _: object) -> None:
        self._place()
        self.update()

    def _place(self) -> None:
        """Lie round the mouse, or be gone."""
        shown = self._parts.loupe.now and self._at is not None and self._sheet() is not None
        if not shown or self._at is None:
            self.hide()
            return
        view = self._view
        side = min(_SIDE_PX, round(_SHARE * min(view.width(), view.height())))
        self.setGeometry(round(self._at.x() - side / 2), round(self._at.y() - side / 2), side, side)
        self.show()
        self.raise_()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QEnterEvent) or (
            isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseMove
        ):
            self._at = event.position()
            self._again(None)
        elif event.type() == QEvent.Type.Leave:
            self._at = None
            self._place()
        return False

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        camera, renderer, sheet = self.camera(), self._renderer(), self._sheet()
        if camera is None or renderer is None or sheet is None:
            return
        views, box = self._parts.views, QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        values = renderer.values(camera, views.slab.now, smooth=views.smooth.now)
        grey = np.ascontiguousarray(renderer.grey(values, views.window.now))
        side = camera.width
        own = Sheet(camera, sheet.ratio, sheet.near_mm)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        round_it = QPainterPath()
        round_it.addEllipse(box)
        painter.setClipPath(round_it)
        painter.drawImage(
            self.rect(), QImage(grey.data, side, side, side, QImage.Format.Format_Grayscale8)
        )
        slice_paint.hatch(painter, own, gap_areas(renderer.volume, camera, views.slab.now))
        self._overlay(painter, own)
        self._mark(painter, box)
        painter.setClipping(False)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(picture_colour("accent"), 2.0))
        painter.drawEllipse(box)
        painter.end()

    def _mark(self, painter: QPainter, box: QRectF) -> None:
        """Draw a cross whose middle stays free, and say how much larger it is."""
        middle = QPointF(self.width() / 2, self.height() / 2)
        for tint, wide in ((QBrush(Qt.GlobalColor.black), 3.0), (picture_colour("accent"), 1.2)):
            painter.setPen(QPen(tint, wide))
            for along in (QPointF(1, 0), QPointF(-1, 0), QPointF(0, 1), QPointF(0, -1)):
                painter.drawLine(middle + along * _CROSS_GAP_PX, middle + along * _CROSS_PX)
        painter.setFont(text_font(bold=True))
        times = f"{TIMES}\u00d7"
        wide = painter.fontMetrics().horizontalAdvance(times)
        place = QPointF(middle.x() - wide / 2, box.bottom() - 8)
        slice_paint.text(painter, place, times, picture_colour("text"))
