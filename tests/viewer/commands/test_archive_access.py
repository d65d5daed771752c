"""`virtopsy archive person|key|destroy`: persons, the sealing key, and destruction by act."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archive.opening import create, open_archive
from archive.proof.signing import Cost
from archive.records import Role
from archive.recovery import restore_backup
from archive.storage.machine import system_clock
from main import main
from tests.archive.conftest import SERIES, write_slice
from viewer.commands.archive_person import ROLES

_CHEAP = Cost(memory_kib=8, passes=1, lanes=1)
_BASIS = "Order 12, 2026-03-01, City Court"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An archive kept by A alone; everybody's password is "pw-pw-pw"."""
    # What `archive` opens with where no cost is named; the machine's own costs a second each.
    monkeypatch.setitem(open_archive.__kwdefaults__, "cost", _CHEAP)
    for name in ("PASSWORD", "NEW_PASSWORD", "SECOND_PASSWORD"):
        monkeypatch.setenv(f"VIRTOPSY_{name}", "pw-pw-pw")
    monkeypatch.setenv("VIRTOPSY_LANG", "en")
    made = tmp_path / "evidence"
    create(made, person="A", password="pw-pw-pw", clock=system_clock, cost=_CHEAP)
    return made


@pytest.fixture
def run(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, dict[str, Any], str]]:
    """Runs `archive VERB DIR ...` and gives back exit code, facts and words."""

    def run(verb: str, *arguments: str) -> tuple[int, dict[str, Any], str]:
        capsys.readouterr()
        code = main(["archive", verb, str(folder), *arguments, "--json"])
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return code, json.loads(said.out) if said.out else {}, said.err.strip()

    return run


@pytest.fixture
def second(run: _Run, monkeypatch: pytest.MonkeyPatch) -> str:
    """B, an administrator, with a password of B's own, which the second person is asked for."""
    monkeypatch.setenv("VIRTOPSY_NEW_PASSWORD", "set by A")
    assert run("person", "add", "B", "--role", "administrator", *_A)[0] == 0
    with pytest.MonkeyPatch.context() as own:
        own.setenv("VIRTOPSY_PASSWORD", "set by A")
        own.setenv("VIRTOPSY_NEW_PASSWORD", "her own")
        assert run("person", "password", *_B)[0] == 0
    monkeypatch.setenv("VIRTOPSY_SECOND_PASSWORD", "her own")
    return "B"


_Run = Callable[..., tuple[int, dict[str, Any], str]]
_A, _B = ("--user", "A"), ("--user", "B")


def test_every_role_the_archive_knows_can_be_given() -> None:
    assert tuple(ROLES) == tuple(Role)


@pytest.mark.parametrize("name", ["role", "add", "list"])
def test_a_folder_or_a_person_called_as_a_verb_is_a_folder_or_a_person(
    folder: Path, run: _Run, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run("person", "add", name, "--role", "administrator", *_A)
    named = folder.rename(folder.parent / name)
    capsys.readouterr()
    for asked in (["list", *_A], ["list", name, *_A], ["--user", name, "list"]):
        code = main(["archive", "person", str(named), *asked, "--json"])
        said = capsys.readouterr().out
        assert (code, name in said) == (0, True)


def test_a_list_of_persons_can_be_asked_for_one(run: _Run) -> None:
    run("person", "add", "B", "--role", "expert", *_A)
    code, told, _ = run("person", "list", "B", *_A)
    assert (code, [one["name"] for one in told["persons"]]) == (0, ["B"])
    assert len(run("person", "list", *_A)[1]["persons"]) == 2
    assert run("person", "list", "nobody", *_A)[0] == 2


def test_roles_are_changed_by_two_from_the_second_administrator_on(run: _Run) -> None:
    code, made, _ = run("person", "add", "B", "--role", "administrator", *_A)
    assert (code, made["reset"]) == (0, False)
    run("person", "add", "C", "--role", "expert", *_A)
    change = ("role", "C", "--role", "auditor", *_A)
    code, _, words = run("person", *change)
    assert (code, "two persons" in words, words.count("\n")) == (4, True, 0)
    code, made, _ = run("person", *change, "--second", "B")
    assert (code, made["roles"]) == (0, ["auditor"])


def test_a_password_is_changed_and_the_old_one_is_worth_nothing(
    run: _Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIRTOPSY_NEW_PASSWORD", "her own word")
    assert run("person", "password", *_A)[:2] == (0, {"name": "A", "changed": True})
    assert run("person", "list", *_A)[0] == 4
    monkeypatch.setenv("VIRTOPSY_PASSWORD", "her own word")
    assert run("person", "list", *_A)[0] == 0


def test_a_reset_waits_to_be_acknowledged(run: _Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run("person", "add", "B", "--role", "expert", *_A)
    monkeypatch.setenv("VIRTOPSY_NEW_PASSWORD", "set by A")
    assert run("person", "reset", "B", *_A)[0] == 0
    (_, told) = run("person", "list", *_A)[1]["persons"]
    assert (told["name"], told["reset"]) == ("B", True)
    monkeypatch.setenv("VIRTOPSY_PASSWORD", "set by A")
    code, _, words = run("list", *_B)
    assert (code, "acknowledge" in words) == (4, True)
    assert run("person", "acknowledge", *_B)[0] == 0
    assert run("list", *_B)[0] == 0
    assert run("person", "acknowledge", *_B)[0] == 2


@pytest.mark.parametrize("verb", ["rotate", "lost", "compromised"])
def test_the_key_is_changed_and_the_archive_verifies_with_the_new_one(verb: str, run: _Run) -> None:
    code, made, _ = run("key", verb, *_A, "--reason", "every year")
    assert (code, made["without"]) == (0, [])
    code, report, _ = run("verify", "--key", made["fingerprint"])
    assert (code, report["ok"]) == (0, True)
    known = verb == "rotate"  # an old paper stays good only after an ordinary change
    assert run("verify", "--key", made["old"])[0] == (0 if known else 1)


def test_since_when_a_key_is_not_trusted_is_read_strictly(run: _Run) -> None:
    for since in ("yesterday", "2999-01-01", "9999-99-99"):
        assert run("key", "compromised", "--since", since, *_A)[0] == 2
    assert run("key", "compromised", "--since", "2026-01-01T18:00", *_A)[0] == 0


def test_what_lies_on_a_read_only_volume_is_listed_and_says_that_nothing_is_recorded(
    run: _Run,
    folder: Path,
    mounted_read_only: Callable[[Path], Path],
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run("person", "add", "B", "--role", "auditor", *_A)[0] == 0
    view = str(mounted_read_only(folder))
    for asked in (["list"], ["person", "list"], ["log"], ["search", "x"], ["verify"]):
        verb, *more = asked
        user = () if verb == "verify" else _A
        words = [verb, more[0], view] if verb == "person" else [verb, view, *more]
        assert main(["archive", *words, *user]) == 0
        said = capsys.readouterr().err
        assert said.count("This archive cannot be written to here") == (verb != "verify"), said
    assert main(["archive", "import", view, str(folder.parent), "--case", "7", *_A]) == 5
    assert capsys.readouterr().err.count("This archive cannot be written to here") == 2


def test_a_series_is_destroyed_by_two_on_an_order_and_verify_says_so(
    run: _Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_slice(tmp_path / "1.dcm", 1)
    run("import", str(tmp_path / "1.dcm"), "--case", "7", *_A)
    asked = ("--case", "7", "--series", SERIES, "--basis", _BASIS, *_A)
    code, _, words = run("destroy", *asked, "--second", "A")
    assert (code, "keeps this archive alone" in words) == (4, True)
    run("person", "add", "B", "--role", "administrator", *_A)
    assert run("destroy", *asked)[0] == 4
    assert run("destroy", "--case", "7", "--series", SERIES, *_A, "--second", "B")[0] == 2
    code, _, words = run("destroy", *asked, "--second", "B")
    assert (code, "Let B set a password of their own" in words) == (4, True)
    monkeypatch.setenv("VIRTOPSY_NEW_PASSWORD", "her own")
    assert run("person", "password", *_B)[0] == 0
    monkeypatch.setenv("VIRTOPSY_SECOND_PASSWORD", "her own")
    code, done, _ = run("destroy", *asked, "--second", "B")
    assert (code, done["case"], len(done["objects"]), done["complete"]) == (0, "7", 1, True)
    assert done["containers"] == []
    code, report, _ = run("verify")
    assert (code, report["ok"]) == (0, True)
    assert [one["code"] for one in report["notes"]] == ["destroyed_by_act"]


def test_a_destruction_without_a_seal_is_told_to_everybody_until_somebody_vouches_for_it(
    run: _Run, second: str, folder: Path, tmp_path: Path
) -> None:
    write_slice(tmp_path / "1.dcm", 1)
    run("import", str(tmp_path / "1.dcm"), "--case", "7", *_A)
    asked = ("--case", "7", "--series", SERIES, "--basis", _BASIS, *_A)
    seq = str(run("destroy", *asked, "--second", second)[1]["seq"])
    max((folder / "log").glob("checkpoint-*.txt")).unlink()
    code, _, words = run("list", *_A)
    assert (code, f"checkpoint DIR --destruction {seq}" in words) == (0, True)
    code, report, _ = run("verify")
    assert (code, [one["code"] for one in report["problems"]]) == (1, ["destruction_unsealed"])
    assert run("checkpoint", *_A)[0] == 1
    assert run("checkpoint", "--destruction", "1", *_A)[0] == 2
    code, done, _ = run("checkpoint", "--destruction", seq, *_A, "--reason", "asked B")
    assert (code, done["destructions"]) == (0, [int(seq)])
    assert run("list", *_A)[2] == ""
    assert run("verify")[0] == 0
    assert run("checkpoint", *_A)[0] == 0


def test_what_a_replaced_key_sealed_is_said_at_every_login_and_settled_by_the_papers_fingerprint(
    run: _Run, second: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_slice(tmp_path / "1.dcm", 1)
    run("import", str(tmp_path / "1.dcm"), "--case", "7", *_A)
    assert run("list", *_A)[2] == ""
    new = run("key", "lost", *_A)[1]["fingerprint"]
    asked = ("--case", "7", "--series", SERIES, "--basis", _BASIS, *_A)
    assert run("destroy", *asked, "--second", second)[1]["complete"]
    for _ in range(2):
        code, _, words = run("list", *_A)
        assert (code, words.count(new), words.count("--key FINGERPRINT")) == (0, 1, 1)
        assert "--destruction" not in words
    (tmp_path / "disk").mkdir()
    assert run("backup", str(tmp_path / "disk"), *_A)[0] == 0
    capsys.readouterr()
    for number, (key, problems) in enumerate({new: [], "": ["destruction_replaced_key"]}.items()):
        place = str(tmp_path / f"back {number}")
        more = ("--key", key) if key else ()
        code = main(["archive", "restore", str(tmp_path / "disk"), place, "--json", *more])
        found = json.loads(capsys.readouterr().out)["problems"]
        assert (code, [one["code"] for one in found]) == (bool(problems), problems)


def test_a_case_with_a_destroyed_series_is_handed_out_and_the_series_named_as_left_out(
    run: _Run, second: str, tmp_path: Path
) -> None:
    write_slice(tmp_path / "1.dcm", 1)
    run("import", str(tmp_path / "1.dcm"), "--case", "7", *_A)
    asked = ("--case", "7", "--series", SERIES, "--basis", _BASIS, *_A)
    assert run("destroy", *asked, "--second", second)[0] == 0
    code, made, words = run("bundle", "--case", "7", "--out", str(tmp_path / "out"), *_A)
    assert (code, made["left_out"]) == (0, [SERIES])
    assert f"destroyed by act; it is left out and not pictured: CT head {SERIES}." in words
    assert "holds no pictures and no conclusion" in words
    assert main(["verify", str(tmp_path / "out")]) == 0


def test_a_zipped_bundle_is_one_file_and_a_restore_is_held_against_it(
    run: _Run, second: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(restore_backup.__kwdefaults__, "cost", _CHEAP)
    write_slice(tmp_path / "1.dcm", 1)
    run("import", str(tmp_path / "1.dcm"), "--case", "7", *_A)
    (tmp_path / "disk").mkdir()
    assert run("backup", str(tmp_path / "disk"), *_A)[0] == 0
    asked = ("--case", "7", "--series", SERIES, "--basis", _BASIS, *_A)
    assert run("destroy", *asked, "--second", second)[0] == 0  # nothing to picture: it is quick
    out = tmp_path / "out.zip"
    assert run("bundle", "--case", "7", "--out", str(out), "--zip", *_A)[0] == 0
    assert zipfile.is_zipfile(out)
    assert main(["verify", str(out)]) == 0
    back = ["restore", str(tmp_path / "disk"), str(tmp_path / "back")]
    assert main(["archive", *back, "--checkpoint", str(out)]) == 1, "the destruction is missing"


@pytest.mark.usefixtures("second")
@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "still holds bytes"), ("ru", "всё ещё содержит"), ("kk", "әлі сақтап тұр")],
)
def test_a_zip_that_holds_what_was_destroyed_is_named_with_what_to_do(
    language: str,
    said: str,
    run: _Run,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    write_slice(tmp_path / "1.dcm", 1)
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as made:
        made.write(tmp_path / "1.dcm", "1.dcm")
    run("import", str(tmp_path / "a.zip"), "--case", "7", *_A)
    asked = ["--case", "7", "--basis", _BASIS, *_A, "--second", "B"]
    where = str(tmp_path / "evidence")
    destroy = ["archive", "destroy", where, *asked, "--series", SERIES, "--lang", language]
    assert main(destroy) == 0
    told = capsys.readouterr().out
    assert said in told
    assert "a.zip" in told
    sha256 = told.partition("--object ")[2].split()[0]
    code, done, _ = run("destroy", *asked, "--object", sha256)
    assert (code, done["objects"][0]["sha256"], done["containers"]) == (0, sha256, [])


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_it_speaks_in_sentences(
    language: str,
    folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write_slice(tmp_path / "1.dcm", 1)
    where = str(folder)
    monkeypatch.setenv("VIRTOPSY_SECOND_PASSWORD", "her own")
    for arguments in (
        ("import", where, str(tmp_path / "1.dcm"), "--case", "7", *_A),
        ("person", where, "add", "B", "--role", "expert", *_A),
        ("person", where, "role", "B", "--role", "administrator", *_A),
        ("key", where, "compromised", *_A),
        ("person", where, "reset", "B", *_A),
        ("person", where, "acknowledge", *_B),
        ("person", where, "add", "C", "--role", "expert", *_A),
        ("person", where, "password", "--user", "C"),
        *(
            ("destroy", where, "--case", "7", "--series", SERIES, "--basis", _BASIS, *_A, *other)
            for other in (("--second", "C"),)
        ),
    ):
        if "password" in arguments:
            monkeypatch.setenv("VIRTOPSY_NEW_PASSWORD", "her own")
        capsys.readouterr()
        code = main(["archive", *arguments, "--lang", language])
        said = capsys.readouterr()
        assert code == 0, (arguments, said.err)
        assert said.out.strip()
    verify = ["archive", "verify", where, "--lang", language]
    assert main(verify) == 1, "without the paper nobody knows the key that sealed the destruction"
    new = json.loads((folder / "archive.json").read_bytes())["public_keys"][-1]["fingerprint"]
    told = capsys.readouterr().out
    assert "destruction_replaced_key: " in told
    assert f" {new} " in told, "the key that took the place of the other"
    assert main([*verify, "--key", new]) == 0
