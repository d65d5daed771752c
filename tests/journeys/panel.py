"""A hand on the menus and on the panel of the real window: what is offered, stated and read there.

Pictures are kept where VIRTOPSY_PICTURES names a folder, for a person to look at.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QListWidget,
    QMenu,
    QScrollArea,
    QToolButton,
    QWidget,
)

from tests.journeys.conftest import Hand, live
from virtopsy.findings.trajectory import Trajectory
from virtopsy.geometry.camera import Point

_PICTURES = os.environ.get("VIRTOPSY_PICTURES", "")
_READ = ("text", "currentText", "toPlainText", "placeholderText")
_LEFT = Qt.MouseButton.LeftButton
_ANGLE = re.compile(r"([−\-]?\d+[.,]\d+)\s±\s(\d+[.,]\d+)°")


def picture(hand: Hand, name: str) -> None:
    """Keep what the window shows now, where pictures are asked for."""
    if _PICTURES:
        live(0.3)
        hand.desk.window.grab().save(str(Path(_PICTURES) / f"{name}.png"))


def shift(point: Point, by: tuple[float, float, float]) -> Point:
    """Return a point moved, mm."""
    return point[0] + by[0], point[1] + by[1], point[2] + by[2]


def mark_at(hand: Hand, lps_mm: Point) -> None:
    """Bring a place to the axial view with the wheel and click it."""
    hand.scroll_to("axial", 2, lps_mm[2])
    hand.point("axial", lps_mm)


def track_of(hand: Hand) -> Trajectory:
    """Return the only track of the case."""
    (track,) = [one for one in hand.parts.session.case.findings if isinstance(one, Trajectory)]
    return track


# menus


def offer(hand: Hand, tool: str, *path: str) -> None:
    """Open the menu at a tool's arrow and click what stands there, through the menus below it.

    Args:
        hand: of the person.
        tool: whose button it is.
        path: texts, from the first menu to what is chosen.
    """
    button = hand.find(f"tool.{tool}", QToolButton)
    failed: list[BaseException] = []

    def walk() -> None:
        try:
            _walk(button.menu(), path)
        except BaseException as error:  # noqa: BLE001 -- it is raised below, outside of the menu
            failed.append(error)
            button.menu().close()

    QTimer.singleShot(0, walk)
    arrow = QPoint(button.width() - 4, button.height() // 2)
    QTest.mouseClick(button, _LEFT, pos=arrow)  # comes back when the menu is closed
    live()
    if failed:
        raise failed[0]


def _walk(menu: QMenu, path: tuple[str, ...]) -> None:
    for text in path:
        for _ in range(100):
            if menu.isVisible():
                break
            live()
        assert menu.isVisible(), f"no menu that offers {text!r}"
        action = _named(menu, text)
        below = action.menu()
        if isinstance(below, QMenu):
            menu.setActiveAction(action)
            QTest.keyClick(menu, Qt.Key.Key_Right)  # a hovering mouse opens it only in its time
            menu = below
        else:
            QTest.mouseClick(menu, _LEFT, pos=menu.actionGeometry(action).center())


def _named(menu: QMenu, text: str) -> QAction:
    offered = [one for one in menu.actions() if not one.isSeparator()]
    for one in offered:
        if one.text().replace("&", "") == text:
            assert one.isEnabled(), f"{text!r} is grey"
            return one
    raise AssertionError(f"no {text!r} among {[one.text() for one in offered]}")


def right_click(hand: Hand, plane: str, lps_mm: Point, text: str) -> None:
    """Open the menu of the mark at a place and click what stands there."""
    view = hand.slice(plane)
    QTest.mouseClick(view, Qt.MouseButton.RightButton, pos=hand.place(plane, lps_mm))
    hand.wait(lambda: view.findChild(QMenu, "mark.menu") is not None, "the menu of the mark")
    menu = view.findChild(QMenu, "mark.menu")
    assert menu is not None
    _walk(menu, (text,))
    live()


# the panel


def choose(hand: Hand, name: str, text: str) -> None:
    """Choose what a box offers, by the keys a person presses on it."""
    box = in_sight(hand, name, QComboBox)
    texts = [box.itemText(row) for row in range(box.count())]
    assert text in texts, f"{name} offers {texts}"
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Home)
    for _ in range(texts.index(text)):
        QTest.keyClick(box, Qt.Key.Key_Down)
    live()
    assert hand.find(name, QComboBox).currentText() == text


def tick(hand: Hand, name: str) -> None:
    """Tick a box of the panel."""
    box = in_sight(hand, name, QCheckBox)
    QTest.mouseClick(box, _LEFT, pos=QPoint(8, box.height() // 2))
    live()
    assert hand.find(name, QCheckBox).isChecked()


def press(hand: Hand, name: str) -> None:
    """Scroll a button of the panel into sight and press it."""
    in_sight(hand, name, QWidget)
    hand.click(name)


def in_sight(hand: Hand, name: str, kind: type[QWidget]) -> QWidget:
    """Scroll the panel until a part of it is seen whole; return it."""
    widget = hand.find(name, kind)
    details = hand.find("finding.details", QScrollArea)
    if details.isAncestorOf(widget):
        details.ensureWidgetVisible(widget)
        live()
        at = widget.mapTo(details.viewport(), QPoint(0, 0))
        assert at.x() >= 0, f"{name} begins left of the panel"
        assert at.x() + widget.width() <= details.viewport().width(), f"{name} is cut off"
    return widget


def lines(hand: Hand, name: str) -> dict[str, str]:
    """Return what a table of the panel says: label to text.

    Args:
        hand: of the person.
        name: "finding.number", "finding.fact" or "finding.angle".
    """
    details = hand.find("finding.details", QScrollArea)
    told = {}
    for label in details.findChildren(QLabel):
        if label.isVisible() and label.objectName().startswith(f"{name}."):
            column = label.parentWidget().layout()
            before = column.itemAt(column.indexOf(label) - 1).widget()
            assert isinstance(before, QLabel)
            told[before.text()] = label.text()
    return told


def texts(hand: Hand) -> tuple[str, ...]:
    """Return every text the panel shows, choices and tooltips too."""
    found = []
    for one in hand.find("panel", QWidget).findChildren(QWidget):
        if not one.isVisible():
            continue
        found.append(one.toolTip())
        found += [str(getattr(one, read)()) for read in _READ if hasattr(one, read)]
    rows = hand.find("findings.list", QListWidget)
    found += [rows.item(row).text() for row in range(rows.count())]
    return tuple(one for one in found if one)


def listed(hand: Hand) -> tuple[str, ...]:
    """Return the rows of the list of findings."""
    rows = hand.find("findings.list", QListWidget)
    return tuple(rows.item(row).text() for row in range(rows.count()))


def select(hand: Hand, name: str) -> None:
    """Click the finding of that name in the list."""
    rows = hand.find("findings.list", QListWidget)
    for row in range(rows.count()):
        item = rows.item(row)
        if name in item.text().splitlines()[0]:
            rows.scrollToItem(item)
            at = rows.visualItemRect(item).center()
            QTest.mouseClick(rows.viewport(), _LEFT, pos=at)
            live()
            return
    raise AssertionError(f"no {name!r} among {listed(hand)}")


@dataclass(frozen=True)
class Said:
    """An angle as it is read, degrees, and the half-width of its 95%."""

    value: float
    half95: float


def angle(text: str) -> Said:
    """Read "12,3 ± 4,5°"."""
    read = _ANGLE.search(text)
    assert read is not None, text
    value, half = (float(one.replace("−", "-").replace(",", ".")) for one in read.groups())
    return Said(value, half)


# the case


def save(hand: Hand, archive: Path, person: str, number: str) -> None:
    """Keep the case under a number."""
    if not hand.sees("act.save"):
        hand.click("rail.examine")
    hand.click("act.save")
    hand.type("save.number", number)
    hand.type("save.basis", "Постановление № 12 от 20.11.2026")
    hand.click("save.go")
    hand.wait(lambda: hand.parts.session.recorded, "the case is saved")
    assert archive.is_dir()
    assert hand.parts.keeping.person.now == person


def hand_out(hand: Hand, bundle: Path) -> str:
    """Export the bundle; return the fingerprint of the archive's key."""
    hand.click("rail.protocol")
    hand.click("protocol.bundle")
    hand.choose_file("protocol.bundle.dialog", bundle)
    hand.wait(bundle.exists, "the bundle is there")
    hand.wait(lambda: not hand.parts.work.running.now, "the export ends")
    return hand.parts.keeping.acting()[0].fingerprint


def apart_deg(one: Point, other: Point) -> float:
    """Return the angle between two unit directions, degrees."""
    return float(np.degrees(np.arccos(np.clip(np.dot(one, other), -1.0, 1.0))))


def speak(hand: Hand, language: str) -> None:
    """Choose the language of the window."""
    hand.click(f"language.{language}")
    QApplication.processEvents()
