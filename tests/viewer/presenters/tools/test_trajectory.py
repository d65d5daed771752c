"""Two clicks make a track; a drag makes one version, at its release."""

from __future__ import annotations

from itertools import count

import numpy as np
import pytest

from viewer.presenters.examine.findings import Findings
from viewer.presenters.examine.views import Views
from viewer.presenters.session import Session
from viewer.presenters.tools.trajectory import ENTRY_HINT, EXIT_HINT, TrajectoryTool
from viewer.presenters.value import Value
from virtopsy.findings.trajectory import Trajectory
from virtopsy.geometry.frame import Frame
from virtopsy.imaging.volume import Identity, Volume
from virtopsy.language import Language


class _Room:
    """The presenters of the examine room on a small volume."""

    def __init__(self) -> None:
        frame = Frame.of((100, 100, 100), origin_mm=(0, 0, 0), spacing_mm=(1, 1, 1))
        identity = Identity(series_uid="1.2.3", frame_of_reference_uid="1.2.9")
        numbers = count(1)
        self.session, self.views, self.person = Session(), Views(), Value("A. Expert")
        self.views.show(Volume(np.zeros((100, 100, 100), np.int16), frame, identity=identity))
        self.findings = Findings(self.session, self.views, self.person)
        self.tool = TrajectoryTool(
            self.session,
            self.views,
            self.findings.selected,
            lambda: f"f{next(numbers)}",
            self.person,
        )

    def mark(self) -> Trajectory:
        self.tool.click((10.0, 20.0, 30.0), "Track 1")
        self.tool.click((80.0, 20.0, 30.0), "Track 1")
        track = self.findings.track
        assert track is not None
        return track


def test_two_clicks_record_one_track_with_the_person_who_stated_the_entry() -> None:
    room = _Room()
    assert room.tool.hint.now == ENTRY_HINT
    room.tool.click((10.0, 20.0, 30.0), "Track 1")
    assert room.tool.hint.now == EXIT_HINT
    assert room.session.case.findings == ()

    room.tool.hover((50.0, 20.0, 30.0))
    assert room.tool.draft.now is not None
    assert room.tool.draft.now.ends_lps_mm[1] == (50.0, 20.0, 30.0)
    room.tool.click((80.0, 20.0, 30.0), "Track 1")

    (track,) = room.session.case.findings
    assert isinstance(track, Trajectory)
    assert track.ends_lps_mm == ((10.0, 20.0, 30.0), (80.0, 20.0, 30.0))
    assert (track.direction_by, track.stated_by) == ("expert", "A. Expert")
    assert (track.series_uid, track.frame_of_reference_uid) == ("1.2.3", "1.2.9")
    assert room.findings.selected.now == track.finding_id
    assert room.tool.draft.now is None


def test_a_double_click_leaves_the_draft_waiting_for_the_other_end() -> None:
    room = _Room()
    room.tool.click((10.0, 20.0, 30.0), "Track 1")
    room.tool.click((10.1, 20.0, 30.0), "Track 1")

    assert room.session.case.findings == ()
    assert room.tool.draft.now is not None


def test_escape_gives_the_draft_up() -> None:
    room = _Room()
    room.tool.click((10.0, 20.0, 30.0), "Track 1")
    room.tool.leave()
    room.tool.click((11.0, 20.0, 30.0), "Track 1")

    assert room.session.case.findings == ()


def test_renaming_and_stating_the_other_entry_can_be_undone_one_by_one() -> None:
    room = _Room()
    room.mark()

    room.findings.rename("  Канал А ")
    room.findings.state_entry(1)
    room.findings.tick_grounds("bevel", ticked=True)
    track = room.findings.track
    assert track is not None
    assert (track.name, track.entry, track.grounds) == ("Канал А", 1, ("bevel",))

    for expected in (("Канал А", 1), ("Канал А", 0), ("Track 1", 0)):
        room.session.undo()
        assert room.findings.track is not None
        assert (room.findings.track.name, room.findings.track.entry) == expected


def test_undoing_the_mark_drops_the_selection_and_redo_brings_the_track_back() -> None:
    room = _Room()
    track = room.mark()

    room.session.undo()
    assert room.findings.selected.now is None
    room.session.redo()

    assert room.session.case.findings == (track,)


@pytest.mark.parametrize("language", list(Language))
def test_every_number_of_the_details_comes_with_its_95_percent(language: Language) -> None:
    room = _Room()
    room.mark()

    lines = room.findings.details(language)
    numbers = [line for line in lines if "±" in line.text]

    assert len(numbers) == 4
    assert all("95" in line.label for line in numbers)


def test_without_a_stated_entry_both_readings_stand_side_by_side_and_no_words() -> None:
    room = _Room()
    room.mark()
    room.findings.state_entry(None)

    told = {line.label: line.text for line in room.findings.details(Language.EN)}

    assert "90.0" in told["Azimuth of travel (± is 95%)"]
    assert "−90.0" in told["Azimuth of travel (± is 95%)"]
    assert told["Direction"] == "two ends; the entry is not stated"


def test_another_scan_takes_the_half_marked_track_away() -> None:
    room = _Room()
    room.tool.click((10.0, 20.0, 30.0), "Track 1")
    frame = Frame.of((100, 100, 100), origin_mm=(0, 0, 0), spacing_mm=(1, 1, 1))
    other = Identity(series_uid="9.9")

    room.views.show(Volume(np.zeros((100, 100, 100), np.int16), frame, identity=other))
    room.tool.click((80.0, 20.0, 30.0), "Track 1")

    assert not room.session.case.findings
