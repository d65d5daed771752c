from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from viewer.presenters.value import Value
from viewer.widgets import bind
from viewer.widgets.plain import PlainLabel
from virtopsy.language import Language, say


def test_a_combo_box_and_its_value_follow_each_other_and_the_language(qtbot: QtBot) -> None:
    value, language = Value("axial"), Value(Language.EN)
    box = QComboBox()
    qtbot.addWidget(box)
    bind.combo(
        box, value, ("axial", "coronal"), language, lambda name, one: say(f"ui.layout.{name}", one)
    )
    assert box.currentText() == "Axial"
    value.set("coronal")
    assert box.currentText() == "Coronal"
    box.setCurrentIndex(0)
    box.activated.emit(0)
    assert value.now == "axial"
    language.set(Language.RU)
    assert box.currentText() == "Аксиальный"


def test_one_of_several_buttons_stays_chosen(qtbot: QtBot) -> None:
    value = Value("point")
    buttons = {name: QToolButton() for name in ("point", "window")}
    for name, button in buttons.items():
        qtbot.addWidget(button)
        bind.choice(button, value, name)
    buttons["window"].click()
    assert value.now == "window"
    assert not buttons["point"].isChecked()
    buttons["window"].click()
    assert buttons["window"].isChecked(), "a second click does not leave the tool undefined"


def test_a_widget_that_is_gone_is_told_nothing(qtbot: QtBot) -> None:
    value = Value("one")
    label = PlainLabel()
    bind.label(label, value, str.upper)
    assert label.text() == "ONE"
    label.deleteLater()
    qtbot.waitUntil(lambda: not value._changed._listeners, timeout=2000)
    value.set("two")


def test_what_nobody_sees_is_refreshed_when_it_is_seen_next(qtbot: QtBot) -> None:
    room, shown = QWidget(), list[int]()
    qtbot.addWidget(room)
    ask = bind.when_seen(room, lambda: shown.append(len(shown)))
    ask()
    ask()
    assert shown == []
    room.show()
    assert shown == [0], "once, however often it was asked for"
    ask()
    assert shown == [0, 1]
    room.hide()
    room.show()
    assert shown == [0, 1], "nothing was asked for meanwhile"
