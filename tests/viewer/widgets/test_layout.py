"""Nothing overlaps and no word is cut: every room, every language, at every scale of a screen."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QRect, QSize
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from tests.viewer.widgets.layout_faults import faults, painted
from viewer.presenters.examine.opening import Opened
from viewer.widgets.icons import icon
from viewer.widgets.plain import PlainLabel
from virtopsy.imaging.slab import Projection, Slab
from virtopsy.language import Language

_ROOT = Path(__file__).parents[3]
# Logical sizes: a small office screen, the usual one, Full HD; Full HD at 125 % and at 150 %, and
# 2560 x 1600 at 200 %.
_SCREENS = {
    1.0: ("1280x720", "1280x800", "1920x1080"),
    1.25: ("1536x864",),
    1.5: ("1280x720",),
    2.0: ("1280x800",),
}


@pytest.mark.parametrize("scale", _SCREENS)
def test_nothing_overlaps_and_no_word_is_cut_in_any_room_or_language(
    scale: float, tmp_path: Path
) -> None:
    said = {
        "QT_SCALE_FACTOR": str(scale),
        "QT_QPA_PLATFORM": "offscreen",
        "XDG_CONFIG_HOME": str(tmp_path),
    }
    walked = subprocess.run(
        [sys.executable, "-m", "tests.viewer.widgets.layout_walk", *_SCREENS[scale]],
        cwd=_ROOT,
        env={**os.environ, **said},
        capture_output=True,
        text=True,
        check=False,
        timeout=400,
    )
    assert walked.returncode == 0, walked.stderr
    told = json.loads(walked.stdout)
    assert told["ratio"] == scale
    assert told["seen"] > 50 * len(_SCREENS[scale])
    assert not told["found"]


@pytest.mark.parametrize("language", Language)
def test_the_line_over_the_views_fits_the_smallest_window_with_its_longest_words(
    start: Callable[[], Any], opened_with_warning: Opened, language: Language
) -> None:
    screen = start()
    parts, window = screen.parts, screen.desk.window
    window.resize(1000, 620)
    parts.language.set(language)
    parts.opening.show(opened_with_warning)
    parts.warned.set(False)  # its sign takes room as well
    line = window.examine.top

    def well() -> None:
        sign = line.findChild(QWidget, "warning.sign")
        assert sign is not None
        assert sign.isVisible()
        assert line.width() < window.width() == 1000
        assert not faults(line)

    for slab in (Slab(Projection.MINIP, 100.0), Slab(Projection.MEAN, 100.0), None):
        parts.views.slab.set(slab)
        screen.bot.waitUntil(well, timeout=3000)


@pytest.fixture
def bare(qtbot: QtBot) -> QWidget:
    """A window in which faults are made."""
    made = QWidget()
    made.resize(300, 100)
    qtbot.addWidget(made)
    made.show()
    return made


def test_the_walk_finds_what_lies_on_another(bare: QWidget) -> None:
    for left in (0, 40):
        label = PlainLabel("A", bare)
        label.setGeometry(QRect(left, 0, 60, 30))
        label.show()
    (found,) = faults(bare)
    assert "overlaps" in found


def test_the_walk_finds_a_word_that_is_cut(bare: QWidget) -> None:
    button = QPushButton("Алып тастау", bare)
    button.setGeometry(QRect(0, 0, 40, 30))
    button.show()
    assert [one for one in faults(bare) if "cuts 'Алып тастау'" in one]


def test_the_walk_finds_a_button_without_a_name(bare: QWidget) -> None:
    button = QToolButton(bare)
    button.setIcon(icon("close"))
    button.resize(QSize(30, 30))
    button.show()
    assert [one for one in faults(bare) if "neither a word nor a name" in one]


def test_the_walk_sees_the_words_that_a_view_paints_where_they_are(screen: object) -> None:
    view = screen.slice("axial")  # type: ignore[attr-defined]
    words = {one.said: one.area for one in painted(view)}
    assert {"R", "L", "A", "P", "Ivanova Anna", "Axial"} <= words.keys()
    assert words["R"].right() < 30 < view.width() - 30 < words["L"].left()
    assert words["Ivanova Anna"].top() < 20
