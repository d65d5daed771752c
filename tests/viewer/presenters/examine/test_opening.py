"""Opening a scan: slices are shown as they come, and nothing can be marked before all are there."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from queue import Empty, SimpleQueue

import numpy as np
import pytest
from pydicom import Dataset

from viewer.presenters.examine.opening import Opening
from viewer.presenters.examine.views import Views
from viewer.presenters.work import Work
from virtopsy.dicom.scan import scan
from virtopsy.dicom.series import Series, Study
from virtopsy.errors import InputError
from virtopsy.geometry.frame import Frame
from virtopsy.imaging.volume import Identity, SourceSlice, Volume
from virtopsy.jobs import Lanes, Progress
from virtopsy.phantom.write import write_slices

_SLICES = 64


def volume(depth: int = _SLICES, arrived: list[int] | None = None, start: float = 0.0) -> Volume:
    voxels = np.arange(depth, dtype=np.int16)[:, None, None] * np.ones((1, 8, 8), np.int16)
    frame = Frame.of(
        (depth, 8, 8), origin_mm=(0, 0, start), spacing_mm=(1, 1, 2), directions=np.eye(3)
    )
    flags = None
    if arrived is not None:
        flags = np.zeros(depth, dtype=bool)
        flags[arrived] = True
    sources = tuple(SourceSlice(f"1.2.3.{k + 1}", Path(f"{k:04d}")) for k in range(depth))
    identity = Identity("Phantom^Test", "1", "1.1", "", "", "1.2", "", "CT", "1.4")
    return Volume(voxels, frame, identity=identity, sources=sources, arrived=flags)


def write(folder: Path) -> None:
    write_slices(volume(), folder, Dataset())


class Screen:
    """The screen's thread, by hand."""

    def __init__(self) -> None:
        self.posted: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self.lanes = Lanes()
        self.views = Views()
        self.work = Work(self.lanes, self.posted.put)
        self.opening = Opening(self.work, self.views)

    def until(self, reached: Callable[[], bool]) -> None:
        end = time.monotonic() + 20
        while not reached():
            assert time.monotonic() < end
            try:
                self.posted.get(timeout=0.05)()
            except Empty:
                continue


@pytest.fixture
def screen() -> Screen:
    return Screen()


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scan")
    write(folder)
    return folder


def found(folder: Path) -> tuple[Study, Series]:
    study = scan(folder, Progress()).studies[0]
    return study, study.series[0]


def test_what_has_arrived_is_shown_and_the_rest_is_empty() -> None:
    views = Views()
    views.show_arriving(volume(arrived=[31, 32]))
    shown = views.shown.now
    assert shown is not None
    assert views.volume.now is None
    assert len(shown.gaps) == _SLICES - 2
    assert shown.missing == ()
    assert views.position.now[2] == pytest.approx(63)


def test_a_volume_that_has_arrived_is_looked_at_from_where_it_was() -> None:
    views = Views()
    views.show_arriving(volume(arrived=[31]))
    views.go((1, 1, 20))
    views.drag_window(40, 0)
    chosen = views.window.now
    views.show(volume())
    assert views.position.now == (1, 1, 20)
    assert views.window.now == chosen
    assert views.volume.now is views.shown.now


def test_another_volume_is_looked_at_from_its_middle() -> None:
    views = Views()
    views.show_arriving(volume(arrived=[31]))
    views.go((1, 1, 20))
    views.show(volume(depth=32, start=500.0))
    assert views.position.now[2] == pytest.approx(531)


def test_giving_up_shows_again_what_was_there() -> None:
    views = Views()
    views.show(volume(start=500.0))
    before = views.volume.now
    views.show_arriving(volume(arrived=[31]))
    assert views.volume.now is None
    views.give_up_arriving()
    assert views.volume.now is before
    assert views.shown.now is before


def test_nothing_is_pointed_at_where_no_slice_has_arrived() -> None:
    views = Views()
    views.show_arriving(volume(arrived=[31]))
    views.point_at((3.0, 3.0, 62.0))
    assert views.pointed.now is not None
    assert views.pointed.now.value == 31
    views.point_at((3.0, 3.0, 20.0))
    assert views.pointed.now.value is None


def test_slices_are_on_the_screen_before_the_series_is_read(screen: Screen, written: Path) -> None:
    early: list[Volume] = []
    screen.views.shown.subscribe(lambda one: early.append(one) if one is not None else None)
    told: list[str] = []
    screen.opening.arriving.subscribe(lambda series: told.append(series.key))
    study, series = found(written)
    screen.opening.load(study, series)
    screen.until(lambda: screen.opening.opened.now is not None)
    assert told == [series.key]
    assert early[0].arrived is not None
    whole = screen.views.volume.now
    assert whole is not None
    assert whole.arrived is None
    assert np.array_equal(whole.voxels, volume().voxels)


def test_a_cancelled_series_leaves_the_screen_as_it_was(screen: Screen, written: Path) -> None:
    screen.views.show(volume(depth=32, start=500.0))
    before = screen.views.volume.now
    study, series = found(written)
    screen.opening.arriving.subscribe(lambda _: screen.opening.cancel())
    screen.opening.load(study, series)
    screen.opening.cancel()
    screen.until(lambda: not screen.work.running.now)
    while not screen.posted.empty():
        screen.posted.get()()
    assert screen.views.volume.now is before
    assert screen.views.shown.now is before
    assert screen.opening.opened.now is None


def test_nothing_is_said_of_the_scan_before_while_the_next_arrives(
    screen: Screen, written: Path
) -> None:
    study, series = found(written)
    screen.opening.load(study, series)
    screen.until(lambda: screen.opening.opened.now is not None)
    before = screen.opening.opened.now
    seen: list[object] = []

    def look(_: Series) -> None:
        seen.append(screen.opening.opened.now)
        screen.opening.cancel()

    screen.opening.arriving.subscribe(look)
    screen.opening.load(study, series)
    screen.until(lambda: bool(seen) and not screen.work.running.now)
    assert seen == [None]
    assert screen.opening.opened.now is before or screen.views.volume.now is not None


def test_a_series_that_is_gone_leaves_the_screen_as_it_was(screen: Screen, tmp_path: Path) -> None:
    write(tmp_path)
    study, series = found(tmp_path)
    for path in tmp_path.iterdir():
        path.unlink()
    told: list[object] = []
    screen.opening.problem.subscribe(told.append)
    screen.opening.load(study, series)
    screen.until(lambda: bool(told))
    assert isinstance(told[0], InputError)
    assert screen.views.shown.now is None
