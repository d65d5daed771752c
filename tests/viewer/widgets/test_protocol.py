"""What the page will state stands beside the expert's words: every finding, by its own number."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.virtopsy.findings.some import one_of_each
from virtopsy.case.commands import AddFindings
from virtopsy.language import Language


@pytest.mark.parametrize("language", Language)
def test_the_preview_lists_every_finding_of_the_series_by_its_number(
    screen: Any, language: Language
) -> None:
    given = tuple(replace(one, series_uid="1.2.3") for one in one_of_each())
    screen.parts.session.do(AddFindings(given))

    told = {one.label: one.text for one in screen.parts.writing.facts(language)}

    for number, one in enumerate(given, start=1):
        assert told[f"{number}. {one.name}"].strip()
    assert "95" in told[f"7. {given[6].name}"]
