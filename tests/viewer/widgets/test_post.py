from __future__ import annotations

import threading

from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from viewer.widgets.post import Postman


def test_functions_from_other_threads_run_in_the_screens_thread_in_their_order(
    qtbot: QtBot,
) -> None:
    postman = Postman()
    ran: list[tuple[int, QThread]] = []

    def many() -> None:
        for number in range(500):
            postman.post(lambda number=number: ran.append((number, QThread.currentThread())))  # type: ignore[misc]

    sender = threading.Thread(target=many)
    sender.start()
    qtbot.waitUntil(lambda: len(ran) == 500, timeout=5000)
    sender.join()
    assert [number for number, _ in ran] == list(range(500))
    assert {thread for _, thread in ran} == {postman.thread()}
