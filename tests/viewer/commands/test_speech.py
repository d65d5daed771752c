"""Words on the side cost no answer; Ctrl-C is heard, but never where it would do harm."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

import pytest

from main import main
from viewer.commands import speech
from viewer.commands.speech import undisturbed
from virtopsy.language import Language


def test_what_must_not_be_cut_in_two_is_finished_before_ctrl_c_is_heard() -> None:
    before = signal.getsignal(signal.SIGINT)
    finished = []

    def stopped() -> None:
        with undisturbed():
            os.kill(os.getpid(), signal.SIGINT)
            finished.append(True)

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert finished == [True]
    assert signal.getsignal(signal.SIGINT) is before


def test_without_ctrl_c_nothing_is_heard() -> None:
    with undisturbed():
        pass


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is Linux's")
def test_no_name_commands_the_terminal_or_turns_the_line_round(
    capsys: pytest.CaptureFixture[str],
) -> None:
    name = "\x1b[31mred\u202e\r\x07name"
    speech.line(name)
    speech.aside(name + "\nAll is well.")
    assert main(["render", name, "--preset", name, "--size", "1x1", "--lang", "en"]) == 2
    assert main([name, "--lang", "en"]) == 2
    said = capsys.readouterr()
    words = said.out + said.err
    assert words.replace("\n", "").isprintable()
    assert len(words.splitlines()) == 4
    speech.facts({"name": name})
    assert json.loads(capsys.readouterr().out) == {"name": name}


def test_words_that_a_full_disk_does_not_take_cost_no_answer_and_no_exit_code(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        monkeypatch.setattr(sys, "stderr", full)
        speech.remark("core.cancelled", Language.EN)
        speech.line("the answer")
        assert main(["scan", "--no-such-option"]) == 2
    assert capsys.readouterr().out == "the answer\n"


def test_words_that_nobody_reads_any_more_cost_no_answer_and_no_exit_code(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with open(writer, "w", encoding="utf-8") as gone:  # noqa: PTH123 -- a number, no path
        monkeypatch.setattr(sys, "stderr", gone)
        speech.remark("core.cancelled", Language.EN)
        speech.line("the answer")
        assert main(["scan", "--no-such-option"]) == 2
    assert capsys.readouterr().out == "the answer\n"
