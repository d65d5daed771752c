"""Each preset has a small picture of the volume itself."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from viewer.render.thumbnails import SIZE, thumbnails
from virtopsy.errors import Cancelled
from virtopsy.geometry.frame import Frame
from virtopsy.imaging.preset import presets
from virtopsy.imaging.volume import Quantity, Volume
from virtopsy.jobs import Progress


def limb(step_mm: float) -> Volume:
    """Skin, muscle, bone, enamel, metal and gas, one within the other, in air."""
    n = round(60 / step_mm)
    k, j, i = (np.mgrid[0:n, 0:n, 0:n] - (n - 1) / 2) * step_mm
    radius = np.hypot(j, i)
    values = np.full(radius.shape, -1000.0, np.float32)
    for outer, value in ((24, -60), (22, 70), (12, 700), (8, 1700), (4, 3000)):
        values[(radius < outer) & (np.abs(k) < 26)] = value
    values[np.hypot(j - 16, i) < 5] = -700
    values = gaussian_filter(values, 0.8 / step_mm)  # as scanners blur
    origin = -(n - 1) / 2 * step_mm
    frame = Frame.of(values.shape, origin_mm=(origin,) * 3, spacing_mm=(step_mm,) * 3)
    return Volume(values.astype(np.int16), frame)


def test_every_preset_that_fits_has_its_own_picture() -> None:
    made = thumbnails(limb(1.0), presets().values())
    assert set(made) == {name for name, one in presets().items() if one.fits(Quantity.HU)}
    for picture in made.values():
        assert picture.shape == (SIZE[1], SIZE[0], 3)
        assert picture.dtype == np.uint8
        assert picture.std() > 2, "something is seen"
    for one, other in combinations(made.values(), 2):
        assert np.abs(one.astype(int) - other.astype(int)).max() > 25


def test_a_thumbnail_of_a_large_volume_shows_the_same_body() -> None:
    chosen = [presets()["skin"]]
    small, large = (thumbnails(limb(step), chosen)["skin"] for step in (1.0, 0.3))
    assert np.abs(small.astype(int) - large.astype(int)).mean() < 5


def test_the_work_ends_when_it_is_stopped() -> None:
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        thumbnails(limb(1.0), presets().values(), check=progress.check)
