"""One finding of every kind, filled in as far as it goes."""

from __future__ import annotations

from typing import Any

import numpy as np

from virtopsy.findings.finding import Certainty, Finding, Side
from virtopsy.findings.fracture import Fracture, FractureKind
from virtopsy.findings.fragment import Fragment, FragmentKind, Site
from virtopsy.findings.key_picture import KeyPicture
from virtopsy.findings.landmark import Landmark
from virtopsy.findings.measure import Measure, MeasureKind
from virtopsy.findings.note import Note
from virtopsy.findings.quantity import Quantity
from virtopsy.findings.region import Region, Substance, packed
from virtopsy.findings.trajectory import Method, Outcome, Trajectory
from virtopsy.findings.wound import Wound, WoundKind
from virtopsy.imaging.voxel_region import VoxelRegion

SERIES = "1.2.3"


def common(kind: str, **other: Any) -> dict[str, Any]:
    """Return what every finding has."""
    return {
        "finding_id": f"{kind}-1",
        "name": f"Ж{kind} №1",
        "series_uid": SERIES,
        "frame_of_reference_uid": "1.2.4",
        "certainty": Certainty.PROBABLE,
        "side": Side.LEFT,
        "region": "head",
        "level": "C1",
        "colour": "#e4572e",
        "remark": "ескертпе",
        "made_in": "axial",
        "seen_on_slice": "1.2.5",
        **other,
    }


def one_of_each() -> tuple[Finding, ...]:
    """Return one finding of every kind."""
    mask = np.zeros((4, 5, 6), np.bool_)
    mask[1:3, 2:4, 1:5] = True
    mask[1, 2, 1] = False
    return (
        Wound(
            (1.0, 2.0, 3.0),
            WoundKind.ENTRY,
            "Ә. Сарапшы",
            "skin",
            "oval",
            ((0.0, 2.0, 3.0), (9.0, 2.0, 3.0)),
            ((4.0, 0.0, 3.0), (4.0, 4.0, 3.0)),
            18.0,
            2.0,
            1420.0,
            10.0,
            "straight",
            "Ә. Сарапшы",
            **common("wound", grounds=("bevel", "skin_rim")),
        ),
        track(),
        Fragment(
            (5.0, 6.0, 7.0),
            FragmentKind.PROJECTILE,
            (9.0, 5.0, 4.0),
            0.4,
            95.0,
            80.0,
            120.0,
            3071.0,
            saturated=True,
            threshold_hu=2500.0,
            site=Site.INSIDE,
            **common("fragment", grounds=("density",)),
        ),
        Fracture(
            ((0.0, 0.0, 0.0), (3.0, 4.0, 0.0), (3.0, 4.0, 12.0)),
            FractureKind.RADIAL,
            "os parietale",
            **common("fracture", grounds=("line",)),
        ),
        Region(
            (3.0, 3.0, 2.0),
            **packed(VoxelRegion((4, 5, 6), (0, 0, 0), mask).trimmed()),
            substance=Substance.GAS,
            low_hu=-1024.0,
            high_hu=-300.0,
            measured=(Quantity("volume", 15.0, "mm3", low=9.0, high=22.0, source="threshold"),),
            **common("region", grounds=("density",)),
        ),
        Landmark(
            (60.0, 1.0, 2.0),
            "porion_left",
            ((60.5, 1.0, 2.0), (60.0, 1.5, 2.0)),
            "Ә. Сарапшы",
            **common("landmark"),
        ),
        Measure(
            MeasureKind.LENGTH,
            ((0.0, 0.0, 0.0), (3.0, 4.0, 0.0)),
            repeats_lps_mm=(((0.0, 0.0, 0.1), (3.0, 4.2, 0.0)),),
            **common("measure"),
        ),
        Note((1.0, 1.0, 1.0), (20.0, 1.0, 1.0), **common("note")),
        KeyPicture((0.0, 0.0, 0.0), (0.8, 0.6, 0.0), (0.0, 0.0, -1.0), 240.0, **common("key")),
    )


def track() -> Trajectory:
    """Return a fitted, deflected track of a lodged bullet."""
    lower = np.tril(np.full((6, 6), 0.05)) + np.diag([0.4, 0.4, 0.6, 0.5, 0.5, 0.7])
    return Trajectory(
        ((0.0, 0.0, 0.0), (0.0, 150.0, 0.0)),
        entry=0,
        direction_by="expert",
        stated_by="Ә. Сарапшы",
        via_lps_mm=((4.0, 80.0, 3.0),),
        outcome=Outcome.LODGED,
        lodged_lps_mm=(12.0, 160.0, 9.0),
        order=2,
        **common("trajectory", grounds=("bevel",)),
    ).fitted(((0.1, 0.2, 0.3), (0.0, 149.0, 0.4)), lower @ lower.T, Method.RIM, ((4.0, 0.0, 0.0),))
