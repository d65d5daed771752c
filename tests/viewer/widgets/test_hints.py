from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QLabel

from viewer.app.demo import Places
from viewer.widgets.examine.hints import HINTED
from virtopsy.jobs import Progress
from virtopsy.language import Language, say
from virtopsy.phantom.write import write

_PATIENCE_MS = 30_000


@pytest.fixture(scope="session")
def synthetic(tmp_path_factory: pytest.TempPathFactory) -> Places:
    """A few slices of the synthetic case, where the demo keeps it."""
    places = Places(tmp_path_factory.mktemp("demo"))
    write(places.scan, seed=0, slices=24, progress=Progress())
    return places


def _read(screen: Any) -> set[str]:
    views = screen.desk.window.examine.views
    labels = (views.findChild(QLabel, f"hint.{name}") for name in HINTED)
    return {one.objectName().partition(".")[2] for one in labels if one.isVisible()}


def _later() -> None:
    """Leave the first dialog without an archive."""
    tops = QApplication.topLevelWidgets()
    (dialog,) = (one for one in tops if isinstance(one, QDialog) and one.isVisible())
    button = dialog.findChild(QAbstractButton, "sign_in.leave")
    assert button is not None
    button.click()


def _shown(screen: Any) -> bool:
    return screen.parts.opening.opened.now is not None


def test_a_newcomer_meets_the_synthetic_case_with_a_hint_on_each_view(
    start: Callable[[], Any], synthetic: Places
) -> None:
    screen = start()
    screen.desk.welcome(synthetic)
    _later()
    screen.bot.waitUntil(lambda: _shown(screen), timeout=_PATIENCE_MS)
    screen.live()
    assert _read(screen) == HINTED
    screen.parts.language.set(Language.KK)
    hint = screen.slice("axial").findChild(QLabel, "hint.axial")
    assert hint.text() == say("ui.first.axial", Language.KK)
    assert screen.slice("axial").rect().contains(hint.geometry())


def test_a_hint_goes_with_the_first_use_of_its_view_which_still_does_its_work(
    start: Callable[[], Any], synthetic: Places
) -> None:
    screen = start()
    screen.desk.show_synthetic(synthetic)
    screen.bot.waitUntil(lambda: _shown(screen), timeout=_PATIENCE_MS)
    screen.live()
    before = screen.parts.views.position.now
    hint = screen.slice("axial").findChild(QLabel, "hint.axial")
    place = hint.geometry().center()
    QTest.mouseClick(screen.slice("axial"), Qt.MouseButton.LeftButton, pos=place)
    assert screen.parts.views.position.now != before
    assert _read(screen) == HINTED - {"axial"}
    screen.parts.tool.set("trajectory")
    assert _read(screen) == {"volume", "coronal"}
    screen.desk.window.add_stop()
    screen.desk.window.show_stops()
    screen.live()
    assert _read(screen) == set()
    screen.desk.window._show_window.close()


def test_the_synthetic_case_comes_once_and_never_over_a_scan_somebody_opened(
    start: Callable[[], Any], synthetic: Places, tmp_path: Path
) -> None:
    screen = start()
    screen.desk.show_synthetic(synthetic)
    screen.parts.opening.look_into(tmp_path)
    screen.bot.waitUntil(lambda: not screen.parts.work.running.now, timeout=_PATIENCE_MS)
    assert screen.parts.opening.path.now == tmp_path
    assert not screen.parts.hinted.now
    again = start()
    again.desk.welcome(synthetic)
    _later()
    again.live()
    assert not again.parts.work.running.now
