"""Every entry of the log in one plain sentence, in the reader's language.

The sentence is told from the body, whose bytes the chain binds, never from the columns beside
it. Whatever a body holds, nothing here raises: a body of a later version gets an honest general
sentence, and facts that have no words here are counted, not shown as codes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from archive.proof import chain
from archive.proof.acts import ActName
from archive.proof.chain import ANONYMOUS, SYSTEM
from archive.records import Document, LogEntry, Out
from archive.services.entry_facts import text_of, with_details
from virtopsy.language import Language, gist, has, printable, say

_LONGEST_NAME = 60
_KEY = re.compile(r"[a-z][a-z0-9_]{0,30}(\.[A-Za-z0-9_]{1,40}){1,6}")
_KNOWN = frozenset(ActName)
_WHOLE = {"destruction.read": "destruction.why"}
"""Sentences that are nothing without their facts -> what they come to without them."""


def sentence(entry: LogEntry, language: Language) -> str:
    """Return what the entry says; `actor_name` and `about_name` are the names it is told with."""
    body = _body(entry)
    if body is None:
        return say("entry.unreadable", language, seq=entry.seq)
    facts = body["data"] if isinstance(body["data"], Mapping) else {}
    told = with_details(_happened(entry, body, facts, language), facts, language)
    if why := _why(facts.get("why"), language):
        told = say("entry.why", language, told=told, why=why)
    if reason := text_of(body.get("reason")):
        told = say("entry.reason", language, told=told, reason=reason)
    who = _who(entry, body, language)
    if case := text_of(body["case"]):
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
    body = chain.legible(entry)
    try:
        texts = (body["act"], body["out"], body["case"], body["actor"]["id"])
    except (KeyError, TypeError):
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
    name = text_of(entry.actor_name) if acted == entry.actor else ""
    return name or say("entry.who.unknown", language)


def _happened(entry: LogEntry, body: Document, facts: Mapping[str, Any], language: Language) -> str:
    act, out = body["act"], body["out"]
    if act not in _KNOWN:
        return _unknown(act, out, language)
    person = text_of(entry.about_name) or say("entry.person_unknown", language)
    if out == Out.OK:
        special = _SPECIAL.get(ActName(act))
        key = special(facts) if special else f"entry.act.{act}"
        told = {"person": person, "label": _label(facts, language)}
        formats = {"before": text_of(facts.get("from")), "after": text_of(facts.get("to"))}
        return say(key, language, **told, **formats)
    if (act, out) == (ActName.LOGIN, Out.DENIED):
        key = "entry.denied_login_as" if entry.about_name else "entry.denied_login"
        return say(key, language, person=person)
    if (act, out) == (ActName.VERIFY, Out.FAIL):  # the check itself came to its end
        return say("entry.failed_verify", language)
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


def _read(facts: Mapping[str, Any]) -> str:
    return "entry.read.intake" if facts.get("of") == "intake" else "entry.act.read"


def _migration(facts: Mapping[str, Any]) -> str:
    known = text_of(facts.get("from")) and text_of(facts.get("to"))
    return "entry.migration.known" if known else "entry.act.migration"


_SPECIAL: Mapping[ActName, Callable[[Mapping[str, Any]], str]] = {
    ActName.RECORD: _record,
    ActName.EXPORT: _export,
    ActName.READ: _read,
    ActName.MIGRATION: _migration,
}


def _label(facts: Mapping[str, Any], language: Language) -> str:
    """Return what was done to the case; it is kept as the key of a message."""
    label = facts.get("label")
    if isinstance(label, str) and _is_message(label, language):
        return gist(label, language)
    return say("entry.record.change", language)


def _why(kept: object, language: Language) -> str:
    """Return why something failed; it is kept as the key of a sentence, and empty for no key.

    The log keeps the key alone: what is told of gaps only has a sentence of its own here.
    """
    key = _WHOLE.get(kept, kept) if isinstance(kept, str) else ""
    return gist(key, language) if _is_message(key, language) else ""


def _is_message(key: str, language: Language) -> bool:
    return bool(_KEY.fullmatch(key)) and has(key, language)
