"""What is within files: the members of a zip, and what a court bundle's own verifier says of it.

A zip is kept as it came; its members are files of the case besides. Nothing is believed of it:
its directory is read in a worker process, its members are unpacked as far as they claim and no
further, and a zip that claims too much is kept and not opened.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from archive.proof.canonical import text
from archive.records import FileReport, Flag
from archive.services.copying import Staged
from archive.services.examine import LOST
from archive.services.sources import MOST_FILES, Brought
from resources.bundle import verify
from virtopsy.confined import Lost, each
from virtopsy.dicom.carrier import ZIP_ERRORS, Address, Listed, Refused, zip_listing
from virtopsy.exhibit.exhibit import Exhibit, Kind
from virtopsy.jobs import Progress

_BUNDLE_SIGN: Final = "bagit.txt"
# What a zip of scans claims is three or four times its size; a zip of zeros a thousand times.
_MOST_TIMES: Final = 100
_ALWAYS_BYTES: Final = 256_000_000
_REFUSED: Final = {
    Refused.ENCRYPTED: "zip_encrypted",
    Refused.METHOD: "zip_method",
    Refused.LIES: "zip_lies",
    Refused.LINK: "zip_link",
}
_MOST_PROBLEMS: Final = 1000


@dataclass(frozen=True)
class Within:
    """What zips of an intake hold.

    Attributes:
        files: members to be taken in.
        refused: members that are not, each with its reason.
        bundles: zips that are court bundles.
    """

    files: tuple[Brought, ...] = ()
    refused: tuple[FileReport, ...] = ()
    bundles: tuple[Staged, ...] = ()


@dataclass(frozen=True)
class BundleSaid:
    """What the verifier said of a court bundle before it was taken in.

    Attributes:
        name: as the report names it; empty for the whole source.
        ok: unchanged since it was sealed.
        when, fingerprint: of its seal; empty where there is none.
        problems: code and path of each.
    """

    name: str
    ok: bool
    when: str
    fingerprint: str
    problems: tuple[tuple[str, str], ...]

    def record(self) -> dict[str, Any]:
        """Return it as the intake object keeps it."""
        listed = [{"code": code, "path": text(path)} for code, path in self.problems]
        return {
            "name": self.name,
            "ok": self.ok,
            "when": self.when,
            "fingerprint": self.fingerprint,
            "problems": listed[:_MOST_PROBLEMS],
            "count": len(listed),
        }

    @property
    def flag(self) -> Flag:
        """Return it as a flag of the intake."""
        if self.ok:
            facts = {"when": self.when, "fingerprint": self.fingerprint}
            return Flag("bundle_unchanged", self.name, facts)
        return Flag("bundle_problems", self.name, {"n": len(self.problems)})


def within(staged: Sequence[Staged], progress: Progress) -> Within:
    """Return what the zips among staged files hold.

    Raises:
        Cancelled: the person asked for it.
    """
    zips = [one for one in staged if is_zip(one)]
    found = Within()
    paths = [str(one.copied.path) for one in zips]
    for number, listed in each(_listing, paths, progress):
        found = _joined(found, _opened(zips[number], listed))
    return found


def is_zip(one: Staged) -> bool:
    """Tell whether a staged file is a zip to be opened; a zip within a zip is not."""
    return (
        one.brought.address.member is None
        and isinstance(one.found, Exhibit)
        and one.found.kind == Kind.CONTAINER
    )


def said_of(path: Path, name: str) -> BundleSaid | None:
    """Return what a bundle's verifier says of a folder or zip; None where it is no bundle.

    Args:
        path: the folder on the carrier, or the zip in staging.
        name: as the report names it.
    """
    try:
        result = verify.examine(str(path))
    except verify.NotABundle:
        return None
    problems = tuple((one.code, one.path) for one in result.problems)
    when, fingerprint = text(str(result.when or "")), str(result.fingerprint or "")
    return BundleSaid(name, result.ok, when, fingerprint, problems)


def _listing(path: str) -> Listed | str:
    """Return the members of a zip, or why they cannot be listed; called in a worker process."""
    try:
        return zip_listing(path)
    except (OSError, *ZIP_ERRORS):
        return "zip_damaged"


def _opened(one: Staged, listed: Listed | str | Lost) -> Within:
    if not isinstance(listed, Listed):
        reason = LOST[listed] if isinstance(listed, Lost) else listed
        return Within(refused=(FileReport(one.brought.name, "refused", reason),))
    top = one.brought.name
    files = tuple(
        Brought(address, f"{top}/{_name(address)}", size, f"{one.sha256}#{_number(address)}")
        for address, size in zip(listed.files, listed.sizes, strict=True)
    )
    claimed = sum(file.size for file in files)
    if claimed > max(_MOST_TIMES * one.size, _ALWAYS_BYTES) or len(files) > MOST_FILES:
        return Within(refused=(FileReport(top, "refused", "zip_bomb"),))
    refused = tuple(
        FileReport(f"{top}/{_name(address)}", "refused", _REFUSED[why])
        for address, why in listed.refused
    )
    names = (_name(address).split("/") for address in listed.files)
    is_bundle = any(parts[-1] == _BUNDLE_SIGN and len(parts) <= 2 for parts in names)
    return Within(files, refused, (one,) if is_bundle else ())


def _name(address: Address) -> str:
    return text(address.member.name) if address.member else ""


def _number(address: Address) -> int:
    return address.member.number if address.member else 0


def _joined(one: Within, other: Within) -> Within:
    return Within(one.files + other.files, one.refused + other.refused, one.bundles + other.bundles)
