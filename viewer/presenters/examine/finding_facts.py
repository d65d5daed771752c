"""What a finding says without being asked: its numbers, where it was seen, and what limits it."""

from __future__ import annotations

from collections.abc import Sequence

from virtopsy.findings.finding import Finding
from virtopsy.findings.fragment import Fragment
from virtopsy.findings.frames import frame_lines_of
from virtopsy.findings.landmark import Landmark
from virtopsy.findings.measure import Measure
from virtopsy.findings.place import place_words
from virtopsy.findings.quantity_words import quantity_lines
from virtopsy.findings.region import Region, Substance
from virtopsy.findings.trajectory import Trajectory
from virtopsy.findings.vocabulary import called
from virtopsy.findings.words import Line, number, trajectory_lines
from virtopsy.findings.wound import Wound
from virtopsy.imaging.volume import Volume
from virtopsy.language import Language, say


def numbers_of(finding: Finding, language: Language) -> tuple[Line, ...]:
    """Return every number with its uncertainty; of a track they stand among what it says."""
    return () if isinstance(finding, Trajectory) else quantity_lines(finding, language)


def facts_of(
    finding: Finding, others: Sequence[Finding], volume: Volume | None, language: Language
) -> tuple[Line, ...]:
    """Return what bounds the numbers, who stated what, and where it was seen.

    Args:
        finding: what is told.
        others: the findings of the case, whose landmarks carry the body's own frame.
        volume: of its series, which knows the slices by their number; None: it is not shown.
        language: of the words.
    """
    if isinstance(finding, Trajectory):  # its lines say certainty, frame and scatter themselves
        return (*trajectory_lines(finding, language), *_seen(finding, volume, language))
    return (
        *frame_lines_of(finding, others, language),
        *_limits(finding, language),
        *_place(finding, language),
        *_seen(finding, volume, language),
    )


def name_of_kind(finding: Finding, language: Language) -> str:
    """Return what the kind is called, as narrowly as it is stated.

    Gas that nobody looked through is no gas yet.
    """
    if isinstance(finding, Region) and finding.substance is Substance.GAS:
        return say(f"panel.gas.{'confirmed' if finding.confirmed else 'unconfirmed'}", language)
    if isinstance(finding, Fragment):
        return called("fragment", finding.fragment, language)
    if isinstance(finding, Measure):
        return called("measure", finding.measure, language)
    return called("kind", finding.kind, language)


def _limits(finding: Finding, language: Language) -> tuple[Line, ...]:
    if isinstance(finding, Fragment):
        return _limits_of_metal(finding, language)
    if isinstance(finding, Region):
        return _limits_of_region(finding, language)
    by = finding.stated_by if isinstance(finding, Wound) else None
    if isinstance(finding, Landmark):
        return _stated("panel.field.side_confirmed_by", finding.side_confirmed_by, language)
    return _stated("panel.field.stated_by", by, language)


def _stated(label: str, by: str | None, language: Language) -> tuple[Line, ...]:
    """Say who stated something; nothing where nothing is stated."""
    if by is None:
        return ()
    return _lines([(label, by or say("findings.stated_by.nobody", language))], language)


def _limits_of_metal(fragment: Fragment, language: Language) -> tuple[Line, ...]:
    """Say what CT does to metal: too large, cut off at the top, and never a calibre or a metal."""
    said = [("panel.limit", say("panel.limit.metal", language))]
    if fragment.saturated:
        said.insert(0, ("panel.values", say("panel.saturated", language)))
    if fragment.may_be_dental:
        said.append(("panel.teeth", say("panel.dental", language)))
    return _lines(said, language)


def _limits_of_region(region: Region, language: Language) -> tuple[Line, ...]:
    said = []
    if region.low_hu is not None or region.high_hu is not None:
        low, high = (_hu(one, language) for one in (region.low_hu, region.high_hu))
        said.append(("panel.threshold", say("panel.threshold.text", language, low=low, high=high)))
    if region.substance is Substance.GAS and not region.confirmed:
        said.append(("panel.limit", say("panel.limit.gas", language)))
    return _lines(said, language)


def _place(finding: Finding, language: Language) -> tuple[Line, ...]:
    if not finding.places:
        return ()
    place = place_words(finding.places[0], language)
    return _lines(
        [
            ("panel.place", say("panel.place.text", language, place=place)),
            ("findings.frame", say("panel.frame.scanner", language)),
        ],
        language,
    )


def _seen(finding: Finding, volume: Volume | None, language: Language) -> tuple[Line, ...]:
    said = []
    if finding.made_in:
        said.append(("panel.made_in", say(f"panel.made_in.{finding.made_in}", language)))
    if finding.resampled:
        said.append(("panel.pixels", say("findings.resampled", language)))
    if finding.seen_on_slice:
        said.append(("panel.slice", _slice(finding.seen_on_slice, volume, language)))
    return _lines(said, language)


def _slice(sop_uid: str, volume: Volume | None, language: Language) -> str:
    """Return the number of a source slice in its series; its UID's end where it is not of it."""
    sources = () if volume is None else volume.sources
    for n, one in enumerate(sources, start=1):
        if one.sop_uid == sop_uid:
            return say("panel.slice.text", language, n=n, of=len(sources), uid=_end(sop_uid))
    return say("panel.slice.elsewhere", language, uid=_end(sop_uid))


def _end(uid: str) -> str:
    """Return the end of a UID, by which slices of one series differ; the log has it whole."""
    return uid if len(uid) <= 16 else f"…{uid[-12:]}"


def _hu(value: float | None, language: Language) -> str:
    return "…" if value is None else number(value, language, 0)


def _lines(said: list[tuple[str, str]], language: Language) -> tuple[Line, ...]:
    return tuple(Line(say(label, language), text) for label, text in said)
