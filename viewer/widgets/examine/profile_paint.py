"""The curve of a profile: the values along its line, drawn beside while it is selected."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from viewer.presenters.tools.marks import Profile
from viewer.widgets.examine.sheet import FlatSheet
from viewer.widgets.parts import Parts
from viewer.widgets.theme import picture_colour, text_font

_SIZE_PX = (190.0, 96.0)
_SMALLEST_PX = 300.0  # a smaller view has no room for a curve
_EDGE, _PAD = 10.0, 6.0
_GROUND = QColor(0, 0, 0, 190)
_SHARES = (0.62, 0.5, 0.38, 0.26, 0.14)  # of the height, where it may begin


def room(sheet: FlatSheet, kept: Sequence[QRectF]) -> QRectF | None:
    """Return where the curve stands clear of what stays free; None: there is no room."""
    if min(sheet.width, sheet.height) < _SMALLEST_PX:
        return None
    wide, high = _SIZE_PX
    for share in _SHARES:
        for left in (_EDGE, sheet.width - _EDGE - wide):
            box = QRectF(left, share * sheet.height, wide, high)
            if not any(box.intersects(one) for one in kept):
                return box
    return None


def paint(painter: QPainter, box: QRectF, profile: Profile, parts: Parts) -> None:
    """Draw the curve with its smallest and largest value and its length."""
    painter.fillRect(box, _GROUND)
    painter.setFont(text_font())
    metrics = QFontMetricsF(painter.font())
    inner = box.adjusted(_PAD, _PAD, -_PAD, -_PAD - metrics.height())
    values = np.array(profile.values)
    low, high = float(values.min()), float(values.max())
    across = np.linspace(inner.left(), inner.right(), len(values))
    up = inner.bottom() - (values - low) / max(high - low, 1e-9) * inner.height()
    painter.setPen(QPen(picture_colour("measure"), 1.6))
    curve = [QPointF(x, y) for x, y in zip(across.tolist(), up.tolist(), strict=True)]
    painter.drawPolyline(QPolygonF(curve))
    painter.setPen(picture_colour("text"))
    foot = QRectF(inner.left(), inner.bottom(), inner.width(), metrics.height() + _PAD)
    told = parts.say(
        f"marking.profile.{profile.unit}",
        low=parts.number(low, 0),
        high=parts.number(high, 0),
        mm=parts.number(profile.length_mm),
    )
    painter.drawText(foot, Qt.AlignmentFlag.AlignCenter, told)
