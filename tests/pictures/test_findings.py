"""Findings in 3D are as they were looked at: every kind, a deflected track, the tube before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.pictures.comparing import Picture, alike, differences, kept, renew
from tests.pictures.test_baselines import person
from viewer.render.engine import Mapper
from viewer.render.glyphs.of_finding import AnyGlyph, glyphs_of
from viewer.render.volume_view import VolumeView
from virtopsy.findings.finding import Finding
from virtopsy.findings.fracture import Fracture
from virtopsy.findings.fragment import Fragment
from virtopsy.findings.landmark import Landmark
from virtopsy.findings.note import Note
from virtopsy.findings.region import Region
from virtopsy.findings.trajectory import Method, Trajectory
from virtopsy.findings.wound import Wound
from virtopsy.geometry.camera import standard_view, zoom
from virtopsy.imaging.preset import presets

_SIZE = (320, 240)


def _about(name: str) -> dict[str, Any]:
    return {"finding_id": name, "name": name, "series_uid": "1"}


TRACK = Trajectory(
    ((-30.0, -8.0, 12.0), (24.0, 6.0, -4.0)),
    via_lps_mm=((0.0, -16.0, 14.0),),
    end_sd_mm=(1.0, 1.0, 1.0),
    **_about("t"),
).stated(0, "A")
LODGED = Trajectory(
    ((-26.0, -6.0, -14.0), (6.0, -4.0, -20.0)),
    lodged_lps_mm=(24.0, -12.0, -16.0),
    **_about("l"),
).stated(0, "A")
OTHERS: tuple[Finding, ...] = (
    Wound((-28.0, -6.0, 26.0), **_about("w")),
    Fragment((-8.0, -26.0, 2.0), size_mm=(6.0, 5.0, 4.0), **_about("f")),
    Fracture(
        ((8.0, -26.0, 8.0), (14.0, -22.0, 20.0), (12.0, -12.0, 30.0)),
        seen_on_slice="1",
        **_about("b"),
    ),
    Landmark((26.0, -4.0, 0.0), **_about("m")),
    Region((2.0, -26.0, -20.0), (4, 4, 4), (0, 0, 0, 1, 1, 1), "", **_about("r")),
    Note((20.0, -20.0, 24.0), (34.0, -24.0, 34.0), **_about("n")),
)


def drawn(glyphs: Sequence[AnyGlyph], closer: float = 1.0) -> Picture:
    volume = person()
    view = VolumeView(volume, _SIZE, preset=presets()["bone"], mapper=Mapper.CPU)
    view.show(glyphs)
    camera = zoom(standard_view(volume.frame, "anterior", aspect=4 / 3), closer)
    picture = view.picture(camera)
    view.close()
    assert picture is not None
    return picture


def _glyphs(*findings: Finding, before: bool = False) -> list[AnyGlyph]:
    return [one for finding in findings for one in glyphs_of(finding, before=before)]


_PICTURES = {
    "findings_kinds": lambda: _glyphs(*OTHERS),
    "findings_tracks": lambda: _glyphs(TRACK, LODGED),
    "findings_before": lambda: _glyphs(TRACK, before=True),
}


def _drawn(name: str, glyphs: Sequence[AnyGlyph]) -> Picture:
    return drawn(glyphs, 0.28 if name == "findings_before" else 1.0)


@pytest.mark.parametrize("name", _PICTURES)
def test_findings_are_as_they_were_looked_at(name: str) -> None:
    picture = _drawn(name, _PICTURES[name]())
    renew(name, picture)
    known = kept(name)
    assert alike(picture, known), f"{name}: {differences(picture, known)}"


_WRONG = {
    "a finding is left out": ("findings_kinds", lambda: _glyphs(*OTHERS[1:])),
    "a fracture is left out": ("findings_kinds", lambda: _glyphs(*OTHERS[:2], *OTHERS[3:])),
    "a deflection is left out": (
        "findings_tracks",
        lambda: _glyphs(replace(TRACK, via_lps_mm=()), LODGED),
    ),
    "the other end is the entry": (
        "findings_tracks",
        lambda: _glyphs(replace(TRACK, entry=1), LODGED),
    ),
    "the chord is solid": (
        "findings_tracks",
        lambda: _glyphs(TRACK, LODGED, replace(LODGED, ends_lps_mm=_chord(LODGED))),
    ),
    "the chord is a track": (
        "findings_tracks",
        lambda: _glyphs(TRACK, replace(LODGED, method=Method.CHORD)),
    ),
    "no tube": ("findings_before", lambda: _glyphs(TRACK)),
}


def _chord(track: Trajectory) -> Any:
    return track.ends_lps_mm[0], track.lodged_lps_mm


@pytest.mark.parametrize("fault", _WRONG)
def test_a_wrong_picture_of_findings_is_found(fault: str) -> None:
    name, glyphs = _WRONG[fault]
    assert not alike(_drawn(name, glyphs()), kept(name)), fault


def test_the_body_is_seen_through_the_tube() -> None:
    plain, tube = drawn(_glyphs(TRACK)), drawn(_glyphs(TRACK, before=True))
    changed = np.abs(plain.astype(int) - tube).max(axis=2) > 8
    assert changed.sum() > 300
    yellow = np.array([242, 193, 78])
    assert (np.abs(tube[changed].astype(int) - yellow).max(axis=1) > 40).mean() > 0.9
