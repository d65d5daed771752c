"""What of a finding a person can state, field by field, and the finding with one stated anew.

The panel shows whatever fields a finding has and knows no kind: which it has, what is chosen from,
and what a statement brings with it (who stated it) is decided here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

from viewer.presenters.examine import finding_blade, finding_height
from virtopsy.case.subject import Subject
from virtopsy.errors import Bug
from virtopsy.findings.finding import Finding
from virtopsy.findings.record import hints
from virtopsy.findings.region import Region, Substance
from virtopsy.findings.trajectory import Trajectory
from virtopsy.findings.vocabulary import called, note, terms
from virtopsy.findings.wound import Wound, WoundKind
from virtopsy.geometry.body_place import Flexion
from virtopsy.geometry.landmark import landmark_terms
from virtopsy.language import Language, say

Form: TypeAlias = Literal["heading", "line", "text", "choice", "tick", "colour"]
Choices: TypeAlias = tuple[tuple[str, str], ...]
YES = "yes"
"""The value of a tick that is set; of one that is not, it is empty."""
COLOURS = ("#e4572e", "#f2c14e", "#88d799", "#b388eb", "#42abaa", "#4aa3df", "#ff8fc7", "#cfcfcf")
"""What can be chosen beside the colour of the kind; told apart on grey and on bone."""
GROUND = "ground."
_FIRST, _LAST = ("name",), ("colour", "remark")
_EVERY_KIND = ("certainty", "side", "region", "level")
_OWN: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "wound": ("wound", "tissue", "shape", finding_blade.FIELD, "flexion", finding_height.FIELD),
        "trajectory": ("outcome", "deflected_at_entry"),
        "fragment": ("fragment", "site", "may_be_dental"),
        "fracture": ("fracture", "bone"),
        "region": ("substance", "confirmed"),
        "landmark": ("landmark", "side_confirmed_by"),
    }
)
_FORMS: Mapping[str, Form] = MappingProxyType(
    {
        "wound": "choice",
        "tissue": "choice",
        "flexion": "choice",
        "landmark": "choice",
        "outcome": "choice",
        "deflected_at_entry": "tick",
        "fragment": "choice",
        "site": "choice",
        "may_be_dental": "tick",
        "fracture": "choice",
        "substance": "choice",
        "confirmed": "tick",
        "side_confirmed_by": "tick",
        "certainty": "choice",
        "side": "choice",
        "region": "choice",
        "colour": "colour",
        "remark": "text",
    }
)
"""Of every other field it is a line."""
_GROUPS: Mapping[str, str] = MappingProxyType({"region": "region_of_body"})
_OWN_WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"tissue": ("skin", "bone"), "outcome": ("through", "lodged"), "flexion": tuple(Flexion)}
)
"""Choices of two that are no term of the vocabulary."""
_KIND_COLOURS: Mapping[str, str] = MappingProxyType(
    {"region": "measure", "landmark": "measure", "key_picture": "note"}
)
"""Kinds without a colour of their own: more than six no eye tells apart."""
_ALWAYS_STATED = frozenset({"certainty", "fragment"})
_STATES_WHO: Mapping[str, tuple[str, object]] = MappingProxyType(
    {"wound": ("stated_by", None), "flexion": ("posture_by", "")}
)
"""Who states a field, and what stands there where nothing is stated."""


@dataclass(frozen=True)
class Field:
    """One thing that can be stated of a finding.

    Attributes:
        name: of the finding's attribute, or "ground." and a ground.
        form: how it is stated.
        label: what it is called.
        value: as it is: a text, a code of `choices`, or `YES`.
        choices: codes with what each is called.
        usable: whether it can be stated now.
        note: what a person should know before stating it; empty: nothing.
    """

    name: str
    form: Form
    label: str
    value: str
    choices: Choices = ()
    usable: bool = True
    note: str = ""


def fields_of(finding: Finding, subject: Subject, language: Language) -> tuple[Field, ...]:
    """Return what can be stated of a finding, in the order of the panel."""
    told = partial(_field, finding, subject, language)
    names = (*_FIRST, *_OWN.get(finding.kind, ()), *_EVERY_KIND)
    grounds = [_ground(finding, one, language) for one in finding.GROUNDS]
    if grounds:
        grounds.insert(0, Field("grounds", "heading", say("panel.field.grounds", language), ""))
    return (
        *(told(one) for one in names if _asked(finding, one)),
        *grounds,
        *(told(one) for one in _LAST),
    )


def with_field(finding: Finding, name: str, value: str, person: str) -> Finding:
    """Return the finding with one field stated anew.

    Args:
        finding: as it is.
        name: of a field of `fields_of`.
        value: as a field's `value`; spaces at its ends are a slip of the hand.
        person: who states it; kept where a statement bears a name.

    Raises:
        InputError: a number that was typed is none.
    """
    if name.startswith(GROUND):
        return _with_ground(finding, name.removeprefix(GROUND), ticked=value == YES)
    text = value.strip()
    if name == "name" and not text:
        return finding
    if name == finding_height.FIELD and isinstance(finding, Wound):
        return finding_height.entered(finding, text, person)
    if name == finding_blade.FIELD and isinstance(finding, Wound):
        return finding_blade.entered(finding, text)
    read = _READ.get(_form(name), str)
    kind: type = type(finding)
    hint = hints(kind)[name]
    changed: dict[str, Any] = {name: read(text)}
    if name == "side_confirmed_by":
        changed = {name: person if value == YES else None}
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        changed = {name: hint(text)}
    if name in _STATES_WHO and text != str(getattr(finding, name)):
        by, nobody = _STATES_WHO[name]
        changed[by] = person if text else nobody
    return replace(finding, **changed)


def colour_of(finding: Finding) -> str:
    """Return the colour of a finding: #rrggbb, or the name of a colour of the themes."""
    return finding.colour or _KIND_COLOURS.get(finding.kind, finding.kind)


def side_words(side: str, subject: Subject, language: Language) -> str:
    """Return a side as that of the deceased or of the person; both sides and midline as they are.

    Args:
        side: code of the vocabulary's "side".
        subject: whose side it is.
        language: of the words.
    """
    if side not in {"left", "right"}:
        return called("side", side, language)
    whose = "deceased" if subject is Subject.DECEASED else "person"
    return say(f"panel.side.{whose}.{side}", language)


def _asked(finding: Finding, name: str) -> bool:
    """Tell whether a field means anything.

    Gas alone has another name until it is confirmed, and a blade is tested against a stab alone.
    """
    gas = isinstance(finding, Region) and finding.substance is Substance.GAS
    stab = isinstance(finding, Wound) and finding.wound is WoundKind.STAB
    return {"confirmed": gas, finding_blade.FIELD: stab}.get(name, True)


def _form(name: str) -> Form:
    return _FORMS.get(name, "line")


def _field(finding: Finding, subject: Subject, language: Language, name: str) -> Field:
    form = _form(name)
    choices = _choices(name, subject, language) if form == "choice" else ()
    shown = _shown(finding, name, form, language)
    known = f"panel.note.{name}"
    value = shown if form == "choice" else ""
    return Field(
        name,
        form,
        say(f"panel.field.{name}", language),
        shown,
        choices,
        note=say(known, language) if name in _NOTED else note(name, value, language),
    )


def _shown(finding: Finding, name: str, form: Form, language: Language) -> str:
    if name == finding_height.FIELD and isinstance(finding, Wound):
        return finding_height.shown(finding, language)
    if name == finding_blade.FIELD and isinstance(finding, Wound):
        return finding_blade.shown(finding, language)
    value = getattr(finding, name)
    if form == "tick":
        return YES if value else ""
    return str(value)


def _ground(finding: Finding, ground: str, language: Language) -> Field:
    ticked = YES if ground in finding.grounds else ""
    # Of a track they are the grounds of a statement: until there is one, there is nothing to tick.
    usable = not isinstance(finding, Trajectory) or finding.entry is not None
    label = called("ground", ground, language)
    return Field(
        f"{GROUND}{ground}",
        "tick",
        label,
        ticked,
        usable=usable,
        note=note("ground", ground, language),
    )


def _with_ground(finding: Finding, ground: str, *, ticked: bool) -> Finding:
    if ground not in finding.GROUNDS:
        raise Bug(f"no such ground: {ground}")
    kept = {*finding.grounds, ground} if ticked else {*finding.grounds} - {ground}
    return replace(finding, grounds=tuple(one for one in finding.GROUNDS if one in kept))


def _choices(name: str, subject: Subject, language: Language) -> Choices:
    unstated = () if name in _ALWAYS_STATED else (("", say("panel.unstated", language)),)
    if name in _OWN_WORDS:
        head = "bodyframe" if name == "flexion" else "panel"
        worded = {one: say(f"{head}.{name}.{one}", language) for one in _OWN_WORDS[name]}
        return (*unstated, *worded.items())
    if name == "landmark":
        return (*unstated, *((one.code, one.names[language]) for one in landmark_terms().values()))
    group = _GROUPS.get(name, name)
    worded = {one.code: one.words[language] for one in terms(group)}
    if name == "side":
        worded = {code: side_words(code, subject, language) for code in worded}
    return (*unstated, *worded.items())


def _ticked(value: str) -> bool:
    return value == YES


_READ: Mapping[str, Callable[[str], Any]] = MappingProxyType({"tick": _ticked})
_NOTED = frozenset({"confirmed", "may_be_dental", "side_confirmed_by", "entered_height", "blade"})
"""Fields that a person should know something of before stating them."""
