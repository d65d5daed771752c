from __future__ import annotations

from pathlib import Path

import numpy as np
import pydicom
import pytest

from virtopsy.errors import Bug
from virtopsy.geometry.frame import Floats
from virtopsy.phantom import asymmetric


@pytest.mark.parametrize("position", asymmetric.POSITIONS)
def test_every_mark_lies_where_it_is_said_in_every_position(position: str) -> None:
    scan = asymmetric.volume(position)
    for mark in asymmetric.marks().values():
        assert scan.nearest_value(mark.centre_mm) == mark.hu


@pytest.mark.parametrize("position", asymmetric.POSITIONS)
def test_files_put_the_left_mark_to_the_patients_left(position: str, tmp_path: Path) -> None:
    marks = asymmetric.write(tmp_path, position)
    files = [pydicom.dcmread(path) for path in sorted(tmp_path.iterdir())]
    assert len(files) == 40
    assert {file.PatientPosition for file in files} == {position}
    found = {name: _centroid(files, mark.hu) for name, mark in marks.items()}
    for name, mark in marks.items():
        assert np.allclose(found[name], mark.centre_mm, atol=0.4)
    middle = np.mean(list(found.values()), axis=0)
    assert found["left"][0] > middle[0] + 4
    assert found["anterior"][1] < middle[1] - 4
    assert found["superior"][2] > middle[2] + 4


def _centroid(files: list[pydicom.FileDataset], hu: int) -> Floats:
    """Mean LPS place of the voxels of one value, by the equation of PS3.3 C.7.6.2.1.1."""
    places = []
    for file in files:
        rows, columns = np.nonzero(file.pixel_array + file.RescaleIntercept == hu)
        across, down = np.array(file.ImageOrientationPatient).reshape(2, 3)
        between_rows, between_columns = file.PixelSpacing
        places.append(
            np.array(file.ImagePositionPatient)
            + columns[:, None] * between_columns * across
            + rows[:, None] * between_rows * down
        )
    centroid: Floats = np.concatenate(places).mean(axis=0)
    return centroid


def test_pictures_turn_with_the_patient() -> None:
    rows = {
        position: tuple(asymmetric.frame(position).directions[:, 0]) for position in ("HFS", "FFS")
    }
    assert rows == {"HFS": (1, 0, 0), "FFS": (-1, 0, 0)}
    assert tuple(asymmetric.frame("FFS").directions[:, 2]) == (0, 0, -1)
    assert tuple(asymmetric.frame("HFP").directions[:, 1]) == (0, -1, 0)
    # On the right side the floor is to the patient's right.
    assert tuple(asymmetric.frame("HFDR").directions[:, 1]) == (-1, 0, 0)


def test_a_position_that_does_not_exist_is_a_bug() -> None:
    with pytest.raises(Bug, match="HFX"):
        asymmetric.frame("HFX")
