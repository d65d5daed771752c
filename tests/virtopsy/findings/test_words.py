"""Words go only as far as the measurement does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from virtopsy.findings.finding import Certainty
from virtopsy.findings.record import from_record, to_record
from virtopsy.findings.trajectory import Method, Trajectory
from virtopsy.findings.words import direction_words, readings, trajectory_lines
from virtopsy.language import Language, say
from virtopsy.report.statement import statement


def _track(end: tuple[float, float, float]) -> Trajectory:
    return Trajectory(
        finding_id="a",
        name="Track 1",
        series_uid="1.2.3",
        ends_lps_mm=((0.0, 0.0, 0.0), end),
    ).stated(0, "A. Expert")


@pytest.mark.parametrize(
    ("end", "words"),
    [
        ((100, 100, 100), "from front to back, from right to left, upward"),
        ((-100, -100, -100), "from back to front, from left to right, downward"),
        (
            (0, 100, 0.5),
            (
                "from front to back, no measurable deviation to right or left, "
                "no measurable deviation upward or downward"
            ),
        ),
    ],
)
def test_only_a_component_beyond_its_own_95_percent_is_named(
    end: tuple[float, float, float], words: str
) -> None:
    assert direction_words(_track(end), Language.EN) == words


def test_without_a_stated_entry_there_are_no_words() -> None:
    track = _track((100, 0, 0)).stated(None, "")

    assert direction_words(track, Language.EN) is None
    assert "two ends" in " ".join(line.text for line in trajectory_lines(track, Language.EN))


def test_a_vertical_track_says_that_its_azimuth_is_not_defined() -> None:
    text = " ".join(line.text for line in trajectory_lines(_track((0, 0, 100)), Language.EN))

    assert "not defined" in text


@pytest.mark.parametrize("language", list(Language))
def test_what_the_cone_leaves_out_stands_beside_it(language: Language) -> None:
    lines = trajectory_lines(_track((100, 20, 30)), language)

    (cone,) = (line.text for line in lines if line.label.startswith(("95", "Конус")))
    assert "·" in cone
    assert len(cone) > 80


@pytest.mark.parametrize("language", list(Language))
def test_a_scatter_of_a_source_we_do_not_know_is_told_as_it_was_stated(language: Language) -> None:
    track = replace(_track((100, 20, 30)), sd_source="ring {before} scan. x")

    told = " ".join(line.text for line in trajectory_lines(track, language))

    assert "ring {before} scan. x" in told


@pytest.mark.parametrize("language", list(Language))
def test_a_doubt_the_expert_stated_stands_first_and_no_certainty_is_made_up(
    language: Language,
) -> None:
    sure = _track((100, 20, 30))
    doubted = replace(sure, certainty=Certainty.POSSIBLE)
    doubt = say("findings.certainty.possible", language)

    assert trajectory_lines(doubted, language)[0].text == doubt
    assert doubt in statement(doubted, language)
    assert say("findings.certainty", language) not in statement(sure, language)


@pytest.mark.parametrize("language", list(Language))
def test_a_scatter_nobody_stated_is_called_assumed(language: Language) -> None:
    record = to_record(_track((100, 20, 30)))
    del record["end_sd_mm"]
    track = from_record({**record, "sd_source": "a fine fit"})
    assert isinstance(track, Trajectory)

    told = " ".join(line.text for line in trajectory_lines(track, language))

    assert track.sd_source == "assumed"
    assert "a fine fit" not in told
    assert say("findings.sd.assumed", language, x="", y="", z="").split(":")[1] in told


@pytest.mark.parametrize("language", Language)
def test_the_angles_of_a_chord_to_a_projectile_are_not_called_those_of_the_flight(
    language: Language,
) -> None:
    chord = replace(_track((100, 20, 30)), method=Method.CHORD)
    labels = {line.label for line in trajectory_lines(chord, language)}
    for name in ("direction", "azimuth", "elevation"):
        assert say(f"findings.chord.{name}", language) in labels
        assert say(f"findings.{name}", language) not in labels


def test_ends_that_are_too_near_for_their_error_have_no_direction_and_no_angles() -> None:
    track = Trajectory(
        ((-58.5, 0.0, 0.0), (-57.0, 0.0, 0.0)),
        entry=0,
        direction_by="expert",
        finding_id="t",
        name="t",
        series_uid="1",
    )
    for language in Language:
        words = direction_words(track, language)
        assert words is not None
        assert say("findings.words.x.none", language) in words
        assert readings(track, language) == (say("findings.angles.too_near", language),) * 2


def test_a_bent_track_tells_the_length_of_its_line_and_no_one_direction() -> None:
    track = Trajectory(
        ((0.0, 0.0, 0.0), (100.0, 0.0, 0.0)),
        entry=0,
        direction_by="expert",
        via_lps_mm=((50.0, 120.0, 0.0),),
        finding_id="t",
        name="t",
        series_uid="1",
    )
    (only,) = track.quantities
    assert (only.code, only.value) == ("curve", 260.0)
