"""`virtopsy trajectory`: the numbers of a track between two stated points of a series."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from typing_extensions import override

from viewer.commands import speech
from virtopsy.errors import InputError, UsageError
from virtopsy.language import Language, say

if TYPE_CHECKING:
    from virtopsy.findings.trajectory import Trajectory


class _PointType(click.ParamType[tuple[float, float, float]]):
    """Three numbers, x,y,z in LPS mm."""

    name = "x,y,z"

    @override
    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[float, float, float]:
        """Return the point, or tell that the option is wrong."""
        if isinstance(value, tuple):
            return value
        try:
            x, y, z = (float(part) for part in str(value).split(","))
        except ValueError:
            self.fail(str(value), param, ctx)
        if not all(map(math.isfinite, (x, y, z))):
            self.fail(str(value), param, ctx)
        return x, y, z


def build(language: Language) -> click.Command:
    """Return the subcommand."""

    @speech.command("trajectory", language)
    @click.argument("path", type=speech.PLACE)
    @click.option("--series", help=say("cli.option.series", language))
    @click.option("--entry", type=_PointType(), help=say("trajectory.option.entry", language))
    @click.option(
        "--exit", "exit_", type=_PointType(), help=say("trajectory.option.exit", language)
    )
    @speech.json_option(language)
    def trajectory(
        path: Path,
        series: str | None,
        entry: tuple[float, float, float] | None,
        exit_: tuple[float, float, float] | None,
        as_json: bool,
    ) -> None:
        if entry is None or exit_ is None:
            raise UsageError("trajectory.both_ends")
        track = _track(path, series, entry, exit_, language)
        if as_json:
            speech.facts({"proposals": [_facts(track, language)]})
            return
        from virtopsy.findings.words import trajectory_lines

        for one in trajectory_lines(track, language):
            speech.line(f"{one.label}: {one.text}")

    return trajectory


def _track(
    path: Path,
    series_key: str | None,
    entry: tuple[float, float, float],
    exit_: tuple[float, float, float],
    language: Language,
) -> Trajectory:
    from virtopsy.dicom.assemble import assemble, choose, study_of
    from virtopsy.dicom.scan import require_images, scan
    from virtopsy.findings.clicks import sd_of_click
    from virtopsy.findings.trajectory import Trajectory

    progress = speech.progress("examine.job.load", language)
    found = scan(path, progress)
    require_images(found, path)
    series = choose(found, series_key)
    volume = assemble(series, study_of(found, series), progress)
    for point in (entry, exit_):
        if not volume.frame.contains(point):
            raise InputError("trajectory.outside", point=",".join(f"{part:g}" for part in point))
    return Trajectory(
        finding_id="clicks",
        name="",
        series_uid=series.uid,
        frame_of_reference_uid=volume.identity.frame_of_reference_uid,
        ends_lps_mm=(entry, exit_),
        entry=0,
        direction_by="expert",
        end_sd_mm=sd_of_click(volume.frame, volume.measured_mm),
        sd_source="clicks",
    )


def _facts(track: Trajectory, language: Language) -> dict[str, Any]:
    from virtopsy.findings.words import direction_words
    from virtopsy.geometry.direction import NORMAL_95, plane_angles

    assert track.direction is not None and track.azimuth is not None  # noqa: S101, PT018
    assert track.elevation is not None  # noqa: S101 -- the command states the entry
    names = ("sagittal", "coronal", "transverse")
    angles = map(math.degrees, plane_angles(track.direction))
    spread = track.uncertainty
    return {
        "ends_lps_mm": track.ends_lps_mm,
        "axis": track.axis,
        "length_mm": track.length_mm,
        "length95_mm": NORMAL_95 * spread.length_sd_mm,
        "score": None,
        "cone95_half_angle_deg": math.degrees(spread.cone95_half_angle),
        "sd_source": track.sd_source,
        "end_sd_mm": track.end_sd_mm,
        "direction_by": track.direction_by,
        "entry_lps_mm": track.entry_lps_mm,
        "exit_lps_mm": track.exit_lps_mm,
        "direction": track.direction,
        "azimuth_deg": math.degrees(track.azimuth) if spread.azimuth_defined else None,
        "azimuth95_deg": math.degrees(spread.azimuth95) if spread.azimuth_defined else None,
        "elevation_deg": math.degrees(track.elevation),
        "elevation95_deg": math.degrees(spread.elevation95),
        "plane_angles_deg": dict(zip(names, angles, strict=True)),
        "words": direction_words(track, language),
    }
