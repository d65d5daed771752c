"""The log handed out as a file: what a person may read, recorded, without holding it all."""

from __future__ import annotations

import csv
import hashlib
import io

import pytest

from archive.opening import Archive
from archive.proof import chain
from archive.proof.chain import SYSTEM, Act
from archive.records import Actor, LogQuery, Role, Shut
from archive.services import log_reader
from archive.services.explain import sentence
from archive.services.log_export import LogForm
from tests.archive.conftest import CASE
from virtopsy.errors import AccessDenied, Cancelled, StorageError
from virtopsy.jobs import Progress
from virtopsy.language import Language, say


def exported(
    archive: Archive, actor: Actor, wanted: LogQuery | None = None, form: LogForm = LogForm.CSV
) -> bytes:
    made = io.BytesIO()
    archive.log_export.write(actor, form, Language.EN, made.write, wanted=wanted or LogQuery())
    return made.getvalue()


def seqs(made: bytes) -> list[int]:
    rows = csv.DictReader(io.StringIO(made.decode("utf-8-sig"), newline=""))
    return [int(one["seq"]) for one in rows]


@pytest.mark.parametrize("form", LogForm)
def test_an_export_is_an_entry_that_names_the_file_s_hash(
    archive: Archive, expert: Actor, form: LogForm
) -> None:
    before = archive.log.head(expert)[0]
    made = exported(archive, expert, form=form)
    last = archive._journal.entries()[-1]
    assert (last.act, last.out, last.seq) == ("log.export", "ok", before + 2)
    data = chain.read(last)["data"]
    assert data["sha256"] == hashlib.sha256(made).hexdigest()
    assert (data["form"], data["entries"], data["first"], data["last"]) == (form, before, 1, before)


def test_an_export_is_signed_at_once(archive: Archive, expert: Actor) -> None:
    exported(archive, expert)
    newest = archive._journal.newest_checkpoint()
    assert newest is not None
    assert newest.size == archive.log.head(expert)[0]


def test_a_case_the_refusals_or_a_part_can_be_asked_for(kept: Archive, expert: Actor) -> None:
    with pytest.raises(AccessDenied):
        kept.cases.open(expert, "nobody's")
    everything = kept._journal.entries()
    of_case = [one.seq for one in everything if one.case_number == CASE]
    assert seqs(exported(kept, expert, LogQuery(CASE))) == of_case
    denied = [one.seq for one in everything if one.out == "denied"]
    assert seqs(exported(kept, expert, LogQuery(refused=True))) == denied != []
    assert seqs(exported(kept, expert, LogQuery(after=3)))[0] == 4


def test_an_export_of_one_act_holds_no_other_and_its_entry_says_so(
    kept: Archive, expert: Actor
) -> None:
    imports = [one.seq for one in kept._journal.entries() if one.act == "import"]
    assert seqs(exported(kept, expert, LogQuery(act="import"))) == imports != []
    entry = kept._journal.entries()[-1]
    assert chain.read(entry)["data"]["act"] == "import"
    assert say("entry.what.import", Language.KK) in sentence(entry, Language.KK)


def test_a_few_own_acts_in_a_long_log_are_all_handed_out(
    kept: Archive, expert: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.access.add_person(expert, "Петров", "pw-pw-pw", (Role.INVESTIGATOR,))
    other = kept.access.login("Петров", "pw-pw-pw")
    for _ in range(7):  # others' acts, more than are looked through at once
        kept._journal.write(Act("verify", SYSTEM))
    kept.cases.list(other)
    own = [one.seq for one in kept._journal.entries() if one.actor == other.person_id]
    monkeypatch.setattr(log_reader, "STRETCH", 3)
    assert seqs(exported(kept, other)) == own
    assert len(own) == 2


def test_nobody_gets_entries_by_export_that_reading_would_not_show(
    kept: Archive, expert: Actor
) -> None:
    kept.access.add_person(expert, "Петров", "pw-pw-pw", (Role.INVESTIGATOR,))
    kept.access.add_person(expert, "Суд", "pw-pw-pw", (Role.COURT,))
    other = kept.access.login("Петров", "pw-pw-pw")
    shown = seqs(exported(kept, other))
    assert (
        shown == [one.seq for one in kept._journal.entries() if one.actor == other.person_id][:-2]
    )
    with pytest.raises(AccessDenied):
        exported(kept, other, LogQuery(CASE))
    with pytest.raises(AccessDenied):
        exported(kept, kept.access.login("Суд", "pw-pw-pw"))


def test_a_stopped_export_is_recorded_as_reading_and_not_as_an_export(
    archive: Archive, expert: Actor
) -> None:
    before = archive.log.head(expert)[0]
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        archive.log_export.write(
            expert,
            LogForm.CSV,
            Language.EN,
            io.BytesIO().write,
            wanted=LogQuery(),
            progress=progress,
        )
    (entry,) = archive._journal.entries()[before:]
    assert (entry.act, entry.actor) == ("log.read", expert.person_id)


@pytest.mark.parametrize("form", LogForm)
def test_reading_is_in_the_log_before_the_first_piece_is_handed_over(
    form: LogForm, archive: Archive, expert: Actor
) -> None:
    before = archive.log.head(expert)[0]
    newest: list[tuple[int, str]] = []

    def write(_: bytes) -> None:
        last = archive._journal.entries()[-1]
        newest.append((last.seq, last.act))

    archive.log_export.write(expert, form, Language.EN, write, wanted=LogQuery())
    assert newest[0] == (before + 1, "log.read")


def test_nothing_is_handed_over_where_the_reading_cannot_be_recorded(
    archive: Archive, expert: Actor
) -> None:
    made = io.BytesIO()
    archive._journal.database.only_read(Shut.PLACE)
    with pytest.raises(StorageError):
        archive.log_export.write(expert, LogForm.CSV, Language.EN, made.write, wanted=LogQuery())
    assert not made.getvalue()


def test_others_go_on_recording_while_a_log_is_handed_out(
    archive: Archive, expert: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_reader, "PAGE", 2)
    before = archive.log.head(expert)[0]
    made = io.BytesIO()

    def write(piece: bytes) -> None:
        archive._journal.write(Act("verify", SYSTEM))
        made.write(piece)

    archive.log_export.write(expert, LogForm.CSV, Language.EN, write, wanted=LogQuery())
    assert seqs(made.getvalue()) == [*range(1, before + 1)]
    # The reading, the heading, each entry, the export.
    assert archive.log.head(expert)[0] == 2 * before + 3
