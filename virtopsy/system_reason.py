"""Why the system refused something, in the language of the sentence that says so.

The system has its reasons in English only, or in the language it was installed in.
"""

from __future__ import annotations

import errno
from collections.abc import Mapping
from typing import Final

from virtopsy.language import Phrase

_REASONS: Final[Mapping[int, str]] = {
    errno.ENOENT: "system.absent",
    errno.EACCES: "system.denied",
    errno.EPERM: "system.denied",
    errno.ENOSPC: "system.full",
    errno.EDQUOT: "system.quota",
    errno.EROFS: "system.read_only",
    errno.EIO: "system.fault",
    errno.EBUSY: "system.busy",
    errno.ETXTBSY: "system.busy",
    errno.ENAMETOOLONG: "system.long_name",
    errno.EISDIR: "system.folder",
    errno.ENOTDIR: "system.no_folder",
    errno.EEXIST: "system.exists",
    errno.ENOTEMPTY: "system.not_empty",
    errno.ELOOP: "system.links",
    errno.EINVAL: "system.invalid",
    errno.EFBIG: "system.too_large",
    errno.EMFILE: "system.many_open",
    errno.ENFILE: "system.many_open",
    errno.ENOMEM: "system.memory",
    errno.ENODEV: "system.gone",
    errno.ENXIO: "system.gone",
    errno.ESTALE: "system.gone",
}


def reason_of(error: OSError) -> Phrase:
    """Return why the system refused; what has no words here is quoted as the system says it."""
    key = _REASONS.get(error.errno or 0)
    if key is not None:
        return Phrase(key)
    return quoted(error.strerror or str(error) or type(error).__name__)


def quoted(told: str) -> Phrase:
    """Return a reason that nobody put into words here, marked as another program's."""
    return Phrase("system.other", told)
