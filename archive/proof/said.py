"""What a log body says that the checks ask for.

The rule is `said`: it decodes a body. A check of a million entries would spend most of its time
so, but most bodies are plain: the fields of the format in their order, texts without escapes.
`plain` reads these by one pattern, many times as fast as values are built; it accepts only what
`said` accepts, with the same answer, and leaves everything else to it.

The pattern is quick because a text is whatever stands between two quotation marks. That is so
only where nothing is escaped and no control character stands, which is looked at beforehand.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from operator import lt
from typing import Any, Final, NamedTuple

from archive.proof import canonical, chain


class Said(NamedTuple):
    """Fields of a body; texts in UTF-8, as the database keeps them.

    Attributes:
        case_seq, case_prev: of whatever type where a body is odd.
        objects: SHA-256 of the objects named, in order.
        data: the bytes of `data`, for the acts that are read further; canonical.
    """

    log: bytes
    seq: int
    prev: bytes
    ts: bytes
    actor: bytes
    act: bytes
    out: bytes
    case: bytes
    case_seq: Any
    case_prev: Any
    objects: tuple[bytes, ...]
    data: bytes


class Columns(NamedTuple):
    """What plain bodies say, as they spell it, in the order of a body's fields."""

    acts: tuple[bytes, ...]
    actors: tuple[bytes, ...]
    cases: tuple[bytes, ...]
    case_prevs: tuple[bytes, ...]
    case_seqs: tuple[bytes, ...]
    data: tuple[bytes, ...]
    logs: tuple[bytes, ...]
    objects: tuple[bytes, ...]
    outs: tuple[bytes, ...]
    prevs: tuple[bytes, ...]
    seqs: tuple[bytes, ...]
    times: tuple[bytes, ...]


_TEXT: Final = rb'"([^"]*+)"'  # possessive: nothing is tried again, which makes it quicker
_QUIET: Final = rb'"[^"]*+"'
_NUMBER: Final = rb"(0|[1-9][0-9]{0,14}+)"
_OBJECT: Final = rb'\{"id":%(q)s,"sha256":%(q)s,"t":%(q)s\}' % {b"q": _QUIET}
_LIST: Final = rb"(?:%(one)s(?:,%(one)s)*+)?+"
_BODY: Final = re.compile(
    rb'\{"act":%(t)s,"actor":\{"id":%(t)s,"key":%(q)s,"role":\[%(roles)s\]\},'
    rb'"app":\{"sha256":%(q)s,"ver":%(q)s\},"boot":%(q)s,"case":%(t)s,"case_prev":%(t)s,'
    rb'"case_seq":%(n)s,"clk":%(q)s,"data":(\{.*?\}),"host":%(q)s,"log":%(t)s,"mono_ns":%(q)s,'
    rb'"obj":\[(%(objects)s)\],"out":%(t)s,"prev":%(t)s,"reason":%(q)s,"seq":%(n)s,'
    rb'"sess":%(q)s,"ts":%(t)s,"v":1\}'
    % {
        b"t": _TEXT,
        b"q": _QUIET,
        b"n": _NUMBER,
        b"roles": _LIST % {b"one": _QUIET},
        b"objects": _LIST % {b"one": _OBJECT},
    },
    re.DOTALL,
).fullmatch
_KEY: Final = rb'"[ !#-\[\]-~]*"'
_FLAT_DATA: Final = re.compile(
    rb"\{%s\}"
    % (_LIST % {b"one": rb"%s:(?:%s|0|-?[1-9][0-9]{0,14}|true|false|null)" % (_KEY, _QUIET)})
).fullmatch
_KEYS: Final = re.compile(rb'"([^"]*)":(?:"[^"]*"|[^",]*)').findall  # values too: one may end in ,
_SHA256: Final = re.compile(rb'"sha256":"([^"]*)"').findall
_ESCAPE: Final = b"\\"
_CONTROLS: Final = tuple(bytes((one,)) for one in (*range(0x20), 0x7F))
_DATA: Final = Columns._fields.index("data")
_SHORT: Final = 100  # bytes of `data`
_FEW: Final = 50  # brackets in `data`, far from where `canonical.DEEPEST` begins to matter


def said(body: bytes) -> Said | None:
    """Return what a body says, by decoding all of it; None where the bytes are none."""
    try:
        value = canonical.decode(body)
        return Said(
            log=_utf8(value.get("log")),
            seq=chain.whole(value["seq"]),
            prev=_utf8(value["prev"]),
            ts=_utf8(value["ts"]),
            actor=_utf8(value["actor"]["id"]),
            act=_utf8(value["act"]),
            out=_utf8(value["out"]),
            case=_utf8(value["case"]),
            case_seq=value.get("case_seq"),
            case_prev=_utf8(value.get("case_prev")),
            objects=_objects(value.get("obj")),
            data=canonical.encode(value.get("data")),
        )
    except (KeyError, TypeError, ValueError, AttributeError):  # NotCanonical is a ValueError
        return None


def plain(bodies: Sequence[bytes]) -> list[tuple[bytes, ...] | None]:
    """Return what plain bodies say, in their spelling; None in the place of one that is not plain.

    What `said` finds in a plain body is the same, with other types.

    Returns:
        Of each what stands in `Columns`, in this order.
    """
    together = b"".join(bodies)
    if any(one in together for one in _CONTROLS):
        return [None] * len(bodies)
    escapes, ascii_only = _ESCAPE in together, together.isascii()
    found: list[tuple[bytes, ...] | None] = []
    for body, shape in zip(bodies, map(_BODY, bodies), strict=True):
        said = None if shape is None or (escapes and _ESCAPE in body) else shape.groups()
        if said is None or not (ascii_only or body.isascii() or _is_normal(body)):
            found.append(None)
        else:
            data = said[_DATA]
            judge = _is_known_canonical if len(data) <= _SHORT else _is_canonical
            found.append(said if judge(data) else None)
    return found


def named(objects: bytes) -> tuple[bytes, ...]:
    """Return the SHA-256 that stand in the `obj` of a plain body."""
    return tuple(_SHA256(objects)) if objects else ()


def _is_normal(body: bytes) -> bool:
    try:
        return unicodedata.is_normalized("NFC", body.decode("utf-8"))
    except UnicodeDecodeError:
        return False


def _is_canonical(data: bytes) -> bool:
    """Tell whether `data` is canonical, in a body whose texts are in NFC."""
    if _FLAT_DATA(data):
        keys = _KEYS(data)
        return all(map(lt, keys, keys[1:]))
    if data.count(b"{") + data.count(b"[") > _FEW:
        return False
    try:
        canonical.decode(data)
    except canonical.NotCanonical:
        return False
    return True


_is_known_canonical = lru_cache(maxsize=1 << 13)(_is_canonical)
"""Persons do the same things all day: what little their entries add is judged once."""


def _utf8(value: Any) -> bytes:
    return str(value).encode("utf-8")


def _objects(named: Any) -> tuple[bytes, ...]:
    if not isinstance(named, Sequence):
        return ()
    return tuple(
        _utf8(one["sha256"])
        for one in named
        if isinstance(one, Mapping) and isinstance(one.get("sha256"), str)
    )
