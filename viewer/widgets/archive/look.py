"""Pictures that are no volume, one at a time, in the place of the cases room until Esc."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from viewer.presenters.examine.pictures import Look
from viewer.render.edges import edge_letters
from viewer.widgets.bind import follow, tip, words
from viewer.widgets.elided import ElidedLabel
from viewer.widgets.examine import slice_paint
from viewer.widgets.icons import icon
from viewer.widgets.parts import Parts
from viewer.widgets.plain import PlainLabel
from viewer.widgets.theme import picture_colour, text_font
from virtopsy.dicom.picture import Picture

_NOTCH = 120
_MARGIN_PX = 26  # kept free round the picture for the letters
_STEPS = {
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_PageDown: 10,
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_PageUp: -10,
}


class Looking(QWidget):
    """A title, the picture, and the way to the next one."""

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self.setObjectName("picture")
        self._parts = parts
        self.view = PictureView(parts)
        self._title, self._place = ElidedLabel(), PlainLabel()
        self._title.setObjectName("picture.title")
        self._title.setProperty("role", "title")
        self._place.setObjectName("picture.place")
        self._place.setAlignment(Qt.AlignmentFlag.AlignCenter)
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(self._close())
        head.addWidget(self._title, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 12)
        column.setSpacing(10)
        column.addLayout(head)
        column.addWidget(self.view, 1)
        column.addLayout(self._foot())
        follow(self, parts.pictures.shown, lambda _: self._show())
        follow(self, parts.language, lambda _: self._show(), now=False)

    def _close(self) -> QPushButton:
        button = QPushButton()
        button.setObjectName("picture.close")
        button.setIcon(icon("back"))
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keys belong to the picture
        words(button, self._parts.language, button.setText, "picture.close")
        tip(button, self._parts.language, "picture.close.tip")
        button.clicked.connect(self._parts.pictures.close)
        return button

    def _foot(self) -> QHBoxLayout:
        pictures = self._parts.pictures
        self._steps = {
            -1: self._step("back", lambda: pictures.step(-1)),
            1: self._step("next", lambda: pictures.step(1)),
        }
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addStretch(1)
        row.addWidget(self._steps[-1])
        row.addWidget(self._place)
        row.addWidget(self._steps[1])
        row.addStretch(1)
        return row

    def _step(self, name: str, act: Callable[[], None]) -> QToolButton:
        button = QToolButton()
        button.setObjectName(f"picture.{name}")
        button.setIcon(icon("back" if name == "back" else "forward"))
        button.setIconSize(QSize(18, 18))
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        tip(button, self._parts.language, f"picture.{name}")
        button.clicked.connect(act)
        return button

    def _show(self) -> None:
        look = self._parts.pictures.shown.now
        if look is None:
            return
        language = self._parts.language.now
        self._title.setText(look.title(language))
        self._place.setText(look.place(language))
        self._steps[-1].setEnabled(look.number > 1)
        self._steps[1].setEnabled(look.number < look.count)


class PictureView(QWidget):
    """The picture as large as it fits, with what it is and whose."""

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self.setObjectName("picture.view")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._parts = parts
        self._scaled: tuple[Picture, QSize, QImage] | None = None
        self._wheel_rest = 0
        follow(self, parts.pictures.shown, lambda _: self.update())
        follow(self, parts.language, lambda _: self.update(), now=False)

    # what is seen

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(0, 0, 0))
        look = self._parts.pictures.shown.now
        if look is not None:
            if look.picture is not None:
                self._paint_picture(painter, look, look.picture)
            else:
                self._paint_sentence(painter, look)
            self._paint_words(painter, look)
        painter.end()

    def place(self, picture: Picture) -> QRectF:
        """Return where on the widget a picture lies, logical pixels."""
        rows, columns = picture.pixels.shape[:2]
        size = QSizeF(columns, rows * picture.stretch)
        room = QRectF(self.rect()).adjusted(_MARGIN_PX, _MARGIN_PX, -_MARGIN_PX, -_MARGIN_PX)
        size.scale(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRectF(room.topLeft(), size)
        place.moveCenter(room.center())
        return place

    def _paint_picture(self, painter: QPainter, look: Look, picture: Picture) -> None:
        place = self.place(picture)
        painter.drawImage(place, self._image(picture, place.size()))
        letters = edge_letters(look.instance, picture)
        slice_paint.letters(painter, self.width(), self.height(), letters)

    def _image(self, picture: Picture, size: QSizeF) -> QImage:
        """Return the picture in the device pixels it is painted on, smoothed once."""
        wanted = (size * self.devicePixelRatioF()).toSize().expandedTo(QSize(1, 1))
        if self._scaled is None or self._scaled[0] is not picture or self._scaled[1] != wanted:
            rows, columns = picture.pixels.shape[:2]
            grey = picture.pixels.ndim == 2
            kind = QImage.Format.Format_Grayscale8 if grey else QImage.Format.Format_RGB888
            stride = columns * (1 if grey else 3)
            stored = QImage(picture.pixels.tobytes(), columns, rows, stride, kind)
            smooth = Qt.TransformationMode.SmoothTransformation
            scaled = stored.scaled(wanted, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
            self._scaled = (picture, wanted, scaled)
        return self._scaled[2]

    def _paint_sentence(self, painter: QPainter, look: Look) -> None:
        language = self._parts.language.now
        failed = look.problem is not None
        sentence = (
            self._parts.say("picture.reading")
            if look.problem is None
            else look.problem.sentence(language)
        )
        painter.setFont(text_font())
        painter.setPen(picture_colour("warning" if failed else "quiet"))
        box = QRectF(self.rect()).adjusted(60, 30, -60, -30)
        middle = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(box, middle, sentence)

    def _paint_words(self, painter: QPainter, look: Look) -> None:
        language, width = self._parts.language.now, self.width()
        slice_paint.corner_lines(painter, width, look.whose(language))
        slice_paint.corner_lines(painter, width, [look.what(language)], right=True)
        if mark := look.mark(language):
            slice_paint.remarks(painter, width, self.height(), [mark])

    # what is done

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        self._wheel_rest -= event.angleDelta().y()  # touch pads send parts of a notch
        notches = int(self._wheel_rest / _NOTCH)
        self._wheel_rest -= notches * _NOTCH
        if notches:
            self._parts.pictures.step(notches)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, pictures = Qt.Key(event.key()), self._parts.pictures
        if key == Qt.Key.Key_Escape:
            pictures.close()
        elif key in _STEPS:
            pictures.step(_STEPS[key])
        else:
            super().keyPressEvent(event)
