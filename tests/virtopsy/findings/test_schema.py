"""The shipped schemas say what the program reads."""

from __future__ import annotations

import json
from dataclasses import fields
from importlib.resources import files
from typing import Any

import pytest

from virtopsy.errors import InputError
from virtopsy.findings.finding import Certainty
from virtopsy.findings.record import from_record, to_record
from virtopsy.findings.trajectory import GROUNDS, Trajectory

_LEAST: dict[str, Any] = {
    "kind": "trajectory",
    "finding_id": "1",
    "name": "Track 1",
    "series_uid": "1.2",
    "ends_lps_mm": [[0, 0, 0], [10, 0, 0]],
}


@pytest.fixture
def schema() -> Any:
    """The shipped schema of trajectories."""
    path = files("resources") / "schemas" / "trajectory.schema.json"
    return json.loads(path.read_text(encoding="utf-8"))


def test_every_field_has_its_place_in_the_schema(schema: Any) -> None:
    assert set(schema["properties"]) == {"kind", *(one.name for one in fields(Trajectory))}


def test_what_the_schema_requires_cannot_be_left_out(schema: Any) -> None:
    assert {*schema["required"], "finding_id"} == set(_LEAST)
    for name in schema["required"]:
        with pytest.raises(InputError):
            from_record({key: value for key, value in _LEAST.items() if key != name})


def test_what_is_left_out_gets_the_schemas_default(schema: Any) -> None:
    record = to_record(from_record(_LEAST))
    for name, described in schema["properties"].items():
        if "default" in described:
            assert record[name] == described["default"], name


def test_the_choices_are_the_programs_own(schema: Any) -> None:
    properties = schema["properties"]
    assert properties["certainty"]["enum"] == [one.value for one in Certainty]
    assert tuple(properties["grounds"]["items"]["enum"]) == GROUNDS
