"""The openssl program, where a machine has one: it knows how to follow a chain of certificates."""

from __future__ import annotations

import shutil
import subprocess
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from virtopsy.errors import InputError

_PATIENCE_S = 30


def chain_holds(answer: bytes, note: bytes, ca: Path, at: datetime) -> bool | None:
    """Tell whether a timestamp leads up to one of the authorities in `ca`.

    Args:
        answer: the TimeStampResp.
        note: what it stands over.
        ca: certificates in PEM that the person trusts.
        at: time for which the certificates must be good: that which the timestamp states.

    Returns:
        None where there is no openssl here.

    Raises:
        InputError: `ca` cannot be read, or holds no certificate.
    """
    program = shutil.which("openssl")
    if program is None:
        return None
    if not ca.is_file():
        raise InputError("anchor.timestamp.no_ca", path=ca)
    if not _is_certificate(program, ca):
        raise InputError("anchor.timestamp.bad_ca", path=ca)
    with TemporaryDirectory(prefix="virtopsy-") as folder:
        brought, signed = Path(folder) / "answer.tsr", Path(folder) / "note.txt"
        brought.write_bytes(answer)
        signed.write_bytes(note)
        asked = [
            *(program, "ts", "-verify", "-in", str(brought), "-data", str(signed)),
            *("-CAfile", str(ca.absolute()), "-attime", str(int(at.timestamp()))),
        ]
        done = subprocess.run(  # noqa: S603 -- our own arguments, no shell
            asked, capture_output=True, check=False, timeout=_PATIENCE_S
        )
    return done.returncode == 0 and b"Verification: OK" in done.stdout


def _is_certificate(program: str, ca: Path) -> bool:
    """Tell whether a file begins with a certificate that openssl can read.

    Else a wrong file would look like a timestamp of an authority that nobody trusts.
    """
    asked = [program, "x509", "-inform", "PEM", "-in", str(ca.absolute()), "-noout"]
    done = subprocess.run(  # noqa: S603 -- our own arguments, no shell
        asked, capture_output=True, check=False, timeout=_PATIENCE_S
    )
    return done.returncode == 0
