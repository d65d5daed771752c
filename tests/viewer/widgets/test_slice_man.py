"""The little man stands in a corner of every slice that has room, over no words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from viewer.presenters.examine.views import LAYOUTS, PLANES
from virtopsy.language import Language


def box_of(view: Any) -> QRectF | None:
    """Paint the view and return where the man was put, None where he was left out."""
    view.grab()
    box: QRectF | None = view.man
    assert box is None or not any(box.intersects(one) for one in view.worded), "over words"
    return box


def colours(view: Any, box: QRectF) -> np.ndarray:
    image = view.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    flat = np.frombuffer(image.constBits(), np.uint8)
    pixels = flat.reshape(image.height(), -1, 4)[..., 2::-1].astype(int)
    part: QRect = box.toRect()
    return pixels[part.top() : part.bottom(), part.left() : part.right()]


@pytest.mark.parametrize("plane", PLANES)
@pytest.mark.parametrize("court", [False, True])
def test_he_stands_on_every_slice_with_his_left_in_its_colour(
    screen: Any, plane: str, court: bool
) -> None:
    view = screen.slice(plane)
    view.set_presenting(court)
    screen.live()
    box = box_of(view)
    assert box is not None
    assert view.rect().contains(box.toRect())
    seen = colours(view, box)
    green = (seen[..., 1] - seen[..., 0] > 25) & (seen[..., 1] - seen[..., 2] > 15)
    assert green.sum() > 30
    if plane != "sagittal":
        assert np.nonzero(green)[1].mean() > seen.shape[1] / 2, "his left is at the right"


@pytest.mark.parametrize("language", list(Language))
def test_he_lies_on_no_words_in_any_layout_and_is_left_out_of_small_views(
    screen: Any, language: Language
) -> None:
    screen.parts.language.set(language)
    left_out = 0
    for layout in LAYOUTS:
        screen.parts.reading.arrange(layout)
        screen.live()
        for plane in PLANES:
            view = screen.slice(plane)
            if not view.isVisible():
                continue
            box = box_of(view)
            if box is None:
                left_out += 1
                assert view.width() < 400 or view.height() < 330
    assert left_out >= 2


def test_a_click_on_him_is_a_click_on_the_slice(screen: Any) -> None:
    view = screen.slice("axial")
    box = box_of(view)
    assert box is not None
    at = box.center().toPoint()
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(at))
    screen.live()
    place = screen.place("axial", screen.parts.views.position.now)
    assert (place - at).manhattanLength() < 200
    assert screen.parts.views.camera.now is None, "the 3D view did not turn"
