"""What a log body says that the checks ask for: read by its shape where that is certain.

A check of a million entries decodes every body once. Most bodies are plain: the fields of the
format in their order, texts without escapes. One pattern reads them, several times as fast as
the whole value would be built; it accepts only what `canonical.decode` accepts, with the same
answer. Everything else, and all of `data`, goes that way.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from archive.proof import canonical


class Said(NamedTuple):
    """Fields of a body.

    Attributes:
        case_seq, case_prev: as they stand, of whatever type.
        objects: SHA-256 of the objects named, in order.
        data: the bytes of `data`, for the acts that are read further; canonical.
    """

    log: Any
    seq: int
    prev: str
    ts: str
    actor: str
    act: str
    out: str
    case: str
    case_seq: Any
    case_prev: Any
    objects: tuple[str, ...]
    data: bytes


_TEXT: Final = rb'"([^"\\\x00-\x1f\x7f]*)"'
_QUIET: Final = rb'"[^"\\\x00-\x1f\x7f]*"'
_NUMBER: Final = rb"(0|[1-9][0-9]{0,14})"
_OBJECT: Final = rb'\{"id":%(q)s,"sha256":%(q)s,"t":%(q)s\}' % {b"q": _QUIET}
_LIST: Final = rb"(?:%(one)s(?:,%(one)s)*)?"
_BODY: Final = re.compile(
    rb'\{"act":%(t)s,"actor":\{"id":%(t)s,"key":%(q)s,"role":\[%(roles)s\]\},'
    rb'"app":\{"sha256":%(q)s,"ver":%(q)s\},"boot":%(q)s,"case":%(t)s,"case_prev":%(t)s,'
    rb'"case_seq":%(n)s,"clk":%(q)s,"data":(\{.*\}),"host":%(q)s,"log":%(t)s,"mono_ns":%(q)s,'
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
)
_FLAT: Final = 50  # brackets in `data`, far from where `canonical.DEEPEST` begins to matter
_SHA256: Final = re.compile(rb'"sha256":"([^"]*)"')


def said(body: bytes) -> Said:
    """Return what a body says.

    Raises:
        NotCanonical: the bytes are no body.
    """
    return _by_shape(body) or by_value(body)


def by_value(body: bytes) -> Said:
    """Return what a body says by decoding all of it: the rule that the pattern must follow."""
    value = canonical.decode(body)
    try:
        return Said(
            log=value.get("log"),
            seq=int(value["seq"]),
            prev=str(value["prev"]),
            ts=str(value["ts"]),
            actor=str(value["actor"]["id"]),
            act=str(value["act"]),
            out=str(value["out"]),
            case=str(value["case"]),
            case_seq=value.get("case_seq"),
            case_prev=value.get("case_prev"),
            objects=_objects(value.get("obj")),
            data=canonical.encode(value.get("data")),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise canonical.NotCanonical(f"no log body: {error}") from error


def _by_shape(body: bytes) -> Said | None:
    """Return what a plain body says; None where only decoding tells."""
    found = _BODY.fullmatch(body)
    if found is None:
        return None
    act, actor, case, case_prev, case_seq, data, log, objects, out, prev, seq, ts = found.groups()
    try:
        if not body.isascii() and not unicodedata.is_normalized("NFC", body.decode("utf-8")):
            return None
        if data != b"{}":
            if data.count(b"{") + data.count(b"[") > _FLAT:
                return None
            canonical.decode(data)
    except ValueError:  # NotCanonical is one; so is what is no UTF-8
        return None
    return Said(
        log=log.decode("utf-8"),
        seq=int(seq),
        prev=prev.decode("utf-8"),
        ts=ts.decode("utf-8"),
        actor=actor.decode("utf-8"),
        act=act.decode("utf-8"),
        out=out.decode("utf-8"),
        case=case.decode("utf-8"),
        case_seq=int(case_seq),
        case_prev=case_prev.decode("utf-8"),
        objects=tuple(one.decode("utf-8") for one in _SHA256.findall(objects)) if objects else (),
        data=data,
    )


def _objects(named: Any) -> tuple[str, ...]:
    if not isinstance(named, Sequence):
        return ()
    return tuple(
        one["sha256"]
        for one in named
        if isinstance(one, Mapping) and isinstance(one.get("sha256"), str)
    )
