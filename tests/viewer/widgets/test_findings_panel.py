"""The panel in the real window: found, walked through, stated, taken back, in three languages."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QWidget,
)

from tests.viewer.widgets.layout_faults import faults
from tests.virtopsy.findings.some import one_of_each
from virtopsy.case.changes import Change
from virtopsy.case.commands import AddFinding, AddFindings, ChangeFinding, StateSubject
from virtopsy.case.subject import Subject
from virtopsy.findings.finding import Certainty
from virtopsy.findings.fracture import FractureKind
from virtopsy.language import Language


@pytest.fixture
def full(screen: Any) -> Any:
    """The window with a finding of every kind, and one on another series."""
    found = one_of_each()
    screen.parts.session.do(AddFindings(found))
    screen.parts.session.do(AddFinding(replace(found[0], finding_id="far", series_uid="9.9")))
    screen.live()
    return screen


def seen(full: Any, kind: type[Any], name: str) -> Any:
    """Return the widget of that name, which a person sees."""
    found = full.desk.window.findChild(kind, name)
    assert found is not None, name
    assert found.isVisibleTo(full.desk.window), name
    return found


def leave(field: QWidget) -> None:
    """Take the keyboard elsewhere; without a window manager no window is ever the active one."""
    QApplication.sendEvent(field, QFocusEvent(QEvent.Type.FocusOut))


def choose(full: Any, kind: str) -> None:
    full.parts.findings.choose(f"{kind}-1")
    full.live()


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)])
def test_no_word_is_cut_and_nothing_overlaps_whatever_is_selected(
    full: Any, language: Language, size: tuple[int, int]
) -> None:
    full.parts.language.set(language)
    full.desk.window.resize(*size)
    for subject in (Subject.DECEASED, Subject.LIVING):
        full.parts.session.do(StateSubject(subject))
        for one in full.parts.findings.shown:
            full.parts.findings.choose(one.finding_id)
            full.live()
            panel = full.desk.window.findChild(QWidget, "panel")
            assert not faults(panel), (language, one.kind)
            inside = full.desk.window.findChild(QWidget, "finding.details").widget()
            assert not faults(inside), (language, one.kind)
            assert inside.width() <= inside.parentWidget().width()


def test_a_click_selects_and_jumps_and_arrows_walk_on(full: Any) -> None:
    listed = seen(full, QListWidget, "findings.list")
    first = listed.visualItemRect(listed.item(0))
    QTest.mouseClick(
        listed.viewport(), Qt.MouseButton.LeftButton, pos=first.topLeft() + QPoint(40, 10)
    )
    assert full.parts.findings.selected.now == "wound-1"
    assert full.parts.views.position.now == pytest.approx((1.0, 2.0, 3.0))
    for expected in ("trajectory-1", "fragment-1", "fracture-1"):
        QTest.keyClick(listed, Qt.Key.Key_Down)
        assert full.parts.findings.selected.now == expected
    assert full.parts.views.position.now == pytest.approx((0.0, 0.0, 0.0))
    QTest.keyClick(listed, Qt.Key.Key_Up)
    assert full.parts.findings.selected.now == "fragment-1"
    assert full.parts.views.position.now == pytest.approx((5.0, 6.0, 7.0))


def test_a_finding_that_is_selected_in_a_view_moves_no_crosshair(full: Any) -> None:
    before = full.parts.views.position.now
    full.parts.findings.selected.set("fragment-1")
    full.live()
    assert full.parts.views.position.now == before
    assert seen(full, QListWidget, "findings.list").currentRow() == 2


def test_the_eye_of_a_row_and_space_hide_it_and_the_one_above_hides_all(full: Any) -> None:
    listed = seen(full, QListWidget, "findings.list")
    row = listed.visualItemRect(listed.item(0))
    eye = row.topRight() + QPoint(-14, 11)
    QTest.mouseClick(listed.viewport(), Qt.MouseButton.LeftButton, pos=eye)
    assert full.parts.findings.hidden.now == {"wound-1"}
    assert full.parts.findings.selected.now is None, "the eye selects nothing"
    assert "hidden" in listed.item(0).toolTip()
    QTest.mouseClick(listed.viewport(), Qt.MouseButton.LeftButton, pos=eye)
    assert not full.parts.findings.hidden.now
    listed.setCurrentRow(1)
    QTest.keyClick(listed, Qt.Key.Key_Space)
    assert full.parts.findings.hidden.now == {"trajectory-1"}
    every = seen(full, QAbstractButton, "findings.draw")
    every.click()
    assert not full.parts.findings.hidden.now
    every.click()
    assert len(full.parts.findings.hidden.now) == 9


def test_the_field_finds_by_word_and_escape_lists_all_again(full: Any) -> None:
    line = seen(full, QLineEdit, "findings.find")
    listed = seen(full, QListWidget, "findings.list")
    QTest.keyClicks(line, "landm")
    assert listed.count() == 1
    assert "1 of 9 listed" in seen(full, QLabel, "list.quiet").text()
    assert "1 more on another series" in seen(full, QLabel, "list.quiet").text()
    QTest.keyClick(line, Qt.Key.Key_Escape)
    assert listed.count() == 9
    menu = seen(full, QAbstractButton, "findings.kind").menu()
    menu.aboutToShow.emit()
    next(one for one in menu.actions() if one.text() == "Fracture").trigger()
    assert listed.count() == 1


def test_the_field_is_there_from_six_findings_up(screen: Any) -> None:
    line = screen.desk.window.findChild(QLineEdit, "findings.find")
    for number, one in enumerate(one_of_each()[:6], start=1):
        screen.parts.session.do(AddFinding(one))
        assert line.isVisibleTo(screen.desk.window) == (number >= 6)


def test_a_choice_is_recorded_by_itself(full: Any) -> None:
    choose(full, "fracture")
    box = seen(full, QComboBox, "finding.fracture")
    row = box.findText("Ring (skull base)")
    box.setCurrentIndex(row)
    box.activated.emit(row)
    assert full.parts.findings.finding.fracture is FractureKind.RING
    assert full.parts.session.undo_label == "case.finding.change"
    doubt = seen(full, QComboBox, "finding.certainty")
    row = doubt.findText("possible")
    doubt.setCurrentIndex(row)
    doubt.activated.emit(row)
    assert full.parts.findings.finding.certainty is Certainty.POSSIBLE
    full.parts.session.undo()
    assert box.currentText() == "Ring (skull base)"
    assert doubt.currentText() == "probable"


def test_sides_are_said_as_the_deceaseds_or_the_persons_own(full: Any) -> None:
    choose(full, "wound")
    box = seen(full, QComboBox, "finding.side")
    assert box.currentText() == "the person’s left"
    full.parts.session.do(StateSubject(Subject.DECEASED))
    assert box.currentText() == "the deceased’s left"
    full.parts.language.set(Language.KK)
    assert box.currentText() == "марқұмның сол жағы"


def test_a_text_is_recorded_when_enter_is_pressed_or_the_field_is_left(full: Any) -> None:
    choose(full, "fracture")
    bone = seen(full, QLineEdit, "finding.bone")
    bone.setFocus()
    bone.selectAll()
    QTest.keyClicks(bone, "os frontale")
    assert full.parts.findings.finding.bone == "os parietale", "typing alone is no act"
    QTest.keyClick(bone, Qt.Key.Key_Return)
    assert full.parts.findings.finding.bone == "os frontale"
    remark = seen(full, QPlainTextEdit, "finding.remark")
    remark.setFocus()
    remark.selectAll()
    QTest.keyClicks(remark, "one")
    QTest.keyClick(remark, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClicks(remark, "two")
    leave(remark)
    assert full.parts.findings.finding.remark == "one\ntwo"


def test_escape_takes_back_what_was_typed(full: Any) -> None:
    choose(full, "fracture")
    name = seen(full, QLineEdit, "finding.name")
    name.setFocus()
    QTest.keyClicks(name, "xyz")
    QTest.keyClick(name, Qt.Key.Key_Escape)
    leave(name)
    assert full.parts.findings.finding.name == "Жfracture №1"


def test_what_was_typed_is_kept_for_its_own_finding_when_another_is_selected(full: Any) -> None:
    choose(full, "fracture")
    name = seen(full, QLineEdit, "finding.name")
    name.setFocus()
    name.selectAll()
    QTest.keyClicks(name, "Left temple")
    full.parts.findings.selected.set("wound-1")
    assert full.parts.session.case.finding("fracture-1").name == "Left temple"
    assert full.parts.session.case.finding("wound-1").name == "Жwound №1"
    assert name.text() == "Жwound №1"


def test_a_change_from_elsewhere_never_takes_the_words_from_under_the_hands(full: Any) -> None:
    choose(full, "fracture")
    name = seen(full, QLineEdit, "finding.name")
    name.setFocus()
    name.selectAll()
    QTest.keyClicks(name, "half typ")
    now = full.parts.findings.finding
    full.parts.session.do(ChangeFinding(replace(now, level="T4")))
    assert name.text() == "half typ"
    assert seen(full, QLineEdit, "finding.level").text() == "T4"


def test_an_empty_name_leaves_the_old_one_in_the_field(full: Any) -> None:
    choose(full, "note")
    name = seen(full, QLineEdit, "finding.name")
    name.setFocus()
    name.clear()
    QTest.keyClick(name, Qt.Key.Key_Return)
    assert name.text() == "Жnote №1"


def test_the_wheel_over_a_choice_is_no_act(full: Any) -> None:
    choose(full, "wound")
    box = seen(full, QComboBox, "finding.wound")
    before = full.parts.session.case
    full.desk.window.setFocus()
    QTest.mouseMove(box)
    full.bot.wait(5)
    assert full.parts.session.case == before
    assert box.focusPolicy() == Qt.FocusPolicy.StrongFocus


def test_ticks_are_clicked_on_box_or_words(full: Any) -> None:
    choose(full, "region")
    box = seen(full, QAbstractButton, "finding.confirmed")
    box.click()
    assert full.parts.findings.finding.confirmed
    words = seen(full, QWidget, "row.confirmed").findChild(QLabel)
    QTest.mouseClick(words, Qt.MouseButton.LeftButton)
    assert not full.parts.findings.finding.confirmed
    seen(full, QAbstractButton, "finding.ground.level").click()
    assert full.parts.findings.finding.grounds == ("density", "level")


def test_a_colour_is_chosen_and_that_of_the_kind_comes_back(full: Any) -> None:
    choose(full, "measure")
    seen(full, QAbstractButton, "finding.colour.#4aa3df").click()
    assert full.parts.findings.finding.colour == "#4aa3df"
    seen(full, QAbstractButton, "finding.colour.kind").click()
    assert full.parts.findings.finding.colour == ""


def test_the_lock_opens_and_closes(full: Any) -> None:
    choose(full, "wound")
    lock = seen(full, QAbstractButton, "finding.lock")
    assert lock.text() == "Locked"
    lock.click()
    assert full.parts.findings.unlocked.now == "wound-1"
    assert lock.text() == "Unlocked"
    choose(full, "note")
    assert lock.text() == "Locked"
    assert not lock.isChecked()


def test_each_kind_shows_its_own_choices_and_no_other_kinds(full: Any) -> None:
    own = {
        "wound": "finding.wound",
        "fracture": "finding.bone",
        "fragment": "finding.site",
        "region": "finding.substance",
        "landmark": "finding.side_confirmed_by",
        "trajectory": "finding.entry.0",
    }
    for kind in own:
        choose(full, kind)
        for other, name in own.items():
            widget = full.desk.window.findChild(QWidget, name)
            visible = widget is not None and widget.isVisibleTo(full.desk.window)
            assert visible == (other == kind), (kind, name)


def test_the_numbers_of_a_finding_stand_under_its_name(full: Any) -> None:
    choose(full, "wound")
    assert "± 2.8 mm (95%)" in seen(full, QLabel, "finding.number.0").text()
    choose(full, "fragment")
    said = " ".join(
        one.text()
        for one in full.desk.window.findChildren(QLabel)
        if one.objectName().startswith("finding.fact") and one.isVisibleTo(full.desk.window)
    )
    assert "Neither calibre nor metal" in said


def test_the_history_opens_under_the_details_compares_and_restores(full: Any) -> None:
    choose(full, "wound")
    full.parts.findings.state("name", "Second")
    full.parts.findings.state("side", "right")
    seen(full, QAbstractButton, "finding.history").click()
    full.live()
    said = [
        one.text()
        for one in full.desk.window.findChildren(QLabel, "history.changes")
        if one.isVisibleTo(full.desk.window)
    ]
    assert said == ["Side: left → right", "Name: Жwound №1 → Second"]
    restores = [
        one
        for one in full.desk.window.findChildren(QAbstractButton, "history.restore")
        if one.isVisibleTo(full.desk.window)
    ]
    assert len(restores) == 2, "the newest version is in force already"
    restores[-1].click()
    assert full.parts.findings.finding == one_of_each()[0]
    assert "an earlier version restored" in full.parts.history.told(Language.EN)[0].heading


@pytest.mark.parametrize("language", Language)
def test_no_word_of_an_open_history_is_cut(full: Any, language: Language) -> None:
    full.parts.language.set(language)
    choose(full, "wound")
    for name, value in (("region", "neck"), ("wound", "blunt"), ("ground.gas", "yes")):
        full.parts.findings.state(name, value)
    wound = full.parts.findings.finding
    full.parts.session.do(ChangeFinding(wound.moved(0, (9.0, 9.0, 9.0))))
    full.parts.session.undo()
    full.parts.history.shown.set(True)
    full.parts.history.compare(2)
    inside = full.desk.window.findChild(QWidget, "finding.details").widget()
    full.bot.waitUntil(lambda: not faults(inside), timeout=3000)
    assert inside.width() <= inside.parentWidget().width()


class _HandedOut:
    """Keeps acts in memory, as an archive does whose bundle has left."""

    def __init__(self) -> None:
        self.reasons: list[str] = []

    def wants_reason(self, change: tuple[Change, ...]) -> bool:
        return any(one.thing == "finding" for one in change)

    def record(self, change: tuple[Change, ...], *, label: str, act: str, reason: str = "") -> None:
        assert change
        assert label.startswith("case.finding")
        assert act == "do"
        self.reasons.append(reason)


@pytest.mark.parametrize("language", Language)
def test_a_change_after_a_bundle_left_is_asked_for_in_one_line_that_is_not_modal(
    full: Any, language: Language
) -> None:
    full.parts.language.set(language)
    book = _HandedOut()
    full.parts.session.open(full.parts.session.case, book)
    choose(full, "note")
    name = seen(full, QLineEdit, "finding.name")
    name.setFocus()
    name.selectAll()
    QTest.keyClicks(name, "Other")
    QTest.keyClick(name, Qt.Key.Key_Return)
    strip = seen(full, QWidget, "reason")
    full.live()
    assert not faults(strip)
    assert name.text() == "Жnote №1", "nothing has changed yet, and the field says so"
    line = seen(full, QLineEdit, "reason.text")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert strip.isVisibleTo(full.desk.window), "an empty reason is none"
    QTest.keyClicks(line, "qwe")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert not strip.isVisibleTo(full.desk.window)
    assert full.parts.findings.finding.name == "Other"
    assert book.reasons == ["qwe"]
    seen(full, QAbstractButton, "finding.withdraw").click()
    seen(full, QAbstractButton, "reason.leave").click()
    assert full.parts.findings.finding is not None
    assert not strip.isVisibleTo(full.desk.window)
