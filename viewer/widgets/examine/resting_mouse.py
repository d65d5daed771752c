"""What lies under the mouse stays said truly while the mouse rests and the picture changes.

A wheel, a key or an opened scan puts another place under a mouse that nobody moved.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPointF
from PySide6.QtGui import QCursor, QEnterEvent, QMouseEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from viewer.presenters.examine.views import Views
from virtopsy.geometry.camera import Point


class RestingMouse(QObject):
    """Tells the views of one picture what place of the patient the mouse is over."""

    def __init__(
        self, picture: QWidget, views: Views, lps_mm: Callable[[QPointF], Point | None]
    ) -> None:
        """Watch a picture.

        Args:
            picture: the widget that shows it.
            views: are told.
            lps_mm: LPS point that the picture shows at a place of the widget; None without one.
        """
        super().__init__(picture)
        self._picture, self._views, self._lps_mm = picture, views, lps_mm
        self._place: QPointF | None = None
        picture.installEventFilter(self)

    def again(self) -> None:
        """Tell it again: the picture has changed under the mouse."""
        if self._place is not None:
            self._views.point_at(self._lps_mm(self._place))

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QEnterEvent) or (
            isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseMove
        ):
            self._place = event.position()
            self.again()
        elif event.type() == QEvent.Type.Resize and self._place is not None:
            self._place = QPointF(self._picture.mapFromGlobal(QCursor.pos()))
            self.again()
        elif event.type() == QEvent.Type.Leave:
            self._place = None
            self._views.point_at(None)
        return False
