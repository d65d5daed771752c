"""The facts of an entry in words: which are told, in which order, and how each is spelled."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from virtopsy.language import Language, count, has, printable, say
from virtopsy.report.moments import utc_words

_LONGEST = 200
"""Of a text that a person typed; the entry keeps all of it."""
_MOST = 20
"""Of a list of numbers; the entry keeps all."""
_DIGITS = re.compile(r"-?[0-9]{1,18}")
_HEX = re.compile(r"[0-9a-f]{16,128}")

Teller: TypeAlias = Callable[[str, Any, Language], str | None]
"""Words for one fact; empty where there is nothing to say, None where there are no words."""


def with_details(told: str, facts: Mapping[str, Any], language: Language) -> str:
    """Return what was told, with the facts that have words in brackets; the others are counted."""
    pieces, silent = [], 0
    for key, teller in SHOWN.items():
        if key in facts:
            value = teller(key, facts[key], language)
            silent += value is None
            if value:
                pieces.append(say(f"entry.data.{key}", language, value=value))
    silent += len(facts.keys() - SHOWN.keys() - _TOLD)
    if silent:
        pieces.append(say("entry.more", language, count=silent))
    details = ", ".join(pieces)
    return say("entry.details", language, told=told, details=details) if pieces else told


def text_of(value: object) -> str:
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


def _numbers(_key: str, value: Any, _language: Language) -> str | None:
    """Return the numbers of entries."""
    if not isinstance(value, list) or not all(isinstance(one, int) for one in value):
        return None
    return ", ".join(map(str, value[:_MOST])) + ("…" if len(value) > _MOST else "")


def _some(key: str, value: Any, language: Language) -> str | None:
    """Return a number that is worth a word only where it is not zero."""
    told = _count(key, value, language)
    return "" if told == "0" else told


def _words(_key: str, value: Any, _language: Language) -> str | None:
    return text_of(value) or None


def _hash(_key: str, value: Any, _language: Language) -> str | None:
    if isinstance(value, str) and _HEX.fullmatch(value):
        return f"{value[:16]}…"
    return None


def _moment(_key: str, value: Any, _language: Language) -> str | None:
    try:
        moment = datetime.fromisoformat(value)
        return utc_words(moment) if moment.tzinfo else None
    except (TypeError, ValueError, OverflowError):
        return None


def _flag(key: str, value: Any, language: Language) -> str | None:
    if not isinstance(value, bool):
        return None
    return say(f"entry.data.{key}", language, value="") if value else ""


def _disagrees(key: str, value: Any, language: Language) -> str | None:
    """Tell that body tag, scout and name do not agree; that they do goes without saying."""
    return say(f"entry.data.{key}", language, value="") if value is False else ""


def _present(key: str, value: Any, language: Language) -> str | None:
    """Tell that something is there which has no name here."""
    return say(f"entry.data.{key}", language, value="") if text_of(value) else None


def _moment_if_any(key: str, value: Any, language: Language) -> str | None:
    return _moment(key, value, language) or ""


def _codes(key: str, value: Any, language: Language) -> str | None:
    return _translated(f"entry.code.{key}.", value, language)


def _act(_key: str, value: Any, language: Language) -> str | None:
    return _translated("entry.what.", value, language)


def _roles(_key: str, value: Any, language: Language) -> str | None:
    return _translated("archive.role.", value, language)


def _translated(head: str, value: Any, language: Language) -> str | None:
    codes = value if isinstance(value, list) else [value]
    keys = [f"{head}{one}" for one in codes]
    if not all(has(one, language) for one in keys):
        return None
    return ", ".join(say(one, language) for one in keys)


SHOWN: Mapping[str, Teller] = {
    "name": _words,
    "roles": _roles,
    "opened": _moment,
    "single_keeper": _flag,
    "second": _present,
    "where": _words,
    "snapshot": _count,
    "plain": _flag,
    "full": _flag,
    "from": _moment_if_any,
    "before": _moment,
    "after": _moment,
    "moved_s": _count,
    "form": _codes,
    "interrupted": _count,
    "files": _count,
    "stored": _count,
    "already": _some,
    "conflicts": _some,
    "opaque": _some,
    "refused": _some,
    "flags": _some,
    "written": _some,
    "damaged": _some,
    "missing_entries": _some,
    "problems": _some,
    "silent": _some,
    "skipped": _some,
    "cases": _count,
    "concerned": _some,
    "destructions": _numbers,
    "containers": _some,
    "from_database": _some,
    "copy_renewed": _flag,
    "untold": _some,
    "quarantine": _some,
    "found": _count,
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
    "agrees": _disagrees,
    "size": _count,
    "old": _count,
    "time": _moment,
    "authority": _words,
    "checked": _codes,
    "denied": _flag,
    "act": _act,
    "key": _hash,
    "root": _hash,
    "sha256": _hash,
    "manifest_sha256": _hash,
    "imprint": _hash,
    "list_sha256": _hash,
    "paper_sha256": _hash,
}
"""The facts that have words, in the order in which they are told."""
_TOLD = frozenset(
    {"why", "label", "how", "of", "person", "format", "forms", "to", "agrees"}
    | {"nonce", "kinds", "disk", "backup", "codes", "second_session"}
    | {"statement", "old_signature", "new_signature"}
)
"""Facts that the sentence itself tells, or that only programs need."""
