"""What each kind of finding says of itself beside what all of them say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from virtopsy.findings.finding import Finding
from virtopsy.findings.fracture import Fracture
from virtopsy.findings.fragment import Fragment
from virtopsy.findings.key_picture import KeyPicture
from virtopsy.findings.landmark import Landmark
from virtopsy.findings.measure import Measure
from virtopsy.findings.note import Note
from virtopsy.findings.quantity_words import said
from virtopsy.findings.region import Region, Substance
from virtopsy.findings.vocabulary import called
from virtopsy.findings.words import number
from virtopsy.findings.wound import Wound
from virtopsy.geometry.direction import NORMAL_95
from virtopsy.geometry.landmark import landmark_terms
from virtopsy.language import Language, say


def kind_words(finding: Finding, language: Language) -> tuple[str, ...]:
    """Return what it is as far as the expert stated it, a sentence or phrase each."""
    words = _WORDS.get(type(finding))
    return () if words is None else tuple(words(finding, language))


def number_words(finding: Finding, language: Language) -> tuple[str, ...]:
    """Return every number of the finding with its 95% or range and its source, a line each."""
    if isinstance(finding, Fragment):
        told = _of_fragment(finding, language)
    else:
        told = [
            f"{called('quantity', one.code, language)}: {said(one, language)}"
            for one in finding.quantities
        ]
    if isinstance(finding, Landmark):
        told.insert(0, _position(finding, language))
    return tuple(told) or (say("conclusion5.no_number", language),)


def _of_fragment(one: Fragment, language: Language) -> list[str]:
    """Return a fragment's numbers in few words; the table says once where their error is from."""
    told = []
    if one.size_mm is not None:
        told.append(_box(one, language))
    if one.volume_mm3 is not None:
        told.append(_volume(one, language))
    if one.max_hu is not None:
        key = "conclusion5.plateau" if one.saturated else "conclusion5.maximum"
        told.append(say(key, language, hu=number(one.max_hu, language, 0)))
    return told


def _box(fragment: Fragment, language: Language) -> str:
    """Return the three edges of a fragment's box."""
    edges = " × ".join(number(one, language) for one in fragment.size_mm or ())
    if fragment.size_sd_mm is None:
        return say("conclusion5.box.no_error", language, edges=edges)
    half = number(NORMAL_95 * fragment.size_sd_mm, language)
    return say("conclusion5.box", language, edges=edges, half=half)


def _volume(one: Fragment, language: Language) -> str:
    value = number(one.volume_mm3 or 0.0, language, 0)
    if one.volume_low_mm3 is None or one.volume_high_mm3 is None:
        return say("conclusion5.volume.no_error", language, value=value)
    low, high = (number(end, language, 0) for end in (one.volume_low_mm3, one.volume_high_mm3))
    return say("conclusion5.volume", language, value=value, low=low, high=high)


def _position(landmark: Landmark, language: Language) -> str:
    """Return where a landmark lies, the mean of its markings, each axis with its 95%."""
    halves = NORMAL_95 * np.sqrt(np.diag(landmark.covariance_mm2))
    x, y, z = (
        f"{number(value, language)} ± {number(half, language)}"
        for value, half in zip(landmark.mean_lps_mm, halves, strict=True)
    )
    count = len(landmark.repeats_lps_mm) + 1
    told = called("source", "repeats" if count > 2 else landmark.sd_source, language)
    return say("conclusion5.position", language, x=x, y=y, z=z, n=count, source=told)


def _wound(one: Wound, language: Language) -> list[str]:
    if not one.wound:
        told = [say("conclusion5.wound.unstated", language)]
    else:
        who = one.stated_by or say("report.not_stated", language)
        kind = called("wound", one.wound.value, language)
        told = [say("conclusion5.wound", language, kind=kind, who=who)]
    if one.tissue in {"skin", "bone"}:
        told.append(say(f"conclusion5.tissue.{one.tissue}", language))
    if one.shape:
        told.append(say("conclusion5.shape", language, shape=one.shape))
    return told


def _fragment(one: Fragment, language: Language) -> list[str]:
    told = [called("fragment", one.fragment.value, language)]
    if one.site:
        told.append(called("site", one.site.value, language))
    if one.may_be_dental:
        told.append(say("conclusion5.dental", language))
    if one.threshold_hu is not None:
        hu = number(one.threshold_hu, language, 0)
        told.append(say("conclusion5.threshold", language, hu=hu))
    return told


def _fracture(one: Fracture, language: Language) -> list[str]:
    kind = one.fracture.value
    told = [called("fracture", kind, language) if kind else say("conclusion5.unstated", language)]
    return [*told, one.bone] if one.bone else told


def _region(one: Region, language: Language) -> list[str]:
    if one.substance is Substance.GAS and not one.confirmed:
        told = [say("conclusion5.air_density", language)]
    elif one.substance:
        told = [called("substance", one.substance.value, language)]
    else:
        told = [say("conclusion5.unstated", language)]
    if one.how == "painted":
        told.append(say("conclusion5.painted", language))
    ends = [one.low_hu, one.high_hu]
    low, high = ("–" if end is None else number(end, language, 0) for end in ends)
    if any(end is not None for end in ends):
        told.append(say("conclusion5.thresholds", language, low=low, high=high))
    return told


def _landmark(one: Landmark, language: Language) -> list[str]:
    known = landmark_terms().get(one.landmark)
    told = [] if known is None else [known.names[language]]
    if known is not None and known.side is None:
        return told
    who = one.side_confirmed_by
    if who is None:
        return [*told, say("conclusion5.side_unconfirmed", language)]
    key = "conclusion5.side_against" if one.against_scanner else "conclusion5.side_confirmed"
    return [*told, say(key, language, who=who)]


def _measure(one: Measure, language: Language) -> list[str]:
    told = [called("measure", one.measure.value, language)]
    if len(one.repeats_lps_mm):
        told.append(say("conclusion5.repeats", language, n=len(one.repeats_lps_mm) + 1))
    return told


def _note(_one: Note, language: Language) -> list[str]:
    return [called("kind", "note", language)]


def _key_picture(one: KeyPicture, language: Language) -> list[str]:
    facts = {
        "centre": number(one.window_centre, language, 0),
        "width": number(one.window_width, language, 0),
        "height": number(one.height_mm, language, 0),
    }
    told = [say("conclusion5.key_picture", language, **facts)]
    if one.slab_mm:
        told.append(say("conclusion5.slab", language, mm=number(one.slab_mm, language)))
    return told


_WORDS: Mapping[type[Finding], Callable[[Any, Language], list[str]]] = MappingProxyType(
    {
        Wound: _wound,
        Fragment: _fragment,
        Fracture: _fracture,
        Region: _region,
        Landmark: _landmark,
        Measure: _measure,
        Note: _note,
        KeyPicture: _key_picture,
    }
)
