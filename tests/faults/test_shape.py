"""A database that was given another shape is not worked in, and comes back by a rebuild."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from archive.opening import open_archive, verify_folder
from archive.recovery import rebuild_folder
from tests.archive.conftest import CHEAP, PASSWORD
from tests.faults.acts import KEEPER, later_clock
from tests.faults.conftest import some
from tests.faults.corpus_shape import SHAPES
from tests.faults.stand import Stand
from tests.faults.table import Tally
from virtopsy.errors import IntegrityError
from virtopsy.jobs import Progress


@pytest.mark.parametrize("name", some(list(SHAPES), 6))
def test_another_shape_is_not_opened_and_a_rebuild_mends_it(
    name: str, stand: Callable[[], Stand], tally: Tally
) -> None:
    place = stand()
    with tally.attempt("index: another shape is refused, then mended", name):
        place.sql(*SHAPES[name])
        before = place.database.read_bytes()
        with pytest.raises(IntegrityError, match=r"past the program.*verify.*rebuild"):
            open_archive(place.folder, clock=later_clock(9), cost=CHEAP)
        assert place.database.read_bytes() == before
        rebuild_folder(
            place.folder,
            user=KEEPER,
            password=PASSWORD,
            clock=later_clock(10),
            cost=CHEAP,
            progress=Progress(),
        )
        with open_archive(place.folder, clock=later_clock(11), cost=CHEAP) as archive:
            assert archive.shut is None
            archive.access.login(KEEPER, PASSWORD)
        report = verify_folder(place.folder, clock=later_clock(12))
        assert report.ok, [str(one) for one in report.problems]
