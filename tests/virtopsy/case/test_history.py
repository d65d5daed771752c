"""Nothing done is ever lost to undo, and nothing undone to redo."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from virtopsy.case.case import Case, SeriesEntry
from virtopsy.case.changes import changes
from virtopsy.case.commands import AddFinding, ChangeFinding, Command, WithdrawFinding
from virtopsy.case.history import History
from virtopsy.findings.trajectory import Trajectory


def _track(identity: str, reach: float) -> Trajectory:
    return Trajectory(
        finding_id=identity,
        name=identity,
        series_uid="1.2.3",
        ends_lps_mm=((0.0, 0.0, 0.0), (reach, 0.0, 0.0)),
    )


def _act(case: Case, draw: tuple[int, float]) -> Command:
    which, reach = draw
    identity = f"f{which}"
    if all(one.finding_id != identity for one in case.findings):
        return AddFinding(_track(identity, reach))
    if reach > 50:
        return WithdrawFinding(identity)
    return ChangeFinding(_track(identity, reach))


_ACTS = st.lists(st.tuples(st.integers(0, 3), st.floats(2, 100)), max_size=30)


@given(_ACTS)
def test_undoing_everything_comes_back_to_the_start_and_redoing_to_the_end(
    acts: list[tuple[int, float]],
) -> None:
    history, seen = History(Case()), [Case()]
    for act in acts:
        history = history.do(_act(history.present, act))
        seen.append(history.present)
    end = history.present

    for earlier in reversed(seen[:-1]):
        history = history.undo()
        assert history.present == earlier
    for _ in acts:
        history = history.redo()

    assert history.present == end
    assert history.future == ()


@given(_ACTS)
def test_the_changes_of_every_act_lead_from_one_case_to_the_next(
    acts: list[tuple[int, float]],
) -> None:
    history = History(Case())
    for act in acts:
        before = history.present
        history = history.do(_act(before, act))
        found = changes(before, history.present)
        assert len(found) <= 1
        back = changes(history.present, before)
        assert [(one.before, one.after) for one in back] == [
            (one.after, one.before) for one in found
        ]


def test_a_new_act_gives_up_what_was_undone() -> None:
    history = History(Case()).do(AddFinding(_track("a", 5))).undo()

    assert history.do(AddFinding(_track("b", 5))).future == ()


def test_keeping_a_case_leaves_every_step_but_gives_it_number_and_series() -> None:
    history = History(Case()).do(AddFinding(_track("a", 5))).do(AddFinding(_track("b", 5))).undo()
    kept = Case("7/2026", (SeriesEntry("1.2.3", "1.2"),))

    after = history.kept_as(kept)

    assert after.present.number == "7/2026"
    assert after.undo().present == kept
    assert [one.finding_id for one in after.redo().present.findings] == ["a", "b"]
