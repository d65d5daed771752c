"""Pictures that are no volume are looked at one by one, and nothing waits for them."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

from viewer.presenters.examine.opening import Opening
from viewer.presenters.examine.pictures import Look, Pictures, can_look
from viewer.presenters.examine.views import Views
from viewer.presenters.work import Work
from virtopsy.dicom.series import Series, Study
from virtopsy.jobs import Lanes
from virtopsy.language import Language

_PATIENCE_S = 30
FRAMES = 3


class _Desk:
    """The presenters without a screen; `settle` does what the screen's thread would."""

    def __init__(self) -> None:
        self._waiting: queue.Queue[Callable[[], None]] = queue.Queue()
        self.lanes = Lanes()
        self.work = Work(self.lanes, self._waiting.put)
        self.opening = Opening(self.work, Views())
        self.pictures = Pictures(self.work, self.opening)
        self.seen: list[Look | None] = []
        self.pictures.shown.subscribe(self.seen.append)

    def settle(self) -> None:
        end = time.monotonic() + _PATIENCE_S
        while self.work.running.now:
            assert time.monotonic() < end
            try:
                self._waiting.get(timeout=0.1)()
            except queue.Empty:
                continue

    def find(self, folder: Path) -> tuple[Study, Series]:
        self.opening.look_into(folder)
        self.settle()
        found = self.opening.found.now
        assert found is not None
        ((study, series),) = [(one, part) for one in found.studies for part in one.series]
        return study, series

    @property
    def shown(self) -> Look:
        assert self.pictures.shown.now is not None
        return self.pictures.shown.now


@pytest.fixture
def desk() -> Iterator[_Desk]:
    made = _Desk()
    yield made
    made.pictures.close()
    made.lanes.close()


def film(folder: Path, *, files: int = 2, kind: str = "1.2.840.10008.5.1.4.1.1.6.1") -> Path:
    """Write ultrasound files of several frames; frame f of file n is grey 40 n + 10 f all over."""
    folder.mkdir(exist_ok=True)
    for number in range(files):
        ds = Dataset()
        ds.SOPClassUID, ds.SOPInstanceUID = kind, f"1.2.3.4.{number}"
        ds.StudyInstanceUID, ds.SeriesInstanceUID = "1.2", "1.2.3"
        ds.PatientName, ds.StudyDate, ds.Modality = "Ivanova^Anna", "20260301", "US"
        ds.SeriesDescription, ds.PatientSex = "heart", "F"
        ds.InstanceNumber = number + 1
        ds.LossyImageCompression, ds.LossyImageCompressionRatio = "01", "8"
        ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
        ds.Rows, ds.Columns, ds.NumberOfFrames = 4, 6, FRAMES
        ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 8, 8, 7, 0
        greys = 40 * number + 10 * np.arange(FRAMES, dtype=np.uint8)
        ds.PixelData = np.repeat(greys, 24).tobytes()
        ds.file_meta = FileMetaDataset()
        ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        ds.save_as(folder / f"{number}", enforce_file_format=True)
    return folder


def grey(look: Look) -> int:
    assert look.picture is not None
    return int(look.picture.pixels[0, 0])


def test_each_frame_of_each_file_is_one_picture_in_order(desk: _Desk, tmp_path: Path) -> None:
    study, series = desk.find(film(tmp_path))
    assert can_look(series)
    desk.pictures.look(study, series)
    assert desk.shown.picture is None, "the reading has only begun"
    desk.settle()
    seen = [(desk.shown.number, desk.shown.count, grey(desk.shown))]
    for _ in range(2 * FRAMES):  # one more than there are: the last one stays
        desk.pictures.step(1)
        desk.settle()
        seen.append((desk.shown.number, desk.shown.count, grey(desk.shown)))
    greys = [0, 10, 20, 40, 50, 60, 60]
    assert seen == [(min(n + 1, 6), 6, one) for n, one in enumerate(greys)]
    desk.pictures.go(2)
    desk.settle()
    assert grey(desk.shown) == 10


def test_a_picture_never_bears_the_number_of_another(desk: _Desk, tmp_path: Path) -> None:
    desk.pictures.look(*desk.find(film(tmp_path)))
    for _ in range(4):  # faster than they are read
        desk.pictures.step(1)
    desk.settle()
    assert desk.shown.number == 5
    greys = [0, 10, 20, 40, 50, 60]
    pictures = [one for one in desk.seen if one is not None and one.picture is not None]
    assert [grey(one) for one in pictures] == [greys[one.number - 1] for one in pictures]


def test_it_says_what_it_is_and_whose(desk: _Desk, tmp_path: Path) -> None:
    desk.pictures.look(*desk.find(film(tmp_path)))
    look = desk.shown
    assert look.what(Language.EN) == "Ultrasound picture: not part of a volume"
    assert look.what(Language.RU) == "Ультразвуковое изображение: не входит в объём"
    assert look.what(Language.KK) == "Ультрадыбыстық кескін: көлемге кірмейді"
    name, who, when = look.whose(Language.EN)
    assert (name, when) == ("Ivanova Anna", "2026-03-01 · US · heart")
    assert "female" in who
    assert look.title(Language.KK) == "heart"
    assert look.place(Language.RU) == "1 из 6"
    assert look.mark(Language.EN) == "lossy compression 8:1"
    assert look.mark(Language.RU) == "сжатие с потерями 8:1"


def test_a_picture_that_cannot_be_read_is_a_sentence_in_its_place(
    desk: _Desk, tmp_path: Path
) -> None:
    study, series = desk.find(film(tmp_path))
    (tmp_path / "1").unlink()
    desk.pictures.look(study, series)
    desk.settle()
    desk.pictures.go(4)
    desk.settle()
    assert desk.shown.picture is None
    assert desk.shown.problem is not None
    assert str(tmp_path / "1") in desk.shown.problem.sentence(Language.EN)
    desk.pictures.step(-1)
    desk.settle()
    assert grey(desk.shown) == 20


def test_closing_while_a_picture_is_read_leaves_nothing_behind(desk: _Desk, tmp_path: Path) -> None:
    desk.pictures.look(*desk.find(film(tmp_path)))
    desk.pictures.close()
    desk.settle()
    assert desk.pictures.shown.now is None
    desk.pictures.step(1)
    assert desk.pictures.shown.now is None


def test_work_stopped_by_hand_does_not_end_the_looking(desk: _Desk, tmp_path: Path) -> None:
    desk.pictures.look(*desk.find(film(tmp_path)))
    for running in desk.work.running.now:
        running.progress.cancel()
    desk.settle()
    desk.pictures.step(1)
    desk.settle()
    assert grey(desk.shown) == 10


def test_another_folder_ends_the_looking(desk: _Desk, tmp_path: Path) -> None:
    desk.pictures.look(*desk.find(film(tmp_path / "a")))
    desk.settle()
    desk.find(film(tmp_path / "b"))
    assert desk.pictures.shown.now is None


def test_a_segmentation_is_nothing_to_look_at(desk: _Desk, tmp_path: Path) -> None:
    _, series = desk.find(film(tmp_path, kind="1.2.840.10008.5.1.4.1.1.66.4"))
    assert not can_look(series)
