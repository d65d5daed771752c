"""The main job on the synthetic case: seen, marked, kept, handed out, checked.

The same components as in the window, driven without one. The two ends of the track are those the
phantom's truth states, where a person would click.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

from archive.opening import Archive, create, open_archive
from archive.records import Actor
from archive.services.bundling import BundleReport
from archive.within import refuse_within
from viewer.presenters.archive.case_recorder import CaseRecorder
from viewer.presenters.archive.kept_scan import load_case
from viewer.presenters.court.export import Export, export_bundle
from viewer.presenters.examine.opening import Opened
from viewer.presenters.session import Session
from viewer.render.court_pictures import CourtPicture, court_pictures
from virtopsy.case.case import Case
from virtopsy.case.commands import AddFinding, AddStop, StateSubject
from virtopsy.case.subject import Subject
from virtopsy.errors import Bug, InputError, StorageError
from virtopsy.findings.clicks import sd_of_click
from virtopsy.findings.numbered import Numbered
from virtopsy.findings.trajectory import Trajectory
from virtopsy.geometry.camera import as_point, standard_view
from virtopsy.imaging.volume import Volume
from virtopsy.imaging.window import HU_PRESETS
from virtopsy.jobs import Progress
from virtopsy.language import Language, say
from virtopsy.phantom.write import write
from virtopsy.system_reason import reason_of
from virtopsy.walkthrough.stop import Stop

PERSON = "Demo Expert"
PASSWORD = "virtopsy-demo"  # noqa: S105 -- opens only the synthetic case, and is printed
CASE_NUMBER = "demo-1"
SEED = 0

Clock: TypeAlias = Callable[[], datetime]


@dataclass(frozen=True)
class Places:
    """Where the demo keeps its things."""

    folder: Path

    @property
    def scan(self) -> Path:
        """The synthetic case: `dicom/` and `truth.json`."""
        return self.folder / "phantom"

    @property
    def archive(self) -> Path:
        """The evidence archive."""
        return self.folder / "archive"

    @property
    def pictures(self) -> Path:
        """The pictures of the conclusion."""
        return self.folder / "pictures"

    @property
    def bundle(self) -> Path:
        """The court bundle."""
        return self.folder / "bundle"


def make_scan(places: Places, progress: Progress) -> None:
    """Write the synthetic case, unless an earlier demo did.

    Raises:
        StorageError: the disk refused.
    """
    if not (places.scan / "truth.json").exists():
        write(places.scan, seed=SEED, progress=progress)


def run(
    folder: Path, language: Language, clock: Clock, progress: Callable[[str], Progress]
) -> tuple[Places, BundleReport]:
    """Do the whole job below `folder`.

    Args:
        folder: empty or not there yet.
        language: of pictures and conclusion.
        clock: the time, UTC.
        progress: makes the progress of one step from its message key.

    Raises:
        InputError: the folder holds something.
        StorageError: the disk refused.
    """
    places = _made(folder)
    make_scan(places, progress("demo.job.scan"))
    create(places.archive, person=PERSON, password=PASSWORD, clock=clock)
    with open_archive(places.archive, clock=clock) as archive:
        actor = archive.access.login(PERSON, PASSWORD)
        opened = _keep(archive, actor, places, language, progress("demo.job.keep"))
        _mark(archive, actor, places, opened.volume, language)
        report = export_bundle(
            archive,
            actor,
            Export(
                number=CASE_NUMBER,
                out=places.bundle,
                language=language,
                text=say("demo.conclusion", language),
            ),
            opened=opened,
            pictures=_KeptBeside(places.pictures),
            when=clock(),
            progress=progress("demo.job.bundle"),
        )
    return places, report


def _made(folder: Path) -> Places:
    refuse_within(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise InputError("demo.not_empty", path=folder)
    except (FileExistsError, NotADirectoryError) as error:
        raise InputError("demo.not_empty", path=folder) from error
    except OSError as error:
        raise StorageError("demo.no_folder", path=folder, reason=reason_of(error)) from error
    return Places(folder)


def _keep(
    archive: Archive, actor: Actor, places: Places, language: Language, progress: Progress
) -> Opened:
    archive.intake.take_in(
        actor,
        places.scan / "dicom",
        case_number=CASE_NUMBER,
        basis=say("demo.basis", language),
        deliverer=PERSON,
        carrier=say("demo.carrier", language),
        progress=progress,
    )
    case = archive.cases.open(actor, CASE_NUMBER)
    opened = load_case(archive, actor, case, progress)
    if opened is None:
        raise Bug("the synthetic case has no volume")
    return opened


def _mark(
    archive: Archive, actor: Actor, places: Places, volume: Volume, language: Language
) -> None:
    truth: dict[str, Any] = json.loads((places.scan / "truth.json").read_text(encoding="utf-8"))
    session = Session()
    session.open(Case(CASE_NUMBER), CaseRecorder(archive, actor, CASE_NUMBER))
    track = Trajectory(
        finding_id="demo-track-1",
        name=say("findings.trajectory.default_name", language, n=1),
        series_uid=volume.identity.series_uid,
        frame_of_reference_uid=volume.identity.frame_of_reference_uid,
        ends_lps_mm=(as_point(truth["entry_mm"]), as_point(truth["exit_mm"])),
        entry=0,
        direction_by="expert",
        stated_by=actor.name,
        grounds=("bevel",),
        end_sd_mm=sd_of_click(volume.frame, volume.measured_mm),
        sd_source="clicks",
    )
    session.do(StateSubject(Subject.DECEASED))
    session.do(AddFinding(track))
    session.do(AddStop(_stop(volume, track, language)))


def _stop(volume: Volume, track: Trajectory, language: Language) -> Stop:
    camera = standard_view(volume.frame, "anterior")
    bone = HU_PRESETS["bone"].window
    return Stop(
        stop_id="demo-stop-1",
        caption=say("demo.caption", language),
        series_uid=track.series_uid,
        layout="volume",
        position_mm=track.ends_lps_mm[0],
        camera_position_mm=camera.position,
        camera_focal_mm=camera.focal_point,
        camera_up=camera.view_up,
        camera_angle_deg=math.degrees(camera.view_angle),
        preset="bone",
        window_centre=bone.centre,
        window_width=bone.width,
    )


@dataclass(frozen=True)
class _KeptBeside:
    """Makes the pictures of the bundle, and keeps them where a person finds them as well."""

    folder: Path

    def __call__(  # noqa: PLR0913 -- as `TakePictures` says
        self,
        volume: Volume,
        findings: Sequence[Numbered],
        language: Language,
        *,
        source_sha256: str,
        notes: Sequence[str],
        mark: str,
    ) -> Sequence[CourtPicture]:
        taken = court_pictures(
            volume, findings, language, source_sha256=source_sha256, notes=notes, mark=mark
        )
        self.folder.mkdir()
        for one in taken:
            (self.folder / f"{one.name}.png").write_bytes(one.png)
        return taken
