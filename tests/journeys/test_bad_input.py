"""What goes wrong is said in one sentence, nothing is lost, and the window stays usable."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QListWidget,
    QMessageBox,
    QPushButton,
    QWidget,
)

from tests.journeys.conftest import Cli, Hand, live
from viewer.presenters.work import Running
from viewer.widgets.elided import ElidedLabel
from virtopsy.dicom.series import Problem
from virtopsy.findings.trajectory import Trajectory
from virtopsy.language import Language
from virtopsy.phantom import asymmetric

_PERSON, _PASSWORD, _CASE = "Әсел Сарапшы", "құпия сөз 1", "7/2026"
_ROOT = Path(__file__).resolve().parents[2]
# Middle of the asymmetric solid, and two tracks in it, far enough apart to be told apart.
_X, _Y, _Z = 12.0, -30.0, -412.5
_FIRST = ((_X - 9, _Y + 8, _Z), (_X + 6, _Y - 7, _Z))
_SECOND = ((_X + 8, _Y + 9, _Z), (_X - 8, _Y + 14, _Z))


@pytest.fixture(scope="module")
def solid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small scan that loads at once."""
    folder = tmp_path_factory.mktemp("solid")
    asymmetric.write(folder)
    return folder


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 4 MB."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root on Linux can mount a small disk")
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "none", str(disk)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"this machine mounts no small disk: {mounted.stderr.decode()}")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


def _assert_a_sentence(text: str) -> None:
    assert re.fullmatch(r"[^\n]{20,400}[.]", text.strip()), text
    assert "Traceback" not in text
    assert not re.search(r"\b(Error|Errno|None)\b", text), text


def _notice(hand: Hand) -> str:
    """Return the strip's sentence and close it."""
    hand.wait(lambda: hand.sees("notice.text"), "something is said")
    text = hand.find("notice.text", QLabel).text()
    _assert_a_sentence(text)
    hand.click("notice.close")
    return text


def _still_works(hand: Hand, solid: Path) -> None:
    hand.open_scan(solid)
    hand.settle()
    hand.point("axial", (_X, _Y, _Z))
    assert hand.parts.views.position.now == pytest.approx((_X, _Y, _Z), abs=1.0)


def _mark(hand: Hand, ends: tuple[tuple[float, float, float], ...]) -> None:
    hand.click("rail.examine")
    hand.scroll_to("axial", 2, ends[0][2])
    hand.click("tool.trajectory")
    for end in ends:
        hand.point("axial", end)
    hand.click("tool.point")


def _save(hand: Hand, number: str = _CASE) -> None:
    hand.click("rail.examine")
    hand.click("act.save")
    hand.type("save.number", number)
    hand.click("save.go")


def _kept(hand: Hand, archive: Path) -> None:
    """Sign in, save, and wait until that is so."""
    hand.sign_in(archive, _PERSON, _PASSWORD)
    _save(hand)
    hand.wait(lambda: hand.parts.session.recorded, "the case is saved")


def _reopened(hand: Hand, archive: Path) -> Hand:
    hand.sign_in(archive, _PERSON, _PASSWORD)
    hand.find("archive.cases", QListWidget).setCurrentRow(0)
    hand.click("archive.open")
    hand.wait(lambda: hand.sees("view.axial"), "the case is open again")
    hand.wait(lambda: hand.parts.session.recorded, "its findings are there")
    return hand


def _names(hand: Hand) -> list[str]:
    return sorted(one.name for one in hand.parts.session.case.findings)


def _assert_whole(archive: Path, cli: Cli) -> None:
    assert cli.facts(0, "archive", "verify", str(archive))["problems"] == []


# --- what cannot be read


def _nothing(folder: Path) -> None:
    folder.mkdir()


def _no_dicom(folder: Path) -> None:
    folder.mkdir()
    (folder / "note.txt").write_text("no scan")


def _only_a_pipe(folder: Path) -> None:
    folder.mkdir()
    os.mkfifo(folder / "IM00001")


def _a_folder_named_like_a_file(folder: Path) -> None:
    (folder / "IM00001").mkdir(parents=True)


@pytest.mark.parametrize("make", [_nothing, _no_dicom, _only_a_pipe, _a_folder_named_like_a_file])
def test_a_folder_without_a_scan_is_refused_in_one_sentence(
    make: Callable[[Path], None],
    new_window: Callable[[], Hand],
    solid: Path,
    cli: Cli,
) -> None:
    folder = cli.folder / "given"
    make(folder)
    assert cli.facts(3, "scan", str(folder))["studies"] == []
    _assert_a_sentence(cli.complaint(3, "load", str(folder)))
    hand = new_window()
    hand.click("cases.open")
    hand.choose_file("cases.dialog", folder)
    assert str(folder) in _notice(hand)
    _still_works(hand, solid)


def test_a_file_that_may_not_be_read_is_named(cli: Cli, solid: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("permission bits do not bind root")
    folder = shutil.copytree(solid, cli.folder / "given")
    (folder / "IM00007").chmod(0)
    (left,) = cli.facts(0, "scan", str(folder))["skipped"]
    assert (left["path"], left["code"]) == (str(folder / "IM00007"), "unreadable")


def test_a_slice_cut_short_is_named_and_left_out(
    new_window: Callable[[], Hand], solid: Path, cli: Cli
) -> None:
    folder = shutil.copytree(solid, cli.folder / "given")
    victim = folder / "IM00020"
    victim.write_bytes(victim.read_bytes()[:-2000])
    problems = cli.facts(0, "load", str(folder))["problems"]
    told = {one["code"]: one["text"] for one in problems}
    assert {"truncated_pixels", "missing_slices"} <= told.keys()
    _assert_a_sentence(told["truncated_pixels"])
    assert str(victim) in told["truncated_pixels"]
    hand = new_window()
    hand.open_scan(folder)
    assert hand.sees("warning"), "the yellow strip says that something is missing"
    assert any(one.code == "truncated_pixels" for one in _problems(hand))


def _problems(hand: Hand) -> tuple[Problem, ...]:
    opened = hand.parts.opening.opened.now
    assert opened is not None
    return opened.problems


def test_a_slice_that_breaks_after_the_scan_is_named_and_the_rest_is_shown(
    new_window: Callable[[], Hand], solid: Path, cli: Cli
) -> None:
    folder = shutil.copytree(solid, cli.folder / "given")
    hand = new_window()
    hand.click("cases.open")
    hand.choose_file("cases.dialog", folder)
    hand.wait(lambda: hand.parts.opening.found.now is not None, "the folder is scanned")
    (folder / "IM00020").write_bytes((folder / "IM00020").read_bytes()[:-2000])
    found = hand.parts.opening.found.now
    assert found is not None
    key = found.studies[0].series[0].key
    hand.click(f"series.load.{key}")
    hand.wait(lambda: hand.shows(key), "the rest is shown")
    assert any("IM00020" in one.sentence(Language.EN) for one in _problems(hand))
    assert hand.sees("warning")
    volume = hand.parts.views.volume.now
    assert volume is not None
    assert len(volume.gaps) == 1
    _still_works(hand, solid)


def test_a_series_that_is_gone_after_the_scan_is_refused_in_one_sentence(
    new_window: Callable[[], Hand], solid: Path, cli: Cli
) -> None:
    folder = shutil.copytree(solid, cli.folder / "given")
    hand = new_window()
    hand.click("cases.open")
    hand.choose_file("cases.dialog", folder)
    hand.wait(lambda: hand.parts.opening.found.now is not None, "the folder is scanned")
    shutil.rmtree(folder)
    found = hand.parts.opening.found.now
    assert found is not None
    hand.click(f"series.load.{found.studies[0].series[0].key}")
    assert "given" in _notice(hand)
    _still_works(hand, solid)


def test_broken_files_of_others_are_answered_in_words(shared_data: Path, cli: Cli) -> None:
    _assert_a_sentence(cli.complaint(3, "load", str(shared_data / "broken")))
    for one in sorted((shared_data / "broken").iterdir()):
        _assert_a_sentence(cli.complaint(3, "load", str(one)))


# --- a full disk


def _fill(disk: Path) -> Path:
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return filler


def test_a_disk_too_small_for_the_scan_leaves_the_findings_to_be_saved_elsewhere(
    new_window: Callable[[], Hand], solid: Path, full_disk: Path, cli: Cli
) -> None:
    hand = new_window()
    hand.open_scan(solid)
    _mark(hand, _FIRST)
    hand.sign_in(full_disk / "archive", _PERSON, _PASSWORD)
    _fill(full_disk)
    _save(hand)
    _notice(hand)
    hand.wait(lambda: not hand.parts.work.running.now, "the saving has ended")
    assert len(_names(hand)) == 1
    assert not hand.parts.session.saved
    _kept(hand, cli.folder / "elsewhere")
    assert hand.parts.session.saved
    _assert_whole(cli.folder / "elsewhere", cli)
    (full_disk / "filler").unlink()
    _assert_whole(full_disk / "archive", cli)


def test_a_disk_that_fills_up_later_loses_neither_what_was_saved_nor_the_clicks(
    new_window: Callable[[], Hand], solid: Path, full_disk: Path, cli: Cli
) -> None:
    archive = full_disk / "archive"
    hand = new_window()
    hand.open_scan(solid)
    _mark(hand, _FIRST)
    _kept(hand, archive)
    filler = _fill(full_disk)
    hand.click("tool.trajectory")
    for end in _SECOND:
        hand.point("axial", end)
    _notice(hand)
    assert len(_names(hand)) == 1, "what is not recorded is not shown as recorded"
    draft = hand.parts.trajectory.draft.now
    assert draft is not None, "the clicks wait for room on the disk"
    filler.unlink()
    hand.point("axial", _SECOND[1])
    assert len(_names(hand)) == 2
    hand.desk.window.close()
    assert len(_names(_reopened(new_window(), archive))) == 2
    _assert_whole(archive, cli)


def test_a_carrier_pulled_before_saving_is_said_and_nothing_is_half_kept(
    new_window: Callable[[], Hand], solid: Path, cli: Cli
) -> None:
    folder, archive = shutil.copytree(solid, cli.folder / "given"), cli.folder / "archive"
    hand = new_window()
    hand.open_scan(folder)
    _mark(hand, _FIRST)
    (folder / "IM00031").rename(cli.folder / "IM00031")
    hand.sign_in(archive, _PERSON, _PASSWORD)
    _save(hand)
    assert "IM00031" in _notice(hand)
    assert not hand.parts.session.saved
    assert len(_names(hand)) == 1
    (cli.folder / "IM00031").rename(folder / "IM00031")
    _save(hand)
    hand.wait(lambda: hand.parts.session.recorded, "the case is saved")
    _assert_whole(archive, cli)


# --- stopped by hand


def _stop(hand: Hand, begin: Callable[[], None]) -> None:
    """Begin a job and stop it as soon as that can be asked for: a hand may come too late."""
    pressed: list[bool] = []

    def press() -> None:
        if not pressed and hand.sees("job.cancel"):
            pressed.append(True)
            hand.click("job.cancel")

    def look(jobs: tuple[Running, ...]) -> None:
        if jobs:
            QTimer.singleShot(0, press)

    leave = hand.parts.work.running.subscribe(look)
    begin()
    hand.wait(lambda: press() or bool(pressed), "the job is on the bottom line")
    leave()
    hand.wait(lambda: not hand.parts.work.running.now, "the job has stopped")


def _many(scan: Path, folder: Path) -> Path:
    """Return a folder so large that a hand can stop the look into it."""
    for copy in range(12):
        shutil.copytree(scan, folder / str(copy), copy_function=os.link)
    return folder


def test_scan_load_and_save_stop_when_asked_and_begin_again(
    new_window: Callable[[], Hand], phantom: Path, cli: Cli
) -> None:
    hand, archive = new_window(), cli.folder / "archive"
    many = _many(phantom / "dicom", cli.folder / "many")
    hand.click("cases.open")
    _stop(hand, lambda: hand.choose_file("cases.dialog", many))
    assert hand.parts.opening.found.now is None
    hand.click("cases.open")
    hand.choose_file("cases.dialog", phantom / "dicom")
    hand.wait(lambda: hand.parts.opening.found.now is not None, "the folder is scanned")
    found = hand.parts.opening.found.now
    assert found is not None
    key = found.studies[0].series[0].key
    _stop(hand, lambda: hand.click(f"series.load.{key}"))
    assert hand.parts.opening.opened.now is None
    assert hand.parts.views.shown.now is None
    hand.click(f"series.load.{key}")
    hand.wait(lambda: hand.shows(key), "the series is shown")

    x, y, z = hand.parts.views.position.now
    _mark(hand, ((x - 30, y, z), (x + 30, y + 9, z)))
    hand.sign_in(archive, _PERSON, _PASSWORD)
    _stop(hand, lambda: _save(hand))
    assert not hand.parts.session.recorded
    assert len(_names(hand)) == 1
    _assert_whole(archive, cli)
    cli.password(_PASSWORD)
    assert cli.facts(0, "archive", "list", str(archive))["cases"] == []
    _save(hand)
    hand.wait(lambda: hand.parts.session.recorded, "the case is saved")
    assert hand.troubles == []
    _assert_whole(archive, cli)


# --- two at once, and killed


def test_two_windows_and_the_command_line_write_to_one_case(
    new_window: Callable[[], Hand], solid: Path, cli: Cli
) -> None:
    archive = cli.folder / "archive"
    one = new_window()
    one.open_scan(solid)
    _mark(one, _FIRST)
    _kept(one, archive)
    one.desk.window.hide()
    other = _reopened(new_window(), archive)
    (shared,) = other.parts.session.case.findings
    _mark(other, _SECOND)
    other.desk.window.hide()

    one.desk.window.show()
    live(0.2)
    _mark(one, ((_X - 9, _Y + 12, _Z), (_X + 9, _Y + 12, _Z)))
    assert one.troubles == other.troubles == []
    _rename(one, shared.finding_id, "Канал А")
    assert _finding(one, shared.finding_id).name == "Канал А"
    one.desk.window.hide()

    cli.password(_PASSWORD)
    record = cli.folder / "track.json"
    record.write_text(
        '{"kind": "trajectory", "name": "CLI", "ends_lps_mm": [[0, -30, -412], [20, -30, -412]]}'
    )
    who = ("--case", _CASE, "--user", _PERSON)
    series = ("--series", other.parts.session.case.series[0].series_uid)
    cli.facts(0, "archive", "finding", str(archive), *who, *series, "--json-file", str(record))

    other.desk.window.show()
    live(0.2)
    _rename(other, shared.finding_id, "Канал Б")
    _notice(other)
    assert _finding(other, shared.finding_id).name == shared.name, "a stale change is refused"
    other.desk.window.close()
    one.desk.window.close()
    last = _reopened(new_window(), archive)
    assert len(_names(last)) == 4
    assert {"Канал А", "CLI"} < {*_names(last)}
    _assert_whole(archive, cli)


def _finding(hand: Hand, finding_id: str) -> Trajectory:
    found = hand.parts.session.case.finding(finding_id)
    assert isinstance(found, Trajectory)
    return found


def _rename(hand: Hand, finding_id: str, name: str) -> None:
    rows = [one.finding_id for one in hand.parts.findings.rows(Language.EN)]
    hand.find("findings.list", QListWidget).setCurrentRow(rows.index(finding_id))
    live(0.05)
    hand.type("finding.name", name)
    hand.key("finding.name", Qt.Key.Key_Return)


_VICTIM = """
import sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from tests.journeys.conftest import Hand, live
from tests.journeys import test_bad_input as job
from viewer.app.start import Desk
from viewer.widgets.theme import dress
from virtopsy.language import Language

application = QApplication([])
dress(application)
desk = Desk(Language.EN, Path(sys.argv[3]))
desk.window.show()
hand = Hand(desk)
hand.open_scan(Path(sys.argv[1]))
job._mark(hand, job._FIRST)
job._kept(hand, Path(sys.argv[2]))
job._mark(hand, job._SECOND)
assert len(hand.parts.session.case.findings) == 2
print("saved", flush=True)
live(60)
"""


def test_a_window_killed_after_saved_loses_nothing(
    new_window: Callable[[], Hand], solid: Path, cli: Cli
) -> None:
    archive = cli.folder / "archive"
    settings = cli.folder / "settings.json"
    child = subprocess.Popen(
        [sys.executable, "-c", _VICTIM, str(solid), str(archive), str(settings)],
        cwd=_ROOT,
        env={**os.environ, "PYTHONPATH": str(_ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    try:
        assert child.stdout.readline() == "saved\n"
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
    hand = _reopened(new_window(), archive)
    assert len(_names(hand)) == 2
    tracks = [one for one in hand.parts.session.case.findings if isinstance(one, Trajectory)]
    assert tracks[0].ends_lps_mm[0] == pytest.approx(_FIRST[0], abs=0.6)
    assert tracks[1].ends_lps_mm[1] == pytest.approx(_SECOND[1], abs=0.6)
    _assert_whole(archive, cli)


# --- people


def test_a_wrong_password_is_said_and_tried_again(
    new_window: Callable[[], Hand], solid: Path, cli: Cli
) -> None:
    archive = cli.folder / "archive"
    cli.password(_PASSWORD)
    cli.words(0, "archive", "init", str(archive), "--user", _PERSON)
    cli.password("wrong")
    _assert_a_sentence(cli.complaint(4, "archive", "list", str(archive), "--user", _PERSON))
    hand = new_window()
    hand.click("rail.cases")
    hand.click("archive.sign_in")
    hand.type("sign_in.folder", str(archive))
    hand.type("sign_in.person", _PERSON)
    hand.type("sign_in.password", "wrong")
    hand.click("sign_in.go")
    _assert_a_sentence(hand.find("sign_in.trouble", QLabel).text())
    assert not hand.parts.keeping.signed_in
    hand.type("sign_in.password", _PASSWORD)
    hand.click("sign_in.go")
    hand.wait(lambda: not hand.sees("sign_in"), "signed in")
    _still_works(hand, solid)
    _assert_whole(archive, cli)


def test_signing_in_elsewhere_lets_go_of_the_case_and_saves_it_there(
    new_window: Callable[[], Hand], solid: Path, cli: Cli
) -> None:
    first, second = cli.folder / "first", cli.folder / "second"
    hand = new_window()
    hand.open_scan(solid)
    _mark(hand, _FIRST)
    _kept(hand, first)
    hand.sign_in(second, "Другой", "другой пароль")
    assert not hand.parts.session.recorded
    _mark(hand, _SECOND)
    assert hand.troubles == []
    assert (len(_names(hand)), hand.parts.session.saved) == (2, False)
    _save(hand)
    hand.wait(lambda: hand.parts.session.recorded, "the case is saved there")
    hand.desk.window.close()
    assert len(_names(_reopened(new_window(), first))) == 1
    for archive in (first, second):
        _assert_whole(archive, cli)


def _answer(hand: Hand, key: str) -> None:
    """Close the window and press a button of the question that this raises."""
    wanted, asked = hand.parts.say(key), []

    def press() -> None:
        box = QApplication.activeModalWidget()
        if not isinstance(box, QMessageBox):
            QTimer.singleShot(50, press)
            return
        asked.append(box.text())
        next(one for one in box.buttons() if one.text() == wanted).click()

    QTimer.singleShot(50, press)
    hand.desk.window.close()
    assert asked, "closing asks"
    live(0.1)


def test_closing_with_unsaved_findings_asks_and_does_what_is_answered(
    new_window: Callable[[], Hand], solid: Path, cli: Cli
) -> None:
    hand = new_window()
    hand.open_scan(solid)
    _mark(hand, _FIRST)
    _answer(hand, "ui.closing.stay")
    assert hand.desk.window.isVisible()
    assert len(_names(hand)) == 1
    hand.sign_in(cli.folder / "archive", _PERSON, _PASSWORD)
    _answer(hand, "ui.closing.save")
    hand.type("save.number", _CASE)
    hand.click("save.go")
    hand.wait(lambda: hand.parts.session.recorded, "the case is saved")
    if hand.desk.window.isVisible():
        hand.desk.window.close()
    assert not hand.desk.window.isVisible(), "what is saved closes without a question"
    again = _reopened(new_window(), cli.folder / "archive")
    assert len(_names(again)) == 1
    again.desk.window.close()

    careless = new_window()
    careless.open_scan(solid)
    _mark(careless, _FIRST)
    _answer(careless, "ui.closing.discard")
    assert not careless.desk.window.isVisible()


def _texts(top: QWidget) -> dict[str, QWidget]:
    every = [*top.findChildren(QLabel), *top.findChildren(QAbstractButton)]
    return {one.text(): one for one in every if one.isVisible() and one.text()}


def _assert_not_cut(text: str, widget: QWidget) -> None:
    if isinstance(widget, ElidedLabel):
        return  # ends in an ellipsis, and is whole in its tooltip
    if isinstance(widget, QLabel) and widget.wordWrap():
        assert widget.heightForWidth(widget.width()) <= widget.height() + 1, text
        return
    lines = text.split("\n")
    wide = max(widget.fontMetrics().horizontalAdvance(line) for line in lines)
    if isinstance(widget, QLabel | QPushButton):
        assert wide <= widget.width(), text
    assert widget.sizeHint().width() <= widget.width() + 1, text


def test_the_language_changes_live_and_no_word_is_cut(
    new_window: Callable[[], Hand], solid: Path, cli: Cli
) -> None:
    hand = new_window()
    hand.open_scan(solid)
    _mark(hand, _FIRST)
    _kept(hand, cli.folder / "archive")
    same = re.compile(r"[\W\d_]*|KK|RU|EN|PDF|[^a-zA-Z]*(mm|мм)?")
    own = (_PERSON, "Track 1", "PHANTOM", "Asymmetric solid", str(cli.folder), str(solid), _CASE)
    for room in ("cases", "examine", "protocol", "court"):
        hand.click(f"rail.{room}")
        spoken: dict[str, set[str]] = {}
        for language in ("en", "kk", "ru"):
            hand.click(f"language.{language}")
            hand.parts.writing.language.set(Language(language))  # the page's own
            live(0.1)
            found = _texts(hand.desk.window)
            for text, widget in found.items():
                _assert_not_cut(text, widget)
            spoken[language] = {
                text
                for text in found
                if not same.fullmatch(text) and not any(one in text for one in own)
            }
        english = {one for one in spoken["en"] if re.search("[A-Za-z]", one)}
        assert len(english) > 3
        assert not english & (spoken["kk"] | spoken["ru"]), room


@pytest.mark.parametrize("language", ["en", "kk", "ru"])
def test_no_word_of_a_dialog_is_cut(
    new_window: Callable[[], Hand], solid: Path, cli: Cli, language: str
) -> None:
    hand = new_window()
    hand.click(f"language.{language}")
    hand.open_scan(solid)
    hand.click("act.save")  # who acts is asked first, then under which number
    for dialog in ("sign_in", "save"):
        live(0.1)
        texts = _texts(hand.find(dialog, QWidget))
        assert len(texts) > 5
        for text, widget in texts.items():
            _assert_not_cut(text, widget)
        if dialog == "sign_in":
            hand.type("sign_in.folder", str(cli.folder / "archive"))
            for line in ("person", "password", "again"):
                hand.type(f"sign_in.{line}", _PASSWORD)
            hand.click("sign_in.go")
            hand.wait(lambda: hand.sees("save"), "the number is asked")


def test_a_place_where_no_archive_can_be_is_said_and_another_may_be_chosen(
    new_window: Callable[[], Hand], cli: Cli
) -> None:
    file = cli.folder / "file"
    file.write_text("in the way")
    hand = new_window()
    hand.click("archive.sign_in")
    for place in (file, file / "deeper", Path("/proc/evidence")):
        hand.type("sign_in.folder", str(place))
        for line in ("person", "password", "again"):
            hand.type(f"sign_in.{line}", _PASSWORD)
        hand.click("sign_in.go")
        _assert_a_sentence(hand.find("sign_in.trouble", QLabel).text())
        assert not hand.parts.keeping.signed_in
    hand.type("sign_in.folder", str(cli.folder / "archive"))
    hand.click("sign_in.go")
    hand.wait(lambda: not hand.sees("sign_in"), "signed in")
