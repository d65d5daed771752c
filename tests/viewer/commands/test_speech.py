"""Ctrl-C is heard, but never in the middle of what must not be cut in two."""

from __future__ import annotations

import os
import signal

import pytest

from viewer.commands.speech import undisturbed


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
