"""Every finding comes back from its record as it was kept."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.proof import canonical
from tests.virtopsy.findings.some import one_of_each, track
from virtopsy.errors import InputError, VirtopsyError
from virtopsy.findings.finding import Finding
from virtopsy.findings.record import from_record, to_record

_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
_ALL = {one.kind: one for one in one_of_each()}


@pytest.mark.parametrize("kind", _ALL)
def test_a_finding_of_every_kind_survives_its_record_and_the_archives_spelling(kind: str) -> None:
    record = to_record(_ALL[kind])

    again = from_record(json.loads(canonical.encode(record, fractions=True)))

    assert type(again) is type(_ALL[kind])
    assert to_record(again) == record


@pytest.mark.parametrize("kind", _ALL)
def test_a_finding_of_every_kind_can_be_marked_elsewhere_and_stays_itself(kind: str) -> None:
    finding = _ALL[kind]
    for place in range(len(finding.places)):
        moved = finding.moved(place, (31.0, 17.0, 11.0))

        assert (moved.finding_id, moved.kind) == (finding.finding_id, finding.kind)
        if kind not in {"region", "key_picture"}:
            assert moved.places[place] == (31.0, 17.0, 11.0)
            untouched = [one for one in range(len(finding.places)) if one != place]
            assert [moved.places[one] for one in untouched] == [
                finding.places[one] for one in untouched
            ]


@given(kind=st.sampled_from(sorted(_ALL)), data=st.data())
def test_rubbish_in_any_field_is_refused_in_words_or_read(kind: str, data: st.DataObject) -> None:
    record: dict[str, Any] = to_record(_ALL[kind])
    field = data.draw(st.sampled_from(sorted(record)))
    record[field] = data.draw(_JSON)

    try:
        read: Finding = from_record(record)
    except VirtopsyError:
        return
    assert to_record(from_record(to_record(read))) == to_record(read)


def test_the_joint_scatter_of_a_fit_is_kept_to_a_micrometre() -> None:
    finding = track()

    again = from_record(json.loads(json.dumps(to_record(finding))))

    assert abs(again.end_covariance - finding.end_covariance).max() < 2e-3  # type: ignore[attr-defined]
    cone = finding.uncertainty.cone95_half_angle
    assert again.uncertainty.cone95_half_angle == pytest.approx(cone, rel=1e-3)  # type: ignore[attr-defined]


def test_a_fracture_that_no_source_slice_shows_is_refused() -> None:
    record = {**to_record(_ALL["fracture"]), "made_in": "3d", "seen_on_slice": ""}

    with pytest.raises(InputError) as told:
        from_record(record)
    assert told.value.key == "findings.fracture.not_seen"
