"""What the system refused is said in the person's language; what has no words is quoted."""

from __future__ import annotations

import errno
import os

import pytest

from virtopsy.errors import StorageError
from virtopsy.language import Language
from virtopsy.system_reason import reason_of

_COMMON = (
    *(errno.ENOENT, errno.EACCES, errno.EPERM, errno.ENOSPC, errno.EDQUOT, errno.EROFS),
    *(errno.EIO, errno.EBUSY, errno.ENAMETOOLONG, errno.EISDIR, errno.ENOTDIR, errno.EEXIST),
    *(errno.ENOTEMPTY, errno.ELOOP, errno.EINVAL, errno.EMFILE, errno.ENODEV, errno.ESTALE),
)


def _told(error: OSError, language: Language) -> str:
    refused = StorageError("archive.storage.failed", path="0", detail=reason_of(error))
    return refused.sentence(language)


@pytest.mark.parametrize("code", _COMMON, ids=errno.errorcode.get)
@pytest.mark.parametrize("language", [Language.KK, Language.RU])
def test_no_english_stands_in_another_languages_sentence(code: int, language: Language) -> None:
    told = _told(OSError(code, os.strerror(code)), language)
    assert not any(letter.isascii() and letter.isalpha() for letter in told), told
    assert os.strerror(code) not in _told(OSError(code, os.strerror(code)), Language.EN)


@pytest.mark.parametrize("language", Language)
def test_what_has_no_words_is_quoted_as_the_systems(language: Language) -> None:
    odd = OSError(errno.EUCLEAN, "Structure needs\ncleaning {x}")
    assert "Structure needs cleaning {x}" in _told(odd, language)
    assert any(mark in _told(odd, language) for mark in ("system says", "сообщает", "хабары"))
    assert "OSError" in _told(OSError(), language), "it says nothing at all"
