"""The shipped schemas say what the program reads."""

from __future__ import annotations

import json
from dataclasses import fields
from importlib.resources import files
from typing import Any

import pytest

from tests.virtopsy.findings.some import one_of_each
from virtopsy.errors import InputError
from virtopsy.findings import schema
from virtopsy.findings.finding import Certainty, Finding
from virtopsy.findings.kinds import KINDS
from virtopsy.findings.record import from_record, to_record


@pytest.fixture(params=one_of_each(), ids=lambda one: one.kind)
def finding(request: pytest.FixtureRequest) -> Finding:
    """One finding of each kind."""
    given: Finding = request.param
    return given


def _shipped(kind: str) -> Any:
    path = files("resources") / "schemas" / f"{kind}.schema.json"
    return json.loads(path.read_text(encoding="utf-8"))


def test_every_kind_ships_its_schema_as_its_fields_are(finding: Finding) -> None:
    path = files("resources") / "schemas" / f"{finding.kind}.schema.json"
    shipped = path.read_text(encoding="utf-8")

    assert shipped == schema.text(type(finding)), "run: python -m virtopsy.findings.schema"
    assert {one.kind for one in one_of_each()} == set(KINDS)


def test_every_field_is_explained_in_the_schema(finding: Finding) -> None:
    described = _shipped(finding.kind)["properties"]

    assert set(described) == {"kind", *(one.name for one in fields(finding))}
    assert all(one.get("description") for name, one in described.items() if name != "kind")


def test_what_the_schema_requires_cannot_be_left_out(finding: Finding) -> None:
    record = to_record(finding)
    for name in _shipped(finding.kind)["required"]:
        with pytest.raises(InputError):
            from_record({key: value for key, value in record.items() if key != name})


def test_what_is_left_out_gets_the_schemas_default(finding: Finding) -> None:
    told = _shipped(finding.kind)
    record = to_record(finding)
    needed = {*told["required"], "finding_id", "measure", "axis", "seen_on_slice"}
    read = to_record(from_record({k: v for k, v in record.items() if k in needed}))

    for name, described in told["properties"].items():
        if "default" in described and name not in needed:
            assert read[name] == described["default"], name


def test_the_choices_are_the_programs_own(finding: Finding) -> None:
    properties = _shipped(finding.kind)["properties"]

    assert properties["certainty"]["enum"] == [one.value for one in Certainty]
    if type(finding).GROUNDS:
        assert tuple(properties["grounds"]["items"]["enum"]) == type(finding).GROUNDS
