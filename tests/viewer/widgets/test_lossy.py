"""Data compressed with loss are marked on every view of them, before a court as well."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from viewer.presenters.examine.opening import Opened

WARNING = (0xF2, 0xC9, 0x4C)


def seen(widget: QWidget) -> NDArray[np.uint8]:
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def ink(widget: QWidget) -> int:
    """Count the pixels in the colour of warnings in the lower left quarter."""
    picture = seen(widget).astype(int)
    height, width = picture.shape[:2]
    away = np.abs(picture[height // 2 :, : width // 2] - WARNING).sum(axis=-1)
    return int((away < 60).sum())


@pytest.fixture
def screens(
    start: Callable[[], Any], opened_with_warning: Opened
) -> Callable[[tuple[str, ...]], Any]:
    """Open the window on the ball of bone, with these problems."""

    def open_with(problems: tuple[str, ...]) -> Any:
        screen = start()
        volume = replace(
            opened_with_warning.volume,
            problems=problems,
            compression_ratio=9.0 if problems else None,
        )
        screen.parts.opening.show(replace(opened_with_warning, volume=volume))
        views = screen.desk.window.examine.views
        screen.bot.waitUntil(lambda: views.volume_view.settled, timeout=30000)
        return views

    return open_with


def test_all_four_views_bear_the_mark(screens: Callable[[tuple[str, ...]], Any]) -> None:
    views = screens(("lossy",))
    shown = [*views.slices.values(), views.volume_view]
    assert [ink(one) > 60 for one in shown] == [True] * 4
    views.set_presenting(True)
    assert [ink(one) > 60 for one in shown] == [True] * 4


def test_views_of_data_without_loss_bear_none(screens: Callable[[tuple[str, ...]], Any]) -> None:
    views = screens(())
    assert [ink(one) for one in (*views.slices.values(), views.volume_view)] == [0] * 4
