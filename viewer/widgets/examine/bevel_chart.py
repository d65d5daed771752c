"""How wide a hole in bone is from the outer table to the inner one, drawn for the expert to judge.

It stands beside the grounds; it says neither entry nor exit.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from viewer.widgets.bind import follow
from viewer.widgets.parts import Parts
from viewer.widgets.theme import colour, text_font
from virtopsy.imaging.bevel import Bevel

_HIGH_PX, _LEFT_PX, _BELOW_PX, _ABOVE_PX = 110, 30.0, 18.0, 24.0
_ROUND_MM = 2.0


class BevelChart(QWidget):
    """The radius of one hole against depth: each direction thin, their mean thick.

    Args:
        parts: the presenters.
        end: which end of the track (0 or 1) the hole belongs to.
    """

    def __init__(self, parts: Parts, end: int) -> None:
        super().__init__()
        self.setObjectName(f"bevel.{end}")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_HIGH_PX)
        self._parts, self._end = parts, end
        self._bevel: Bevel | None = None
        self._stated: bool | None = None
        follow(self, parts.language, lambda _: self.update(), now=False)
        follow(self, parts.theme, lambda _: self.update(), now=False)

    def show_bevel(self, bevel: Bevel | None, *, entry: bool | None) -> None:
        """Show a hole, or nothing.

        Args:
            bevel: its radius against depth.
            entry: whether a person stated it to be the entry; None: nobody stated anything.
        """
        self._bevel, self._stated = bevel, entry
        self.setVisible(bevel is not None)
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(180, _HIGH_PX)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._bevel is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        field = QRectF(
            _LEFT_PX, _ABOVE_PX, self.width() - _LEFT_PX - 6, _HIGH_PX - _ABOVE_PX - _BELOW_PX
        )
        largest = np.nanmax(self._bevel.radius_mm) if self._bevel.seen else _ROUND_MM
        top = float(np.ceil(largest / _ROUND_MM) * _ROUND_MM)
        self._axes(painter, field, top)
        for one in self._bevel.radius_mm:
            self._line(painter, field, one, top, QPen(colour("quiet", 110), 0.8))
        self._line(painter, field, self._bevel.mean_mm, top, QPen(colour("accent"), 2.2))
        painter.end()

    def _axes(self, painter: QPainter, field: QRectF, top: float) -> None:
        say = self._parts.say
        painter.setFont(text_font(12))
        metrics = QFontMetricsF(painter.font())
        painter.setPen(QPen(colour("line"), 1.0))
        for share in (0.0, 0.5, 1.0):
            y = field.bottom() - share * field.height()
            painter.drawLine(QPointF(field.left(), y), QPointF(field.right(), y))
        painter.setPen(colour("quiet"))
        for share in (0.0, 0.5, 1.0):
            words = self._parts.number(share * top, 0 if share != 0.5 or top % 2 == 0 else 1)
            y = field.bottom() - share * field.height() + metrics.capHeight() / 2
            x = field.left() - 5 - metrics.horizontalAdvance(words)
            painter.drawText(QPointF(x, y), words)
        below = self.height() - metrics.descent() - 1
        painter.drawText(QPointF(field.left(), below), say("workshop.bevel.outer"))
        inner = say("workshop.bevel.inner")
        painter.drawText(QPointF(field.right() - metrics.horizontalAdvance(inner), below), inner)
        painter.setPen(colour("text"))
        stated = {None: "unstated", True: "entry", False: "exit"}[self._stated]
        title = say("workshop.bevel.title", end=say(f"workshop.bevel.{stated}", n=self._end + 1))
        told = metrics.elidedText(title, Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(QPointF(0, metrics.ascent()), told)

    def _line(
        self, painter: QPainter, field: QRectF, radius_mm: object, top: float, pen: QPen
    ) -> None:
        bevel = self._bevel
        if bevel is None:
            return
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        run: list[QPointF] = []
        for share, radius in zip(bevel.shares, np.asarray(radius_mm), strict=True):
            if np.isfinite(radius):
                x = field.left() + float(share) * field.width()
                run.append(QPointF(x, field.bottom() - float(radius) / top * field.height()))
                continue
            painter.drawPolyline(QPolygonF(run))
            run = []
        painter.drawPolyline(QPolygonF(run))
