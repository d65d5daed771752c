"""A track says only what was stated."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from virtopsy.errors import InputError
from virtopsy.findings.clicks import sd_of_click
from virtopsy.findings.record import from_record, to_record
from virtopsy.findings.trajectory import Trajectory
from virtopsy.geometry.frame import Frame
from virtopsy.imaging.volume import Volume

_COORDINATE = st.floats(-2000, 2000, allow_nan=False)
_POINT = st.tuples(_COORDINATE, _COORDINATE, _COORDINATE)


def _track(**other: object) -> Trajectory:
    facts: dict[str, object] = {
        "finding_id": "f1",
        "name": "Track 1",
        "series_uid": "1.2.3",
        "frame_of_reference_uid": "1.2.4",
        "ends_lps_mm": ((10.0, 0.0, 0.0), (-90.0, 0.0, 0.0)),
    }
    return Trajectory(**{**facts, **other})  # type: ignore[arg-type]  # facts of several types


def test_without_a_stated_entry_there_is_an_axis_and_no_direction() -> None:
    track = _track()

    assert track.axis == pytest.approx((-1, 0, 0))
    assert (track.direction, track.azimuth, track.elevation) == (None, None, None)
    assert track.entry_lps_mm is None


def test_stating_the_other_end_as_entry_turns_the_direction_round() -> None:
    first, second = _track().stated(0, "A. Expert"), _track().stated(1, "A. Expert", ("bevel",))

    assert first.direction == pytest.approx((-1, 0, 0))
    assert second.direction == pytest.approx((1, 0, 0))
    assert (second.stated_by, second.grounds) == ("A. Expert", ("bevel",))
    assert second.stated(None, "").direction is None


def test_a_track_of_no_length_is_refused_in_words() -> None:
    with pytest.raises(InputError, match="closer than"):
        _track(ends_lps_mm=((0.0, 0.0, 0.0), (0.2, 0.0, 0.0)))


def test_an_entry_nobody_stated_is_refused_in_words() -> None:
    with pytest.raises(InputError, match="belong together"):
        _track(entry=0)


def test_one_point_five_millimetre_slices_widen_the_scatter_along_the_body() -> None:
    frame = Frame.of((10, 10, 10), origin_mm=(0, 0, 0), spacing_mm=(0.5, 0.5, 5.0))

    x, y, z = sd_of_click(frame)

    assert (x, y) == pytest.approx((math.hypot(1, 0.5 / math.sqrt(12)),) * 2)
    assert z == pytest.approx(math.hypot(1, 5 / math.sqrt(12)))


def test_computed_slices_between_far_ones_make_no_end_more_certain() -> None:
    frame = Frame.of((70, 10, 10), origin_mm=(0, 0, 0), spacing_mm=(0.5, 0.5, 1.0))
    volume = Volume(np.zeros(frame.shape, np.int16), frame, widest_gap_mm=7.0)

    x, _, z = sd_of_click(volume.frame, volume.measured_mm)

    assert x == pytest.approx(math.hypot(1, 0.5 / math.sqrt(12)))
    assert z == pytest.approx(math.hypot(1, 7 / math.sqrt(12)))


@given(_POINT, _POINT, st.sampled_from([None, 0, 1]), st.text())
def test_a_track_survives_its_record_to_a_micrometre(
    start: tuple[float, float, float],
    end: tuple[float, float, float],
    entry: int | None,
    name: str,
) -> None:
    if math.dist(start, end) < 1.01:
        return
    track = _track(ends_lps_mm=(start, end), name=name).stated(entry, "Ә. Сарапшы")

    again = from_record(json.loads(json.dumps(to_record(track))))

    assert isinstance(again, Trajectory)
    assert np.allclose(again.ends_lps_mm, track.ends_lps_mm, atol=5.1e-4)
    assert (again.name, again.entry, again.stated_by) == (name, entry, track.stated_by)
    assert to_record(again) == to_record(track)


@pytest.mark.parametrize(
    "record",
    [
        [],
        {},
        {"kind": "spell"},
        {"kind": "trajectory"},
        {"kind": "trajectory", "finding_id": "a", "name": "n", "series_uid": "1", "ends_lps_mm": 3},
        {
            "kind": "trajectory",
            "finding_id": "a",
            "name": "n",
            "series_uid": "1",
            "ends_lps_mm": [[0, 0, 0], ["x", 0, 9]],
        },
        {
            "kind": "trajectory",
            "finding_id": "a",
            "name": "n",
            "series_uid": "1",
            "ends_lps_mm": [[0, 0, 0], [math.nan, 0, 9]],
        },
    ],
)
def test_a_malformed_record_is_refused_in_words(record: object) -> None:
    with pytest.raises(InputError):
        from_record(record)  # type: ignore[arg-type]  # what comes from outside has any type


def test_the_gunshot_truth_gives_its_stated_angles(shared_data: Path) -> None:
    for case in ("ct_gunshot_00", "ct_gunshot_01"):
        truth = json.loads((shared_data / case / "truth.json").read_text())
        ends = (tuple(truth["entry_mm"]), tuple(truth["exit_mm"]))
        track = _track(ends_lps_mm=ends).stated(0, "truth")
        assert track.azimuth is not None
        assert track.elevation is not None
        assert math.degrees(track.azimuth) == pytest.approx(truth["azimuth_deg"], abs=0.01)
        assert math.degrees(track.elevation) == pytest.approx(truth["elevation_deg"], abs=0.01)
