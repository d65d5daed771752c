"""The court bundle: everything about a case that anybody can check without this product.

Nothing is at the target until the bundle is whole, on the disk, sealed, and found good by the
very verifier that lies in it. The export is an entry of the log before the bundle's excerpt is
cut, and it names the payload's manifest: a bundle holds the record of its own making.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from archive.ports import Blobs
from archive.proof import canonical
from archive.proof.acts import ActName
from archive.proof.chain import Act, read
from archive.records import Actor, ObjectName, Out
from archive.services.access import Access
from archive.services.bundling import (
    BundleReport,
    Bundling,
    Picture,
)
from archive.services.gate import Session, who
from archive.services.journal import Journal
from archive.services.receipt import intakes_read
from archive.services.rights import Right
from archive.services.target import NewTarget, refuse_place
from virtopsy.errors import StorageError, VirtopsyError
from virtopsy.jobs import Progress
from virtopsy.language import Language


class Court:
    """Hands a case out."""

    def __init__(
        self, access: Access, journal: Journal, blobs: Blobs, target: NewTarget, folder: Path
    ) -> None:
        self._access = access
        self._journal = journal
        self._blobs = blobs
        self._target = target
        self._folder = folder

    def basis(self, actor: Actor | None, number: str) -> str:
        """Return the ordering acts stated at the case's intakes; empty where none was stated.

        The look is an entry that names the records of these intakes.
        """
        session = self._access.require_case(actor, Right.OPEN_CASE, number)
        intakes = self._intakes(number)
        stated = []
        for one in intakes:
            kept = canonical.decode(self._blobs.read(one.sha256))
            stated.append(str(kept["data"]["basis"]).strip())
        self._journal.write(intakes_read(session, number, intakes))
        return "; ".join(dict.fromkeys(one for one in stated if one))

    def bundle(  # noqa: PLR0913 -- one keyword for each thing that goes into a bundle
        self,
        actor: Actor | None,
        number: str,
        out: Path,
        *,
        pictures: Sequence[Picture],
        conclusion_pdf: Mapping[Language, bytes],
        zipped: bool = False,
        reason: str = "",
        progress: Progress,
    ) -> BundleReport:
        """Write the case's bundle at `out`, which must not be there yet.

        Raises:
            AccessDenied: not this person's case, or the password does not unlock the key.
            InputError: `out` is taken, lies in the archive, or its folder is not there.
            IntegrityError: an object is not what it was, or the bundle failed its own check.
            StorageError: the disk refused; nothing is at `out`.
            Cancelled: nothing is at `out`.
        """
        session = self._access.require_case(actor, Right.SEAL, number)
        self._access.key_of(session, Right.SEAL, number)
        refuse_place(out, self._folder)
        target = self._target(out.absolute())
        run = Bundling(self._journal, self._blobs, target, session, number, progress)
        try:
            run.payload(pictures, conclusion_pdf)
            run.export_entry(reason)
            sealed = run.seal(single_keeper=bool(self._access.single_keeper()))
            return run.publish(out, sealed, zipped=zipped)
        except VirtopsyError as error:
            self._failed(session, number, error)
            raise
        finally:
            target.discard()

    def _intakes(self, number: str) -> list[ObjectName]:
        """Return the records of the case's intakes as its entries name them, each once."""
        with self._journal.database.reading() as work:
            entries = tuple(work.log.entries(number))
        named = (one for entry in entries for one in read(entry)["obj"] if one["t"] == "intake")
        found = {one["sha256"]: ObjectName("intake", one["id"], one["sha256"]) for one in named}
        return list(found.values())

    def refuse_place(self, actor: Actor | None, out: Path) -> None:
        """Refuse a place where a bundle cannot be written, before any work is done.

        Raises:
            AccessDenied: nobody is logged in who may seal.
            InputError: `out` is taken, lies in the archive, or its folder is not there.
        """
        self._access.require(actor, Right.SEAL)
        refuse_place(out, self._folder)

    def _failed(self, session: Session, number: str, error: VirtopsyError) -> None:
        """Note the failure; a disk too full even for that must not hide the first reason."""
        with suppress(StorageError):
            act = Act(
                ActName.EXPORT, who(session.actor), Out.FAIL, case=number, data={"why": error.key}
            )
            self._journal.write(act)
