"""The receipt of an intake: what it lists, and the entry that says a paper was made.

The paper is the first anchor outside the machine: it holds the log's size and root, and the
entry of its making names the same, so that "since the last outside anchor" can be counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from archive.ports import Blobs
from archive.proof import canonical
from archive.proof.acts import ActName
from archive.proof.chain import Act, read, when
from archive.records import (
    Actor,
    Document,
    FileReport,
    FileRow,
    LogEntry,
    ObjectName,
    Out,
    SeriesRow,
)
from archive.services.access import Access
from archive.services.anchors import refuse_false
from archive.services.gate import Session, who
from archive.services.head import Fingerprint, head_now
from archive.services.journal import Journal
from archive.services.receipt_flags import flags_of
from archive.services.rights import Right
from archive.services.statement import statement_of
from virtopsy.errors import InputError
from virtopsy.report.receipt import (
    Provenance,
    Receipt,
    ReceiptCounts,
    ReceivedFile,
    ReceivedSeries,
    receipt_list,
)

_PLAIN = frozenset({"stored", "already"})
"""Codes of files of which there is nothing to say beside their series' manifest."""


@dataclass(frozen=True)
class _Taken:
    """An intake as log and objects tell it.

    Attributes:
        entry: what the log says.
        named: its record, by the name the entry gives it.
        said: what the record says: statement, report, new files, series.
    """

    entry: LogEntry
    named: ObjectName
    said: Document


class Receipts:
    """Receipts of the acting person's own cases."""

    def __init__(
        self, access: Access, journal: Journal, blobs: Blobs, fingerprint: Fingerprint
    ) -> None:
        self._access = access
        self._journal = journal
        self._blobs = blobs
        self._fingerprint = fingerprint

    def of(self, actor: Actor, number: str, intake_id: str = "") -> Receipt:
        """Return the receipt of an intake, the newest of the case where none is named.

        The look is an entry, before anything is handed out.

        Raises:
            AccessDenied: not this person's case.
            InputError: the case has no such intake, or none at all.
            IntegrityError: a record of the intake is missing or not what it was.
        """
        session = self._access.require_case(actor, Right.RECEIPT, number)
        taken = self._taken(number, intake_id)
        said = taken.said
        self._journal.write(intakes_read(session, number, (taken.named,)))  # the head covers it
        series = [SeriesRow(**one) for one in said["series"]]
        manifests = {one.series_uid: one.manifest_sha256 for one in series}
        listed = receipt_list(taken.named.id, taken.named.sha256, manifests)
        return Receipt(
            case_number=number,
            intake_id=taken.named.id,
            taken_in=when(taken.entry),
            entry=taken.entry.seq,
            printed=self._journal.clock(),
            received_by=self._name(taken.entry.actor),
            provenance=_provenance(said),
            counts=_counts(read(taken.entry)["data"]),
            flags=flags_of(said, read(taken.entry)["data"]["not_stated"]),
            series=tuple(self._series(one) for one in series),
            files=tuple(_files(said)),
            intake_sha256=taken.named.sha256,
            list_sha256=canonical.sha256(listed),
            log=head_now(self._access, self._journal, self._fingerprint),
            software=f"Virtopsy {self._journal.machine.surroundings().version}",
        )

    def made(self, actor: Actor, receipt: Receipt, pdf: bytes, *, reason: str = "") -> None:
        """Write the entry that this paper was made; call it before anybody gets the paper.

        Raises:
            AccessDenied: not this person's case.
            StorageError: nothing was recorded, so nothing may be handed out.
        """
        session = self._access.require_case(actor, Right.RECEIPT, receipt.case_number)
        data = {
            "size": receipt.log.size,
            "root": receipt.log.root,
            "list_sha256": receipt.list_sha256,
            "paper_sha256": canonical.sha256(pdf),
        }
        refuse_false(self._journal, ActName.RECEIPT, data)
        act = Act(
            Right.RECEIPT,
            who(actor),
            case=receipt.case_number,
            objects=(ObjectName("intake", receipt.intake_id, receipt.intake_sha256),),
            reason=reason,
            data=data,
        )
        self._journal.write(act, session.seal)

    def _taken(self, number: str, intake_id: str) -> _Taken:
        for entry in self._intakes(number):
            body = read(entry)
            named = next(ObjectName("intake", o["id"], o["sha256"]) for o in body["obj"])
            if intake_id in {"", named.id}:
                said = canonical.decode(self._blobs.read(named.sha256))["data"]
                return _Taken(entry, named, said)
        if intake_id:
            raise InputError("receipt.no_such_intake", number=number, intake=intake_id)
        raise InputError("receipt.no_intake", number=number)

    def _intakes(self, number: str) -> Sequence[LogEntry]:
        """Return the entries of a case's intakes, newest first."""
        with self._journal.database.reading() as work:
            found = [
                one
                for one in work.log.entries(number)
                if (one.act, one.out) == (Right.IMPORT, Out.OK)
            ]
        return found[::-1]

    def _series(self, row: SeriesRow) -> ReceivedSeries:
        manifest = canonical.decode(self._blobs.read(row.manifest_sha256))
        return ReceivedSeries(
            uid=row.series_uid,
            modality=row.modality,
            description=row.description,
            study_date=row.study_date,
            files=len(manifest),
            manifest_sha256=row.manifest_sha256,
        )

    def _name(self, person_id: str) -> str:
        with self._journal.database.reading() as work:
            person = work.persons.by_id(person_id)
        return person.name if person is not None else person_id


def intakes_read(session: Session, number: str, intakes: Sequence[ObjectName]) -> Act:
    """Return the act of reading what was recorded of a case's intakes."""
    data = {"of": "intake"}
    return Act(ActName.READ, who(session.actor), case=number, objects=tuple(intakes), data=data)


def _provenance(said: Document) -> Provenance:
    stated = statement_of(said)
    return Provenance(
        basis=stated.basis,
        deliverer=stated.deliverer,
        carrier=stated.carrier,
        seal=stated.seal,
        agrees=stated.agrees,
        agrees_words=stated.agrees_words,
    )


def _counts(told: Document) -> ReceiptCounts:
    return ReceiptCounts(
        files=int(told["files"]),
        stored=int(told["stored"]),
        already=int(told["already"]),
        conflicts=int(told["conflicts"]),
        opaque=int(told["opaque"]),
        size=int(told["bytes"]),
    )


def _files(said: Document) -> Iterable[ReceivedFile]:
    """Return what no manifest lists, or of which there is something to say, by path."""
    kept = {row.path: row for row in (FileRow(**one) for one in said["files"])}
    for one in said["report"]:
        report, row = FileReport.of(one), kept.get(one["path"])
        apart = row is not None and not row.series_uid
        if apart or report.code not in _PLAIN:
            yield ReceivedFile(
                path=report.path, sha256=row.sha256 if row and apart else "", became=report
            )
