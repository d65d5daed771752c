"""What the views of a path say of themselves: the place, how they are shown, what they are not."""

from __future__ import annotations

import math

from viewer.presenters.examine.along import Followed
from viewer.presenters.examine.slabs import decimals
from viewer.widgets.parts import Parts
from virtopsy.imaging.compression import lossy_mark
from virtopsy.imaging.volume import Quantity, Volume


def heading(parts: Parts, followed: Followed, view: str) -> str:
    """Return what a view shows: the track by its number, or the path that was drawn."""
    kind = "drawn" if followed.finding_id is None else "track"
    return parts.say(f"path.{view}.{kind}", number=followed.number)


def place(parts: Parts, followed: Followed) -> str:
    """Say where on the path the place is, counted from its beginning."""
    mm, length = parts.number(parts.along.place_mm.now), parts.number(followed.path.length_mm)
    return parts.say(f"path.at.{followed.begins}", mm=mm, length=length)


def ends(parts: Parts, followed: Followed) -> tuple[str, str]:
    """Return the names of beginning and end, no more of them than somebody stated."""
    say, begins = parts.say, followed.begins
    return say(f"path.begin.{begins}"), say(f"path.end.{begins}")


def shown_how(parts: Parts) -> list[str]:
    """Say that slices are thick, or not interpolated."""
    views, said = parts.views, []
    slab = views.slab.now
    if slab is not None:
        mm = parts.number(slab.thickness_mm, decimals(slab.thickness_mm))
        said.append(parts.say(f"reading.slab.{slab.projection.value}.mm", mm=mm))
    if not views.smooth.now:
        said.append(parts.say("reading.voxels"))
    return said


def turned(parts: Parts) -> str:
    """Say how far the picture along the path is turned about it."""
    degrees = parts.number(math.degrees(parts.along.angle.now), 0)
    return parts.say("path.turned", angle=degrees)


def remarks(parts: Parts, volume: Volume, *, bent: bool, hatched: bool) -> list[str]:
    """Return what must be known of a picture, one short line each.

    Args:
        parts: the presenters.
        volume: that is shown.
        bent: whether a bent path was straightened.
        hatched: whether a gap is hatched that nothing else speaks of.
    """
    say = parts.say
    said = [say("render.gap.hatched")] if hatched else []
    if volume.quantity is not Quantity.HU:
        said.append(say("ui.view.not_hu"))
    language = parts.language.now
    marks = (parts.subject.mark(language), lossy_mark(volume, language))
    said = [*(one for one in marks if one), *said]
    said += [say("path.straightened")] if bent else []
    return [*said, say("path.resampled"), say("path.measure")]
