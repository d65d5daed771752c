"""Destructions by act that no checkpoint covers: a power cut leaves one so, and a forger too.

An entry needs no key. Whoever can write the archive's folder can append one that tells of a
destruction, lay its object beside it and remove the bytes. So bytes go only under a checkpoint,
and no checkpoint covers somebody else's destruction before a person who may seal was told of it.

What is a destruction the columns of the log tell, and columns can be set to something else for the
moment in which somebody signs. So whoever signs also looks whether the entries that the checkpoint
is the first to cover are as they were written.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from archive.ports import Notes, UnitOfWork
from archive.proof import chain, checkpoint, merkle
from archive.proof.acts import ActName
from archive.proof.checkpoint import Checkpoint
from archive.proof.walk import Walk
from archive.records import LogEntry, Out
from archive.services.keys import KeyRing
from archive.services.verify_findings import DATABASE
from virtopsy.errors import IntegrityError, StorageError


class Unvouched(IntegrityError):  # noqa: N818 -- like the others of this tree
    """A checkpoint would be the first to cover what nobody with the key vouches for."""


def unsealed(
    work: UnitOfWork, notes: Notes, archive: str, ring: KeyRing, until: int
) -> tuple[LogEntry, ...]:
    """Return the destructions among the first `until` entries that no checkpoint covers.

    Args:
        work: a transaction that reads.
        notes: the checkpoints kept here.
        archive: the archive's uuid.
        ring: the archive's keys, and which of them whoever asks knows from outside.
        until: the size of the log.
    """
    newest = next(work.log.newest_first(ActName.DESTROY, Out.OK, 1), None)
    if newest is None:  # almost every archive
        return ()
    sealed = sealed_size(work, notes, archive, ring, until)
    if newest.seq <= sealed:
        return ()
    later = work.log.of_acts((ActName.DESTROY,), after=sealed)
    return tuple(one for one in later if one.out == Out.OK and one.seq <= until)


def sealed_size(work: UnitOfWork, notes: Notes, archive: str, ring: KeyRing, until: int) -> int:
    """Return how many entries the newest good checkpoint covers; 0 where there is none.

    A good one is of this log as it is now, signed by a key that was in use then; that it is the
    archive's must be known by more than an entry that anybody could have forged.
    """
    public_keys = {*ring.public_keys, *ring.told}
    tree = merkle.Tree(work.tree)
    for name in reversed(notes.names()):
        one = _note(notes, name)
        if one is None or one.origin != checkpoint.origin_of(archive) or one.size > until:
            continue
        if name.endswith(f"-{one.size:012d}.txt") and _is_good(one, ring, public_keys, tree):
            return one.size
    return 0


def _note(notes: Notes, name: str) -> Checkpoint | None:
    try:
        return checkpoint.read(notes.read(name))
    except (StorageError, IntegrityError):  # `verify` names it; here it covers nothing
        return None


def _is_good(
    one: Checkpoint, ring: KeyRing, public_keys: Collection[bytes], tree: merkle.Tree
) -> bool:
    in_use = (key for key in public_keys if ring.counts(key, one.size))
    if not any(checkpoint.signed_by(one, key) for key in in_use):
        return False
    try:
        return tree.root(one.size) == one.root
    except IntegrityError:  # entries are missing: `verify` names them
        return False


def refuse_changed(work: UnitOfWork, archive: str, sealed: int, until: int) -> None:
    """Refuse to sign entries that are not as they were written: they may hide a destruction.

    Args:
        work: a transaction that reads.
        archive: the archive's uuid.
        sealed: entries that a good checkpoint covers.
        until: the size of the log.

    Raises:
        Unvouched: an entry in between does not follow the one before it, its bytes do not give
            its hash, or its columns are not what its bytes say. `rebuild` mends this.
    """
    if sealed == until:
        return
    before = work.log.at(sealed) if sealed else None
    walk = Walk(archive, sealed + 1)
    try:
        for rows in work.log.rows(sealed + 1, until):
            walk.add_all(rows)
    except IntegrityError as error:  # a page is damaged
        raise Unvouched(error.key, **error.facts) from error
    if walk.one_by_one:
        for seq in work.log.no_texts(sealed + 1, until):
            walk.fault(seq, "log_columns_differ")
    made = walk.done()
    begins = (sealed + 1, (before.hash if before else chain.BEGINNING).encode())
    if made.begins != begins:
        walk.fault(made.begins[0], "log_chain_broken")
    for one in made.faults:
        raise Unvouched(f"archive.problem.{one.code}", path=DATABASE, seq=one.seq)


def told(found: Sequence[LogEntry], bare: Collection[LogEntry]) -> tuple[Unvouched, ...]:
    """Return what is told at a login; in one sentence of those that only a replaced key sealed.

    Args:
        found: destructions that no checkpoint of a known key covers, by entry.
        bare: those among them that none of the key in use covers either.
    """
    signed = [one for one in found if one not in bare]
    facts = {"n": len(signed), "seq": signed[0].seq} if signed else {}
    by_replaced = (Unvouched("destruction.replaced_key", **facts),) if signed else ()
    return (*map(refusal, bare), *by_replaced)


def replaced(ring: KeyRing) -> Unvouched | None:
    """Return what is told at a login where nothing but its own signature tells of the newest key.

    Rotations in peace after it vouch for none: whoever forged the one could sign the others.
    """
    found = ring.replaced()
    if not found:
        return None
    return Unvouched(
        "access.key.replaced", seq=found[-1].first_seq, fingerprint=found[-1].fingerprint
    )


def refuse(found: Collection[LogEntry]) -> None:
    """Refuse to go on over destructions that nobody vouched for.

    Raises:
        Unvouched: there is one; it names the oldest.
    """
    for one in found:
        raise refusal(one)


def refusal(entry: LogEntry) -> Unvouched:
    """Return what a person is told of one of them."""
    return Unvouched(
        "destruction.unsealed", seq=entry.seq, number=entry.case_number, when=entry.ts[:10]
    )
