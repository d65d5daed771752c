"""Is everything as it was recorded? Every fault is listed; none stops the check.

======================= =======================================================================
code                    what it means
======================= =======================================================================
object_missing          an object that the log names is not there
object_changed          an object's bytes do not give its name
object_unreadable       the disk cannot read an object
log_body_changed        an entry's bytes do not give its hash, or are no entry of this archive
log_columns_differ      what lists show of an entry is not what its body says
log_chain_broken        an entry before this one was removed, inserted, moved or changed
log_case_gap            an entry of the case before this one is missing
log_tail_cut            a checkpoint or the copy of the log has more entries than the database
log_copy_differs        an entry in log/entries.jsonl is not the entry in the database
log_copy_missing        log/entries.jsonl is not there, or holds nothing
log_empty               the log has no entry at all
checkpoint_mismatch     a checkpoint signed another root than the entries give
checkpoint_unreadable   a file in log/ is no checkpoint of this archive
checkpoint_unsigned     a checkpoint is not signed by this archive's key
checkpoint_key_ended    a checkpoint is signed by a key that was not, or no longer, in use then
key_unvouched           a key was brought in without the signatures that vouch for it
checkpoint_missing      no checkpoint is left, although one is made with every archive
row_missing             the index lacks a row that log and objects tell
row_extra               the index holds a row that neither log nor objects tell
row_changed             the index says something else than log and objects
rows_untold             an object that tells rows is damaged: they cannot be compared
destruction_unproven    an entry tells of a destruction that no object of its own bears out
destruction_unsealed    a destruction that no checkpoint covers: nobody with the key vouches for it
destruction_replaced_key  only the key in use seals a destruction, and nothing vouches for that key
database_damaged        the database cannot be read (to the end)
database_of_another     archive.json and the database do not name the same archive
schema_changed          the database has triggers, or tables that the program does not make so
witness_mismatch        a witness's signature in log/ does not fit the entries
witness_missing         a witness's signature was taken, and is not in log/
timestamp_mismatch      a timestamp in log/ does not stand over its checkpoint, or was changed
timestamp_missing       a timestamp was taken, and is not in log/
timestamp_uncovered     the checkpoint over which a timestamp stands is missing or unreadable
card_damaged            archive.json cannot be read
card_edited             archive.json is not written as the program writes it
card_differs            archive.json names other keys than the log
unknown_signer          the archive's key is not the one asked for
paper_ahead             a paper tells of more entries than the log has
paper_mismatch          the log does not begin as a paper says
======================= =======================================================================

Notes, which are no faults:

======================= =======================================================================
clock_moved(_by)        an entry says that the computer's clock was moved
clock_back              an entry is dated before the one before it, and none says why
log_copy_behind         log/entries.jsonl lacks the newest entries (a kill); the next act adds them
index_newer             a newer program made the index: only what this one knows was checked
checkpoint_behind       many entries came after the newest checkpoint
checkpoint_doubted      a checkpoint from when its key may have been in other hands already
destroyed_by_act        source files were destroyed by act
destroyed_taken_in_again  what was destroyed by act was brought to its case once more
acts_unsealed           weighty acts came after the newest checkpoint
records_unsealed        entries about evidence came after the newest checkpoint
destroyed_bytes_left    source files were destroyed by act, but bytes of them lie there still
was_restore_rolled_back an older backup was restored here: newer entries existed elsewhere
was_restore_forked      what was restored here was another log than something outside told
key_rotated             the key asked for is a former one; it vouched for what followed
key_replaced_unsigned   a key follows a lost or compromised one: only paper tells it from a forgery
orphan                  an object that no entry names: what an act that was not done left
stray_file              what lies among the objects or beside the log and is nothing of theirs
object_reads_again      an object that a stopped check found damaged reads well now
resumed                 the check went on where a stopped one was
resume_damaged          what the stopped check had seen cannot be read; it began anew
resume_old              the stopped check began more than a day ago, or in the future; likewise
resume_other_log        the stopped check was of another log; likewise
changed_only            only what came or changed since the last full check was read
no_full_check           there was none to go by, so everything was read
======================= =======================================================================

Beyond this check: a whole log rewritten by somebody who holds the key shows only against
something outside this machine.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from enum import StrEnum
from typing import Final

from archive.ports import AnchorFiles, Blobs, Cards, CheckParts
from archive.ports.database import NAMED
from archive.proof import signing
from archive.proof.acts import ActName
from archive.proof.chain import SYSTEM, Act
from archive.records import Out, Shut, VerifyReport
from archive.services import keys
from archive.services.anchor_check import AnchorCheck
from archive.services.journal import Journal
from archive.services.keys import KeyRing
from archive.services.paper import PrintedHead, check_head
from archive.services.verify_destroyed import tell_destroyed
from archive.services.verify_findings import DAMAGE, DATABASE, Findings, Phase
from archive.services.verify_log import LogCheck
from archive.services.verify_objects import ObjectCheck
from archive.services.verify_rows import RowCheck
from archive.services.verify_state import Seen, State
from virtopsy.errors import IntegrityError, StorageError
from virtopsy.jobs import Progress

CODES: Final = (
    *("object_missing", "object_changed", "object_unreadable"),
    *("log_body_changed", "log_columns_differ", "log_chain_broken", "log_case_gap"),
    *("log_tail_cut", "log_copy_differs", "log_copy_missing", "log_empty"),
    *("checkpoint_mismatch", "checkpoint_unreadable", "checkpoint_unsigned", "checkpoint_missing"),
    *("row_missing", "row_extra", "row_changed", "rows_untold", "database_damaged"),
    "database_of_another",
    "schema_changed",
    *("checkpoint_key_ended", "key_unvouched"),
    *("paper_ahead", "paper_mismatch"),
    *("witness_mismatch", "witness_missing"),
    *("timestamp_mismatch", "timestamp_missing", "timestamp_uncovered"),
    *("destruction_unproven", "destruction_unsealed", "destruction_replaced_key"),
    *("card_damaged", "card_edited", "card_differs", "unknown_signer"),
)
NOTES: Final = (
    *("clock_moved", "clock_moved_by", "clock_back", "log_copy_behind", "checkpoint_behind"),
    *("orphan", "stray_file", "object_reads_again", "changed_only", "no_full_check"),
    *("destroyed_by_act", "destroyed_bytes_left", "destroyed_taken_in_again"),
    "index_newer",
    *("checkpoint_doubted", "acts_unsealed", "records_unsealed"),
    *("was_restore_rolled_back", "was_restore_forked", "key_rotated", "key_replaced_unsigned"),
    *("resumed", "resume_damaged", "resume_old", "resume_other_log"),
)


class Scope(StrEnum):
    """Which objects are read."""

    FULL = "full"
    """All; goes on with a full check that was stopped."""
    ANEW = "anew"
    """All, from the first."""
    CHANGED = "changed"
    """Those that came or changed since the last full check, as far as the file system tells."""


class Verify:
    """Checks the whole archive, or one case's objects and rows with the whole log."""

    def __init__(
        self,
        journal: Journal,
        blobs: Blobs,
        parts: CheckParts | None,
        cards: Cards,
        anchors: AnchorFiles,
    ) -> None:
        """Join the check to what it reads.

        Args:
            journal: the log.
            blobs: the objects.
            parts: where it remembers what it saw; None: every check reads everything.
            cards: `archive.json`.
            anchors: what others signed.
        """
        self._anchors = AnchorCheck(journal, blobs, anchors)
        self._journal = journal
        self._blobs = blobs
        self._parts = parts
        self._cards = cards

    def run(
        self,
        case_number: str | None = None,
        progress: Progress | None = None,
        *,
        key: str | None = None,
        paper: PrintedHead | None = None,
        scope: Scope = Scope.FULL,
    ) -> VerifyReport:
        """Check; needs no person. Logged as actor `system` where the chain is whole and writable.

        Args:
            case_number: only this case's objects and rows, with the whole log.
            progress: counts thousandths of the whole way.
            key: fingerprint the archive's key must have.
            paper: a printed head with which the log must begin.
            scope: which objects are read; of a case always all.

        Raises:
            InputError: there is no such case.
            Cancelled: the person stopped it; the next full check goes on there.
        """
        found, going = Findings(), progress or Progress()
        given = {one.casefold() for one in (key or "", paper.key if paper else "") if one}
        ring = self._ring(given, found)
        fingerprint = signing.fingerprint(ring.known[-1]) if ring.known else ""
        if self._journal.database.is_damaged(going.check):
            found.damaged()
        self._shape(found)
        if key is not None and key.casefold() != fingerprint:
            self._other_key(key.casefold(), fingerprint, ring, found)
        log = LogCheck(self._journal, ring, found, Phase(going, 0, _LOG))
        told = log.run(case_number)
        if paper is not None:
            check_head(self._journal, paper, ring.known, found)
        rows = Phase(going, _LOG, _ROWS)
        database = self._journal.database
        gone = RowCheck(database, self._blobs, told, found, rows).run(case_number)
        told.named.settle()
        if any(one.seq > found.sealed for one in gone):
            self._look_again(ring, found)
        left = tell_destroyed(gone, told.named, self._blobs, database, found)
        self._anchors.run(ring.known, found)
        state, earlier = self._state(scope if case_number is None else None, found)
        objects = ObjectCheck(
            self._blobs, found, Phase(going, _ROWS, _ALL), earlier=earlier, state=state
        )
        objects.run(
            told.named,
            all_that_lie_there=case_number is None,
            tell_orphans=case_number is None and told.whole and not found.has("rows_untold"),
            destroyed=left,
        )
        if state is not None:
            state.finish()
        going.tick(_ALL, _ALL)
        self._log(found, case_number or "")
        return VerifyReport(
            checked=found.checked,
            problems=tuple(found.problems),
            sealed_when=found.sealed_when,
            fingerprint=fingerprint,
            notes=tuple(found.notes),
            since=found.since if found.skipped else "",
        )

    def _shape(self, found: Findings) -> None:
        if self._journal.database.shut is Shut.NEWER:
            found.note("index_newer", DATABASE)
        try:
            changed = self._journal.database.changed(self._journal.archive)
        except DAMAGE:
            found.damaged()
            return
        for name in changed:
            code = "database_of_another" if name == NAMED else "schema_changed"
            found.add(code, f"{DATABASE}#{name}")

    def _ring(self, given: Collection[str], found: Findings) -> KeyRing:
        """Return the keys that the log and archive.json tell, and judge them."""
        public_keys = self._card_keys(found)
        ring = keys.ring((), public_keys)
        try:
            with self._journal.database.reading() as work:
                ring = keys.ring(work.log.of_acts(keys.ACTS), public_keys, given)
        except DAMAGE:
            found.damaged()
        if ring.card_fault == "card_differs":
            found.add("card_differs", _CARD)
        for seq in ring.unvouched:
            found.add("key_unvouched", DATABASE, seq=seq)
        for one in ring.replaced():
            found.note(
                "key_replaced_unsigned", DATABASE, seq=one.first_seq, fingerprint=one.fingerprint
            )
        return ring

    def _look_again(self, ring: KeyRing, found: Findings) -> None:
        """Count what was sealed since the checkpoints were read: another program may destroy."""
        try:
            sealed = self._journal.sealed_size(ring.known, ring.given)
            found.sealed = max(found.sealed, sealed)
            signed = self._journal.sealed_size(ring.known, ring.believed.given)
            found.signed = max(found.signed, signed)
        except DAMAGE:
            found.damaged()

    def _other_key(self, asked: str, fingerprint: str, ring: KeyRing, found: Findings) -> None:
        """Say that the key is not the one asked for; no fault where that was rotated to it."""
        follower = ring.rotated(asked, fingerprint)
        if follower is None:
            found.add("unknown_signer", fingerprint)
            return
        seq, since = follower.first_seq, ""
        try:
            with self._journal.database.reading() as work:
                entry = work.log.at(seq)
                since = entry.ts if entry else ""
        except DAMAGE:
            found.damaged()
        found.note("key_rotated", fingerprint, seq=seq, since=since)

    def _card_keys(self, found: Findings) -> tuple[bytes, ...]:
        try:
            card, exact = self._cards.read(), self._cards.is_exact()
        except IntegrityError:
            found.add("card_damaged", _CARD)
            return ()
        if not exact:
            found.add("card_edited", _CARD)
        return card.public_keys

    def _state(self, scope: Scope | None, found: Findings) -> tuple[State | None, Iterator[Seen]]:
        """Return where this check keeps what it sees, and what earlier ones saw."""
        if scope is None:
            return None, iter(())
        if self._parts is None:
            if scope is Scope.CHANGED:
                found.note("no_full_check", "objects")
            return None, iter(())
        state = State(self._parts, self._journal)
        if scope is Scope.CHANGED:
            last, earlier = state.since_last()
            if last is not None:
                found.since = last.began
                found.note("changed_only", "objects", since=last.began)
                return None, earlier
            found.note("no_full_check", "objects")
        if scope is Scope.ANEW:
            state.anew()
            return state, iter(())
        earlier = state.go_on()
        if state.refused:
            found.note(f"resume_{state.refused}", "objects")
        elif state.went_on:
            found.since = state.began
            found.note("resumed", "objects", since=state.began)
        return state, earlier

    def _log(self, found: Findings, case: str) -> None:
        """Write the check's own entry, where that changes nothing that is in question."""
        if any(not one.code.startswith(_BESIDE_THE_LOG) for one in found.problems):
            return
        data = {
            "files": found.files,
            "entries": found.log_entries,
            "problems": len(found.problems),
            "skipped": found.skipped,
        }
        out = Out.FAIL if found.problems else Out.OK
        try:
            self._journal.write(Act(ActName.VERIFY, SYSTEM, out, case=case, data=data))
            if self._parts is not None:
                self._parts.sweep()
        except (StorageError, IntegrityError):
            return  # a write-protected archive can be checked; then nothing is written


_CARD: Final = "archive.json"
_LOG: Final = 150
_ROWS: Final = 200
_ALL: Final = 1000
_BESIDE_THE_LOG: Final = ("object_", "row_", "rows_")
"""Faults that leave the log whole."""
