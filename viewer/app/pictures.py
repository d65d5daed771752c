"""The pictures of a conclusion: what `export_bundle` asks for, made by `viewer.render`."""

from __future__ import annotations

from collections.abc import Sequence

from viewer.presenters.court.export import Shown
from viewer.render.court_pictures import CourtPicture, court_pictures
from viewer.render.offscreen import Origin


def take_pictures(shown: Shown) -> Sequence[CourtPicture]:
    """Make the pictures of a conclusion; window, command line and demo use this one."""
    origin = Origin(source_sha256=shown.manifest_sha256, notes=shown.notes)
    return court_pictures(shown.opened.volume, shown.tracks, shown.language, origin)
