"""Nothing overlaps and no word is cut: every room, every language, at every scale of a screen."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, QSize
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from tests.viewer.widgets.layout_faults import faults, painted
from viewer.widgets.icons import icon
from viewer.widgets.plain import PlainLabel

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
