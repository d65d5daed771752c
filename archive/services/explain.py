"""Every entry of the log in one plain sentence, in the reader's language.

The sentence is told from the body, whose bytes the chain binds, never from the columns beside
it. Whatever a body holds, nothing here raises: a body of a later version gets an honest general
sentence, and facts that have no words here are counted, not shown as codes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeAlias

from archive.proof.acts import ActName
from archive.proof.chain import ANONYMOUS, SYSTEM
from archive.records import Document, LogEntry, Out
from virtopsy.language import Language, count, gist, has, printable, say

_LONGEST = 200
"""Of a text that a person typed; the entry keeps all of it."""
_LONGEST_NAME = 60
_DIGITS = re.compile(r"-?[0-9]{1,18}")
_HEX = re.compile(r"[0-9a-f]{16,128}")
_KEY = re.compile(r"[a-z][a-z0-9_]{0,30}(\.[A-Za-z0-9_]{1,40}){1,6}")
_KNOWN = frozenset(ActName)

Teller: TypeAlias = Callable[[str, Any, Language], str | None]
"""Words for one fact; empty where there is nothing to say, None where there are no words."""


def sentence(entry: LogEntry, language: Language) -> str:
    """Return what the entry says; `actor_name` and `about_name` are the names it is told with."""
    body = _body(entry)
    if body is None:
        return say("entry.unreadable", language, seq=entry.seq)
    facts = body["data"] if isinstance(body["data"], Mapping) else {}
    told = _with_details(_happened(entry, body, facts, language), facts, language)
    if isinstance(facts.get("why"), str):
        told = say("entry.why", language, told=told, why=_why(facts["why"], language))
    if reason := _text(body.get("reason")):
        told = say("entry.reason", language, told=told, reason=reason)
    who = _who(entry, body, language)
    if case := _text(body["case"]):
        return say("entry.line_case", language, who=who, case=case, told=told)
    return say("entry.line", language, who=who, told=told)


def who(entry: LogEntry, language: Language) -> str:
    """Return the name of who acted, as the sentence has it."""
    body = _body(entry)
    return _who(entry, body, language) if body else say("entry.who.unknown", language)


def named(entry: LogEntry, names: Mapping[str, str]) -> LogEntry:
    """Return the entry with the names of who acted and whom the act is about.

    Args:
        entry: as stored.
        names: person id -> name.
    """
    return replace(
        entry,
        actor_name=names.get(entry.actor, ""),
        about_name=names.get(_about(entry), ""),
    )


def _body(entry: LogEntry) -> Document | None:
    try:
        body = json.loads(entry.body)
        texts = (body["act"], body["out"], body["case"], body["actor"]["id"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    whole = all(isinstance(one, str) for one in texts) and "data" in body
    return body if whole else None


def _about(entry: LogEntry) -> str:
    """Return the id of the person whom an act is about; empty where it is about none."""
    if not entry.act.startswith(("person.", ActName.LOGIN)):
        return ""
    body = _body(entry) or {}
    data = body.get("data")
    if isinstance(data, Mapping) and isinstance(data.get("person"), str):
        return str(data["person"])
    objects = body.get("obj")
    for one in objects if isinstance(objects, list) else []:
        if isinstance(one, Mapping) and one.get("t") in {"person", "credential"}:
            return str(one.get("id"))
    return ""


def _who(entry: LogEntry, body: Document, language: Language) -> str:
    acted = body["actor"]["id"]
    if acted in {SYSTEM.id, ANONYMOUS.id}:
        return say(f"entry.who.{acted}", language)
    name = _text(entry.actor_name) if acted == entry.actor else ""
    return name or say("entry.who.unknown", language)


def _happened(entry: LogEntry, body: Document, facts: Mapping[str, Any], language: Language) -> str:
    act, out = body["act"], body["out"]
    if act not in _KNOWN:
        return _unknown(act, out, language)
    person = _text(entry.about_name) or say("entry.person_unknown", language)
    if out == Out.OK:
        special = _SPECIAL.get(ActName(act))
        key = special(facts) if special else f"entry.act.{act}"
        return say(key, language, person=person, label=_label(facts, language))
    if (act, out) == (ActName.LOGIN, Out.DENIED):
        key = "entry.denied_login_as" if entry.about_name else "entry.denied_login"
        return say(key, language, person=person)
    what = say(f"entry.what.{act}", language)
    if out in {Out.DENIED, Out.FAIL}:
        key = "entry.denied" if out == Out.DENIED else "entry.failed"
        return say(key, language, what=what)
    return f"{what}; {say('entry.unknown_out', language)}"


def _unknown(act: str, out: str, language: Language) -> str:
    name = printable(act)[:_LONGEST_NAME]
    if out == Out.DENIED:
        return say("entry.unknown_denied", language, name=name)
    if out == Out.FAIL:
        return say("entry.unknown_failed", language, name=name)
    return say("entry.unknown", language, name=name)


def _record(facts: Mapping[str, Any]) -> str:
    how = facts.get("how")
    return f"entry.record.{how}" if how in {"undo", "redo"} else "entry.act.record"


def _export(facts: Mapping[str, Any]) -> str:
    if "manifest_sha256" in facts:
        return "entry.export.bundle"
    return "entry.export.findings" if "forms" in facts else "entry.act.export"


_SPECIAL: Mapping[ActName, Callable[[Mapping[str, Any]], str]] = {
    ActName.RECORD: _record,
    ActName.EXPORT: _export,
}


def _label(facts: Mapping[str, Any], language: Language) -> str:
    """Return what was done to the case; it is kept as the key of a message."""
    label = facts.get("label")
    if isinstance(label, str) and _is_message(label, language):
        return gist(label, language)
    return say("entry.record.change", language)


def _why(key: str, language: Language) -> str:
    """Return why something failed; errors are kept as the key of their sentence."""
    return gist(key, language) if _is_message(key, language) else _text(key)


def _is_message(key: str, language: Language) -> bool:
    return bool(_KEY.fullmatch(key)) and has(key, language)


def _with_details(told: str, facts: Mapping[str, Any], language: Language) -> str:
    pieces, silent = [], 0
    for key, teller in _SHOWN.items():
        if key in facts:
            value = teller(key, facts[key], language)
            silent += value is None
            if value:
                pieces.append(say(f"entry.data.{key}", language, value=value))
    silent += len(facts.keys() - _SHOWN.keys() - _TOLD)
    if silent:
        pieces.append(say("entry.more", language, count=silent))
    details = ", ".join(pieces)
    return say("entry.details", language, told=told, details=details) if pieces else told


def _text(value: object) -> str:
    """Return a text as it may be shown; empty for anything else."""
    if not isinstance(value, str):
        return ""
    clean = " ".join(printable(value).split())
    return clean if len(clean) <= _LONGEST else clean[: _LONGEST - 1] + "…"


def _count(_key: str, value: Any, _language: Language) -> str | None:
    if isinstance(value, Sequence | Mapping) and not isinstance(value, str):
        return count(len(value))
    if isinstance(value, int) and not isinstance(value, bool):
        return count(value)
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        return count(int(value))
    return None


def _some(key: str, value: Any, language: Language) -> str | None:
    """Return a number that is worth a word only where it is not zero."""
    told = _count(key, value, language)
    return "" if told == "0" else told


def _words(_key: str, value: Any, _language: Language) -> str | None:
    return _text(value) or None


def _hash(_key: str, value: Any, _language: Language) -> str | None:
    if isinstance(value, str) and _HEX.fullmatch(value):
        return f"{value[:16]}…"
    return None


def _moment(_key: str, value: Any, _language: Language) -> str | None:
    try:
        moment = datetime.fromisoformat(value)
        told = moment.astimezone(UTC) if moment.tzinfo else None
    except (TypeError, ValueError, OverflowError):
        return None
    return f"{told:%Y-%m-%d %H:%M:%S} UTC" if told else None


def _flag(key: str, value: Any, language: Language) -> str | None:
    if not isinstance(value, bool):
        return None
    return say(f"entry.data.{key}", language, value="") if value else ""


def _second(_key: str, value: Any, language: Language) -> str | None:
    return say("entry.data.second", language, value="") if value else None


def _codes(key: str, value: Any, language: Language) -> str | None:
    return _translated(f"entry.code.{key}.", value, language)


def _roles(_key: str, value: Any, language: Language) -> str | None:
    return _translated("archive.role.", value, language)


def _translated(head: str, value: Any, language: Language) -> str | None:
    codes = value if isinstance(value, list) else [value]
    keys = [f"{head}{one}" for one in codes]
    if not all(has(one, language) for one in keys):
        return None
    return ", ".join(say(one, language) for one in keys)


_SHOWN: Mapping[str, Teller] = {
    "name": _words,
    "roles": _roles,
    "opened": _moment,
    "single_keeper": _flag,
    "form": _codes,
    "files": _count,
    "stored": _count,
    "already": _some,
    "conflicts": _some,
    "opaque": _some,
    "objects": _count,
    "entries": _count,
    "first": _count,
    "last": _count,
    "findings": _count,
    "stops": _count,
    "changes": _count,
    "left_out": _some,
    "bytes": _count,
    "seconds": _count,
    "not_stated": _codes,
    "size": _count,
    "old": _count,
    "time": _moment,
    "authority": _words,
    "checked": _codes,
    "denied": _flag,
    "key": _hash,
    "from": _moment,
    "second": _second,
    "concerned": _some,
    "root": _hash,
    "sha256": _hash,
    "manifest_sha256": _hash,
    "imprint": _hash,
}
"""The facts that have words, in the order in which they are told."""
_TOLD = frozenset(
    {"why", "label", "how", "person", "format", "forms"}
    | {"second_session", "statement", "old_signature", "new_signature"}
)
"""Facts that the sentence itself tells, or that only programs need."""
