"""What is wrong with how a window lies: overlaps, cut words, buttons without a name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from xml.etree import ElementTree as ET

from PySide6.QtCore import QBuffer, QByteArray, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QRegion
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QComboBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QToolButton,
    QWidget,
)

from viewer.widgets.elided import ElidedComboBox, ElidedLabel
from viewer.widgets.examine.crosshair_paint import turn_handles
from viewer.widgets.examine.slice_widget import SliceWidget

_OWN = (QAbstractItemView, QAbstractScrollArea, QComboBox, QLineEdit)  # Qt lays out their parts
_TOUCH_PX = 1.0
_SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class Word:
    """A text that a view paints.

    Attributes:
        said: the text.
        area: it takes, logical pixels.
    """

    said: str
    area: QRectF


def faults(window: QWidget) -> list[str]:
    """Return in words what is wrong with everything that is seen of a window."""
    shown = [one for one in (window, *window.findChildren(QWidget)) if one.isVisibleTo(window)]
    found = [fault for one in shown for fault in _overlaps(one)]
    found += [fault for one in shown for fault in _cut(one)]
    found += [fault for one in shown for fault in _nameless(one)]
    views = [one for one in shown if one.objectName().startswith("view.") and _is_view(one)]
    return found + [fault for one in views for fault in _crossing(one)]


def _is_view(widget: QWidget) -> bool:
    return widget.objectName().count(".") == 1


def _name(widget: QWidget) -> str:
    return widget.objectName() or f"{type(widget).__name__} in {_parent_name(widget)}"


def _parent_name(widget: QWidget) -> str:
    parent = widget.parentWidget()
    return "nothing" if parent is None else parent.objectName() or type(parent).__name__


def _overlaps(parent: QWidget) -> Iterator[str]:
    """Two that lie beside each other in one parent, or a child beyond its parent's edge."""
    if isinstance(parent, _OWN) or parent.objectName().startswith("qt_"):
        return
    children = [
        one
        for one in parent.children()
        if isinstance(one, QWidget) and one.isVisibleTo(parent) and not one.isWindow()
    ]
    children = [one for one in children if one.objectName() != "help.sheet"]  # lies over all
    for one, other in combinations(children, 2):
        if one.geometry().intersects(other.geometry()):
            yield f"{_name(one)} overlaps {_name(other)}"
    for one in children:
        if not parent.rect().contains(one.geometry()) and one.geometry().isValid():
            yield f"{_name(one)} {one.geometry()} lies beyond {_name(parent)} {parent.rect()}"


def _cut(widget: QWidget) -> Iterator[str]:
    """Words that have less room than they need."""
    if isinstance(widget, ElidedLabel):
        yield from _without_tip(widget, widget.text(), widget.width())
    elif isinstance(widget, QLabel):
        yield from _label_cut(widget)
    elif isinstance(widget, ElidedComboBox):
        whole, seen = widget._texts(widget._option())
        if whole != seen and whole not in widget.toolTip():
            yield f"{_name(widget)} cuts {whole!r} to {seen!r} and tells it nowhere"
        if seen in {"…", ""}:
            yield f"{_name(widget)} says nothing of {whole!r}"
    elif isinstance(widget, QAbstractButton):
        yield from _button_cut(widget)
    elif isinstance(widget, QLineEdit):
        words = widget.text() or widget.placeholderText()
        yield from _without_tip(widget, words, widget.width() - 14)
    elif isinstance(widget, QListWidget):
        yield from _list_cut(widget)


def _without_tip(widget: QWidget, words: str, room: float) -> Iterator[str]:
    needed = widget.fontMetrics().horizontalAdvance(words)
    if needed > room + _TOUCH_PX and words not in widget.toolTip():
        yield f"{_name(widget)} cuts {words!r}: {needed} > {room}"


def _label_cut(label: QLabel) -> Iterator[str]:
    if label.wordWrap():
        needed = label.heightForWidth(label.width())
        if needed > label.height() + _TOUCH_PX:
            yield f"{_name(label)} cuts {label.text()!r}: {needed} high in {label.height()}"
        longest = max(
            (label.fontMetrics().horizontalAdvance(one) for one in label.text().split()), default=0
        )
        if longest > label.contentsRect().width() + _TOUCH_PX:
            yield f"{_name(label)} cuts a word of {label.text()!r}"
        return
    needed = label.sizeHint()
    if needed.width() > label.width() + _TOUCH_PX or needed.height() > label.height() + _TOUCH_PX:
        yield f"{_name(label)} cuts {label.text()!r}: {needed} in {label.size()}"


def _button_cut(button: QAbstractButton) -> Iterator[str]:
    needed = button.sizeHint()
    if needed.width() > button.width() + _TOUCH_PX or needed.height() > button.height() + 2:
        yield f"{_name(button)} cuts {button.text()!r}: {needed} in {button.size()}"


def _list_cut(listed: QListWidget) -> Iterator[str]:
    for row in range(listed.count()):
        item = listed.item(row)
        lines = item.text().split("\n")
        needed = max(listed.fontMetrics().horizontalAdvance(one) for one in lines)
        room = listed.viewport().width() - 12
        if needed > room and not listed.wordWrap() and item.text() not in item.toolTip():
            yield f"{_name(listed)} cuts {item.text()!r}: {needed} > {room}"


def _nameless(widget: QWidget) -> Iterator[str]:
    """Buttons that say what they do neither to the eye nor to a screen reader."""
    if not isinstance(widget, QAbstractButton) or widget.objectName().startswith("qt_"):
        return
    iconic = isinstance(widget, QToolButton) and (
        widget.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonIconOnly
        and not widget.icon().isNull()
    )
    if widget.text() and not iconic:
        return
    if not widget.toolTip() or not (widget.accessibleName() or widget.text()):
        yield f"{_name(widget)} has neither a word nor a name"


def painted(view: QWidget) -> list[Word]:
    """Return the words that a view paints itself, each once."""
    kept = QByteArray()
    buffer = QBuffer(kept)
    sheet = QSvgGenerator()
    sheet.setOutputDevice(buffer)
    sheet.setSize(view.size())
    sheet.setViewBox(view.rect())
    sheet.setResolution(96)
    view.render(sheet, QPoint(), QRegion(), QWidget.RenderFlag(0))
    found: list[Word] = []
    for group in ET.fromstring(bytes(kept.data())).iter(f"{_SVG}g"):  # noqa: S314 -- ours
        for one in group.findall(f"{_SVG}text"):
            word = _word(group, one)
            if word.said and not any(
                word.said == other.said and _near(word.area, other.area) for other in found
            ):
                found.append(word)
    return found


def _word(group: ET.Element, one: ET.Element) -> Word:
    font = QFont(one.get("font-family", "Inter"))
    font.setPixelSize(round(float(re.sub("[a-z]+$", "", one.get("font-size", "13")))))
    font.setBold(int(one.get("font-weight", "400")) > 500)
    metrics = QFontMetricsF(font)
    said = "".join(one.itertext()).strip()
    moved = [float(part) for part in re.findall(r"-?[\d.]+", group.get("transform", ""))]
    x, y = float(one.get("x", 0)), float(one.get("y", 0))
    if moved:
        x, y = moved[0] * x + moved[2] * y + moved[4], moved[1] * x + moved[3] * y + moved[5]
    tight = metrics.tightBoundingRect(said)
    return Word(said, tight.translated(x, y))


def _near(one: QRectF, other: QRectF) -> bool:
    """Tell whether two are one word and its rim."""
    away = one.center() - other.center()
    return abs(away.x()) < 4 and abs(away.y()) < 4


def _rings(view: QWidget) -> list[QRectF]:
    """Return where the crosshair of a slice is turned by."""
    if not isinstance(view, SliceWidget) or view._presenting:
        return []
    sheet = view.sheet()
    assert sheet is not None
    places = turn_handles(sheet, view._parts.views.position.now)
    return [QRectF(one.x() - 4, one.y() - 4, 8, 8) for one in places]


def _beyond(view: QWidget, words: list[Word]) -> Iterator[str]:
    for one in words:
        if not QRectF(view.rect()).contains(one.area):
            yield f"{view.objectName()}: {one.said!r} leaves the view"
        if one.said.endswith("…"):
            yield f"{view.objectName()}: {one.said!r} is cut"


def _crossing(view: QWidget) -> Iterator[str]:
    words = painted(view)
    name = view.objectName()
    yield from _beyond(view, words)
    for one, other in combinations(words, 2):
        if not name.endswith("volume") and (one.said.isdigit() or other.said.isdigit()):
            continue  # a finding's number stands where the finding is
        shared = one.area.intersected(other.area)
        if shared.width() > _TOUCH_PX and shared.height() > _TOUCH_PX:
            yield f"{name}: {one.said!r} crosses {other.said!r}"
    rings = _rings(view)
    for one in words:
        if any(ring.intersects(one.area) for ring in rings):
            yield f"{name}: {one.said!r} lies on a ring of the crosshair"
    over = [
        QRect(child.geometry())
        for child in view.children()
        if isinstance(child, QWidget) and child.isVisibleTo(view)
    ]
    for one in words:
        if any(QRectF(child).intersects(one.area) for child in over):
            yield f"{name}: {one.said!r} lies under a control"
