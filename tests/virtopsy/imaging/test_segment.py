"""What is hidden with the table lies outside the body, and is listed."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from virtopsy.dicom.assemble import assemble, choose, study_of
from virtopsy.dicom.scan import scan
from virtopsy.errors import Cancelled, InputError
from virtopsy.geometry.frame import Floats, Frame
from virtopsy.imaging.coarse import Mask
from virtopsy.imaging.segment import RANGES, Outside, Part, gas, outside_body, within
from virtopsy.imaging.volume import Quantity, Volume
from virtopsy.imaging.voxels import Voxels
from virtopsy.jobs import Progress
from virtopsy.phantom import asymmetric, head

SHAPE, SPACING = (90, 130, 190), (2.0, 2.0, 2.0)
ORIGIN = (-189.0, -120.0, -700.0)
DEEPEST_Y = 60.0  # of the body's back


class Scene:
    """A trunk in air, and what a test lays beside it; places in LPS mm."""

    def __init__(self) -> None:
        self.frame = Frame.of(SHAPE, origin_mm=ORIGIN, spacing_mm=SPACING)
        k, j, i = np.indices(SHAPE)
        self.at: Floats = self.frame.to_lps(np.stack([i, j, k], axis=-1))
        noise = np.random.default_rng(3).normal(0, 12, SHAPE)
        self.hu: Voxels = (noise - 1000).round().astype(np.int16)
        self.trunk = (self.x / 130) ** 2 + (self.y / DEEPEST_Y) ** 2 < 1
        self.lay(self.trunk, 40)
        self.lay(np.hypot(self.x, self.y - 35) < 14, 400)

    @property
    def x(self) -> Floats:
        return self.at[..., 0]

    @property
    def y(self) -> Floats:
        return self.at[..., 1]

    @property
    def z(self) -> Floats:
        return self.at[..., 2] + 611.0  # 0 in the middle

    def lay(self, where: Mask, hu: int) -> Mask:
        self.hu[where] = hu
        return where

    def table(self) -> Mask:
        """A shell 6 mm thick that the trunk rests on, from end to end of the scan."""
        plate = np.abs(self.y - DEEPEST_Y - 2) < 3
        return self.lay(plate & (np.abs(self.x) < 170) & ~self.trunk, -60)

    def arm(self, z: float, half: float, x: float = 165) -> Mask:
        there = (np.hypot(self.x - x, self.y) < 20) & (np.abs(self.z - z) <= half)
        self.lay(there, 40)
        self.lay(there & (np.hypot(self.x - x, self.y) < 7), 700)
        return there

    def ball(self, x: float, y: float, z: float, radius: float, hu: int) -> Mask:
        away = np.sqrt((self.x - x) ** 2 + (self.y - y) ** 2 + (self.z - z) ** 2)
        return self.lay(away <= radius, hu)

    def volume(self) -> Volume:
        return Volume(self.hu.copy(), self.frame)

    def outside(self) -> Outside:
        return outside_body(self.volume())


def near(parts: tuple[Part, ...], place: tuple[float, float, float], mm: float) -> list[Part]:
    """The parts whose centre lies within `mm` of a place, z counted from the middle."""
    x, y, z = place
    return [
        one for one in parts if np.linalg.norm(np.subtract(one.centre_mm, (x, y, z - 611.0))) <= mm
    ]


def test_a_table_that_the_body_rests_on_is_hidden_and_listed_and_the_body_is_not() -> None:
    scene = Scene()
    table = scene.table()
    found = scene.outside()
    assert not found.mask[scene.trunk].any()
    assert found.mask[table].mean() > 0.7, "a rim stays where the body touches it"
    ends = [
        (one.centre_mm[0] - one.size_mm[0] / 2, one.centre_mm[0] + one.size_mm[0] / 2)
        for one in found.parts
    ]
    assert max(high for _, high in ends) - min(low for low, _ in ends) == pytest.approx(340, abs=8)
    assert all(one.size_mm[2] == pytest.approx(180, abs=1) for one in found.parts)


def test_a_severed_arm_beside_the_body_is_hidden_only_with_its_place_and_size_told() -> None:
    scene = Scene()
    scene.table()
    arm = scene.arm(z=0, half=50)
    found = scene.outside()
    assert found.mask[arm].all()
    (part,) = near(found.parts, (165, 0, 0), 2)
    assert part.volume_mm3 == pytest.approx(arm.sum() * 8, rel=0.02)
    assert part.size_mm == pytest.approx((40, 40, 100), abs=5)
    assert part.max_hu == 700


def test_a_severed_arm_on_the_table_is_told_apart_from_it() -> None:
    scene = Scene()
    scene.lay(np.abs(scene.y - 98) < 3, -60)  # a plate below trunk and arm
    long = np.abs(scene.z + 10) <= 45
    arm = scene.lay((np.hypot(scene.x - 165, scene.y - 77) < 20) & long, 40)
    scene.lay((np.hypot(scene.x - 165, scene.y - 77) < 7) & long, 700)
    found = scene.outside()
    assert found.mask[arm].all()
    (part,) = near(found.parts, (165, 77, -10), 8)
    assert part.max_hu == 700
    assert part.volume_mm3 == pytest.approx(arm.sum() * 8, rel=0.15)


def test_an_arm_that_leaves_the_scan_may_be_attached_and_stays() -> None:
    scene = Scene()
    arm = scene.arm(z=0, half=400)
    assert not scene.outside().mask[arm].any()


def test_the_other_leg_stays() -> None:
    scene = Scene()
    scene.hu[scene.trunk] = -1000
    left, right = scene.arm(0, 400, x=70), scene.arm(0, 400, x=-70)
    found = scene.outside()
    assert not found.mask[left | right].any()
    assert found.parts == ()


def test_what_touches_the_body_and_is_no_larger_than_a_hand_stays() -> None:
    scene = Scene()
    hand = scene.lay(
        (np.abs(scene.x - 160) < 32) & (np.abs(scene.y) < 4) & (np.abs(scene.z) < 20), 40
    )
    assert not scene.outside().mask[hand].any()


@pytest.mark.parametrize("y", [DEEPEST_Y - 7.0, DEEPEST_Y - 4.0])
def test_a_projectile_on_the_table_is_listed_by_itself(y: float) -> None:
    scene = Scene()
    scene.table()
    bullet = scene.ball(150, y, 20, 5, 3071)
    found = scene.outside()
    assert found.mask[bullet].all()
    (part,) = near(found.parts, (150, y, 20), 3)
    assert part.max_hu == 3071
    assert part.volume_mm3 == pytest.approx(bullet.sum() * 8, rel=0.1)
    assert part.size_mm == pytest.approx((10, 10, 10), abs=2.1)


def test_a_splinter_of_one_voxel_is_listed() -> None:
    scene = Scene()
    scene.hu[45, 20, 20] = 2600
    (part,) = scene.outside().parts
    x, y, z = scene.at[45, 20, 20].tolist()
    assert part == Part((x, y, z), SPACING, 8.0, 2600.0)


def test_metal_in_a_severed_limb_is_listed_beside_the_limb() -> None:
    scene = Scene()
    scene.arm(z=0, half=40)
    scene.ball(165, 0, 10, 4, 3071)
    found = scene.outside()
    assert [part.max_hu for part in found.parts] == [3071, 3071]
    assert near(found.parts, (165, 0, 10), 1)[0].size_mm == pytest.approx((8, 8, 8), abs=2.1)


def test_noise_and_small_litter_are_not_listed() -> None:
    scene = Scene()
    scene.ball(-160, -60, 0, 5, 40)  # half a cubic centimetre
    found = scene.outside()
    assert found.parts == ()
    assert found.mask[0, 0, 0]


def test_a_projectile_in_an_open_wound_stays() -> None:
    scene = Scene()
    channel = (np.hypot(scene.x, scene.z) < 7) & (scene.y < -30)
    scene.lay(channel, -1000)
    bullet = scene.ball(0, -44, 0, 3, 3071)
    found = scene.outside()
    assert not found.mask[bullet | (channel & scene.trunk)].any()
    assert found.parts == ()


def test_a_missing_slice_does_not_cut_the_body() -> None:
    scene = Scene()
    gaps = (30, 31, 32, 33)
    scene.hu[list(gaps)] = -1024
    found = outside_body(Volume(scene.hu, scene.frame, gaps=gaps))
    assert not found.mask[scene.trunk].any()
    assert found.parts == ()


def test_the_mask_may_not_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        Scene().outside().mask[0, 0, 0] = False


@pytest.mark.parametrize("position", asymmetric.POSITIONS)
def test_the_body_and_a_loose_ball_are_found_in_every_patient_position(position: str) -> None:
    volume = asymmetric.volume(position)
    voxels = volume.voxels.copy()
    place = np.add(asymmetric.marks()["left"].centre_mm, (9.0, 12.0, 12.0))
    i, j, k = np.rint(volume.frame.to_index(place)).astype(int)
    voxels[k, j, i] = 3000
    found = outside_body(replace(volume, voxels=voxels))
    assert not found.mask[volume.voxels > -500].any()
    assert [part.max_hu for part in found.parts] == [3000]
    assert np.abs(np.subtract(found.parts[0].centre_mm, place)).max() < 0.8


def test_signal_without_a_scale_is_refused_in_words() -> None:
    volume = replace(Scene().volume(), quantity=Quantity.SIGNAL)
    for act in (lambda: outside_body(volume), lambda: within(volume, "bone")):
        with pytest.raises(InputError, match="HU"):
            act()


def test_a_scan_of_nothing_has_no_body() -> None:
    scene = Scene()
    scene.hu[:] = -1000
    found = scene.outside()
    assert found.mask.all()
    assert found.parts == ()


@pytest.mark.parametrize(
    "spacing",
    [(1e-5, 1e-5, 1e-5), (1e-5, 1, 1), (1, 1, 1e-5), (1e-6, 1e4, 1), (1e4, 1e4, 1e4)],
    ids=str,
)
def test_a_spacing_that_no_scanner_has_costs_no_more_than_one_it_has(
    spacing: tuple[float, float, float],
) -> None:
    """Rims of millimetres were grown in steps of a hundred-thousandth of one: for minutes."""
    k, j, i = np.indices((30, 128, 128))
    hu = np.where((j - 64) ** 2 + (i - 64) ** 2 < 40**2, 50, -1000).astype(np.int16)

    def seconds(spacing_mm: tuple[float, float, float]) -> float:
        scan = Volume(hu, Frame.of(k.shape, origin_mm=(0, 0, 0), spacing_mm=spacing_mm))
        began = time.perf_counter()
        found = outside_body(scan)
        assert gas(scan, found).shape == found.mask.shape == hu.shape
        return time.perf_counter() - began

    assert seconds(spacing) < 20 * seconds((1, 1, 1)) + 0.3


def test_the_work_can_be_stopped() -> None:
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        outside_body(Scene().volume(), progress)


def test_a_range_holds_its_ends_and_nothing_of_a_missing_slice() -> None:
    low, high = RANGES["bone"]
    assert (low, high) == (226, 3071)
    values = np.array([225, 226, 3071, 3072], np.int16)
    voxels = np.stack([values, values]).reshape(2, 1, 4)
    frame = Frame.of(voxels.shape, origin_mm=(0, 0, 0), spacing_mm=(1, 1, 1))
    found = within(Volume(voxels, frame, gaps=(1,)), "bone")
    assert found.tolist() == [[[False, True, True, False]], [[False] * 4]]
    assert within(Volume(voxels, frame), "metal")[0].tolist() == [[False, False, True, True]]


def test_gas_is_what_the_body_encloses() -> None:
    scene = Scene()
    bubble = scene.ball(50, 0, 0, 12, -900)
    volume = scene.volume()
    found = gas(volume, outside_body(volume))
    assert (found == bubble).all()


@pytest.mark.parametrize("name", ["ct_gunshot_00", "ct_gunshot_01", "ct_gunshot_02"])
def test_a_real_head_rest_is_hidden_and_nothing_of_the_head(shared_data: Path, name: str) -> None:
    found = scan(shared_data / name, Progress())
    series = choose(found, None)
    volume = assemble(series, study_of(found, series), Progress())
    outside = outside_body(volume)
    assert len(outside.parts) == 2  # the shell, whose bottom lies below the field
    for part in outside.parts:
        assert part.size_mm == pytest.approx((79, 110, 160), abs=4)
        assert part.max_hu < 900
    assert volume.voxels[outside.mask].max() < 900  # no bone, no metal
    assert (
        not outside.mask[:, :110, 128].any()
        or (volume.voxels[:, :110, 128][outside.mask[:, :110, 128]] < -600).all()
    )


def test_a_real_table_is_hidden_and_nothing_of_the_chest(shared_data: Path) -> None:
    found = scan(shared_data / "ct_chest_1mm_100", Progress())
    series = choose(found, None)
    volume = assemble(series, study_of(found, series), Progress())
    outside = outside_body(volume)
    tissue = outside.mask & (volume.voxels > -150)
    below = volume.frame.to_lps(np.argwhere(tissue)[:, ::-1])[:, 1]
    assert (below > 200).mean() > 0.99  # under the back
    assert outside.parts[0].size_mm[0] > 390


def test_the_synthetic_head_keeps_ears_and_ring_and_loses_head_rest_and_table() -> None:
    volume, truth = head.volume(1, slices=160)
    outside = outside_body(volume)
    assert not outside.mask[volume.voxels > 200].any()
    for place in (*truth.landmarks_mm.values(), truth.entry_mm, truth.exit_mm):
        i, j, k = np.rint(volume.frame.to_index(place)).astype(int)
        if 0 <= k < volume.frame.shape[0]:
            assert not outside.mask[k, j, i]
    assert [round(part.size_mm[2]) for part in outside.parts] == [128, 128]
