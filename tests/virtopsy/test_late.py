"""A late function is named here and loaded where it is called."""

from __future__ import annotations

import sys
from pickle import dumps, loads

import pytest

from virtopsy.late import Late


def test_naming_a_function_loads_nothing_and_calling_it_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    named = Late("colorsys", "rgb_to_yiq")
    sent = loads(dumps(named))  # noqa: S301 -- our own
    assert sent == named
    assert "colorsys" not in sys.modules
    assert sent(0.0, 0.0, 0.0) == (0, 0, 0)
    assert "colorsys" in sys.modules
