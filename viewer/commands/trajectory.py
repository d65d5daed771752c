"""`virtopsy trajectory`: proposes tracks, or refines one between stated points of a series."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import click
from typing_extensions import override

from viewer.commands import speech
from virtopsy.errors import InputError, UsageError
from virtopsy.language import Language, say

if TYPE_CHECKING:
    from virtopsy.imaging.volume import Volume

_Place: TypeAlias = tuple[float, float, float]


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
    @click.option("--lodged", type=_PointType(), help=say("trajectory.option.lodged", language))
    @speech.json_option(language)
    def trajectory(  # noqa: PLR0913, PLR0917 -- one a flag
        path: Path,
        series: str | None,
        entry: _Place | None,
        exit_: _Place | None,
        lodged: _Place | None,
        as_json: bool,
    ) -> None:
        stated = _Stated.of(entry, exit_, lodged)
        volume, uid = _loaded(path, series, language)
        if stated is None:
            from viewer.commands.trajectory_proposals import propose

            propose(volume, uid, language, as_json=as_json)
            return
        from viewer.commands.trajectory_facts import facts, tell
        from virtopsy.findings.refine import refined

        told = refined(volume, uid, stated.entry, stated.other(volume), lodged=stated.is_lodged)
        if as_json:
            speech.facts({"proposals": [facts(told, language)]})
        else:
            tell(told, language)

    return trajectory


@dataclass(frozen=True)
class _Stated:
    """What the expert stated: the entry, and an exit or where a projectile lies."""

    entry: _Place
    exit: _Place | None
    lodged: _Place | None

    @classmethod
    def of(
        cls, entry: _Place | None, exit_: _Place | None, lodged: _Place | None
    ) -> _Stated | None:
        """Return the statement, None where there is none.

        Raises:
            UsageError: an end without the entry, or two other ends.
        """
        if entry is None and exit_ is None and lodged is None:
            return None
        if entry is None or (exit_ is not None and lodged is not None):
            raise UsageError("trajectory.both_ends")
        return cls(entry, exit_, lodged)

    @property
    def is_lodged(self) -> bool:
        """Tell whether the other end lies in the body."""
        return self.exit is None

    def other(self, volume: Volume) -> _Place:
        """Return the other end; the projectile is looked for where none was given.

        Raises:
            InputError: an end lies outside the series, or there is no projectile.
        """
        other = self.exit or self.lodged
        for point in (self.entry, other):
            if point is not None and not volume.frame.contains(point):
                told = ",".join(f"{part:g}" for part in point)
                raise InputError("trajectory.outside", point=told)
        return other or _projectile(volume, self.entry)


def _projectile(volume: Volume, entry: _Place) -> _Place:
    """Return where the largest dense piece in the body lies that is no tooth, and not at the entry.

    Raises:
        InputError: there is none.
    """
    from virtopsy.imaging.metal import Site, fragments
    from virtopsy.imaging.projectile import LEAST_MM3, NEAREST_MM

    for piece in fragments(volume):
        far = math.dist(piece.centre_lps_mm, entry) > NEAREST_MM
        inside = piece.site is not Site.OUTSIDE and not piece.may_be_dental
        if far and inside and piece.volume_mm3 >= LEAST_MM3:
            return piece.centre_lps_mm
    raise InputError("trajectory.no_bullet")


def _loaded(path: Path, series_key: str | None, language: Language) -> tuple[Volume, str]:
    from virtopsy.dicom.assemble import assemble, choose, study_of
    from virtopsy.dicom.scan import require_images, scan

    progress = speech.progress("examine.job.load", language)
    found = scan(path, progress)
    require_images(found, path)
    series = choose(found, series_key)
    return assemble(series, study_of(found, series), progress), series.uid
