"""A timestamp from outside by file (RFC 3161): the request, and what an answer says.

A token says: these bytes existed at that time. Over a checkpoint it holds the whole log below it
in time, whoever has the archive's key. Whether its signature is genuine is judged in
`timestamp_signature`; nothing here believes a word of the answer.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asn1crypto import cms, core, tsp

from virtopsy.language import printable

NONCE_BITS = 64
LARGEST = 1_000_000
"""Bytes of an answer; real ones have a few thousand."""
_GRANTED = {"granted", "granted_with_mods"}
_LONGEST_NAME = 200
_ARMOUR = re.compile(rb"-----BEGIN [A-Z0-9 ]+-----(.*?)-----END [A-Z0-9 ]+-----", re.DOTALL)
_SEQUENCE = b"\x30"


class Refused(ValueError):  # noqa: N818 -- what became of the answer
    """An answer that is no timestamp of what was asked.

    Attributes:
        code: "malformed", "refused" (by the authority), "imprint", "nonce", "signature",
            "certificate", "purpose" or "expired".
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail


class _Answer(core.Sequence):  # type: ignore[misc]  # asn1crypto ships no types
    """TimeStampResp, whose token is lacking where the authority refused (RFC 3161, 2.4.2)."""

    _fields = [  # noqa: RUF012 -- as asn1crypto declares structures
        ("status", tsp.PKIStatusInfo),
        ("time_stamp_token", cms.ContentInfo, {"optional": True}),
    ]


@dataclass(frozen=True)
class Stamp:
    """What a token states.

    Attributes:
        time: as the authority's clock had it, UTC.
        imprint: SHA-256 of what it stands over.
        nonce: of the request; None where the token has none.
        authority: name in the signer's certificate; empty where there is none.
        signed: the CMS SignedData round it.
        stated: the very bytes of TSTInfo, which are signed.
    """

    time: datetime
    imprint: bytes
    nonce: int | None
    authority: str
    signed: Any
    stated: bytes


def imprint_of(note: bytes) -> bytes:
    """Return what a timestamp over a checkpoint's note stands over."""
    return hashlib.sha256(note).digest()


def request(imprint: bytes, nonce: int) -> bytes:
    """Return a TimeStampReq over a SHA-256 imprint that asks for the authority's certificate."""
    asked = tsp.TimeStampReq(
        {
            "version": "v1",
            "message_imprint": {
                "hash_algorithm": {"algorithm": "sha256"},
                "hashed_message": imprint,
            },
            "nonce": nonce,
            "cert_req": True,
        }
    )
    return bytes(asked.dump())


def unwrapped(content: bytes) -> bytes:
    """Return the DER bytes of an answer that came as such, in PEM armour or in base64.

    Raises:
        Refused: it is none of these.
    """
    armoured = _ARMOUR.search(content)
    if armoured is None and content[:1] == _SEQUENCE:
        return content
    text = b"".join((armoured[1] if armoured else content).split())
    try:
        found = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise Refused("malformed") from error
    if found[:1] != _SEQUENCE:
        raise Refused("malformed")
    return found


def read(answer: bytes) -> Stamp:
    """Read an answer; its signature is not judged.

    Raises:
        Refused: "malformed", or "refused" with the authority's words.
    """
    try:
        return _read(answer)
    except Refused:
        raise
    except _UNREADABLE as error:
        raise Refused("malformed", str(error)) from error


_UNREADABLE = (
    *(ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError),
    *(RecursionError, UnicodeError, NotImplementedError),
)
"""What asn1crypto raises, depending on where the bytes break off."""


def _read(answer: bytes) -> Stamp:
    if len(answer) > LARGEST:
        raise Refused("malformed")
    found = _Answer.load(answer, strict=True)
    status = found["status"]["status"].native
    if status not in _GRANTED:
        raise Refused("refused", _words_of(found["status"]))
    token = found["time_stamp_token"]
    if token.native is None or token["content_type"].native != "signed_data":
        raise Refused("malformed")
    signed = token["content"]
    inside = signed["encap_content_info"]
    if inside["content_type"].native != "tst_info":
        raise Refused("malformed")
    stated = bytes(inside["content"])
    said = tsp.TSTInfo.load(stated, strict=True)
    mark = said["message_imprint"]
    if said["version"].native != "v1" or mark["hash_algorithm"]["algorithm"].native != "sha256":
        raise Refused("imprint")
    time = said["gen_time"].native
    if not isinstance(time, datetime):
        raise Refused("malformed")
    imprint = bytes(mark["hashed_message"])
    return Stamp(time, imprint, said["nonce"].native, _authority(signed), signed, stated)


def _words_of(status: Any) -> str:
    texts = status["status_string"].native or [status["status"].native]
    failure = status["fail_info"].native or set()
    return printable("; ".join([*map(str, texts), *sorted(map(str, failure))]))[:_LONGEST_NAME]


def _authority(signed: Any) -> str:
    signer = signer_certificate(signed)
    name = signer.subject.human_friendly if signer is not None else ""
    return printable(name)[:_LONGEST_NAME]


def signer_certificate(signed: Any) -> Any:
    """Return the certificate in the token that its one signer names; None where it lacks."""
    signers = signed["signer_infos"]
    if len(signers) != 1:
        raise Refused("malformed")
    sid = signers[0]["sid"]
    for choice in signed["certificates"] or ():
        if choice.name != "certificate":
            continue
        found = choice.chosen
        if sid.name == "issuer_and_serial_number":
            named = sid.chosen
            same = found.issuer == named["issuer"]
            if same and found.serial_number == named["serial_number"].native:
                return found
        elif found.key_identifier == sid.chosen.native:
            return found
    return None
