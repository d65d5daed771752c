"""Metal is found, placed and measured; what may be a tooth or lies outside is not left out."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.virtopsy.imaging.metal_cases import ALUMINIUM_HU, LEAD_HU, Place, Scanner, Scene, on
from virtopsy.dicom.assemble import assemble, choose, study_of
from virtopsy.dicom.scan import scan
from virtopsy.errors import Cancelled, InputError
from virtopsy.imaging.metal import MetalPiece, Site, fragments
from virtopsy.imaging.metal_seeds import FoundBy
from virtopsy.imaging.segment import outside_body
from virtopsy.imaging.volume import Quantity, Volume
from virtopsy.jobs import Progress

FINE, USUAL, THICK = (0.5, 0.5, 0.6), (1.0, 1.0, 1.5), (0.7, 0.7, 3.0)
MOUTH = Scanner(height=56.0)
BRAIN: tuple[Place, ...] = ((0, 0, 0), (20, 10, 8), (-22, 14, -9), (6, -30, 4), (-8, 38, -5))
SKULL = (on(0.88, 0), on(0.88, 90, 7), on(0.88, 180, -8), on(0.88, 270))
BESIDE_BONE = (on(0.79, 45, 5), on(0.79, 135), on(0.79, 225, -7), on(0.79, 315))
SKIN = (on(0.97, 22), on(0.97, 158, -6), on(0.97, 202, 8))
ON_THE_TABLE: tuple[Place, ...] = ((45, 72, 0), (-40, 72, 6), (55, 72, -7))
EVERYWHERE = (*BRAIN, *SKULL, *BESIDE_BONE, *SKIN, *ON_THE_TABLE)


def loaded(path: Path) -> Volume:
    found = scan(path, Progress())
    chosen = choose(found, None)
    return assemble(chosen, study_of(found, chosen), Progress())


def nearest(pieces: tuple[MetalPiece, ...], place: Place) -> tuple[MetalPiece, float]:
    """The piece nearest to a place, and how far its centre lies from it, mm."""
    away = [float(np.linalg.norm(np.subtract(one.centre_lps_mm, place))) for one in pieces]
    assert away, "nothing was found"
    return pieces[int(np.argmin(away))], min(away)


def with_balls(
    places: tuple[Place, ...],
    radius: float,
    hu: float = LEAD_HU,
    scanner: Scanner = Scanner(),  # noqa: B008
) -> Volume:
    made = Scene(scanner)
    for place in places:
        made.ball(place, radius, hu)
    return made.volume()


@pytest.mark.parametrize(
    ("spacing", "radius"), [(FINE, 0.5), (FINE, 2.5), (USUAL, 0.8), (USUAL, 2.0), (THICK, 1.0)]
)
def test_every_ball_of_lead_is_found_at_its_place_and_nothing_else(
    spacing: Place, radius: float
) -> None:
    pieces = fragments(with_balls(EVERYWHERE, radius, scanner=Scanner(spacing)))
    assert len(pieces) == len(EVERYWHERE)
    assert max(nearest(pieces, place)[1] for place in EVERYWHERE) < max(0.35 * spacing[2], 0.3)
    assert not any(piece.may_be_dental for piece in pieces)


def test_a_splinter_shared_by_eight_voxels_is_found_by_its_contrast() -> None:
    corners = [(0.45, 0.45, 0.625), (20.25, 9.45, 8.125), (-22.05, 14.85, -8.125)]
    volume = with_balls(tuple(corners), 0.55)
    assert volume.voxels.max() < 2500
    pieces = fragments(volume)
    assert len(pieces) == len(corners)
    assert {piece.found_by for piece in pieces} == {FoundBy.CONTRAST}
    assert max(nearest(pieces, place)[1] for place in corners) < 0.2


def test_light_metal_larger_than_the_blur_is_found_in_bone_as_well() -> None:
    places = (*BRAIN, *SKULL)
    assert len(fragments(with_balls(places, 2.0, ALUMINIUM_HU, Scanner(USUAL)))) == len(places)


def test_a_scan_without_metal_has_no_piece() -> None:
    assert fragments(Scene().volume()) == ()


def test_the_three_sites_are_told_apart() -> None:
    scene = Scene()
    where = {Site.INSIDE: BRAIN[:2], Site.SURFACE: SKIN, Site.OUTSIDE: ON_THE_TABLE}
    for places in where.values():
        for place in places:
            scene.ball(place, 1.2)
    pieces = fragments(scene.volume())
    for site, places in where.items():
        assert [nearest(pieces, place)[0].site for place in places] == [site] * len(places)


def test_a_rod_is_measured_along_its_own_axes_whatever_way_it_lies() -> None:
    scene = Scene(Scanner((0.6, 0.6, 0.8), end_hu=None, blur_mm=0.4))
    scene.rod((-12, -10, -8), (8, 10, 6), 2.5)
    (piece,) = fragments(scene.volume())
    length = float(np.linalg.norm((20, 20, 14)))
    assert piece.size_mm == pytest.approx((length + 5, 5, 5), abs=0.7)
    assert abs(np.dot(piece.axes[0], (20, 20, 14)) / length) > 0.999
    assert np.array(piece.axes) @ np.array(piece.axes).T == pytest.approx(np.eye(3), abs=1e-9)
    assert piece.centre_lps_mm == pytest.approx((-2, 0, -1), abs=0.1)
    true_mm3 = np.pi * 2.5**2 * length + 4 / 3 * np.pi * 2.5**3
    low, high = piece.volume_range_mm3
    assert low < true_mm3 < high
    assert piece.volume_mm3 == pytest.approx(true_mm3, rel=0.1)


@pytest.mark.parametrize("spacing", [FINE, (0.9, 0.9, 1.25)])
def test_on_an_extended_scale_the_range_of_a_ball_larger_than_the_blur_holds_its_volume(
    spacing: Place,
) -> None:
    pieces = fragments(with_balls(BRAIN, 2.5, scanner=Scanner(spacing, end_hu=None)))
    for piece in pieces:
        assert not piece.saturated
        assert piece.max_hu > 15000
        assert piece.size_mm == pytest.approx((5, 5, 5), abs=0.6)
        assert piece.volume_range_mm3[0] < 4 / 3 * np.pi * 2.5**3 < piece.volume_range_mm3[1]


def test_at_the_end_of_the_scale_a_ball_of_lead_looks_too_large_and_never_too_small() -> None:
    for piece in fragments(with_balls(BRAIN, 2.0)):
        assert piece.saturated
        assert piece.max_hu == 3071
        assert piece.threshold_hu >= 2500
        assert all(4.0 < side < 6.0 for side in piece.size_mm)


def test_the_range_goes_from_below_to_above_what_is_told() -> None:
    for piece in fragments(with_balls(BRAIN, 1.0)):
        for side, (low, high) in zip(piece.size_mm, piece.size_range_mm, strict=True):
            assert 0 <= low < side < high
        assert piece.volume_range_mm3[0] < piece.volume_mm3 < piece.volume_range_mm3[1]
        a, b, c = piece.size_mm
        assert a >= b >= c


def test_one_voxel_at_the_end_of_the_scale_is_saturated_though_the_series_has_no_plateau() -> None:
    volume = with_balls(((0, 0, 0),), 2.0, 2600.0)
    hu = volume.voxels.copy()
    hu[np.unravel_index(int(np.argmax(hu)), hu.shape)] = 3071
    only = replace(volume, voxels=hu, ceiling_hu=3071.0, problems=())
    assert [one.saturated for one in fragments(only)] == [True]
    assert [one.saturated for one in fragments(replace(only, ceiling_hu=None))] == [False]


def test_two_balls_with_a_clear_gap_are_two_and_two_that_touch_are_one() -> None:
    for apart, n in ((6.0, 1), (7.5, 2)):
        pieces = fragments(with_balls(((-apart / 2, 0, 0), (apart / 2, 0, 0)), 3.0))
        assert len(pieces) == n, apart


def test_two_bodies_joined_by_a_thin_neck_are_two_though_no_value_tells_them_apart() -> None:
    scene = Scene(Scanner(FINE, height=20.0))
    for x in (-6.0, 6.0):
        scene.ball((x, 0, 0), 4.0)
    scene.rod((-6, 0, 0), (6, 0, 0), 0.8)
    pieces = fragments(scene.volume())
    assert len(pieces) == 2
    assert sorted(one.centre_lps_mm[0] for one in pieces) == pytest.approx([-6, 6], abs=0.5)


def test_a_bent_bullet_stays_one_piece() -> None:
    scene = Scene(Scanner(FINE, height=20.0))
    scene.rod((-9, 0, 0), (0, 0, 0), 4.0)
    scene.rod((0, 0, 0), (7, 7, 2), 3.2)
    assert len(fragments(scene.volume())) == 1


@pytest.mark.parametrize("enamel_hu", [2600.0, 3600.0])
def test_teeth_may_be_dental_and_metal_in_the_neck_may_not(enamel_hu: float) -> None:
    scene = Scene(MOUTH)
    scene.clear_skull()
    crowns = scene.teeth(enamel_hu=enamel_hu)
    scene.ball(crowns[3], 1.5, 9000.0)
    scene.ball((10, 45, 0), 1.0)
    pieces = fragments(scene.volume())
    elsewhere, away = nearest(pieces, (10, 45, 0))
    assert away < 0.3
    assert not elsewhere.may_be_dental
    others = [piece for piece in pieces if piece is not elsewhere]
    assert others
    assert all(piece.may_be_dental for piece in others)


def test_a_filling_is_in_the_list() -> None:
    scene = Scene(MOUTH)
    scene.clear_skull()
    crowns = scene.teeth()
    scene.ball(crowns[3], 1.5, 9000.0)
    piece, away = nearest(fragments(scene.volume()), crowns[3])
    assert away < 2.5
    assert (piece.saturated, piece.may_be_dental) == (True, True)


def test_pellets_in_a_thigh_bone_are_no_teeth() -> None:
    scene = Scene()
    scene.clear_skull()
    at = scene.frame.to_lps(np.stack(np.indices(scene.frame.shape)[::-1], axis=-1))
    away = np.hypot(at[..., 0], at[..., 1])
    scene.hu[(away < 14) & (away > 8)] = 1700.0
    places: tuple[Place, ...] = ((11, 0, -15), (11, 0, -5), (11, 0, 5), (11, 0, 15), (-11, 0, 0))
    for place in places:
        scene.ball(place, 1.3)
    pieces = fragments(scene.volume())
    assert len(pieces) == len(places)
    assert not any(piece.may_be_dental for piece in pieces)


def test_a_piece_at_the_end_of_the_scan_or_beside_a_missing_slice_is_cut() -> None:
    scene = Scene(Scanner(height=40.0))
    top = float(scene.frame.to_lps((0, 0, scene.frame.shape[0] - 1))[2])
    for place in ((0.0, 0.0, top), (20.0, 0.0, 1.0), (-20.0, 0.0, -12.0)):
        scene.ball(place, 2.0)
    volume = scene.volume()
    k = int(np.rint(volume.frame.to_index((20.0, 0.0, 1.0))[2])) + 1
    hu = volume.voxels.copy()
    hu[k] = -1024
    pieces = fragments(replace(volume, voxels=hu, gaps=(k,)))
    cut = [nearest(pieces, place)[0].cut for place in ((0, 0, top), (20, 0, 0), (-20, 0, -12))]
    assert cut == [True, True, False]


def test_an_outline_that_is_known_already_gives_the_same_list() -> None:
    volume = with_balls((BRAIN[0], SKIN[0], ON_THE_TABLE[0]), 1.5)
    assert fragments(volume, outside=outside_body(volume)) == fragments(volume)


def test_values_that_are_no_hu_are_refused() -> None:
    volume = replace(Scene().volume(), quantity=Quantity.SIGNAL)
    with pytest.raises(InputError, match="HU"):
        fragments(volume)


def test_it_stops_when_asked_for_and_tells_how_far_it_is() -> None:
    volume = with_balls(BRAIN, 1.0)
    told: list[tuple[int, int]] = []
    fragments(volume, Progress(lambda done, total: told.append((done, total))))
    assert told == sorted(told)
    assert told[-1][0] == told[-1][1]
    for stop_at in (1, told[-1][1] // 3):
        progress = _Stopping(stop_at)
        with pytest.raises(Cancelled):
            fragments(volume, progress)
        assert progress.seen < told[-1][1]


class _Stopping(Progress):
    """Asked to stop when a step is reached."""

    def __init__(self, at: int) -> None:
        super().__init__(self._see)
        self._at, self.seen = at, 0

    def _see(self, done: int, _total: int) -> None:
        self.seen = done
        if done >= self._at:
            self.cancel()


@pytest.mark.parametrize("case", ["ct_gunshot_00", "ct_gunshot_01", "ct_gunshot_02"])
def test_the_fragments_of_a_gunshot_are_found_and_nothing_but_teeth_besides(
    shared_data: Path, case: str
) -> None:
    truth = json.loads((shared_data / case / "truth.json").read_text(encoding="utf-8"))
    pieces = fragments(loaded(shared_data / case))
    metal = [piece for piece in pieces if not piece.may_be_dental]
    for one in truth["fragments"]:
        inside = [_depth_mm(piece, one["centre"]) for piece in metal]
        assert min(inside) < one["radius_mm"], (
            "its centre lies in a piece, by itself or with what it touches"
        )
        piece, away = nearest(tuple(metal), tuple(one["centre"]))
        held = [other for other in truth["fragments"] if _depth_mm(piece, other["centre"]) < 0.5]
        if len(held) == 1 and away < 2:
            assert away < 0.4
            assert piece.size_mm[0] == pytest.approx(2 * one["radius_mm"], abs=1.0)
    if truth["bullet_mm"] is not None:
        bullet, away = nearest(tuple(metal), tuple(truth["bullet_mm"]))
        assert away < 1.0
        assert bullet.size_mm[0] > 15
    wounds = [one["centre"] for one in truth["fragments"]]
    wounds += [truth["bullet_mm"]] if truth["bullet_mm"] else []
    assert all(min(_depth_mm(piece, place) for place in wounds) < 0.5 for piece in metal)


def _depth_mm(piece: MetalPiece, place: Place) -> float:
    """How far a place lies outside of a piece's box, mm; negative inside."""
    off = np.abs(np.array(piece.axes) @ np.subtract(place, piece.centre_lps_mm))
    return float((off - np.array(piece.size_mm) / 2).max())


def test_a_real_chest_and_a_real_head_without_metal_have_next_to_nothing_in_the_list(
    shared_data: Path,
) -> None:
    chest = fragments(loaded(shared_data / "ct_chest_1mm_100"))
    head = fragments(loaded(shared_data / "ct_head_gantry_tilt_uneven"))
    assert len(chest) <= 2
    assert len(head) <= 2
    assert {piece.found_by for piece in (*chest, *head)} <= {FoundBy.CONTRAST}


def test_a_real_magnetic_resonance_scan_is_refused(shared_data: Path) -> None:
    with pytest.raises(InputError, match="MR"):
        fragments(loaded(shared_data / "mr_t1_sagittal"))
