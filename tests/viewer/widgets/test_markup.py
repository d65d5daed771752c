"""What a file, a person or an archive says is read letter by letter, also where it is HTML.

What is measured is the ink: a tag that is obeyed, or an & taken for a mnemonic, is not written.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom import DataElement, Dataset
from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QHelpEvent, QImage, QPainter, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLabel,
    QListWidget,
    QPushButton,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from archive.services.statement import Statement
from viewer.widgets.plain import PlainBox, PlainLabel, set_tip
from viewer.widgets.theme import dress, text_font
from virtopsy.phantom import asymmetric
from virtopsy.phantom.write import write_slices

NAME = "<h1>Әбді</h1><img>"
TITLE = "<h1>big</h1><img src=x>"
SERIES = "A&B <b>C</b>"
FOLDER = "<h1>A&B<img src=x>\u202e\x1b\nC"
FOLDER_SHOWN = "<h1>A&B<img src=x>  C"
NOTES = "<b>a&b.txt"
PASSWORD = "a long password"
NEAR_PX = 3


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A scan whose every name is HTML; that of the patient also needs a guess at its letters."""
    folder = tmp_path_factory.mktemp("scan") / FOLDER
    folder.mkdir()
    told = Dataset()
    told.SpecificCharacterSet, told.InstitutionName, told.PatientSex = "ISO_IR 100", "", ""
    told[0x00100010] = DataElement(0x00100010, "UN", NAME.encode("kz1048"))
    told.StudyDescription, told.SeriesDescription, told.PatientID = TITLE, SERIES, "<i>7</i>"
    write_slices(asymmetric.volume(), folder, told)
    (folder / NOTES).write_text("no picture")
    return folder


@pytest.fixture
def screen(start: Callable[[], Any], folder: Path) -> Any:
    """The window with that folder in the cases room."""
    made = start()
    found = made.parts.opening.found
    made.parts.opening.look_into(folder)
    made.bot.waitUntil(lambda: found.now is not None, timeout=20000)
    made.live()
    return made


def load(screen: Any) -> None:
    (button,) = [
        one
        for one in screen.desk.window.findChildren(QPushButton)
        if one.objectName().startswith("series.load.")
    ]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    opened = screen.parts.opening.opened
    screen.bot.waitUntil(lambda: opened.now is not None, timeout=20000)
    screen.live()


def ink(picture: QPixmap) -> tuple[int, int]:
    """Return how wide and how high what is written on one ground is, logical pixels."""
    return _extent(_pixels(picture.toImage()))


def written(text: str, font: QFont, room: int = 2000) -> tuple[int, int]:
    """Return the same of a text that nothing interprets."""
    image = QImage(room, 400, QImage.Format.Format_RGB888)
    image.fill(Qt.GlobalColor.black)
    painter = QPainter(image)
    painter.setFont(font)
    painter.setPen(Qt.GlobalColor.white)
    painter.drawText(QRect(0, 0, room, 400), Qt.TextFlag.TextWordWrap, text)
    painter.end()
    return _extent(_pixels(image))


def _pixels(image: QImage) -> NDArray[np.int_]:
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).astype(int)


def _extent(pixels: NDArray[np.int_]) -> tuple[int, int]:
    packed, counts = np.unique(pixels @ (1 << 16, 1 << 8, 1), return_counts=True)
    ground = packed[counts.argmax()] >> np.array([16, 8, 0]) & 255
    mask = np.abs(pixels - ground).sum(axis=-1) > 120
    assert mask.any(), "nothing is written"
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return int(np.ptp(columns)) + 1, int(np.ptp(rows)) + 1


def assert_written(picture: QPixmap, text: str, font: QFont, room: int = 2000) -> None:
    assert ink(picture) == pytest.approx(written(text, font, room), abs=NEAR_PX), text


def assert_labelled(screen: Any, *texts: str) -> None:
    """Assert that labels with these texts are seen, each written letter by letter."""
    seen = [one for one in screen.desk.window.findChildren(QLabel) if one.isVisible()]
    for text in texts:
        label = next((one for one in seen if one.text().endswith(text)), None)
        assert label is not None, (text, [one.text() for one in seen])
        room = label.width() if label.wordWrap() else 2000
        inside = QRect(label.mapTo(label.window(), QPoint()), label.size())
        assert_written(label.window().grab(inside), label.text(), label.font(), room)


def tip_over(bot: QtBot, widget: QWidget, place: QPoint) -> QLabel:
    """Return the tooltip that comes where the mouse rests."""
    for old in _tips():
        old.close()
        old.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    help_wanted = QHelpEvent(QEvent.Type.ToolTip, place, widget.mapToGlobal(place))
    QApplication.sendEvent(widget, help_wanted)
    bot.waitUntil(lambda: bool(_tips()), timeout=5000)
    (tip,) = _tips()
    return tip


def _tips() -> list[QLabel]:
    return [
        one
        for one in QApplication.topLevelWidgets()
        if isinstance(one, QLabel) and one.metaObject().className() == "QTipLabel"
    ]


def assert_tip(tip: QLabel, text: str) -> None:
    assert_written(tip.grab(tip.rect().adjusted(2, 2, -2, -2)), text, tip.font())


def test_the_cases_list_says_html_letter_by_letter(screen: Any) -> None:
    assert_labelled(
        screen,
        f"/{FOLDER_SHOWN} · 41 files",
        f"{NAME} · <i>7</i> · 2026-01-15 · {TITLE}",
        SERIES,
        f"{NOTES}: It is not a DICOM file, so it was left out.",
    )
    (said,) = [
        one.text() for one in screen.desk.window.findChildren(QLabel) if "KZ-1048" in one.text()
    ]
    assert NAME in said


def test_an_opened_and_saved_scan_says_html_letter_by_letter(screen: Any, tmp_path: Path) -> None:
    parts = screen.parts
    load(screen)
    x, y, z = parts.views.position.now
    for end in ((x - 5, y, z), (x + 5, y, z)):
        parts.trajectory.click(end, SERIES)
    parts.keeping.enter(tmp_path / "archive", SERIES, PASSWORD, PASSWORD)
    parts.keeping.save(TITLE, Statement())
    screen.bot.waitUntil(lambda: parts.session.recorded, timeout=20000)
    screen.desk.window.resize(2100, 720)  # where the box has room for the whole text
    screen.live()
    _assert_series(screen)
    _assert_corner(screen.slice("axial"), (NAME, f"2026-01-15 · {SERIES}"))
    _assert_warning(screen)
    _assert_finding(screen)
    assert_labelled(screen, f"Case {TITLE}")
    parts.room.set("cases")
    screen.live()
    cases = screen.desk.window.findChild(QListWidget, "archive.cases")
    place = cases.visualItemRect(cases.item(0)).adjusted(2, 2, -2, -2)
    assert_written(cases.viewport().grab(place), cases.item(0).text(), cases.font())
    assert cases.item(0).text().startswith(TITLE)
    assert_labelled(screen, f"Acting: {SERIES}")
    parts.room.set("protocol")
    screen.live()
    assert_labelled(screen, TITLE, NAME, SERIES)


def _assert_series(screen: Any) -> None:
    box = screen.desk.window.findChild(QComboBox, "series")
    assert_written(box.grab(box.rect().adjusted(4, 4, -26, -4)), SERIES, box.font())
    box.showPopup()
    screen.live()
    popup = box.view().viewport()
    assert_written(popup.grab(popup.rect().adjusted(1, 1, -1, -1)), SERIES, box.font())
    box.hidePopup()


def _assert_corner(view: QWidget, lines: tuple[str, ...]) -> None:
    font = text_font()
    high = QFontMetricsF(font).height()
    for number, line in enumerate(lines):
        row = QRect(0, round(7 + number * high), round(view.width() * 0.45), round(high) - 1)
        assert ink(view.grab(row))[0] == pytest.approx(written(line, font)[0], abs=NEAR_PX), line


def _assert_warning(screen: Any) -> None:
    strip = screen.desk.window.findChild(QLabel, "warning.summary")
    assert NAME in strip.text()
    assert_tip(tip_over(screen.bot, strip, QPoint(5, 5)), strip.text())
    screen.desk.window.findChild(QToolButton, "warning.why").click()
    screen.live()
    assert_labelled(screen, strip.text())


def _assert_finding(screen: Any) -> None:
    (row,) = screen.parts.findings.rows(screen.parts.language.now)
    assert row.name == SERIES
    findings = screen.desk.window.findChild(QListWidget, "findings.list")
    place = findings.visualItemRect(findings.item(0)).center()
    tip = tip_over(screen.bot, findings.viewport(), place)
    said = f"{row.number}   {row.name}\n{row.kind} · {row.summary}"
    assert_tip(tip, f"{said}\n{screen.parts.say('panel.draw.one')}")


def test_a_tooltip_is_read_letter_by_letter(qtbot: QtBot, qapp: QApplication) -> None:
    dress(qapp)
    widget = QWidget()
    qtbot.addWidget(widget)
    with qtbot.waitExposed(widget):
        widget.show()
    for text in (TITLE, SERIES, "A & B", "a &lt; b", "a  b\n<b>c</b>", "<b>a\nb"):
        set_tip(widget, text)
        assert_tip(tip_over(qtbot, widget, QPoint(5, 5)), text)


def test_a_message_box_is_read_letter_by_letter(screen: Any) -> None:
    box = PlainBox(screen.desk.window)
    box.setText(TITLE)
    told = box.findChild(QLabel, "qt_msgbox_label")
    assert told is not None
    assert told.textFormat() is Qt.TextFormat.PlainText
    assert PlainLabel(TITLE).textFormat() is Qt.TextFormat.PlainText
