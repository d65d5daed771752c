"""A value tells of changes, and only of changes."""

from __future__ import annotations

from viewer.presenters.value import Value


def test_setting_the_same_value_again_is_no_change() -> None:
    value, heard = Value(1), []
    value.subscribe(heard.append)

    for new in (1, 2, 2, 3):
        value.set(new)

    assert heard == [2, 3]


def test_who_unsubscribes_hears_no_more() -> None:
    value, heard = Value(1), []
    leave = value.subscribe(heard.append, now=True)
    leave()
    value.set(2)

    assert heard == [1]
