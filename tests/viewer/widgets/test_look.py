"""What is no volume is looked at in the window: as it lies in the file, by mouse and by keys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel

from viewer.widgets.archive.look import PictureView
from virtopsy.language import Language

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def write(folder: Path, *, pictures: int = 3) -> None:
    """Write photographs twice as wide as high: red, green over blue, white; not square pixels."""
    for number in range(pictures):
        ds = Dataset()
        ds.SOPClassUID = "1.2.840.10008.5.1.4.1.1.77.1.4"
        ds.SOPInstanceUID = f"1.2.3.4.{number}"
        ds.StudyInstanceUID, ds.SeriesInstanceUID = "1.2", "1.2.3"
        ds.PatientName, ds.StudyDate, ds.Modality = "Ivanova^Anna", "20260301", "XC"
        ds.SeriesDescription, ds.InstanceNumber = "wound", number + 1
        ds.PatientOrientation = ["R", "F"]
        ds.LossyImageCompression = "01"
        ds.SamplesPerPixel, ds.PhotometricInterpretation = 3, "RGB"
        ds.PlanarConfiguration = 0
        colours = np.array([[RED, GREEN], [BLUE, WHITE]], np.uint8)
        pixels = colours.repeat(60, axis=0).repeat(60, axis=1)
        ds.Rows, ds.Columns = pixels.shape[:2]
        ds.PixelAspectRatio = ["1", "2"]
        ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 8, 8, 7, 0
        ds.PixelData = pixels.tobytes()
        ds.file_meta = FileMetaDataset()
        ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        ds.save_as(folder / f"{number}", enforce_file_format=True)


@pytest.fixture
def screen(start: Callable[[], Any], tmp_path: Path) -> Any:
    """The window with the first photograph on it."""
    write(tmp_path)
    made = start()
    parts = made.parts
    parts.opening.look_into(tmp_path)
    made.bot.waitUntil(lambda: parts.opening.found.now is not None, timeout=20000)
    press(made, "series.look.1.2.3")
    until(made, 1)
    return made


def press(screen: Any, name: str) -> None:
    button = screen.desk.window.findChild(QAbstractButton, name)
    assert button.isVisible()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def until(screen: Any, number: int) -> None:
    def so() -> bool:
        look = screen.parts.pictures.shown.now
        return look is not None and look.number == number and look.picture is not None

    screen.bot.waitUntil(so, timeout=20000)


def view_of(screen: Any) -> PictureView:
    view = screen.desk.window.findChild(PictureView, "picture.view")
    assert isinstance(view, PictureView)
    return view


def seen(view: PictureView) -> NDArray[np.uint8]:
    image = view.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def wheel(view: PictureView, turned: int) -> None:
    middle = QPointF(view.rect().center())
    event = QWheelEvent(
        middle,
        view.mapToGlobal(middle),
        QPoint(),
        QPoint(0, turned),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, event)


def test_the_picture_lies_as_in_the_file_with_its_own_proportions(screen: Any) -> None:
    view = view_of(screen)
    look = screen.parts.pictures.shown.now
    place = view.place(look.picture)
    assert place.width() / place.height() == pytest.approx(2.0, rel=0.02)
    assert place.width() > 0.9 * view.width() or place.height() > 0.85 * view.height()
    picture = seen(view)
    for (down, across), colour in zip(
        ((0.25, 0.25), (0.25, 0.75), (0.75, 0.25), (0.75, 0.75)),
        (RED, GREEN, BLUE, WHITE),
        strict=True,
    ):
        x = round(place.x() + across * place.width())
        y = round(place.y() + down * place.height())
        assert tuple(picture[y, x].tolist()) == colour


def test_mouse_wheel_and_keys_lead_through_the_pictures(screen: Any) -> None:
    view, place = view_of(screen), screen.desk.window.findChild(QLabel, "picture.place")
    assert place.text() == "1 of 3"
    press(screen, "picture.next")
    until(screen, 2)
    assert place.text() == "2 of 3"
    QTest.keyClick(view, Qt.Key.Key_Right)
    until(screen, 3)
    assert not screen.desk.window.findChild(QAbstractButton, "picture.next").isEnabled()
    wheel(view, 120)  # up: back, as in the slices of a film
    until(screen, 2)
    wheel(view, -60)
    wheel(view, -60)
    until(screen, 3)
    press(screen, "picture.back")
    until(screen, 2)
    QTest.keyClick(view, Qt.Key.Key_Up)
    until(screen, 1)


def test_escape_and_the_button_lead_back_to_the_list(screen: Any) -> None:
    QTest.keyClick(view_of(screen), Qt.Key.Key_Escape)
    assert not view_of(screen).isVisible()
    press(screen, "series.look.1.2.3")
    assert view_of(screen).isVisible()
    press(screen, "picture.close")
    assert not view_of(screen).isVisible()


def test_the_words_on_the_picture_follow_the_language(screen: Any) -> None:
    view, before = view_of(screen), seen(view_of(screen))
    screen.parts.language.set(Language.KK)
    place = screen.desk.window.findChild(QLabel, "picture.place")
    assert place.text() == "1 / 3"
    after = seen(view)
    height, width = after.shape[:2]
    changed = (before != after).any(axis=-1)
    assert changed[: height // 4, width // 2 :].any(), "what it is"
    assert changed[3 * height // 4 :, : width // 2].any(), "that it is lossy"
    assert not changed[height // 3 : height // 2, width // 3 : width // 2].any()


def test_a_failure_is_said_in_place_of_the_picture(screen: Any, tmp_path: Path) -> None:
    (tmp_path / "1").unlink()
    press(screen, "picture.next")
    pictures = screen.parts.pictures
    screen.bot.waitUntil(lambda: pictures.shown.now.problem is not None, timeout=20000)
    picture = seen(view_of(screen)).astype(int)
    height, width = picture.shape[:2]
    middle = picture[height // 3 : 2 * height // 3, width // 4 : 3 * width // 4]
    assert (np.abs(middle - (0xF2, 0xC9, 0x4C)).sum(axis=-1) < 60).sum() > 100
