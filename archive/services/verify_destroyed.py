"""What was destroyed by act, told as notes: no fault where it is sealed, but never unsaid.

The entries tell it, for ever: also where the same bytes were taken in again later, and whatever
the database's table of tombstones says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from archive.ports import Blobs, Database
from archive.records import Tombstone
from archive.services.verify_findings import DAMAGE, Findings
from archive.services.verify_log import Named


def tell_destroyed(
    destroyed: Mapping[Tombstone, int],
    named: Named,
    blobs: Blobs,
    database: Database,
    found: Findings,
) -> frozenset[str]:
    """Note every act that destroyed something, and whether bytes of it lie there still.

    One that no checkpoint covers is a fault: nobody with the archive's key vouches for it. So is
    one under nothing but the key in use, where only that key's own signature tells of it.

    Args:
        destroyed: with the entry that brought the same bytes again; 0 where none did.
        named: objects that the log names.
        blobs: what lies there.
        database: tells the day of an act.
        found: takes notes and faults, and tells how many entries are sealed.

    Returns:
        Bytes that lie there and should not: they are no orphans.
    """
    wanted = [one for one, again in destroyed.items() if not again]
    left = _unrested({one.sha256 for one in wanted if blobs.holds(one.sha256)}, named)
    staged = blobs.staged({one.sha256: one.size for one in wanted}) if wanted else {}
    places = {one: staged[one] for one in _unrested(set(staged), named)}
    places |= {one: blobs.relative_path(one) for one in left}
    acts: dict[tuple[int, int], list[str]] = defaultdict(list)
    for one, again in destroyed.items():
        acts[one.seq, again].append(one.sha256)
    for (seq, again), sha256s in sorted(acts.items()):
        still = [] if again else [places[one] for one in sorted(sha256s) if one in places]
        path = still[0] if still else blobs.relative_path(min(sha256s))
        facts: dict[str, str | int] = {
            "seq": seq,
            "n": len(sha256s),
            "when": _day(database, seq, found),
        }
        if seq > found.sealed:
            signed = seq <= found.signed
            code = "destruction_replaced_key" if signed else "destruction_unsealed"
            found.add(code, path, **facts)
        if again:
            found.note("destroyed_taken_in_again", path, again=again, **facts)
        else:
            found.note("destroyed_bytes_left" if still else "destroyed_by_act", path, **facts)
    return left


def _unrested(sha256s: set[str], named: Named) -> frozenset[str]:
    """Return destroyed bytes without those that a case rests on, which rightly are there."""
    of_start: dict[str, set[str]] = defaultdict(set)
    for one in sha256s:
        of_start[one[:2]].add(one)
    return frozenset(
        sha256
        for start, of_it in of_start.items()
        for sha256 in of_it - named.starting(int(start, 16))
    )


def _day(database: Database, seq: int, found: Findings) -> str:
    try:
        with database.reading() as work:
            entry = work.log.at(seq)
    except DAMAGE:
        found.damaged()
        return ""
    return entry.ts[:10] if entry else ""
