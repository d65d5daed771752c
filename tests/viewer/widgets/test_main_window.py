from __future__ import annotations

from pathlib import Path
from typing import Any

import polib
import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QScrollArea,
    QWidget,
)
from typing_extensions import override

from viewer.presenters.value import Value
from viewer.presenters.work import Running
from viewer.widgets.elided import ElidedLabel
from viewer.widgets.parts import ROOMS
from virtopsy.jobs import Progress
from virtopsy.language import Language, say

_CATALOGUES = Path(__file__).parents[3] / "resources" / "i18n"


def texts(window: QWidget) -> dict[str, QWidget]:
    every: list[Any] = [*window.findChildren(QLabel), *window.findChildren(QAbstractButton)]
    return {one.text(): one for one in every if one.isVisible() and one.text()}


def only_english() -> set[str]:
    known = {
        language: {
            entry.msgid: entry.msgstr
            for path in (_CATALOGUES / language).glob("*.po")
            for entry in polib.pofile(path.read_text(encoding="utf-8"))
        }
        for language in ("en", "ru", "kk")
    }
    return {
        text
        for key, text in known["en"].items()
        if text and text not in {known["ru"][key], known["kk"][key]}
    }


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize("language", [Language.RU, Language.KK])
def test_changing_the_language_rewords_the_whole_window(
    screen: Any, room: str, language: Language
) -> None:
    screen.parts.room.set(room)
    screen.live()
    QTest.mouseClick(
        screen.desk.window.findChild(QAbstractButton, f"language.{language.value}"),
        Qt.MouseButton.LeftButton,
    )
    screen.parts.writing.language.set(language)  # the page's own, which the preview follows
    screen.live()
    assert not set(texts(screen.desk.window)) & only_english()


def test_a_passing_message_ends_with_its_language(screen: Any) -> None:
    parts, hint = screen.parts, screen.desk.window.findChild(QLabel, "bottom.hint")
    parts.told.announce(parts.say("fragments.listed", n=3))
    assert hint.text() == say("fragments.listed", Language.EN, n=3)
    parts.language.set(Language.KK)
    assert hint.text() == say("ui.hint.point", Language.KK)


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize("language", list(Language))
def test_no_word_is_cut_at_1280_by_720(screen: Any, room: str, language: Language) -> None:
    screen.parts.language.set(language)
    screen.parts.room.set(room)
    screen.live()
    assert screen.desk.window.width() == 1280
    for text, widget in texts(screen.desk.window).items():
        if isinstance(widget, ElidedLabel):
            shown = widget.fontMetrics().horizontalAdvance(text) <= widget.width()
        elif isinstance(widget, QLabel) and widget.wordWrap():
            shown = widget.heightForWidth(widget.width()) <= widget.height() + 1
        else:
            shown = widget.sizeHint().width() <= widget.width() + 1
        assert shown, f"{text!r} has no room"


def test_the_views_own_the_screen(screen: Any) -> None:
    window, views = screen.desk.window, screen.desk.window.examine.views
    share = views.width() * views.height() / (window.width() * window.height())
    assert share >= 0.70


def test_a_warning_stays_as_a_sign_when_its_strip_makes_room_for_the_picture(
    screen: Any, opened_with_warning: Any
) -> None:
    window = screen.desk.window
    screen.parts.opening.show(opened_with_warning)
    screen.live()
    strip = window.findChild(QWidget, "warning")
    sign = window.findChild(QAbstractButton, "warning.sign")
    assert strip.isVisible()
    assert not sign.isVisible()
    window.findChild(QAbstractButton, "warning.hide").click()
    screen.live()
    assert not strip.isVisible()
    assert sign.isVisible()
    assert "localizer" in sign.toolTip()
    test_the_views_own_the_screen(screen)
    sign.click()
    assert strip.isVisible()


def test_a_folder_without_scans_is_answered_in_one_sentence(start: Any, tmp_path: Path) -> None:
    screen = start()
    (tmp_path / "scans").mkdir()
    screen.parts.opening.look_into(tmp_path / "scans")
    strip = screen.desk.window.findChild(QLabel, "notice.text")
    screen.bot.waitUntil(strip.isVisible, timeout=5000)
    english = strip.text()
    screen.parts.language.set(Language.KK)
    assert strip.text() != english, "the sentence follows the language"
    close = screen.desk.window.findChild(QAbstractButton, "notice.close")
    QTest.mouseClick(close, Qt.MouseButton.LeftButton)
    assert not strip.isVisible()


def test_rooms_that_need_a_scan_wait_for_one(start: Any) -> None:
    window = start().desk.window
    assert window.findChild(QAbstractButton, "rail.cases").isEnabled()
    for room in ("examine", "protocol", "court"):
        assert not window.findChild(QAbstractButton, f"rail.{room}").isEnabled()


def test_a_track_is_renamed_stated_and_withdrawn_in_the_panel(screen: Any) -> None:
    parts, window = screen.parts, screen.desk.window
    for end in ((-30.0, 0.0, 0.0), (30.0, 5.0, 9.0)):
        parts.trajectory.click(end, "Track 1")
    screen.live()
    line = window.findChild(QLineEdit, "finding.name")
    line.setText("Shot to the head")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert parts.findings.track.name == "Shot to the head"
    second = window.findChild(QAbstractButton, "finding.entry.1")
    second.click()
    assert parts.findings.track.entry == 1
    window.findChild(QAbstractButton, "finding.ground.bevel").click()
    assert parts.findings.track.grounds == ("bevel",)
    window.findChild(QAbstractButton, "finding.entry.-1").click()
    assert parts.findings.track.direction is None
    told = [one.text() for one in window.findChildren(QLabel) if one.isVisible()]
    assert any("±" in one for one in told)
    window.findChild(QPushButton, "finding.withdraw").click()
    assert parts.findings.tracks == ()
    window.findChild(QAbstractButton, "act.undo").click()
    screen.live()
    assert window.findChild(QListWidget, "findings.list").count() == 1


def test_what_the_window_remembers_survives_a_new_start(start: Any) -> None:
    first = start()
    first.parts.language.set(Language.KK)
    assert start().parts.language.now is Language.KK


def test_keys_belong_to_the_picture_as_soon_as_a_scan_is_shown(screen: Any) -> None:
    assert screen.desk.window.focusWidget() is screen.slice("axial")


def test_escape_leaves_the_tool_first_and_then_the_single_view(screen: Any) -> None:
    views, room = screen.parts.views, screen.desk.window.examine
    screen.parts.tool.set("trajectory")
    views.layout.set("coronal")
    QTest.keyClick(room, Qt.Key.Key_Escape)
    assert (screen.parts.tool.now, views.layout.now) == ("point", "coronal")
    QTest.keyClick(room, Qt.Key.Key_Escape)
    assert views.layout.now == "all"


def test_what_was_wrong_with_one_folder_is_not_said_over_the_next(
    screen: Any, tmp_path: Path
) -> None:
    parts, strip = screen.parts, screen.desk.window.findChild(QWidget, "notice")
    for folder in (tmp_path / "first", tmp_path / "second"):
        folder.mkdir()
    parts.opening.look_into(tmp_path / "first")
    screen.bot.waitUntil(strip.isVisible)
    parts.opening.look_into(tmp_path / "second")
    assert not strip.isVisible()
    screen.bot.waitUntil(strip.isVisible)


@pytest.mark.parametrize("language", list(Language))
def test_the_details_of_a_track_fit_into_their_panel(screen: Any, language: Language) -> None:
    screen.parts.language.set(language)
    screen.parts.trajectory.click((-20.0, 0.0, 0.0), "1")
    screen.parts.trajectory.click((20.0, 5.0, 10.0), "1")
    screen.live()
    details = screen.desk.window.findChild(QScrollArea, "finding.details")
    assert details.widget().width() <= details.viewport().width()


def test_the_progress_of_a_job_paints_no_picture_anew(screen: Any) -> None:
    """A bar that paints within its `setValue` takes the whole window with it, at every tick."""
    views = screen.desk.window.examine.views
    painted: list[Any] = []

    class Counting(QObject):
        @override
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint:
                painted.append(watched)
            return False

    counting = Counting()
    for view in (*views.slices.values(), views.volume_view):
        view.installEventFilter(counting)
    running = Running("examine.job.load", Progress(), Value((0, 20)))
    screen.parts.work.running.set((running,))
    screen.live()
    painted.clear()
    for done in range(20):
        views.slices["axial"].update()
        running.done.set((done, 20))
    assert painted == []
    screen.parts.work.running.set(())
