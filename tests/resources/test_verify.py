from __future__ import annotations

import ast
import base64
import json
import os
import re
import shutil
import string
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.opening import Archive
from archive.proof import checkpoint
from archive.proof.signing import Seal
from archive.records import Actor
from archive.services.rights import Right
from resources.bundle import verify
from tests.court_case import (
    FILES,
    bundled,
    copied,
    digest,
    open_case,
    reseal,
    rewrite_manifests,
)

_VERIFIER = Path(verify.__file__)
_NAMES_LEFT = {"sig/seal.json", "sig/seal.sig", "sig/key.pem", "tagmanifest-sha256.txt"}


class Case:
    """The archive, its person, and a bundle nobody may touch."""

    def __init__(self, folder: Path) -> None:
        self.archive: Archive
        self.actor: Actor
        self.archive, self.actor = open_case(folder)
        self.bundle = folder / "bundle"
        self.report = bundled(self.archive, self.actor, self.bundle)
        self.zip = folder / "bundle.zip"
        bundled(self.archive, self.actor, self.zip, zipped=True)

    def sign(self, statement: bytes) -> bytes:
        seal = self.archive.access.require(self.actor, Right.SEAL).seal
        assert seal is not None
        return seal.sign(statement)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    made = Case(tmp_path_factory.mktemp("court"))
    with made.archive:
        yield made


@pytest.fixture
def spoilt(case: Case, tmp_path: Path) -> Path:
    return copied(case.bundle, tmp_path / "bundle")


def found(path: Path, key: str | None = None) -> set[tuple[str, str]]:
    return {(one.code, one.path) for one in verify.examine(str(path), key).problems}


def paths(path: Path) -> set[str]:
    return {where for _, where in found(path)}


def answer(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    code = verify.main(arguments)
    return code, capsys.readouterr().out


# --- unchanged ---------------------------------------------------------------------------------


def test_an_untouched_bundle_is_unchanged_since_sealed_never_intact(
    case: Case, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = answer([str(case.bundle), "--lang", "en"], capsys)
    assert code == 0
    assert re.match(
        rf"unchanged since sealed on {case.report.when} \(.*\+05:00\) "
        rf"by key {case.report.fingerprint}; compare it with the paper\n",
        said,
    )
    assert "single keeper" in said
    assert "intact" not in said


def test_the_list_of_files_in_these_tests_is_the_whole_bundle(case: Case) -> None:
    present = {p.relative_to(case.bundle).as_posix() for p in case.bundle.rglob("*") if p.is_file()}
    assert present == set(FILES)


@pytest.mark.parametrize("which", ["bundle", "zip"])
def test_the_json_has_the_keys_of_the_contract(
    case: Case, which: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = answer([str(getattr(case, which)), "--json"], capsys)
    facts = json.loads(said)
    assert code == 0
    assert facts["ok"] is True
    assert facts["problems"] == []
    assert facts["sealed"]["signer"] == {"fingerprint": case.report.fingerprint, "known": None}
    assert facts["checked"]["files"] == len(FILES)
    assert facts["checked"]["log_entries"] >= 5
    assert facts["checked"]["signatures"] == 2


def test_the_right_key_is_known_however_it_is_typed(
    case: Case, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = re.sub("(....)", r"\1 ", case.report.fingerprint.upper())
    code, said = answer([str(case.bundle), "--json", "--key", typed], capsys)
    assert code == 0
    assert json.loads(said)["sealed"]["signer"]["known"] is True


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("kk", "кілтімен мөрленгеннен бері өзгермеген; қағаздағымен салыстырыңыз"),
        ("ru", "; сверьте с бумагой"),
    ],
)
def test_it_runs_alone_from_the_bundle_in_kazakh_and_russian(
    case: Case, tmp_path: Path, language: str, words: str
) -> None:
    bundle = copied(case.bundle, tmp_path / "on a stick")
    done = subprocess.run(
        [sys.executable, "-I", "-S", bundle / "verify.py", "--lang", language],
        capture_output=True,
        encoding="utf-8",
        check=False,
        env={"PYTHONIOENCODING": "utf-8", "PYTHONUTF8": "1"},
    )
    assert done.returncode == 0
    assert words in done.stdout
    assert {p.relative_to(bundle).as_posix() for p in bundle.rglob("*") if p.is_file()} == set(
        FILES
    )


def test_the_standard_library_of_python_3_8_is_all_it_needs() -> None:
    tree = ast.parse(_VERIFIER.read_text(encoding="utf-8"), feature_version=(3, 8))
    imported = {
        alias.name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    } | {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    assert imported <= set(sys.stdlib_module_names)


def test_the_three_languages_have_equal_placeholders() -> None:
    def fields(text: str) -> set[str | None]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}

    for key, texts in verify.TEXTS.items():
        assert len(texts) == 3, key
        assert fields(texts[0]) == fields(texts[1]) == fields(texts[2]), key


def test_sha256sum_and_openssl_say_the_same(case: Case) -> None:
    if not shutil.which("sha256sum") or not shutil.which("openssl"):
        pytest.skip("sha256sum or openssl is not on this machine")
    for manifest in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        subprocess.run(
            ["sha256sum", "--quiet", "--strict", "-c", manifest], cwd=case.bundle, check=True
        )
    verified = subprocess.run(
        [
            "openssl",
            "pkeyutl",
            "-verify",
            "-pubin",
            "-inkey",
            "sig/key.pem",
            "-rawin",
            "-in",
            "sig/seal.json",
            "-sigfile",
            "sig/seal.sig",
        ],
        cwd=case.bundle,
        check=True,
        capture_output=True,
        text=True,
    )
    assert "Verified Successfully" in verified.stdout
    der = subprocess.run(
        ["openssl", "pkey", "-pubin", "-in", "sig/key.pem", "-outform", "DER"],
        cwd=case.bundle,
        check=True,
        capture_output=True,
    )
    assert verify.fingerprint_of(der.stdout[-32:]) == case.report.fingerprint


# --- one thing changed, for every file ----------------------------------------------------------


def _flip(at: Callable[[int], int]) -> Callable[[Path], None]:
    def spoil(path: Path) -> None:
        content = bytearray(path.read_bytes())
        content[at(len(content))] ^= 0x01
        path.write_bytes(content)

    return spoil


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _extend(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\n")


_SPOILS: dict[str, Callable[[Path], None]] = {
    "first byte": _flip(lambda _: 0),
    "middle byte": _flip(lambda size: size // 2),
    "last byte": _flip(lambda size: size - 1),
    "cut": _cut,
    "emptied": _empty,
    "extended": _extend,
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("how", _SPOILS)
def test_a_changed_file_is_named(spoilt: Path, name: str, how: str) -> None:
    _SPOILS[how](spoilt / name)
    assert name in paths(spoilt)


@pytest.mark.parametrize("name", [one for one in FILES if one.startswith("data/")])
def test_a_changed_payload_file_is_the_only_one_named(spoilt: Path, name: str) -> None:
    _flip(lambda _: 0)(spoilt / name)
    assert found(spoilt) == {("changed", name)}


@pytest.mark.parametrize("name", FILES)
def test_a_removed_file_is_named(spoilt: Path, name: str) -> None:
    (spoilt / name).unlink()
    assert name in paths(spoilt)


@pytest.mark.parametrize("name", FILES)
def test_a_renamed_file_is_named_by_both_names(spoilt: Path, name: str) -> None:
    (spoilt / name).rename(spoilt / f"{name}.bak")
    named = found(spoilt)
    assert ("added", f"{name}.bak") in named
    assert name in {where for _, where in named}
    if name not in _NAMES_LEFT | {"manifest-sha256.txt"}:
        assert ("renamed", name) in named


@pytest.mark.parametrize(
    "name",
    ["new.txt", "data/new", "data/dicom/SE000001/IM000004", "log/new", "sig/new", ".hidden", "a/b"],
)
def test_an_added_file_is_named(spoilt: Path, name: str) -> None:
    (spoilt / name).parent.mkdir(exist_ok=True)
    (spoilt / name).write_bytes(b"")
    assert found(spoilt) == {("added", name)}


def test_two_files_swapped_are_both_named(spoilt: Path) -> None:
    first, second = (spoilt / f"data/dicom/SE000001/IM00000{n}" for n in (1, 2))
    one, other = first.read_bytes(), second.read_bytes()
    first.write_bytes(other)
    second.write_bytes(one)
    assert {"data/dicom/SE000001/IM000001", "data/dicom/SE000001/IM000002"} <= paths(spoilt)


def test_it_never_stops_at_the_first_fault(spoilt: Path) -> None:
    for name in ("data/media/axial.png", "VERIFY_kk.txt", "log/persons.json"):
        _flip(lambda _: 0)(spoilt / name)
    (spoilt / "bag-info.txt").unlink()
    (spoilt / "sig/new").write_bytes(b"")
    shutil.rmtree(spoilt / "data/findings")
    assert {
        *("data/media/axial.png", "VERIFY_kk.txt", "log/persons.json", "bag-info.txt", "sig/new"),
        *("data/findings/000001.json", "data/findings/000002.json"),
    } <= paths(spoilt)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(drawn=st.data())
def test_any_damage_to_any_file_is_found_and_never_crashes(
    case: Case, tmp_path_factory: pytest.TempPathFactory, drawn: st.DataObject
) -> None:
    bundle = copied(case.bundle, tmp_path_factory.mktemp("any") / "bundle")
    for name in drawn.draw(st.lists(st.sampled_from(FILES), min_size=1, max_size=3, unique=True)):
        content = bytearray((bundle / name).read_bytes())
        at = drawn.draw(st.integers(0, len(content) - 1))
        kind = drawn.draw(st.sampled_from(["flip", "cut", "noise", "insert"]))
        if kind == "flip":
            content[at] ^= 1 << drawn.draw(st.integers(0, 7))
        elif kind == "cut":
            del content[at:]
        elif kind == "insert":
            content[at:at] = drawn.draw(st.binary(min_size=1, max_size=40))
        else:
            noise = drawn.draw(st.binary(max_size=200))
            content = bytearray(noise) if noise != bytes(content) else bytearray()
        (bundle / name).write_bytes(content)
        assert name in paths(bundle)
    shutil.rmtree(bundle)


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x00\xff\xfe" * 50,
        b"{}\n",
        b"[]\n",
        b"null\n",
        b"[" * 100_000,
        b'{"seq":1}\n{"seq":"x"}\n{"seq":99999999999999999999999}\n',
        b'{"proofs":[{"seq":1,"path":["zz"]}],"size":1,"root":""}',
        b'{"proofs":[{"seq":Infinity,"path":[]}],"size":NaN,"root":""}',
        b'{"seq":true,"obj":[1,{"t":"manifest"},null]}\n',
        b"a\n1\nAA==\n\n\xe2\x80\x94 a AA==\n",
        b"0" * 64 + b"  ../../etc/passwd\n" + b"0" * 64 + b"  /abs\n",
        b"-----BEGIN PUBLIC KEY-----\n!\n-----END PUBLIC KEY-----\n",
        (
            b'{"when":1,"when_local":2,"archive":3,"case":4,"tagmanifest_sha256":[],'
            b'"checkpoint":7,"signer":{}}'
        ),
    ],
)
@pytest.mark.parametrize("name", [one for one in FILES if not one.startswith("data/")])
def test_garbage_in_a_tag_file_is_named_and_never_crashes(
    spoilt: Path, name: str, garbage: bytes
) -> None:
    (spoilt / name).write_bytes(garbage)
    assert name in paths(spoilt)


# --- the seal -----------------------------------------------------------------------------------


def test_a_stripped_seal_is_unsigned(
    spoilt: Path, case: Case, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(spoilt / "sig")
    code, said = answer([str(spoilt), "--json", "--key", case.report.fingerprint], capsys)
    facts = json.loads(said)
    assert code == 1
    assert "unsigned" in {one["code"] for one in facts["problems"]}
    assert facts["sealed"] == {"when": None, "signer": {"fingerprint": None, "known": False}}


@pytest.mark.parametrize("name", ["sig/seal.json", "sig/seal.sig"])
def test_half_a_seal_is_unsigned(spoilt: Path, name: str) -> None:
    (spoilt / name).unlink()
    assert ("unsigned", name) in found(spoilt)


def test_a_bundle_sealed_by_another_key_than_the_one_asked_for_is_named(
    case: Case, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = answer([str(case.bundle), "--json", "--key", "0" * 64], capsys)
    facts = json.loads(said)
    assert code == 1
    assert [one["code"] for one in facts["problems"]] == ["unknown_signer"]
    assert facts["sealed"]["signer"]["known"] is False


def test_both_manifests_rewritten_do_not_pass_without_the_key(spoilt: Path) -> None:
    _flip(lambda _: 0)(spoilt / "data/media/axial.png")
    rewrite_manifests(spoilt)
    assert ("tag_manifest_not_sealed", "tagmanifest-sha256.txt") in found(spoilt)


def test_a_bundle_forged_whole_with_another_key_shows_another_fingerprint(
    spoilt: Path, case: Case
) -> None:
    """Only the paper tells a bundle forged whole: the answer must not look the same."""
    forger = Seal.new()
    pem = verify.pem_of(forger.public_key)
    (spoilt / "log/key.pem").write_bytes(pem)
    (spoilt / "sig/key.pem").write_bytes(pem)
    note = checkpoint.read((spoilt / "log/checkpoint.txt").read_text(encoding="utf-8"))
    assert note is not None
    forged = checkpoint.sign(note.origin, note.size, note.root, forger).note
    (spoilt / "log/checkpoint.txt").write_text(forged, encoding="utf-8")
    mine = verify.fingerprint_of(forger.public_key)
    reseal(spoilt, forger.sign, signer=mine)
    result = verify.examine(str(spoilt))
    assert result.ok
    assert result.fingerprint == mine != case.report.fingerprint
    codes = {code for code, _ in found(spoilt, case.report.fingerprint)}
    assert codes == {"unknown_signer"}


def test_the_seal_of_another_bundle_does_not_fit(spoilt: Path, case: Case, tmp_path: Path) -> None:
    bundled(case.archive, case.actor, tmp_path / "other")
    for name in ("sig/seal.json", "sig/seal.sig"):
        (spoilt / name).write_bytes((tmp_path / "other" / name).read_bytes())
    assert ("tag_manifest_not_sealed", "tagmanifest-sha256.txt") in found(spoilt)


# --- the log, re-sealed by the true key: what a dishonest keeper would try ------------------------


def _lines(bundle: Path) -> list[bytes]:
    return (bundle / "log/entries.jsonl").read_bytes().splitlines(keepends=True)


@pytest.mark.parametrize("left_out", [0, 1, 2, 3])
def test_an_entry_of_the_case_left_out_is_a_gap(spoilt: Path, case: Case, left_out: int) -> None:
    lines = _lines(spoilt)
    del lines[left_out]
    (spoilt / "log/entries.jsonl").write_bytes(b"".join(lines))
    reseal(spoilt, case.sign)
    assert ("case_log_gap", "log/entries.jsonl") in found(spoilt)


def test_the_export_itself_left_out_is_found(spoilt: Path, case: Case) -> None:
    (spoilt / "log/entries.jsonl").write_bytes(b"".join(_lines(spoilt)[:-1]))
    reseal(spoilt, case.sign)
    assert found(spoilt) == {("export_entry_missing", "log/entries.jsonl")}


def test_reordered_entries_are_found(spoilt: Path, case: Case) -> None:
    lines = _lines(spoilt)
    lines[1], lines[2] = lines[2], lines[1]
    (spoilt / "log/entries.jsonl").write_bytes(b"".join(lines))
    reseal(spoilt, case.sign)
    codes = {code for code, _ in found(spoilt)}
    assert {"log_chain_broken", "case_log_gap"} <= codes


def test_an_edited_entry_is_not_under_the_root(spoilt: Path, case: Case) -> None:
    content = (spoilt / "log/entries.jsonl").read_bytes()
    (spoilt / "log/entries.jsonl").write_bytes(
        content.replace(b'"act":"import"', b'"act":"removed"')
    )
    reseal(spoilt, case.sign)
    assert ("log_entry_not_in_root", "log/entries.jsonl") in found(spoilt)


def test_a_finding_left_out_is_found(spoilt: Path, case: Case) -> None:
    (spoilt / "data/findings/000001.json").unlink()
    reseal(spoilt, case.sign)
    assert ("object_left_out", "log/entries.jsonl") in found(spoilt)


def test_a_source_file_left_out_is_found(spoilt: Path, case: Case) -> None:
    (spoilt / "data/dicom/SE000001/IM000002").unlink()
    reseal(spoilt, case.sign)
    assert ("object_left_out", "log/entries.jsonl") in found(spoilt)


def test_a_payload_exchanged_after_the_export_does_not_fit_its_entry(
    spoilt: Path, case: Case
) -> None:
    _flip(lambda _: 0)(spoilt / "data/media/axial.png")
    reseal(spoilt, case.sign)
    assert found(spoilt) == {("export_entry_missing", "log/entries.jsonl")}


def test_a_checkpoint_of_another_root_or_origin_is_found(spoilt: Path, case: Case) -> None:
    path = spoilt / "log/checkpoint.txt"
    lines = path.read_text(encoding="utf-8").split("\n")
    lines[2] = base64.b64encode(bytes(32)).decode()
    path.write_text("\n".join(lines), encoding="utf-8")
    reseal(spoilt, case.sign)
    assert ("checkpoint_wrong", "log/checkpoint.txt") in found(spoilt)


# --- hostile places -----------------------------------------------------------------------------


@pytest.mark.skipif(os.name == "nt", reason="links and pipes need a POSIX system")
def test_links_and_pipes_are_named_and_never_opened(spoilt: Path, tmp_path: Path) -> None:
    (spoilt / "data/link").symlink_to("/etc/hostname")
    (spoilt / "log/folder").symlink_to(tmp_path)
    os.mkfifo(spoilt / "data/pipe")
    image = spoilt / "data/dicom/SE000001/IM000001"
    image.rename(tmp_path / "outside")
    image.symlink_to(tmp_path / "outside")
    assert {
        ("link", "data/link"),
        ("link", "log/folder"),
        ("not_a_file", "data/pipe"),
        ("link", "data/dicom/SE000001/IM000001"),
        ("missing", "data/dicom/SE000001/IM000001"),
    } <= found(spoilt)


@pytest.mark.skipif(os.name == "nt", reason="Windows refuses these names itself")
@pytest.mark.parametrize(
    "name",
    [
        "data/a:b",
        "data/CON",
        "data/nul.txt",
        "data/x.",
        "data/y ",
        "data/a\\b",
        "data/\u202egnp.x",
        "data/é",
        "data/line\nfeed",
        "data/" + "n" * 230,
    ],
)
def test_an_odd_name_is_named_in_letters_that_can_be_printed(spoilt: Path, name: str) -> None:
    (spoilt / name).write_bytes(b"")
    named = found(spoilt)
    assert ("odd_name", verify.shown(name)) in named
    assert all(where.isprintable() for _, where in named)


@pytest.mark.skipif(os.name == "nt", reason="names of any bytes exist on POSIX only")
def test_a_name_of_broken_bytes_is_printed(
    spoilt: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (Path(os.fsdecode(os.fsencode(spoilt) + b"/data/\xff\xfe"))).write_bytes(b"")
    code, said = answer([str(spoilt), "--json"], capsys)
    assert code == 1
    assert "data/\\udcff\\udcfe" in {one["path"] for one in json.loads(said)["problems"]}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no room for such a path")
def test_folders_nested_deeper_than_the_stack_are_walked(spoilt: Path) -> None:
    here = Path.cwd()
    os.chdir(spoilt / "data")
    try:
        for _ in range(600):
            Path("d").mkdir()
            os.chdir("d")
        Path("deep").write_bytes(b"")
        os.chdir(here)
        assert any(where.endswith("/d/deep") for where in paths(spoilt))
    finally:
        os.chdir(here)
        # pytest removes what its last runs left, and does not come as deep.
        subprocess.run(["rm", "-rf", spoilt / "data/d"], check=True)


def test_names_that_are_twins_elsewhere_are_named(spoilt: Path) -> None:
    (spoilt / "data/Media").mkdir(exist_ok=True)
    if (spoilt / "data/Media").samefile(spoilt / "data/media"):
        pytest.skip("this file system knows no capital letters")
    assert ("duplicate_name", "data/media") in found(spoilt)


# --- zip ----------------------------------------------------------------------------------------


def _rezip(source: Path, target: Path, **names: str) -> None:
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for one in old.infolist():
            new.writestr(names.get(one.filename, one.filename), old.read(one))


def test_a_changed_byte_in_a_zip_is_named(case: Case, tmp_path: Path) -> None:
    content = case.zip.read_bytes()
    at = content.index(b"\x89PNG axial")
    (tmp_path / "b.zip").write_bytes(content[:at] + b"\x88" + content[at + 1 :])
    assert "data/media/axial.png" in paths(tmp_path / "b.zip")


@settings(max_examples=25, deadline=None)
@given(at=st.floats(0, 1, exclude_max=True))
def test_a_cut_zip_is_damage_not_absence(
    case: Case, tmp_path_factory: pytest.TempPathFactory, at: float
) -> None:
    content = case.zip.read_bytes()
    path = tmp_path_factory.mktemp("cut") / "b.zip"
    path.write_bytes(content[: 200 + int(at * (len(content) - 200))])
    assert found(path)


@settings(max_examples=40, deadline=None)
@given(
    noise=st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.integers(1, 255)), min_size=1, max_size=20
    )
)
def test_a_noisy_zip_never_crashes(
    case: Case, tmp_path_factory: pytest.TempPathFactory, noise: list[tuple[float, int]]
) -> None:
    content = bytearray(case.zip.read_bytes())
    for at, value in noise:
        content[int(at * len(content))] ^= value
    path = tmp_path_factory.mktemp("noise") / "b.zip"
    path.write_bytes(content)
    assert verify.main([str(path), "--json"]) in {0, 1}


def test_a_zip_spoilt_at_both_ends_is_still_damage_not_absence(case: Case, tmp_path: Path) -> None:
    content = bytearray(case.zip.read_bytes())
    content[0] ^= 1
    (tmp_path / "b.zip").write_bytes(content[:-40])
    assert verify.main([str(tmp_path / "b.zip")]) == 1


def test_a_zip_without_its_top_folder_is_the_same_bundle(case: Case, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "flat.zip", "w", zipfile.ZIP_DEFLATED) as flat:
        for name in FILES:
            flat.write(case.bundle / name, name)
    assert found(tmp_path / "flat.zip") == set()


def _hostile_zip(case: Case, path: Path, add: Callable[[zipfile.ZipFile], Any]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name in FILES:
            made.write(case.bundle / name, f"bundle/{name}")
        add(made)
    return path


@pytest.mark.parametrize("name", ["../evil", "/abs/evil", "bundle/../../evil", "other/file"])
def test_a_zip_that_slips_out_is_named(case: Case, tmp_path: Path, name: str) -> None:
    path = _hostile_zip(case, tmp_path / "b.zip", lambda made: made.writestr(name, b"x"))
    named = found(path)
    assert {code for code, _ in named} >= {"added", "odd_name"}
    assert not (tmp_path / "evil").exists()


def test_a_zip_bomb_is_not_unpacked(case: Case, tmp_path: Path) -> None:
    path = _hostile_zip(
        case, tmp_path / "b.zip", lambda made: made.writestr("bundle/data/big", bytes(1000))
    )
    content = bytearray(path.read_bytes())
    at = content.rindex(b"bundle/data/big") - 46 + 24
    content[at : at + 4] = (0xFFFFFFF0).to_bytes(4, "little")
    path.write_bytes(content)
    assert ("zip_bomb", "data/big") in found(path)


@pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning")
def test_a_link_and_a_twin_in_a_zip_are_named(case: Case, tmp_path: Path) -> None:
    def add(made: zipfile.ZipFile) -> None:
        link = zipfile.ZipInfo("bundle/data/link")
        link.external_attr = 0o120777 << 16
        made.writestr(link, "/etc/passwd")
        made.writestr("bundle/bagit.txt", b"another")

    named = found(_hostile_zip(case, tmp_path / "b.zip", add))
    assert {("link", "data/link"), ("duplicate_name", "bagit.txt")} <= named


# --- no bundle, wrong usage -----------------------------------------------------------------------


def test_what_is_no_bundle_is_said_to_be_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file.txt").write_text("x")
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as other:
        other.writestr("a.txt", "x")
    (tmp_path / "cut.zip").write_bytes((tmp_path / "other.zip").read_bytes()[:-10])
    for place in (".", "file.txt", "other.zip", "cut.zip", "nowhere", "n" * 300, "\0"):
        assert verify.main([str(tmp_path / place)]) == 3
        said = capsys.readouterr()
        assert said.out == ""
        assert "there is no court bundle here" in said.err


@pytest.mark.skipif(os.name == "nt", reason="pipes and devices need a POSIX system")
def test_a_pipe_or_a_device_is_no_bundle_and_is_never_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for place in (tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(verify.NotABundle):
            verify.examine(str(place))


def test_an_empty_folder_that_was_added_is_named(spoilt: Path) -> None:
    (spoilt / "data/ALTERED BY THE POLICE").mkdir()
    (spoilt / "sig/x").mkdir()
    assert found(spoilt) == {("added", "data/ALTERED BY THE POLICE/"), ("added", "sig/x/")}


def test_a_folder_that_lost_its_files_was_not_added(spoilt: Path) -> None:
    for picture in (spoilt / "data/media").iterdir():
        picture.unlink()
    assert {code for code, _ in found(spoilt)} == {"missing"}


def test_a_module_put_beside_the_verifier_does_not_answer_in_its_place(spoilt: Path) -> None:
    (spoilt / "argparse.py").write_text("print('unchanged since sealed'); raise SystemExit(0)\n")
    run = subprocess.run(
        [sys.executable, str(spoilt / "verify.py")], capture_output=True, text=True, check=False
    )
    assert run.returncode == 1
    assert "argparse.py" in run.stdout


@pytest.mark.parametrize("kept", ["bagit.txt", "manifest-sha256.txt", "sig/seal.json"])
def test_one_sign_of_a_bundle_makes_it_a_damaged_bundle(
    case: Case, tmp_path: Path, kept: str
) -> None:
    (tmp_path / "b" / kept).parent.mkdir(parents=True)
    shutil.copy(case.bundle / kept, tmp_path / "b" / kept)
    assert verify.main([str(tmp_path / "b")]) == 1


def test_a_fingerprint_that_is_none_is_wrong_usage(
    case: Case, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify.main([str(case.bundle), "--key", "abc"]) == 2
    assert "64 hexadecimal digits" in capsys.readouterr().err


# --- Ed25519 ------------------------------------------------------------------------------------

_RFC_8032 = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e3970"
            "1cf9b46bd25bf5f0595bbe24655141438e7a100b"
        ),
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613"
            "d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ),
]


@pytest.mark.parametrize(("public", "message", "signature"), _RFC_8032)
def test_the_vectors_of_rfc_8032_hold(public: str, message: str, signature: str) -> None:
    given_bytes = [bytes.fromhex(one) for one in (public, message, signature)]
    assert verify.signed_by(*given_bytes)


@settings(max_examples=30, deadline=None)
@given(
    seed=st.binary(min_size=32, max_size=32),
    message=st.binary(max_size=200),
    at=st.integers(0, 511),
)
def test_it_agrees_with_openssl_s_ed25519(seed: bytes, message: bytes, at: int) -> None:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = key.public_key().public_bytes_raw(), key.sign(message)
    assert verify.signed_by(public, message, signature)
    assert not verify.signed_by(public, message + b"x", signature)
    changed = bytearray(signature)
    changed[at // 8] ^= 1 << at % 8
    assert not verify.signed_by(public, message, bytes(changed))


def test_a_malleable_signature_and_a_key_that_signs_anything_are_refused() -> None:
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    public, signature = key.public_key().public_bytes_raw(), key.sign(b"m")
    s = int.from_bytes(signature[32:], "little") + verify.ORDER
    assert not verify.signed_by(public, b"m", signature[:32] + s.to_bytes(32, "little"))
    neutral = (1).to_bytes(32, "little")
    assert not verify.signed_by(neutral, b"anything", neutral + bytes(32))
    assert not verify.signed_by((2**255 - 1).to_bytes(32, "little"), b"", bytes(64))


def test_the_digest_printed_on_paper_is_that_of_the_file_in_the_bundle(case: Case) -> None:
    said = json.loads((case.bundle / "sig/seal.json").read_bytes())
    assert said["verify_sha256"] == digest(case.bundle / "verify.py") == digest(_VERIFIER)
