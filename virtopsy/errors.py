"""Every error the product raises on purpose.

::

    VirtopsyError            what the user did or met: one sentence (what, where, what to do)
    ├── UsageError           the command line or a dialog was filled in wrongly      exit 2
    ├── InputError           something from outside cannot be read                   exit 3
    ├── AccessDenied         the person may not do this                              exit 4
    ├── StorageError         the disk or the database failed; nothing was lost       exit 5
    ├── IntegrityError       evidence or its log is not as it was sealed             exit 1
    └── Cancelled            the user asked for it to stop
    Bug                      our own code misused something; never caught, never shown as advice

A `VirtopsyError` carries a message key and facts, so that the same error speaks
Kazakh, Russian and English (`virtopsy.language.say`).
"""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

from typing_extensions import override

from virtopsy.language import Fact, Language, say


class VirtopsyError(Exception):
    """An expected failure, said in one sentence in the user's language."""

    exit_code: ClassVar[int] = 1

    def __init__(self, key: str, **facts: Fact) -> None:
        super().__init__(key, facts)
        self.key = key
        self.facts = facts

    @override
    def __reduce__(self) -> tuple[Any, ...]:
        """Travel between processes: the facts are named arguments."""
        return partial(type(self), self.key, **self.facts), ()

    @override
    def __str__(self) -> str:
        """Return the sentence in English (logs and tests)."""
        return self.sentence(Language.EN)

    def sentence(self, language: Language) -> str:
        """Return what happened, where, and what to do, in `language`."""
        return say(self.key, language, **self.facts)


class UsageError(VirtopsyError):
    """The command line or a dialog was filled in wrongly."""

    exit_code = 2


class InputError(VirtopsyError):
    """A file, folder or value from outside cannot be used."""

    exit_code = 3


class AccessDenied(VirtopsyError):  # noqa: N818 -- the field's word; every denial is a log entry
    """The acting person's role or case does not allow this."""

    exit_code = 4


class StorageError(VirtopsyError):
    """The disk or the database refused; what was announced as saved is still there."""

    exit_code = 5


class IntegrityError(VirtopsyError):
    """Evidence, log or seal is not what it was."""

    exit_code = 1


class Cancelled(VirtopsyError):  # noqa: N818 -- not a failure
    """The user asked for the work to stop."""

    exit_code = 1

    def __init__(self) -> None:
        super().__init__("core.cancelled")

    @override
    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), ()


class Bug(Exception):  # noqa: N818 -- says exactly what it is
    """Our own code broke a contract. Never caught except by the last-resort reporter."""
