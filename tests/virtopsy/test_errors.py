"""The error tree: what the user did or met has a sentence and an exit code, a bug has neither."""

from __future__ import annotations

import pytest

from virtopsy.errors import (
    AccessDenied,
    Bug,
    Cancelled,
    InputError,
    IntegrityError,
    StorageError,
    UsageError,
    VirtopsyError,
)
from virtopsy.language import Language, MissingMessage


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (IntegrityError, 1),
        (UsageError, 2),
        (InputError, 3),
        (AccessDenied, 4),
        (StorageError, 5),
    ],
)
def test_a_kind_of_error_has_the_exit_code_of_the_contract(
    kind: type[VirtopsyError], code: int
) -> None:
    assert kind.exit_code == code
    with pytest.raises(VirtopsyError):
        raise kind("core.cancelled")


def test_the_tree_is_no_larger_than_it_is_drawn() -> None:
    drawn = {UsageError, InputError, AccessDenied, StorageError, IntegrityError, Cancelled}
    own = {kind for kind in VirtopsyError.__subclasses__() if kind.__module__ == "virtopsy.errors"}
    assert own == drawn


def test_a_bug_is_never_caught_as_an_expected_failure() -> None:
    assert not issubclass(Bug, VirtopsyError)
    assert not issubclass(MissingMessage, VirtopsyError)


def test_an_error_in_a_log_is_its_english_sentence() -> None:
    assert str(Cancelled()) == Cancelled().sentence(Language.EN)
    assert "stopped" in str(Cancelled())


def test_an_error_keeps_its_key_and_facts() -> None:
    error = InputError("core.cancelled", path="/somewhere", n=3)
    assert error.key == "core.cancelled"
    assert error.facts == {"path": "/somewhere", "n": 3}
