from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.virtopsy.findings.some import track
from virtopsy.findings.segments import (
    bends,
    chord_to_projectile,
    measurable,
    points_of,
    straight_parts,
)
from virtopsy.findings.trajectory import Trajectory

_BENT = Trajectory(
    finding_id="t",
    name="T",
    series_uid="1",
    ends_lps_mm=((0.0, 0.0, 0.0), (0.0, 200.0, 0.0)),
    via_lps_mm=((10.0, 100.0, 0.0),),
    end_sd_mm=(1.0, 2.0, 3.0),
)


def test_parts_run_from_the_entry_whichever_end_it_is() -> None:
    for entry in (0, 1):
        stated = _BENT.stated(entry, "A")
        parts = straight_parts(stated)
        assert parts[0].entry_lps_mm == stated.entry_lps_mm
        assert parts[0].exit_lps_mm == (10.0, 100.0, 0.0) == parts[1].entry_lps_mm
        assert parts[1].exit_lps_mm == stated.exit_lps_mm
    assert points_of(_BENT)[0] == (0.0, 0.0, 0.0)
    assert {one.entry for one in straight_parts(_BENT)} == {None}


def test_a_straight_track_is_its_own_only_part() -> None:
    straight = replace(_BENT, via_lps_mm=())
    assert straight_parts(straight) == (straight,)
    assert bends(straight) == ()


def test_a_part_of_independent_ends_is_as_sure_as_a_track_marked_there() -> None:
    alone = replace(_BENT, ends_lps_mm=((0.0, 0.0, 0.0), (10.0, 100.0, 0.0)), via_lps_mm=())
    assert straight_parts(_BENT)[0].uncertainty == pytest.approx(alone.uncertainty)


def test_a_fitted_end_keeps_its_own_scatter_in_its_part() -> None:
    for entry in (0, 1):
        one = replace(track(), entry=entry)
        parts = straight_parts(one)
        first = parts[0].end_covariance[:3, :3]
        at = 3 * entry
        assert np.allclose(first, one.end_covariance[at : at + 3, at : at + 3])
        assert np.allclose(parts[0].end_covariance[3:, 3:], np.diag(np.square(one.end_sd_mm)))


def _drawn_bends(track: Trajectory) -> np.ndarray:
    rng = np.random.default_rng(5)
    points = np.array(points_of(track))
    drawn = points + rng.normal(size=(20_000, 3, 3)) * np.array(track.end_sd_mm)
    one, two = drawn[:, 1] - drawn[:, 0], drawn[:, 2] - drawn[:, 1]
    cosine = (one * two).sum(1) / np.linalg.norm(one, axis=1) / np.linalg.norm(two, axis=1)
    return np.degrees(np.arccos(np.clip(cosine, -1, 1)))


def test_the_95_percent_of_a_bend_holds_the_truth() -> None:
    even = replace(_BENT, end_sd_mm=(1.0, 1.0, 1.0))
    (bend,) = bends(even)
    assert bend.value == pytest.approx(2 * np.degrees(np.arctan2(10, 100)))
    assert bend.sd == pytest.approx(_drawn_bends(even).std(), rel=0.05)
    (uneven,) = bends(_BENT)  # most of its error lies across the bend
    assert uneven.half95 is not None
    held = np.abs(_drawn_bends(_BENT) - uneven.value) < uneven.half95
    assert held.mean() > 0.95


def test_of_straight_tracks_five_in_a_hundred_seem_bent() -> None:
    straight = replace(_BENT, via_lps_mm=((0.0, 100.0, 0.0),), end_sd_mm=(1.0, 1.0, 1.0))
    (none,) = bends(straight)
    assert none.sd is not None
    assert not measurable(none)
    seem = [measurable(replace(none, value=float(one))) for one in _drawn_bends(straight)[:4000]]
    assert np.mean(seem) == pytest.approx(0.05, abs=0.012)


def test_the_chord_to_a_projectile_needs_a_stated_entry() -> None:
    lodged = replace(_BENT, lodged_lps_mm=(0.0, 100.0, 0.0))
    assert chord_to_projectile(lodged) is None
    for entry, long in ((0, 100.0), (1, 100.0)):
        chord = chord_to_projectile(lodged.stated(entry, "A"))
        assert chord is not None
        assert chord.value == pytest.approx(long)
        assert chord.sd == pytest.approx(2.0 * 2**0.5)
