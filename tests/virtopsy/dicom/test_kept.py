"""A kept file is read only while it is what it was when it was kept."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.uid import RLELossless

from tests.virtopsy.dicom.test_syntaxes import many, odd_pictures, write, write_frames
from virtopsy.dicom import carrier
from virtopsy.dicom.assemble import assemble
from virtopsy.dicom.scan import scan
from virtopsy.dicom.series import Series, Study
from virtopsy.dicom.stored import colour_plane, grey_plane
from virtopsy.errors import IntegrityError
from virtopsy.imaging.volume import Volume
from virtopsy.jobs import Progress


def kept(folder: Path) -> tuple[Series, Study]:
    """The one series of a folder, its files as they are now."""
    (study,) = scan(folder, Progress()).studies
    (series,) = study.series
    instances = (
        replace(one, sha256=hashlib.sha256(one.path.read_bytes()).hexdigest())
        for one in series.instances
    )
    return replace(series, instances=tuple(instances)), study


def read(series: Series, study: Study) -> Volume:
    return assemble(series, study, Progress())


def flip(path: Path, place: int) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("name", odd_pictures())
@pytest.mark.parametrize("place", [0, -1], ids=["first byte", "last byte"])
def test_a_changed_file_shows_nothing_of_its_series_however_its_pixels_are_stored(
    tmp_path: Path, write_stack: Any, name: str, place: int
) -> None:
    picture = odd_pictures()[name]
    paths = write_stack(tmp_path, [(0, 0, k) for k in range(6)])
    for path in paths:
        write(path, dcmread(path), picture)
    series, study = kept(tmp_path)
    read(series, study)
    flip(paths[3], place)
    with pytest.raises(IntegrityError) as refused:
        read(series, study)
    assert (refused.value.key, refused.value.facts["path"]) == ("scan.changed", paths[3])
    flip(paths[3], place)
    assert np.array_equal(read(series, study).voxels[3] - np.int32(-24), picture.values)


def test_a_changed_file_of_many_frames_shows_none_of_them(tmp_path: Path, write_stack: Any) -> None:
    (path,) = write_stack(tmp_path, [(0, 0, 0)])
    write_frames(path, dcmread(path), many(RLELossless), {"has_bot": True})
    series, study = kept(tmp_path)
    assert len(read(series, study).voxels) == 4
    flip(path, -1)
    with pytest.raises(IntegrityError):
        read(series, study)


def test_frames_of_one_file_do_not_each_read_all_of_it(tmp_path: Path) -> None:
    path = tmp_path / "frames"
    path.write_bytes(bytes(1 << 20))
    address = carrier.Address(str(path), None, hashlib.sha256(bytes(1 << 20)).hexdigest())
    with carrier.opened(address):
        pass
    path.chmod(0o600)
    with carrier.opened(address) as file:
        assert file.read(8) == bytes(8)
    with path.open("r+b") as other:
        other.write(b"1")
    with pytest.raises(IntegrityError), carrier.opened(address):
        pass


@pytest.mark.parametrize("pixels", [grey_plane, lambda one: colour_plane(one, 0)])
def test_a_single_picture_is_held_against_its_hash_too(
    tmp_path: Path, write_stack: Any, pixels: Callable[[Any], object]
) -> None:
    (path,) = write_stack(tmp_path, [(0, 0, 0)])
    series, _ = kept(tmp_path)
    flip(path, -1)
    with pytest.raises(IntegrityError):
        pixels(series.instances[0])
